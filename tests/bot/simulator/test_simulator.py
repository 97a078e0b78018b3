"""The simulator: the whole product on one page, for this machine only, and only in a demonstration."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine

from actions.work import Kit
from bot.demo_clock import DemonstrationClock
from bot.demonstration import load_demonstration
from bot.web import HEADERS, create_app
from tests.apps import FakeNlu, an_app
from tests.builders import PARIS, a_reading

DANGER = "je dors dehors ce soir"
QUICK_SECONDS = 0.1


def next_tuesday(now: datetime) -> datetime:
    """Ten in the morning in Paris, on a Tuesday to come: reminders then have their usual hours."""
    day = now.astimezone(PARIS).date() + timedelta(days=1)
    while day.isoweekday() != 2:
        day += timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), PARIS).replace(hour=10)


class Page:
    """The page, without a browser: what its script asks for."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def state(self, name: str = "Awa") -> dict[str, Any]:
        """All that the page shows for the person of this first name."""
        shown = (await self.client.get("/simulator/state")).json()
        person = next(one["id"] for one in shown["people"] if one["name"].startswith(name))
        chosen: dict[str, Any] = (await self.client.get(f"/simulator/state?person={person}")).json()
        return chosen

    async def say(self, name: str = "Awa", **what: Any) -> dict[str, Any]:
        """Write as somebody; what the page shows then."""
        person = (await self.state(name))["person"]["id"]
        answer = await self.client.post("/simulator/say", json={"person": person, **what})
        assert answer.status_code == 204, answer.text
        await self.client.post("/simulator/test/deliver")
        return await self.state(name)


@pytest.fixture
async def page(engine: Engine, kit: Kit, tmp_path: Path) -> AsyncIterator[Page]:
    """The demonstration, with a stand-in for Rasa that reads thanks in everything."""
    clock = DemonstrationClock(tmp_path)
    clock.move_to(next_tuesday(clock.now()))
    app = an_app(
        engine, kit, clock, nlu=FakeNlu(lambda _text: a_reading("thank")), demonstration=True, home=tmp_path
    )
    app.do_now(load_demonstration)
    web = create_app(app)

    async def deliver() -> None:
        await web.state.path.settled()
        await web.state.delivery.deliver_due()

    web.post("/simulator/test/deliver", status_code=204)(deliver)
    transport = httpx.ASGITransport(app=web, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield Page(client)
    app.threads.shutdown()


def referent(state: dict[str, Any], name: str) -> str:
    """The id of a member of the team."""
    found: str = next(member["id"] for member in state["team"] if member["name"].startswith(name))
    return found


async def test_the_page_is_served_with_its_script_and_the_headers_that_protect_it(page: Page) -> None:
    for path in ("/", "/simulator/static/simulator.js", "/simulator/static/simulator.css"):
        answer = await page.client.get(path)
        assert answer.status_code == 200
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "<script>" not in (await page.client.get("/")).text  # which the policy would forbid


async def test_every_person_of_the_demonstration_can_be_chosen(page: Page) -> None:
    for one in (await page.state())["people"]:
        shown = (await page.client.get(f"/simulator/state?person={one['id']}")).json()
        assert shown["person"]["name"] == one["name"]
        assert shown["plan"]
        assert shown["appointments"]


async def test_a_danger_becomes_an_alert_that_is_read_and_closed(page: Page) -> None:
    state = await page.say(text=DANGER)
    assert "115" in state["conversation"][-1]["text"]
    (alert,) = state["alerts"]
    assert (alert["level"], alert["status"], alert["messages"]) == (3, "open", [DANGER])
    assert [step["to"] for step in alert["steps"] if step["status"] == "done"] == ["referent", "on_call"]
    claire = {"referent": referent(state, "Claire"), "note": ""}
    for deed, expected in (("hold", 204), ("acknowledge", 204), ("acknowledge", 409), ("close", 422)):
        answer = await page.client.post(f"/simulator/alerts/{alert['id']}/{deed}", json=claire)
        assert answer.status_code == expected, (deed, answer.text)
    (alert,) = (await page.state())["alerts"]
    assert alert["acknowledged_by"] == "Claire"
    closed = await page.client.post(
        f"/simulator/alerts/{alert['id']}/close", json=claire | {"note": "Appelée."}
    )
    assert closed.status_code == 204
    await page.client.post("/simulator/test/deliver")
    state = await page.state()
    assert state["alerts"] == []
    assert "Claire a pris en charge" in state["conversation"][-1]["text"]


async def test_whoever_does_not_follow_a_person_cannot_close_their_line(page: Page) -> None:
    state = await page.say(kind="voice")
    (line,) = [line for line in state["todos"] if line["kind"] == "unreadable"]
    body = {"referent": referent(state, "Karim"), "outcome": "done"}
    refused = await page.client.post(f"/simulator/todos/{line['id']}", json=body)
    assert (refused.status_code, refused.json()["refused"]) == (
        403,
        "Ce membre de l'équipe ne suit pas cette personne.",
    )
    body["referent"] = referent(state, "Claire")
    assert (await page.client.post(f"/simulator/todos/{line['id']}", json=body)).status_code == 204
    assert (await page.client.post(f"/simulator/todos/{line['id']}", json=body)).status_code == 409


async def test_the_next_reminder_comes_when_time_is_moved_and_a_button_answers_it(page: Page) -> None:
    state = await page.state()
    before = len(state["conversation"])
    moved = await page.client.post("/simulator/time", json={"to": "event", "person": state["person"]["id"]})
    assert moved.json() == {"happened": True}
    state = await page.state()
    reminder = state["conversation"][-1]
    assert len(state["conversation"]) == before + 1
    assert [choice["id"] for choice in reminder["choices"]] == ["confirm", "cancel", "move"]
    state = await page.say(choice="confirm", question=reminder["question"])
    assert "confirmed" in [meeting["answer"] for meeting in state["appointments"]]
    assert state["conversation"][-2]["text"] == "Oui, c'est bon"
    file = await page.client.get(f"/simulator/files/{state['conversation'][-1]['file']}")
    assert file.headers["content-type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in file.content


@pytest.mark.parametrize(("to", "least_minutes"), [("minutes", 10), ("hour", 60)])
async def test_time_moves_forward_by_what_is_asked(page: Page, to: str, least_minutes: int) -> None:
    state = await page.state()
    await page.client.post("/simulator/time", json={"to": to, "person": state["person"]["id"]})
    after = (await page.state())["now"]
    begins, ends = (time_of(moment) for moment in (state["now"], after))
    assert least_minutes <= ends - begins <= least_minutes + 2


def time_of(moment: str) -> float:
    """Minutes of an ISO moment."""
    return datetime.fromisoformat(moment).timestamp() / 60


async def test_the_console_opens_as_the_member_chosen_without_a_password(page: Page) -> None:
    state = await page.state()
    opened = await page.client.get(f"/simulator/console/{referent(state, 'Claire')}", follow_redirects=True)
    assert opened.status_code == 200
    assert "Quitter (Claire)" in opened.text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "8.8.8.8"])
async def test_another_host_name_is_refused(page: Page, host: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/simulator/state"), ("POST", "/simulator/say")):
        answer = await page.client.request(method, path, headers={"Host": host}, json={})
        assert answer.status_code in (400, 403), path
        assert "Awa" not in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null", "x"])
async def test_a_post_from_another_page_is_refused(page: Page, origin: str) -> None:
    person = (await page.state())["person"]["id"]
    said = await page.client.post(
        "/simulator/say", json={"person": person, "text": "bonjour"}, headers={"Origin": origin}
    )
    assert said.status_code == 403
    assert (await page.state())["conversation"] == []


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
async def test_this_machine_by_any_of_its_names_is_served(page: Page, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await page.client.get("/", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"person": "canari"}, {"person": None}, {"person": 3, "text": "canari"}, ["canari"], "canari", {"person": "0f888167-a1e7-4e86-85db-b07bb6c0e057", "kind": "canari"}],
)  # fmt: skip
async def test_a_malformed_request_is_not_echoed(page: Page, body: Any) -> None:
    answer = await page.client.post("/simulator/say", json=body)
    assert (answer.status_code, answer.text) == (422, "Demande incomplète ou mal écrite.")


async def test_what_does_not_exist_is_not_found(page: Page) -> None:
    nobody, claire = str(uuid4()), referent(await page.state(), "Claire")
    answers = [
        await page.client.post("/simulator/say", json={"person": nobody, "text": "bonjour"}),
        await page.client.get(f"/simulator/files/{nobody}"),
        await page.client.get(f"/simulator/console/{nobody}"),
        await page.client.post(f"/simulator/alerts/{nobody}/hold", json={"referent": claire}),
        await page.client.post(f"/simulator/todos/{nobody}", json={"referent": claire, "outcome": "done"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


@pytest.mark.parametrize("text", ["", "a" * 12_000, "\x00", "🙃", "<img src=x onerror=alert(1)>"])
async def test_odd_words_are_answered_and_shown_as_they_are(page: Page, text: str) -> None:
    state = await page.say(text=text)
    assert state["conversation"][0]["text"] == text
    assert state["conversation"][-1]["from"] == "companion"


async def test_the_state_of_the_page_is_quick(page: Page) -> None:
    await page.say(text=DANGER)
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        await page.client.get("/simulator/state")
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < QUICK_SECONDS
