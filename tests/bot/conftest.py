"""Fixtures for tests of the edge: the application around the smallest world, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from actions.work import Kit, Work
from bot.bootstrap import App
from bot.channels.base import Channel
from bot.deliver import Delivery
from bot.nlu_client import NluClient
from bot.path import Path
from storage.database import reading, transaction
from storage.queries import people
from storage.tables import ContactPoint, Message, Outgoing, Person, Todo
from storage.vocabulary import ChannelName, Lane
from tests.apps import an_app
from tests.conftest import Little, little_world
from tests.fakes import FakeChannel, FakeClock

Result = TypeVar("Result")
MakeEdge = Callable[..., "Edge"]


@dataclass
class Edge:
    """One running application over a database: its path, its delivery, and what its channel was given."""

    app: App
    clock: FakeClock
    little: Little
    channel: FakeChannel

    def __post_init__(self) -> None:
        self.path, self.delivery = Path(self.app), Delivery(self.app)

    def do(self, deed: Callable[[Work], Result]) -> Result:
        """Run a deed in a transaction of its own."""
        return self.app.do_now(deed)

    def contact(self, session: Session) -> ContactPoint:
        """The person's address."""
        return session.exec(select(ContactPoint).where(ContactPoint.person_id == self.little.person.id)).one()

    def address(self) -> str:
        """The person's address, as a channel knows it."""
        with reading(self.app.engine) as session:
            address: str | None = self.contact(session).address
            assert address
            return address

    def put(self, text_key: str, lane: Lane = Lane.ANSWER, *, key: str | None = None, **values: Any) -> UUID:
        """Put a message for the person in the outbox; its row's id."""
        with transaction(self.app.engine) as session:
            work = Work(session, self.clock.now(), self.app.kit)
            name = key or f"test/{text_key}/{self.clock.now().isoformat()}"
            row = work.enqueue(self.contact(session), text_key, values, key=name, lane=lane)
            assert row is not None
            return row.id

    def notify(self, number: int, lane: Lane, text_key: str, **values: Any) -> None:
        """Put the same message for the referent in the outbox so many times."""
        with transaction(self.app.engine) as session:
            work = Work(session, self.clock.now(), self.app.kit)
            contact = people.contact_of_referent(session, self.little.referent.id)
            assert contact is not None
            for place in range(number):
                work.enqueue(contact, text_key, values, key=f"{text_key}/{place}", lane=lane)

    def row(self, row_id: UUID) -> Outgoing:
        """A row of the outbox as it stands."""
        with reading(self.app.engine) as session:
            return session.get_one(Outgoing, row_id)

    def rows(self) -> Sequence[Outgoing]:
        """The whole outbox, oldest first."""
        with reading(self.app.engine) as session:
            return session.exec(select(Outgoing).order_by(col(Outgoing.created_at), col(Outgoing.key))).all()

    def messages(self) -> Sequence[Message]:
        """Everything received, oldest first."""
        with reading(self.app.engine) as session:
            return session.exec(select(Message).order_by(col(Message.received_at))).all()

    def todos(self) -> list[str]:
        """The kinds of the to-do lines."""
        with reading(self.app.engine) as session:
            return sorted(line.kind.value for line in session.exec(select(Todo)))

    def person(self) -> Person:
        """The person as they stand."""
        with reading(self.app.engine) as session:
            return session.get_one(Person, self.little.person.id)

    def texts(self) -> list[str]:
        """The words that the channel was given, in order."""
        return [parcel.text for _, parcel in self.channel.sent]

    def sent_keys(self) -> list[str]:
        """The text keys of what was sent, in order of writing."""
        return [row.text_key for row in self.rows() if row.sent_at]


@pytest.fixture
def make_edge(kit: Kit, clock: FakeClock) -> Iterator[MakeEdge]:
    """Build applications; several on one engine stand for replicas."""
    made: list[App] = []

    def make(
        engine: Engine,
        *,
        nlu: NluClient | None = None,
        channel: FakeChannel | None = None,
        little: Little | None = None,
        **settings: Any,
    ) -> Edge:
        channel = channel or FakeChannel()
        channels: dict[ChannelName, Channel] = {channel.name: channel}
        app = an_app(engine, kit, clock, nlu=nlu, channels=channels, **settings)
        made.append(app)
        return Edge(app, clock, little or little_world(engine), channel)

    yield make
    for app in made:
        app.threads.shutdown()


@pytest.fixture
def edge(engine: Engine, make_edge: MakeEdge) -> Edge:
    """The application on SQLite, without Rasa."""
    return make_edge(engine)
