"""A demonstration served for a real browser: its own database, clock and port; the safety net alone, no Rasa."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr

from bot.bootstrap import build
from bot.demo_clock import DemonstrationClock
from bot.demonstration import load_demonstration
from bot.settings import Settings
from bot.web import create_app
from storage.database import migrate
from storage.sealing import generate_key
from tests.tools import need_command

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as the system has it."""
    path = need_command("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The demonstration's address while it is served."""
    settings = Settings(demonstration=True, home=tmp_path, data_key=SecretStr(generate_key()))
    migrate(settings.database)
    app = build(settings, DemonstrationClock(tmp_path))
    app.do_now(load_demonstration)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(app), host="127.0.0.1", port=port, log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _until_listening(server)
    yield f"http://localhost:{port}"
    server.should_exit = True
    thread.join(timeout=20)
    app.threads.shutdown()
    app.engine.dispose()


def _until_listening(server: uvicorn.Server) -> None:
    until = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < until, "the demonstration did not start"
        time.sleep(0.05)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The simulator, open; a script error on the page fails the test."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    opened.set_default_timeout(PATIENCE_MS)
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("#plan li")
    yield opened
    opened.close()
    assert broken == []
