"""A real browser on the real application: demonstration, without Rasa, served on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright
from sqlalchemy import Engine
from sqlmodel import select

from actions.work import Kit, Work
from bot.demo_clock import DemonstrationClock
from bot.demonstration import load_demonstration
from bot.rasa_server import free_port
from bot.web import create_app
from storage.tables import Referent, Structure
from storage.vocabulary import Role
from tests.apps import an_app
from tests.builders import PARIS, a_referent
from tests.tools import need_command

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 20_000
"""How long a condition is waited for: a busy machine is not what is tested."""

PHONE = {"width": 390, "height": 844}


@dataclass
class Served:
    """The application, at an address of this machine."""

    url: str
    referents: dict[str, str]


def next_tuesday(now: datetime) -> datetime:
    """Ten in the morning in Paris on the next Tuesday: reminders then have their usual hours."""
    day = now.astimezone(PARIS).date() + timedelta(days=1)
    while day.isoweekday() != 2:
        day += timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), PARIS).replace(hour=10)


@pytest.fixture
def served(engine: Engine, kit: Kit, tmp_path: Path) -> Iterator[Served]:
    """The demonstration, begun on a Tuesday morning."""
    clock = DemonstrationClock(tmp_path)
    clock.move_to(next_tuesday(clock.now()))
    app = an_app(engine, kit, clock, demonstration=True, home=tmp_path)
    app.do_now(load_demonstration)
    app.do_now(_administrator)
    members = app.look_now(lambda work: work.session.exec(select(Referent)).all())
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(app), host="127.0.0.1", port=port, log_level="warning", lifespan="on")
    )
    ready = threading.Event()
    thread = threading.Thread(target=_serve, args=(server, ready), name="uvicorn")
    thread.start()
    assert ready.wait(PATIENCE_MS / 1000)
    yield Served(f"http://localhost:{port}", {member.first_name: str(member.id) for member in members})
    server.should_exit = True
    thread.join()
    app.threads.shutdown()


def _administrator(work: Work) -> None:
    """The demonstration has none: what only they may do needs Ada."""
    structure = work.session.exec(select(Structure)).one()
    a_referent(work.session, structure, reachable=False, first_name="Ada", role=Role.ADMIN)


def _serve(server: uvicorn.Server, ready: threading.Event) -> None:
    started = server.startup

    async def startup(*arguments: object, **named: object) -> None:
        await started(*arguments, **named)  # type: ignore[arg-type]  # whatever uvicorn hands over
        ready.set()

    server.startup = startup  # type: ignore[method-assign]  # the one moment at which it listens
    server.run()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, without a window.

    Gone after these tests: while playwright is there its event loop runs in this thread, and no other may.
    """
    executable = need_command("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Window:
    """One window of the browser. `complaints`: errors of scripts, refused by policy, asked for elsewhere."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self, url: str) -> None:
        """Note what goes wrong, and let nothing leave this machine."""
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._note)
        self.context.route(lambda asked: not asked.startswith((url, "data:")), self._refuse)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _refuse(self, route: Route) -> None:
        self.complaints.append(f"asked elsewhere: {route.request.url}")
        route.abort()


class Windows:
    """Opens windows onto the application."""

    def __init__(self, chromium: Browser, served: Served) -> None:
        self._chromium, self.served = chromium, served
        self.opened: list[Window] = []

    def open(self, path: str = "/", *, phone: bool = False, scripts: bool = True) -> Page:
        """A fresh window at `path`: `phone` for a small one, without `scripts` for a cautious one."""
        context = self._chromium.new_context(
            viewport=PHONE if phone else {"width": 1280, "height": 900},  # type: ignore[arg-type]
            java_script_enabled=scripts,
            locale="fr-FR",
        )
        context.set_default_timeout(PATIENCE_MS)
        window = Window(context, context.new_page())
        window.listen(self.served.url)
        self.opened.append(window)
        window.page.goto(self.served.url + path)
        return window.page

    def console(self, name: str, *, phone: bool = False, scripts: bool = True) -> Page:
        """The console, opened as this member of the team."""
        return self.open(f"/simulator/console/{self.served.referents[name]}", phone=phone, scripts=scripts)

    def close(self) -> list[str]:
        """Close every window; what any of them complained of."""
        for window in self.opened:
            window.context.close()
        return [complaint for window in self.opened for complaint in window.complaints]


@pytest.fixture
def windows(chromium: Browser, served: Served) -> Iterator[Windows]:
    """Windows onto the application; at the end none may have complained."""
    windows = Windows(chromium, served)
    yield windows
    assert windows.close() == []
