"""Telegram over HTTP, from the person's phone to the answer: a real client, a real database, an emulated Bot API.

Every outgoing call is held against the description of the Bot API.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from actions import invitations
from actions.ports import Choice
from actions.receive_message import Receipt
from actions.rules.reading import ModelReading
from actions.work import Kit, Work
from bot.bootstrap import App
from bot.channels.base import Attachment, Parcel
from bot.channels.telegram_door import SECRET_HEADER, WEBHOOK_PATH, TelegramDoor, telegram_door
from bot.deliver import Delivery
from bot.path import Path
from bot.supervise import serve_asgi
from storage.database import transaction
from storage.tables import ContactPoint, Message, Outgoing, Person, Todo
from storage.vocabulary import ChannelName, Consent, ContactStatus, IncomingKind, OutboxStatus, TodoKind
from tests.bot.channels.bot_api import CheckedRequest
from tests.bot.channels.conftest import AppMaker
from tests.bot.channels.emulator.client import Someone, install, running
from tests.builders import a_contact, a_person, a_reading
from tests.conftest import Little
from tests.fakes import FakeClock
from tests.tools import need_command

pytestmark = pytest.mark.emulator


class FakeNlu:
    """Reads what it was taught, and a greeting in everything else."""

    intents = {"mes rendez-vous": "view_appointments"}  # noqa: RUF012  (never changed)

    async def parse(self, text: str) -> ModelReading:
        return a_reading(self.intents.get(text, "greet"))

    async def is_ready(self) -> bool:
        return True


class DiesBeforeTheCommit(Path):
    """A path whose process is killed when a message is about to be written down."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.reached = asyncio.Event()

    async def accept(self, incoming: Any) -> Receipt:
        self.reached.set()
        await asyncio.Event().wait()
        return await super().accept(incoming)


@pytest.fixture(scope="session")
def emulator(request: pytest.FixtureRequest) -> Iterator[str]:
    need_command("node")
    with running(install(request.config.cache.mkdir("telegram-emulator"))) as url:
        yield url


@pytest.fixture
def awa(emulator: str) -> Someone:
    return Someone(emulator)


@pytest.fixture
def make(make_app: AppMaker, awa: Someone) -> Callable[[], App]:
    return lambda: make_app(nlu=FakeNlu(), telegram_token=awa.token, telegram_api_url=awa.url)


@asynccontextmanager
async def alive(app: App, path: Path | None = None) -> AsyncIterator[tuple[TelegramDoor, CheckedRequest]]:
    """The part of the application that talks to Telegram, running."""
    request, taken = CheckedRequest(), path or Path(app)
    door = telegram_door(app, taken, request)
    assert door is not None
    tasks = [asyncio.create_task(Delivery(app).run()), asyncio.create_task(door.run())]
    try:
        yield door, request
        await taken.settled()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not true():
            await asyncio.sleep(0.01)


async def eventually(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(15):
        while not await true():
            await asyncio.sleep(0.01)


def keys(engine: Engine) -> list[str]:
    """The text keys of what was sent, in order."""
    with Session(engine) as session:
        sent = select(Outgoing).where(Outgoing.status == OutboxStatus.SENT)
        rows = session.exec(sent.order_by(col(Outgoing.created_at), col(Outgoing.key)))
        return [row.text_key for row in rows]


def messages(engine: Engine) -> list[Message]:
    with Session(engine) as session:
        return list(session.exec(select(Message).order_by(col(Message.sent_at))))


@pytest.fixture
def bound(engine: Engine, little: Little, awa: Someone) -> ContactPoint:
    """Awa's chat, bound and consenting."""
    with transaction(engine) as session:
        return a_contact(
            session,
            channel=ChannelName.TELEGRAM,
            address=str(awa.chat_id),
            person_id=little.person.id,
        )


async def test_polling_takes_a_person_from_their_code_to_an_answer(
    make: Callable[[], App],
    awa: Someone,
    engine: Engine,
    kit: Kit,
    clock: FakeClock,
    little: Little,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    with transaction(engine) as session:
        person = a_person(session, little.referent, bound=False, consent=Consent.UNASKED, consent_at=None)
        code = invitations.create(Work(session, clock.now(), kit), person)
    async with alive(make()) as (door, request):
        await awa.writes(text=f"/start {code.replace('-', '')}")
        await until(lambda: keys(engine) == ["welcome.hello", "consent.ask"])
        await awa.presses("Oui")
        await until(lambda: "consent.given" in keys(engine))
        await awa.writes(text="mes rendez-vous")
        await until(lambda: "appointment.none_planned" in keys(engine))
        await door.settled()
        cleared = [call for call in request.calls if call.method == "editMessageReplyMarkup"]
    with Session(engine) as session:
        assert session.get_one(Person, person.id).consent is Consent.GIVEN
    assert len(cleared) == 1
    assert "reply_markup" not in cleared[0].parameters
    assert len(await awa.texts()) == 4
    logged = caplog.text + "".join(capsys.readouterr())
    assert "message.handled" in logged
    assert awa.token not in logged
    assert "mes rendez-vous" not in logged


async def test_a_webhook_with_its_secret_brings_messages_in_and_a_stranger_brings_nothing(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint, unused_tcp_port: int
) -> None:
    app = make()
    app.settings.public_url = f"http://127.0.0.1:{unused_tcp_port}"
    stop = asyncio.Event()
    async with alive(app) as (door, request):
        web = FastAPI()
        web.include_router(door.router())
        serving = asyncio.create_task(serve_asgi(web, "127.0.0.1", unused_tcp_port)(stop))
        await until(lambda: any(call.method == "setWebhook" for call in request.calls))
        async with httpx.AsyncClient(base_url=app.settings.public_url, trust_env=False) as stranger:
            await eventually(lambda: _answers(stranger))
            forged = {"update_id": 1, "message": awa.message(message_id=1, text="canari")}
            refused = await stranger.post(WEBHOOK_PATH, json=forged, headers={SECRET_HEADER: "faux"})
        assert (refused.status_code, messages(engine)) == (403, [])
        await awa.writes(text="mes rendez-vous")
        await until(lambda: keys(engine) == ["appointment.none_planned"])
        assert await awa.webhook_statuses() == [200]
        stop.set()
        await serving


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/")).status_code == 404
    except httpx.ConnectError:
        return False


async def test_an_edited_message_is_read_again_and_not_done_twice(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint
) -> None:
    written = awa.message(message_id=7, text="mes rendez-vous")
    async with alive(make()):
        await awa.causes(message=written)
        await until(lambda: keys(engine) == ["appointment.none_planned"])
        edited = written | {"edit_date": written["date"] + 60, "text": "mes rendez-vous !"}
        await awa.causes(edited_message=edited)
        await until(lambda: len(keys(engine)) == 2)
    assert sorted(keys(engine)) == ["appointment.none_planned", "edited.noted"]
    first, second = messages(engine)
    assert second.edit_of == first.id


async def test_an_edit_towards_danger_is_heard(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint
) -> None:
    written = awa.message(message_id=7, text="mes rendez-vous")
    async with alive(make()):
        await awa.causes(message=written)
        await until(lambda: keys(engine) == ["appointment.none_planned"])
        edited = written | {"edit_date": written["date"] + 60, "text": "je veux mourir"}
        await awa.causes(edited_message=edited)
        await until(lambda: any(key.startswith("danger.") for key in keys(engine)))


async def test_a_voice_message_is_answered_and_shown_to_the_referent(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint
) -> None:
    async with alive(make()):
        await awa.writes(voice={"file_id": "A", "file_unique_id": "B", "duration": 4})
        await until(lambda: keys(engine) == ["unreadable.voice"])
    with Session(engine) as session:
        assert [line.kind for line in session.exec(select(Todo))] == [TodoKind.UNREADABLE]
    assert [message.kind for message in messages(engine)] == [IncomingKind.VOICE]


async def test_a_group_is_left_and_nothing_of_it_is_kept(
    make: Callable[[], App], awa: Someone, engine: Engine
) -> None:
    group = {"id": -1009000000001, "type": "supergroup", "title": "Groupe d'exemple"}
    async with alive(make()) as (door, request):
        await awa.causes(message=awa.message(message_id=7, text="bonjour") | {"chat": group})
        await until(lambda: any(call.method == "leaveChat" for call in request.calls))
        await door.settled()
    assert messages(engine) == []


async def test_a_person_who_blocked_the_bot_is_muted_and_a_human_is_told(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint
) -> None:
    async with alive(make()):
        await awa.next_sending_fails(403, "Forbidden: bot was blocked by the user")
        await awa.writes(text="mes rendez-vous")
        await until(lambda: _status(engine, bound) is ContactStatus.UNREACHABLE)
    with Session(engine) as session:
        assert [line.kind for line in session.exec(select(Todo))] == [TodoKind.CHANNEL_LOST]
    assert await awa.texts() == []


def _status(engine: Engine, contact: ContactPoint) -> ContactStatus:
    with Session(engine) as session:
        return session.get_one(ContactPoint, contact.id).status


async def test_the_wait_that_telegram_asks_for_is_obeyed_and_nothing_is_lost(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint, clock: FakeClock
) -> None:
    app = make()
    async with alive(app) as (_door, request):
        await awa.next_sending_fails(429, "Too Many Requests: retry after 1", retry_after=1)
        await awa.writes(text="mes rendez-vous")
        await until(lambda: _failures(engine) == ["RateLimited"])
        app.wake_delivery.set()
        await asyncio.sleep(0.2)
        assert sum(call.method == "sendMessage" for call in request.calls) == 1, "not before its time"
        await asyncio.sleep(1)
        clock.forward(seconds=2)
        app.wake_delivery.set()
        await until(lambda: keys(engine) == ["appointment.none_planned"])
    assert len(await awa.texts()) == 1


def _failures(engine: Engine) -> list[str | None]:
    with Session(engine) as session:
        return [row.failure for row in session.exec(select(Outgoing))]


async def test_a_message_delivered_twice_is_answered_once(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint
) -> None:
    twice = awa.message(message_id=7, text="mes rendez-vous")
    async with alive(make()):
        await awa.causes(message=twice)
        await awa.causes(message=twice)
        await awa.causes(message=awa.message(message_id=8, text="bonjour"))
        await until(lambda: len(keys(engine)) == 2)
    assert [message.body for message in messages(engine)] == ["mes rendez-vous", "bonjour"]
    assert len(await awa.texts()) == 2


async def test_a_process_killed_before_the_commit_loses_nothing(
    make: Callable[[], App], awa: Someone, engine: Engine, bound: ContactPoint
) -> None:
    app = make()
    dying = DiesBeforeTheCommit(app)
    async with alive(app, dying):
        await awa.writes(text="mes rendez-vous")
        async with asyncio.timeout(15):
            await dying.reached.wait()
    assert messages(engine) == []
    async with alive(make()):
        await until(lambda: keys(engine) == ["appointment.none_planned"])
    assert len(await awa.texts()) == 1


async def test_an_answer_with_a_file_arrives_as_one_message(
    make: Callable[[], App], awa: Someone, emulator: str
) -> None:
    app = make()
    async with alive(app):
        file = Attachment("rendez-vous.ics", "text/calendar", b"BEGIN:VCALENDAR")
        parcel = Parcel("Voici le rendez-vous.", (Choice("open:4821", "Je l'ouvre"),), None, file)
        key = await app.channels[ChannelName.TELEGRAM].send(str(awa.chat_id), parcel)
    (received,) = await awa.received()
    assert key == f"{awa.chat_id}/{received['messageId']}"
    assert received["message"]["text"] == "Voici le rendez-vous."
    assert received["message"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "open:4821"
