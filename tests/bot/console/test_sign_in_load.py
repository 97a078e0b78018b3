"""Somebody who tries passwords over and over must not keep a message in danger waiting."""

from __future__ import annotations

import asyncio
import threading

import pytest

from actions import sign_in
from tests.bot.console.conftest import Team
from tests.bot.console.site import Site


async def test_while_a_password_is_compared_the_database_is_free(
    site: Site, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparing, done = threading.Event(), threading.Event()

    def slowly(_stored: str | None, _password: str) -> bool:
        comparing.set()
        return done.wait(timeout=10)

    monkeypatch.setattr(sign_in, "is_right", slowly)
    browser = site.browser()
    form = (await browser.page("/console/sign-in")).form("/console/sign-in")
    fields = {"login": team.claire.login, "password": "x" * 12, "code": "000000"}
    trying = asyncio.create_task(browser.submit(form, fields))
    try:
        await asyncio.to_thread(comparing.wait, 5)
        async with asyncio.timeout(5):
            await site.app.do(lambda work: work.audit("test.written"))
    finally:
        done.set()
    assert (await trying).status_code == 401
