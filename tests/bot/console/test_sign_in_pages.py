"""Signing in to the console, being forgotten by it, and forged posts."""

from __future__ import annotations

import pyotp
import pytest
from sqlmodel import select

from actions import staff_admin
from actions.work import Work
from bot.console.session import COOKIE
from storage.tables import Demarche, Referent, Structure
from storage.vocabulary import Role
from tests.bot.console.conftest import Team
from tests.bot.console.site import HOST, Browser, Site
from tests.fakes import FakeClock

PASSWORD = "trois chats sur un toit"
SIGN_IN = "/console/sign-in"


@pytest.fixture
def secret(site: Site, team: Team) -> str:
    """The authenticator secret of a new member, "zoe"."""

    def deed(work: Work) -> str:
        structure = work.session.get_one(Structure, team.claire.structure_id)
        return staff_admin.create_member(
            work,
            structure,
            login="zoe",
            first_name="Zoé",
            last_name="Exemple",
            role=Role.REFERENT,
            password=PASSWORD,
        ).totp_secret

    return site.do(deed)


async def enter(browser: Browser, clock: FakeClock, secret: str, **changes: str) -> int:
    """Send the sign-in form; the status."""
    form = (await browser.page(SIGN_IN)).form(SIGN_IN)
    code = pyotp.TOTP(secret).at(clock.now())
    answer = await browser.submit(form, {"login": "zoe", "password": PASSWORD, "code": code} | changes)
    return answer.status_code


async def test_password_and_code_open_the_console(site: Site, clock: FakeClock, secret: str) -> None:
    browser = site.browser()
    assert await enter(browser, clock, secret) == 303
    assert "À traiter" in (await browser.page("/console")).text


@pytest.mark.parametrize(
    "changes",
    [{"password": "autre chose encore"}, {"code": "000000"}, {"login": "zoé"}, {"login": "claire"}, {"code": "x" * 10_000}, {"password": "x" * 10_000}, {"login": "\x00"}],
)  # fmt: skip
async def test_every_wrong_way_in_looks_the_same(
    site: Site, clock: FakeClock, secret: str, changes: dict[str, str]
) -> None:
    browser = site.browser()
    assert await enter(browser, clock, secret, **changes) == 401
    assert (await browser.get("/console")).status_code == 303


async def test_a_code_opens_once(site: Site, clock: FakeClock, secret: str) -> None:
    assert await enter(site.browser(), clock, secret) == 303
    assert await enter(site.browser(), clock, secret) == 401


async def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(
    site: Site, clock: FakeClock, secret: str
) -> None:
    for _ in range(5):
        assert await enter(site.browser(), clock, secret, password="essai perdu encore") == 401
    assert await enter(site.browser(), clock, secret) == 401
    clock.forward(minutes=16)
    assert await enter(site.browser(), clock, secret) == 303


@pytest.mark.parametrize(
    ("scheme", "guards"), [("http", "SameSite=lax"), ("https", "SameSite=strict; Secure")]
)
async def test_the_cookie_is_for_these_pages_only_and_no_script_reads_it(
    site: Site, clock: FakeClock, secret: str, scheme: str, guards: str
) -> None:
    browser = site.browser(base_url=HOST.replace("http", scheme))
    await enter(browser, clock, secret)
    code = pyotp.TOTP(secret).at(clock.forward(minutes=1))
    again = await browser.client.post(SIGN_IN, data={"login": "zoe", "password": PASSWORD, "code": code})
    cookie = again.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly; Path=/console; " + guards in cookie


async def test_a_session_ends_after_an_idle_hour_and_after_a_working_day(
    site: Site, team: Team, clock: FakeClock
) -> None:
    browser = site.browser(team.claire)
    for _ in range(11):
        clock.forward(minutes=59)
        assert (await browser.get("/console")).status_code == 200
    clock.forward(minutes=61)
    assert (await browser.get("/console")).status_code == 303
    fresh = site.browser(team.claire)
    clock.forward(minutes=61)
    assert (await fresh.get("/console")).status_code == 303


async def test_signing_out_ends_the_session_and_not_only_the_cookie(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    token = browser.client.cookies[COOKIE]
    await browser.submit((await browser.page("/console")).form("/console/sign-out"))
    thief = site.browser()
    thief.client.cookies.set(COOKIE, token, path="/console")
    assert (await thief.get("/console")).status_code == 303


async def test_a_member_who_left_is_out_at_once(site: Site, team: Team) -> None:
    browser = site.browser(team.nadia)
    site.do(
        lambda work: staff_admin.deactivate(
            work, work.session.get_one(Referent, team.nadia.id), work.session.get_one(Referent, team.admin.id)
        )
    )
    assert (await browser.get("/console")).status_code == 303


@pytest.mark.parametrize("token", ["", "wrong", "é", "x" * 10_000])
async def test_a_forged_post_changes_nothing(site: Site, team: Team, token: str) -> None:
    browser = site.browser(team.claire)
    place = f"/console/people/{team.awa.id}/steps"
    refused = await browser.client.post(place, data={"csrf": token, "title": "Étape forgée"})
    assert refused.status_code == 403
    assert "rechargez" in refused.text
    assert steps(site) == 3


async def test_the_token_of_another_session_is_no_good(site: Site, team: Team) -> None:
    token = await site.browser(team.claire).csrf()
    other = site.browser(team.claire)
    place = f"/console/people/{team.awa.id}/steps"
    assert (await other.client.post(place, data={"csrf": token, "title": "x"})).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://evil.example", 403), ("http://testserver.evil.example", 403), (HOST, 303), ("null", 303)],
)
async def test_a_post_from_another_place_is_refused(site: Site, team: Team, origin: str, status: int) -> None:
    browser = site.browser(team.claire)
    place, token = f"/console/people/{team.awa.id}/steps", await browser.csrf()
    answer = await browser.client.post(
        place, data={"csrf": token, "title": "Une étape"}, headers={"Origin": origin}
    )
    assert answer.status_code == status


def steps(site: Site) -> int:
    """How many steps there are."""
    return site.do(lambda work: len(work.session.exec(select(Demarche)).all()))
