"""The referent's side of appointments: make, move, cancel, settle; and what the person is told of it.

News of an appointment goes out in the PROACTIVE lane, not as an answer: nobody asked for it just now, so STOP and
the waking hours hold. Two things set it apart from the rest of that lane (see `send_time`): it does not count
against the weekly cap and no pause or open danger holds it back, since somebody might travel for nothing; and
news that would come too late in the morning is sent at once. What cannot be told becomes a call to make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.appointment_words import ask_about, moment_of
from actions.errors import Invalid, NotAllowed
from actions.rules.timing import local_day
from actions.send_time import call_instead
from actions.work import Work
from storage import outbox
from storage.queries import appointments, people
from storage.tables import Appointment, Participation, Person, Referent, Structure, Todo
from storage.vocabulary import (
    AttachmentKind,
    Modality,
    ParticipationAnswer,
    ParticipationStatus,
    TodoKind,
    TodoOutcome,
    TodoStatus,
)

EXPECTED = frozenset({ParticipationStatus.UNKNOWN, ParticipationStatus.EXCUSED})
"""Whom a move concerns: those still expected, and those who could not come at the old hour."""

OVERTAKEN_BY_A_CHANGE = frozenset(
    {TodoKind.MOVE_REQUEST, TodoKind.CANCELLED_APPOINTMENT, TodoKind.LATE, TodoKind.CALL}
)
"""Lines about an appointment that are settled once it is moved or cancelled."""


def create(
    work: Work,
    referent: Referent,
    attendees: Sequence[Person],
    starts_at: datetime,
    *,
    minutes: int = 45,
    modality: Modality = Modality.ON_SITE,
    title: str | None = None,
    place: str | None = None,
    to_bring: str | None = None,
    appointment_id: UUID | None = None,
) -> Appointment:
    """Make an appointment and tell everybody invited.

    `minutes` is the duration. `appointment_id`, made with the form, keeps a second click from doubling it: the
    appointment already made is returned. Raises NotAllowed for a person the referent may not see, Invalid for a
    moment that is past, a duration that is not positive or nobody invited.
    """
    made = work.session.get(Appointment, appointment_id) if appointment_id else None
    if made:
        _check_may_change(work, referent, made)
        return made
    if not attendees:
        raise Invalid("Choisissez au moins une personne.")
    if minutes <= 0:
        raise Invalid("La durée doit être d'au moins une minute.")
    _check_may_see(work, referent, attendees)
    _check_ahead(work, starts_at)
    appointment = Appointment(
        id=appointment_id or uuid4(),
        structure_id=referent.structure_id,
        referent_id=referent.id,
        starts_at=starts_at,
        duration_minutes=minutes,
        modality=modality,
        created_by=referent.id,
        created_at=work.now,
    )
    appointment.title, appointment.place, appointment.to_bring = title, place, to_bring
    work.session.add(appointment)
    _invite(work, appointment, attendees)
    work.audit("appointment.created", appointment, people=len(attendees))
    return appointment


def _invite(work: Work, appointment: Appointment, attendees: Sequence[Person]) -> None:
    for person in attendees:
        participation = Participation(appointment_id=appointment.id, person_id=person.id, created_at=work.now)
        work.session.add(participation)
        work.session.flush()
        _tell(work, "appointment.new", person, participation, appointment)


def move(work: Work, referent: Referent, appointment: Appointment, starts_at: datetime) -> None:
    """Give an appointment a new hour. Answers given for the old one no longer count; everybody is told.

    Raises NotAllowed, and Invalid for a past moment or a cancelled appointment. The same hour changes nothing.
    """
    _check_may_change(work, referent, appointment)
    _check_ahead(work, starts_at)
    if appointment.cancelled_at:
        raise Invalid("Ce rendez-vous a été annulé : créez-en un autre.")
    if starts_at == appointment.starts_at:
        return
    before, appointment.starts_at = appointment.starts_at, starts_at
    appointment.moved_at = work.now
    appointment.revision += 1
    for person, participation in _taking_part(work, appointment):
        if participation.status in EXPECTED:
            participation.status = ParticipationStatus.UNKNOWN
            participation.answer, participation.answered_at = ParticipationAnswer.NONE, None
            _forget_what_waits(work, referent, participation)
            _tell(work, "appointment.moved", person, participation, appointment, before)
    work.audit("appointment.moved", appointment)


def cancel(work: Work, referent: Referent, appointment: Appointment) -> None:
    """Cancel an appointment: nobody comes, nobody is blamed (`revoked`), everybody is told. Twice changes nothing.

    Raises NotAllowed.
    """
    _check_may_change(work, referent, appointment)
    if appointment.cancelled_at:
        return
    appointment.cancelled_at = work.now
    appointment.revision += 1
    for person, participation in _taking_part(work, appointment):
        if participation.status in EXPECTED:
            told = participation.status is ParticipationStatus.UNKNOWN
            participation.status = ParticipationStatus.REVOKED
            _forget_what_waits(work, referent, participation)
            if told and appointment.ends_at > work.now:
                _tell(work, "appointment.cancelled", person, participation, appointment)
    work.audit("appointment.cancelled", appointment)


def settle(work: Work, referent: Referent, participation: Participation, status: ParticipationStatus) -> None:
    """Write down what became of somebody's appointment; a mistake may be corrected later.

    Raises NotAllowed, and Invalid for `unknown` or before the appointment begins (except `excused`).
    """
    person = work.session.get_one(Person, participation.person_id)
    appointment = work.session.get_one(Appointment, participation.appointment_id)
    _check_may_see(work, referent, [person])
    if status is ParticipationStatus.UNKNOWN:
        raise Invalid("Choisissez ce qui s'est passé.")
    if appointment.starts_at > work.now and status is not ParticipationStatus.EXCUSED:
        raise Invalid("Ce rendez-vous n'a pas encore eu lieu.")
    participation.status = status
    outbox.cancel_about(work.session, participation.id)
    _close_lines(work, referent, participation, frozenset({TodoKind.APPOINTMENT_TO_SETTLE}), TodoOutcome.DONE)
    work.audit("appointment.settled", participation, structure_id=person.structure_id, status=status.value)


def _tell(
    work: Work,
    text_key: str,
    person: Person,
    participation: Participation,
    appointment: Appointment,
    before: datetime | None = None,
) -> None:
    key = news_key(participation, appointment)
    if outbox.find(work.session, key):
        return
    columns = _columns(work, person, participation, appointment, before)
    values = moment_of(work, appointment) | ({"before": before} if before else {})
    row = work.tell(person, text_key, key=key, columns=columns, **values)
    if row is None and text_key != "appointment.new":
        call_instead(work, person, participation.id, key)


def news_key(participation: Participation, appointment: Appointment) -> str:
    """The unique key of what is told of an appointment as it now stands: its making, each move, the cancelling."""
    return f"appointment/{participation.id}/{appointment.revision}"


def _columns(
    work: Work,
    person: Person,
    participation: Participation,
    appointment: Appointment,
    before: datetime | None,
) -> dict[str, Any]:
    ahead = [at for at in (before, appointment.starts_at, appointment.ends_at) if at and at > work.now]
    columns: dict[str, Any] = {"subject_id": participation.id, "not_after": min(ahead)}
    if appointment.cancelled_at:
        return columns
    question = ask_about(work, person, participation, appointment)
    return columns | {
        "guard": "appointment",
        "question_id": question.id,
        "attachment": AttachmentKind.APPOINTMENT_ICS,
    }


def _forget_what_waits(work: Work, referent: Referent, participation: Participation) -> None:
    outbox.cancel_about(work.session, participation.id)
    _close_lines(work, referent, participation, OVERTAKEN_BY_A_CHANGE, TodoOutcome.OVERTAKEN)


def _close_lines(
    work: Work,
    referent: Referent,
    participation: Participation,
    kinds: frozenset[TodoKind],
    outcome: TodoOutcome,
) -> None:
    lines = work.session.exec(
        select(Todo).where(
            Todo.subject_id == participation.id,
            Todo.status == TodoStatus.OPEN,
            col(Todo.kind).in_(kinds),
        )
    )
    for line in lines:
        line.status, line.outcome = TodoStatus.CLOSED, outcome
        line.closed_at, line.closed_by = work.now, referent.id


def _attendees(work: Work, appointment: Appointment) -> list[Person]:
    return [person for person, _ in _taking_part(work, appointment)]


def _taking_part(work: Work, appointment: Appointment) -> list[tuple[Person, Participation]]:
    rows = appointments.participations(work.session, appointment.id)
    return [(work.session.get_one(Person, row.person_id), row) for row in rows]


def _check_may_see(work: Work, referent: Referent, attendees: Iterable[Person]) -> None:
    seen = {person.id for person in people.people_seen_by(work.session, referent, _today(work, referent))}
    if not {person.id for person in attendees} <= seen:
        raise NotAllowed


def _check_may_change(work: Work, referent: Referent, appointment: Appointment) -> None:
    """Who made it or receives may change it, whoever takes part; others must see everybody."""
    if referent.structure_id != appointment.structure_id:
        raise NotAllowed
    if referent.id not in (appointment.referent_id, appointment.created_by):
        _check_may_see(work, referent, _attendees(work, appointment))


def _today(work: Work, referent: Referent) -> date:
    structure = work.session.get_one(Structure, referent.structure_id)
    return local_day(work.now, ZoneInfo(structure.time_zone))


def _check_ahead(work: Work, starts_at: datetime) -> None:
    if starts_at <= work.now:
        raise Invalid("Ce moment est déjà passé.")
