"""A post office for tests: runs jobs and deeds, and sends what may be sent, as delivery does, without a channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from actions.send_time import verdict
from actions.work import Kit, Work
from storage import outbox
from storage.database import reading, transaction
from storage.tables import ContactPoint, Outgoing, Participation, Person, Todo
from storage.vocabulary import OutboxStatus
from tests.fakes import FakeClock

Result = TypeVar("Result")


@dataclass
class Post:
    """The outbox of one database, at the clock's time."""

    engine: Engine
    kit: Kit
    clock: FakeClock

    def do(self, deed: Callable[[Work], Result]) -> Result:
        """Run a deed or a job in a transaction of its own, now."""
        with transaction(self.engine) as session:
            return deed(Work(session, self.clock.now(), self.kit))

    def at(self, moment: datetime) -> Post:
        """Set the clock."""
        self.clock.at = moment
        return self

    def deliver(self) -> list[str]:
        """Send what is due and may be sent; return the text keys in the order of sending."""
        return self.do(self._deliver)

    def _deliver(self, work: Work) -> list[str]:
        sent = []
        for row in outbox.claim_due(work.session, work.now, 100):
            decided = verdict(work, row, work.session.get_one(ContactPoint, row.contact_id))
            row.lease_until = None
            row.status = decided.status or OutboxStatus.SENT
            row.not_before = decided.not_before or row.not_before
            if decided.status is None:
                row.sent_at = work.now
                sent.append(row.text_key)
        return sent

    def look(self, question: Callable[[Session], Result]) -> Result:
        """Ask the database something."""
        with reading(self.engine) as session:
            return question(session)

    def outbox(self, prefix: str = "") -> list[Outgoing]:
        """The rows whose text key begins so, oldest first."""
        query = select(Outgoing).where(col(Outgoing.text_key).startswith(prefix))
        return self.look(
            lambda session: list(session.exec(query.order_by(col(Outgoing.created_at), col(Outgoing.key))))
        )

    def todos(self, person: Person | None = None) -> list[Todo]:
        """The to-do lines, oldest first."""
        query = select(Todo).order_by(col(Todo.created_at), col(Todo.key))
        if person:
            query = query.where(Todo.person_id == person.id)
        return self.look(lambda session: list(session.exec(query)))

    def participation(self, participation_id: UUID) -> Participation:
        """The participation as it stands now."""
        return self.look(lambda session: session.get_one(Participation, participation_id))
