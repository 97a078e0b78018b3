"""What goes wrong on the path: messages that fail, that Rasa cannot read, or whose person is gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from actions import conversation, handlers
from actions.ports import Incoming
from actions.rules.reading import ModelReading
from actions.work import Kit, Turn
from bot.bootstrap import App
from bot.nlu_client import NluUnavailable
from bot.path import Path
from storage import inbox
from storage.database import transaction
from storage.tables import ContactPoint, Escalation, Message, Outgoing, Person, Todo
from storage.vocabulary import ChannelName, IncomingKind, Intent, MessageStatus, TodoKind
from tests.apps import FakeNlu, an_app
from tests.builders import a_person, a_reading
from tests.conftest import Little
from tests.fakes import FakeClock

FAREWELL = "le chat est chez la voisine, elle a la clé"
"""Nothing that the net hears."""


def reads(text: str) -> ModelReading:
    """A model that hears the farewell, and takes anything else for a greeting."""
    if text == FAREWELL:
        return a_reading("report_frein", frein="mental_health", urgency=3)
    return a_reading("greet")


@pytest.fixture
def nlu() -> FakeNlu:
    return FakeNlu(reads)


@pytest.fixture
def app(engine: Engine, kit: Kit, clock: FakeClock, nlu: FakeNlu) -> Iterator[App]:
    made = an_app(engine, kit, clock, nlu=nlu)
    yield made
    made.threads.shutdown(wait=True)


@pytest.fixture
def path(app: App) -> Path:
    return Path(app)


class Writer:
    """Somebody who writes, and everything that was then done."""

    def __init__(self, path: Path, engine: Engine, clock: FakeClock, person: Person) -> None:
        self.path, self.engine, self.clock = path, engine, clock
        with transaction(engine) as session:
            contact = session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id)).one()
            self.address, self.id = contact.address or "", person.id
        self.written = 0

    async def says(self, text: str | None, kind: IncomingKind = IncomingKind.TEXT) -> None:
        """Take a message through the path; a second passes."""
        self.clock.forward(seconds=1)
        self.written += 1
        key = f"{self.id}/{self.written}"
        await self.path.accept(
            Incoming(ChannelName.LOCAL, self.address, key, self.clock.now(), kind=kind, text=text)
        )
        await self.path.settled()

    def messages(self) -> list[Message]:
        """What they wrote, oldest first."""
        query = select(Message).where(Message.person_id == self.id).order_by(col(Message.received_at))
        with transaction(self.engine) as session:
            return list(session.exec(query))

    def levels(self) -> list[int]:
        """The levels of their alerts."""
        with transaction(self.engine) as session:
            return list(session.exec(select(Escalation.level).where(Escalation.person_id == self.id)))


@pytest.fixture
def awa(path: Path, engine: Engine, clock: FakeClock, little: Little) -> Writer:
    return Writer(path, engine, clock, little.person)


async def test_what_is_written_beside_a_photo_is_read_by_the_model(awa: Writer) -> None:
    await awa.says(FAREWELL, IncomingKind.PHOTO)
    assert awa.levels() == [3]


async def test_a_message_without_words_is_no_reason_to_think_that_rasa_is_down(
    awa: Writer, app: App, nlu: FakeNlu
) -> None:
    for text in ("", "   ", "///", None):
        await awa.says(text)
    assert nlu.texts == []
    assert app.nlu_ready
    assert not any(message.unread_by_model for message in awa.messages())


def _fails(*_given: object) -> None:
    raise ValueError("a fault of ours")


async def test_a_message_that_fails_again_and_again_goes_to_a_human_within_a_minute(
    awa: Writer, path: Path, engine: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handlers.INTENTS, Intent.GREET, _fails)
    await awa.says("bonjour")
    for _ in range(inbox.MAX_ATTEMPTS):
        clock.forward(seconds=10)
        await path.sweep()
    assert awa.messages()[0].status is MessageStatus.FAILED
    with transaction(engine) as session:
        assert session.exec(select(Todo)).one().kind is TodoKind.UNREADABLE
        assert session.exec(select(Outgoing)).one().text_key == "path.failed"


async def test_one_message_that_fails_keeps_nobody_else_waiting(
    awa: Writer,
    path: Path,
    engine: Engine,
    little: Little,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with transaction(engine) as session:
        person = a_person(session, little.referent)
    other = Writer(path, engine, clock, person)

    def fails_for_awa(turn: Turn) -> None:
        if turn.person.id == awa.id:
            raise ValueError("a fault of ours")
        conversation.greet(turn)

    monkeypatch.setitem(handlers.INTENTS, Intent.GREET, fails_for_awa)
    monkeypatch.setattr("bot.path.give_up", _fails)
    monkeypatch.setattr(Path, "_spawn", lambda *_given: None)
    await awa.says("bonjour")
    await other.says("bonjour")
    for _ in range(inbox.MAX_ATTEMPTS + 2):
        clock.forward(seconds=10)
        await path.sweep()
    assert awa.messages()[0].status is MessageStatus.RECEIVED
    assert other.messages()[0].status is MessageStatus.HANDLED


async def test_a_message_that_rasa_cannot_read_does_not_hold_up_those_behind_it(
    awa: Writer, path: Path, nlu: FakeNlu, clock: FakeClock
) -> None:
    nlu.down = True
    await awa.says("illisible")
    await awa.says(FAREWELL)
    nlu.down = False

    def cannot(text: str) -> ModelReading:
        if text == "illisible":
            raise NluUnavailable("HTTPStatusError")
        return reads(text)

    nlu.answer = cannot
    for _ in range(2):
        clock.forward(seconds=10)
        await path.sweep()
    assert awa.levels() == [3]


async def test_what_cannot_be_judged_again_does_not_hold_up_those_behind_it(
    awa: Writer, path: Path, nlu: FakeNlu, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    nlu.down = True
    await awa.says("un message")
    nlu.down = False
    monkeypatch.setattr("bot.path.read_again", _fails)
    await path.sweep()
    assert awa.messages()[0].unread_by_model
    monkeypatch.undo()
    await path.sweep()
    assert not awa.messages()[0].unread_by_model


async def test_a_contact_that_is_gone_stops_nothing(
    path: Path, little: Little, capsys: pytest.CaptureFixture[str]
) -> None:
    await path.process_waiting(little.person.id)
    assert "messages.not_taken_up" in capsys.readouterr().out
