"""Builders of obviously invented people and things, and a conversation with given readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from actions.handle_message import handle
from actions.ports import Incoming
from actions.receive_message import receive
from actions.rules.reading import ModelReading
from actions.work import Kit, Work
from storage import inbox, outbox
from storage.database import transaction
from storage.queries.people import address_index
from storage.tables import (
    Accompagnement,
    Appointment,
    ContactPoint,
    Demarche,
    Outgoing,
    Participation,
    Person,
    Referent,
    Structure,
)
from storage.vocabulary import (
    Activity,
    ChannelName,
    Consent,
    DemarcheStatus,
    IncomingKind,
    Lane,
    Language,
    OutboxStatus,
    Role,
)
from tests.fakes import FakeClock

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""Tuesday 24 November 2026, 10:00 in Paris: a working day, nobody's holiday."""

PARIS = ZoneInfo("Europe/Paris")
_numbers = count(1)


def a_structure(session: Session, **columns: Any) -> Structure:
    """A structure open Monday to Friday 9:00–17:30 in Paris, with a line of its own."""
    given: dict[str, Any] = {"name": "Le Pont (exemple)", "phone": "01 99 00 00 00", "created_at": TUESDAY}
    structure = Structure(**given | columns)
    session.add(structure)
    a_contact(session, structure_id=structure.id)
    session.flush()
    return structure


def a_referent(session: Session, structure: Structure, *, reachable: bool = True, **columns: Any) -> Referent:
    """A referent of `structure`, with a local address unless not `reachable`."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "structure_id": structure.id,
        "login": f"referent{number}",
        "first_name": "Claire",
        "last_name": f"Exemple{number}",
        "role": Role.REFERENT,
        "created_at": TUESDAY,
    }
    referent = Referent(**given | columns)
    session.add(referent)
    if reachable:
        a_contact(session, referent_id=referent.id)
    session.flush()
    return referent


def a_person(
    session: Session, referent: Referent, *, bound: bool = True, hours: float | None = 15.0, **columns: Any
) -> Person:
    """A person supported by `referent`, who agreed to the conditions and has a local address if `bound`."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "structure_id": referent.structure_id,
        "first_name": "Awa",
        "last_name": f"Démo{number}",
        "consent": Consent.GIVEN,
        "consent_at": TUESDAY,
        "created_at": TUESDAY - timedelta(days=30),
        "last_message_at": TUESDAY - timedelta(days=1),
    }
    person = Person(**given | columns)
    session.add(person)
    session.add(
        Accompagnement(
            structure_id=referent.structure_id,
            person_id=person.id,
            referent_id=referent.id,
            started_on=date(2026, 10, 1),
            weekly_hours_target=hours,
            created_at=TUESDAY - timedelta(days=30),
        )
    )
    if bound:
        a_contact(session, person_id=person.id, bound_at=TUESDAY - timedelta(days=30))
    session.flush()
    return person


def a_contact(
    session: Session, *, channel: ChannelName = ChannelName.LOCAL, address: str | None = None, **columns: Any
) -> ContactPoint:
    """A contact point at `address` (a fresh one if not given)."""
    where = address or f"local-{next(_numbers)}"
    given: dict[str, Any] = {
        "channel": channel,
        "address_index": address_index(channel, where),
        "created_at": TUESDAY,
        "bound_at": TUESDAY,
    }
    contact = ContactPoint(**given | columns)
    contact.address = where
    session.add(contact)
    session.flush()
    return contact


def an_appointment(
    session: Session, person: Person, starts_at: datetime, *, title: str = "Point du plan", **columns: Any
) -> Participation:
    """An appointment of the person with their referent; returns the participation."""
    accompagnement = session.exec(select(Accompagnement).where(Accompagnement.person_id == person.id)).one()
    given: dict[str, Any] = {
        "structure_id": person.structure_id,
        "referent_id": accompagnement.referent_id,
        "starts_at": starts_at,
        "created_at": TUESDAY - timedelta(days=20),
    }
    appointment = Appointment(**given | columns)
    appointment.title = title
    appointment.place = "12 rue de l'Exemple, bureau 3"
    participation = Participation(
        appointment_id=appointment.id, person_id=person.id, created_at=TUESDAY - timedelta(days=20)
    )
    session.add(appointment)
    session.add(participation)
    session.flush()
    return participation


def a_step(
    session: Session, person: Person, title: str, activity: Activity | None = None, **columns: Any
) -> Demarche:
    """A step of the person's plan."""
    accompagnement = session.exec(select(Accompagnement).where(Accompagnement.person_id == person.id)).one()
    given: dict[str, Any] = {
        "person_id": person.id,
        "accompagnement_id": accompagnement.id,
        "activity": activity,
        "status": DemarcheStatus.TO_DO,
        "created_at": TUESDAY - timedelta(days=10),
    }
    step = Demarche(**given | columns)
    step.title = title
    session.add(step)
    session.flush()
    return step


def local(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = PARIS
) -> datetime:
    """The instant of a local wall-clock time, in UTC."""
    return datetime.combine(date(year, month, day), time(hour, minute), zone).astimezone(UTC)


def a_reading(
    intent: str = "greet",
    *,
    confidence: float = 0.95,
    frein: str | None = None,
    urgency: int = 0,
    activity: str | None = None,
    ranking: tuple[tuple[str, float], ...] | None = None,
    language: Language = Language.FR,
) -> ModelReading:
    """What the model is said to have answered."""
    shares = [0.01, 0.01, 0.01, 0.01]
    shares[urgency] = 0.97
    return ModelReading(
        intent=intent,
        confidence=confidence,
        ranking=ranking or ((intent, confidence), ("thank", 0.02), ("view_plan", 0.01)),
        frein=frein,
        frein_confidence=0.9,
        urgency=urgency,
        probabilities=(shares[0], shares[1], shares[2], shares[3]),
        activity=activity,
        activity_confidence=0.9,
        language=language,
    )


@dataclass(frozen=True)
class Answer:
    """One message put in the outbox: its text key, its values, and its row."""

    key: str
    values: dict[str, Any]
    row: Outgoing


class Conversation:
    """One person writing: each message goes through both halves of the path with the reading that is given."""

    def __init__(
        self,
        engine: Engine,
        kit: Kit,
        clock: FakeClock,
        person: Person | None = None,
        address: str | None = None,
    ) -> None:
        self.engine, self.kit, self.clock = engine, kit, clock
        self.address = address or self._address_of(person)

    def _address_of(self, person: Person | None) -> str:
        if person is None:
            return f"stranger-{next(_numbers)}"
        with transaction(self.engine) as session:
            contact = session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id)).first()
            address: str | None = contact.address if contact else None
            if address is None:
                raise AssertionError("this person has no address: build them with bound=True")
            return address

    def says(self, text: str | None, intent: str | None = "greet", **reading: Any) -> list[Answer]:
        """Write `text`; `intent=None` means that Rasa is down. Returns what was answered, marked as sent."""
        model = None if intent is None else a_reading(intent, **reading)
        return self.sends(
            Incoming(ChannelName.LOCAL, self.address, self._key(), self.clock.now(), text=text), model
        )

    def presses(self, choice: str, question_id: UUID | None = None) -> list[Answer]:
        """Press a button (of the question awaited, unless another is named)."""
        incoming = Incoming(
            ChannelName.LOCAL,
            self.address,
            self._key(),
            self.clock.now(),
            kind=IncomingKind.CHOICE,
            choice=choice,
            question_id=question_id,
        )
        return self.sends(incoming, None)

    def sends(self, incoming: Incoming, model: ModelReading | None) -> list[Answer]:
        """Take any message through the path."""
        before = self.clock.now()
        with transaction(self.engine) as session:
            receipt = receive(Work(session, before, self.kit), incoming)
        if receipt.waiting:
            with transaction(self.engine) as session:
                claimed = inbox.claim_next(session, receipt.contact_id, before)
            assert claimed is not None
            with transaction(self.engine) as session:
                handle(Work(session, before, self.kit), claimed.id, model)
        return self._deliver(before)

    def _key(self) -> str:
        return f"m{next(_numbers)}"

    def _deliver(self, now: datetime) -> list[Answer]:
        with transaction(self.engine) as session:
            rows = session.exec(
                select(Outgoing)
                .join(ContactPoint, col(ContactPoint.id) == col(Outgoing.contact_id))
                .where(
                    ContactPoint.address_index == address_index(ChannelName.LOCAL, self.address),
                    Outgoing.status == OutboxStatus.DUE,
                    Outgoing.lane != Lane.PROACTIVE,
                )
                .order_by(col(Outgoing.created_at), col(Outgoing.key))
            ).all()
            for row in rows:
                row.status, row.sent_at = OutboxStatus.SENT, now
            return [Answer(row.text_key, outbox.unpack(row.values), row) for row in rows]
