"""A small team around one person, for tests of alerts: who is told, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, select

from actions import escalate
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import ContactPoint, Escalation, Message, Outgoing, Person, Referent, Structure
from storage.vocabulary import ContactStatus, FreinCategory, MessageStatus, OutboxStatus, Role, Urgency
from tests.builders import a_contact, a_person, a_referent, a_structure
from tests.fakes import FakeClock

Result = TypeVar("Result")
PARIS = ZoneInfo("Europe/Paris")
_keys = count(1)


@dataclass
class World:
    """Claire follows Awa; Léa is Claire's backup, Karim is on call, Nadia leads."""

    engine: Engine
    kit: Kit
    clock: FakeClock
    structure: Structure
    claire: Referent
    lea: Referent
    karim: Referent
    nadia: Referent
    awa: Person

    def do(self, deed: Callable[[Work], Result]) -> Result:
        """Run a deed in a transaction of its own, now."""
        with transaction(self.engine) as session:
            return deed(Work(session, self.clock.now(), self.kit))

    def tick(self) -> int:
        """Run the steps that are due, as the worker does."""
        return self.do(escalate.run_due)

    def writes(self, level: int = Urgency.DANGER, frein: FreinCategory | None = None) -> Escalation:
        """Awa writes something that worries; returns her alert."""
        escalation, _ = self.do(lambda work: self.feed(work, self.message(work.session), level, frein))
        return escalation

    def feed(
        self, work: Work, message: Message, level: int = Urgency.DANGER, frein: FreinCategory | None = None
    ) -> tuple[Escalation, Message]:
        """Open or join Awa's alert with a message, within a transaction."""
        person = work.session.get_one(Person, self.awa.id)
        contact = work.session.get_one(ContactPoint, message.contact_id)
        escalation = escalate.open_or_join(
            work, person=person, contact=contact, message=message, level=level, frein=frein
        )
        return escalation, message

    def message(self, session: Session) -> Message:
        """A message just received from Awa's address."""
        contact = session.exec(select(ContactPoint).where(ContactPoint.person_id == self.awa.id)).one()
        return a_message(session, contact, self.clock.now())

    def alert(self) -> Escalation:
        """The one alert, as it stands."""
        return self.do(lambda work: work.session.exec(select(Escalation)).one())

    def told_now(self) -> list[str]:
        """First names of those whom a notification was written to at this very moment; "line" for the structure's."""
        return sorted(self.do(lambda work: _told_at(work.session, self.clock.now())))

    def story(self, minutes: int, every: int = 1) -> list[tuple[str, list[str]]]:
        """Let time pass, ticking; each local time at which somebody was told, and who."""
        told = [(self._local(), names)] if (names := self.told_now()) else []
        for _ in range(0, minutes, every):
            self.clock.forward(minutes=every)
            self.tick()
            if names := self.told_now():
                told.append((self._local(), names))
        return told

    def _local(self) -> str:
        return f"{self.clock.now().astimezone(PARIS):%d %H:%M}"

    def lose(self, *members: Referent) -> None:
        """The addresses of these members can no longer be written to."""
        keys = [member.id for member in members]
        self.do(lambda work: _cut_off(work.session, col(ContactPoint.referent_id).in_(keys)))

    def gain(self, member: Referent) -> None:
        """Give this member an address again."""
        self.do(lambda work: a_contact(work.session, referent_id=member.id))

    def change(self, member: Referent, **columns: object) -> None:
        """Change what is known of a member."""
        self.do(lambda work: _change(work.session.get_one(Referent, member.id), columns))

    def fail_notifications(self) -> None:
        """Mark every notification as impossible to deliver."""
        self.do(_fail_notifications)

    def lose_line(self) -> None:
        """Nor can the structure's line."""
        self.do(lambda work: _cut_off(work.session, col(ContactPoint.structure_id) == self.structure.id))


def a_world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """Build the team and the person."""
    with transaction(engine) as session:
        structure = a_structure(session)
        lea = a_referent(session, structure, first_name="Léa")
        claire = a_referent(session, structure, first_name="Claire", backup_id=lea.id)
        karim = a_referent(session, structure, first_name="Karim", on_call=True)
        nadia = a_referent(session, structure, first_name="Nadia", role=Role.LEAD)
        awa = a_person(session, claire)
        return World(engine, kit, clock, structure, claire, lea, karim, nadia, awa)


def a_message(session: Session, contact: ContactPoint, at: datetime) -> Message:
    """A message just received from an address."""
    message = Message(
        contact_id=contact.id,
        person_id=contact.person_id,
        channel_key=f"alert-test-{next(_keys)}",
        sent_at=at,
        received_at=at,
        status=MessageStatus.RECEIVED,
    )
    message.body = "un message inventé"
    session.add(message)
    session.flush()
    return message


def notifications(session: Session) -> Sequence[Outgoing]:
    """Every notification of an alert."""
    return session.exec(select(Outgoing).where(Outgoing.text_key == "staff.alert")).all()


def _told_at(session: Session, at: datetime) -> list[str]:
    rows = session.exec(select(Outgoing).where(Outgoing.text_key == "staff.alert", Outgoing.created_at == at))
    members = [session.get(Referent, row.referent_id) if row.referent_id else None for row in rows]
    return [member.first_name if member else "line" for member in members]


def _change(row: object, columns: Mapping[str, object]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _fail_notifications(work: Work) -> None:
    for row in notifications(work.session):
        row.status = OutboxStatus.FAILED


def _cut_off(session: Session, which: ColumnElement[bool]) -> None:
    for contact in session.exec(select(ContactPoint).where(which)):
        contact.status = ContactStatus.UNREACHABLE
