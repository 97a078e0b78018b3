"""Appointments of a person, those to be reminded of, and those to be settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, exists, select

from storage.tables import Appointment, Frein, Participation, Person, Todo
from storage.vocabulary import (
    FreinCategory,
    FreinStatus,
    ParticipationAnswer,
    ParticipationStatus,
    TodoKind,
)

LONGEST = timedelta(days=1)
"""No appointment lasts longer: what began earlier is over."""

Attended = tuple[Participation, Appointment]


def coming(
    session: Session,
    person_id: UUID,
    now: datetime,
    status: ParticipationStatus = ParticipationStatus.UNKNOWN,
) -> list[Attended]:
    """What is to come or going on for a person, in order of time; not what was cancelled or declined."""
    rows = session.exec(
        select(Participation, Appointment)
        .join(Appointment, col(Appointment.id) == col(Participation.appointment_id))
        .where(
            Participation.person_id == person_id,
            Participation.status == status,
            col(Appointment.cancelled_at).is_(None),
            Appointment.starts_at > now - LONGEST,
        )
        .order_by(col(Appointment.starts_at))
    )
    return [(participation, appointment) for participation, appointment in rows if appointment.ends_at > now]


def begun_since(session: Session, person_id: UUID, since: datetime, now: datetime) -> list[Attended]:
    """What began for a person since `since` and was neither cancelled nor attended, the latest first."""
    rows = session.exec(
        select(Participation, Appointment)
        .join(Appointment, col(Appointment.id) == col(Participation.appointment_id))
        .where(
            Participation.person_id == person_id,
            col(Participation.status).in_((ParticipationStatus.UNKNOWN, ParticipationStatus.NOSHOW)),
            col(Appointment.cancelled_at).is_(None),
            Appointment.starts_at >= since,
            Appointment.starts_at <= now,
        )
        .order_by(col(Appointment.starts_at).desc())
    )
    return list(rows)


def of_person(session: Session, person_id: UUID) -> list[Attended]:
    """Every appointment of a person, cancelled ones included, the latest first."""
    rows = session.exec(
        select(Participation, Appointment)
        .join(Appointment, col(Appointment.id) == col(Participation.appointment_id))
        .where(Participation.person_id == person_id)
        .order_by(col(Appointment.starts_at).desc())
    )
    return list(rows)


def one_of_person(session: Session, participation_id: UUID, person_id: UUID) -> Attended | None:
    """The appointment behind a participation of this person."""
    found = session.get(Participation, participation_id)
    if found is None or found.person_id != person_id:
        return None
    return found, session.get_one(Appointment, found.appointment_id)


def participations(session: Session, appointment_id: UUID) -> list[Participation]:
    """Everybody who takes part in an appointment."""
    query = select(Participation).where(Participation.appointment_id == appointment_id)
    return list(session.exec(query.order_by(col(Participation.id))))


def to_remind(
    session: Session, now: datetime, until: datetime
) -> list[tuple[Participation, Appointment, Person]]:
    """Who is expected at what begins between `now` and `until`, soonest first."""
    rows = session.exec(
        select(Participation, Appointment, Person)
        .join(Appointment, col(Appointment.id) == col(Participation.appointment_id))
        .join(Person, col(Person.id) == col(Participation.person_id))
        .where(
            Participation.status == ParticipationStatus.UNKNOWN,
            Participation.answer != ParticipationAnswer.DECLINED,
            col(Appointment.cancelled_at).is_(None),
            Appointment.starts_at > now,
            Appointment.starts_at <= until,
        )
        .order_by(col(Appointment.starts_at), col(Participation.id))
    )
    return list(rows)


def locked(session: Session, participation: Participation) -> Participation | None:
    """The participation, locked for this transaction; None where another is working on it right now."""
    return session.exec(
        select(Participation)
        .where(Participation.id == participation.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def to_settle(session: Session, now: datetime, limit: int) -> list[tuple[Participation, Appointment, Person]]:
    """Past appointments of which nobody has said what became, and that are not on the to-do list yet."""
    listed = exists().where(
        col(Todo.subject_id) == col(Participation.id),
        col(Todo.kind) == TodoKind.APPOINTMENT_TO_SETTLE,
    )
    rows = session.exec(
        select(Participation, Appointment, Person)
        .join(Appointment, col(Appointment.id) == col(Participation.appointment_id))
        .join(Person, col(Person.id) == col(Participation.person_id))
        .where(
            Participation.status == ParticipationStatus.UNKNOWN,
            col(Appointment.cancelled_at).is_(None),
            Appointment.starts_at < now,
            ~listed,
        )
        .order_by(col(Appointment.starts_at))
        .limit(limit)
        .with_for_update(of=Participation, skip_locked=True, key_share=True)
    )
    return list(rows)


def has_open_frein(session: Session, person_id: UUID, category: FreinCategory) -> bool:
    """Whether an obstacle of this category is open for the person."""
    query = select(Frein.id).where(
        Frein.person_id == person_id, Frein.category == category, Frein.status == FreinStatus.OPEN
    )
    return session.exec(query).first() is not None
