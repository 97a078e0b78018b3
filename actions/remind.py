"""Reminders of appointments, calls for those whom reminders do not help, and past appointments to settle.

Evidence: a reminder the day before cut missed appointments by 29 %; two days before alone had no effect, four days
and one day worked (randomised, 3,470 people, 14,135 appointments, 2021). For homeless people reminders had no
effect (randomised, 1,459 people): a person with an open housing frein is also called by their referent.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.appointment_words import ask_about, moment_of
from actions.appointments_admin import news_key
from actions.opening import hours_of
from actions.rules.timing import DueReminder, ReminderFigures, at_local, local_day, reminder_due
from actions.rules.working_time import is_working_day
from actions.send_time import waking_of
from actions.work import Work, find_todo
from storage import outbox
from storage.queries import appointments, proactive
from storage.tables import Appointment, Participation, Person, Structure
from storage.vocabulary import FreinCategory, ParticipationAnswer, TodoKind

CALL_AHEAD = timedelta(days=6)
"""How far ahead calls are looked for: the working day before may lie behind a long week-end."""


def remind(work: Work) -> int:
    """Put the reminders that are due in the outbox; return how many. Run twice it adds nothing.

    At most `reminders_per_run` at a time, so that an alert never waits behind a long transaction.
    """
    policy = work.kit.policy
    until = work.now + timedelta(days=max(policy.reminder_days, default=0) + 1)
    written = 0
    for participation, appointment, person in appointments.to_remind(work.session, work.now, until):
        if written >= policy.reminders_per_run:
            break
        for days in policy.reminder_days:
            due = _due(work, appointment, person, days)
            if due and _remind_of(work, participation, appointment, person, due):
                written += 1
    return written


def _due(work: Work, appointment: Appointment, person: Person, days: int) -> DueReminder | None:
    policy = work.kit.policy
    figures = ReminderFigures(
        early_at=policy.reminder_early_at,
        eve_at=policy.reminder_eve_at,
        early_useful_for=policy.reminder_early_useful_for,
        eve_until_before=policy.reminder_eve_until_before,
    )
    return reminder_due(appointment.starts_at, appointment.set_at, work.now, days, waking_of(person), figures)


def reminder_key(participation: Participation, appointment: Appointment, days: int) -> str:
    """The unique key of one reminder: a move, which changes the hour, makes new ones."""
    return f"reminder/{participation.id}/{days}/{appointment.starts_at:%Y%m%dT%H%MZ}"


def _remind_of(
    work: Work, participation: Participation, appointment: Appointment, person: Person, due: DueReminder
) -> bool:
    key = reminder_key(participation, appointment, due.days)
    if outbox.find(work.session, key) or not proactive.may_be_written_to(work.session, person):
        return False
    if due.overtaken and outbox.find(work.session, news_key(participation, appointment)):
        return False
    # Whoever comes second here finds the row of the first, or leaves it to them.
    locked = appointments.locked(work.session, participation)
    if locked is None or outbox.find(work.session, key):
        return False
    return _write(work, locked, appointment, person, due, key)


def _write(
    work: Work,
    participation: Participation,
    appointment: Appointment,
    person: Person,
    due: DueReminder,
    key: str,
) -> bool:
    question = ask_about(work, person, participation, appointment)
    columns = {
        "guard": "appointment",
        "subject_id": participation.id,
        "question_id": question.id,
        "not_after": due.not_after,
    }
    row = work.tell(
        person, _text_key(participation, due), key=key, columns=columns, **moment_of(work, appointment)
    )
    if row is None:
        work.session.delete(question)
    return row is not None


def _text_key(participation: Participation, due: DueReminder) -> str:
    if participation.answer is ParticipationAnswer.MOVE_ASKED:
        return "reminder.still_holds"
    return "reminder.eve" if due.days <= 1 else "reminder.early"


def call_the_homeless(work: Work) -> int:
    """On the working day before, put a call on the to-do list for whoever has an open housing frein.

    The line appears when the structure opens, whatever the person wants to receive: a human calls. Returns how many.
    """
    written = 0
    for participation, appointment, person in appointments.to_remind(
        work.session, work.now, work.now + CALL_AHEAD
    ):
        structure = work.session.get_one(Structure, person.structure_id)
        key = f"call/{participation.id}/{appointment.starts_at:%Y%m%dT%H%MZ}"
        if work.now < _call_at(structure, appointment.starts_at) or find_todo(work.session, key):
            continue
        if not appointments.has_open_frein(work.session, person.id, FreinCategory.HOUSING):
            continue
        if appointments.locked(work.session, participation) is None:
            continue
        line = work.todo(
            TodoKind.CALL,
            person,
            key=key,
            subject_id=participation.id,
            reason="housing",
            starts_at=appointment.starts_at,
        )
        written += line is not None
    return written


def _call_at(structure: Structure, starts_at: datetime) -> datetime:
    """When the structure opens on its last working day before the appointment's own."""
    hours = hours_of(structure)
    own = local_day(starts_at, hours.zone)
    before = [own - timedelta(days=back) for back in range(1, CALL_AHEAD.days)]
    day = next((day for day in before if is_working_day(hours, day)), own - timedelta(days=1))
    return at_local(day, hours.opens_at, hours.zone)


def ask_what_became(work: Work) -> int:
    """The morning after, each past appointment of which nothing is known becomes a line to settle. Returns how many."""
    written = 0
    for participation, appointment, person in appointments.to_settle(
        work.session, work.now, work.kit.policy.reminders_per_run
    ):
        structure = work.session.get_one(Structure, person.structure_id)
        if work.now < _morning_after(work, structure, appointment.ends_at):
            continue
        line = work.todo(
            TodoKind.APPOINTMENT_TO_SETTLE,
            person,
            key=f"settle/{participation.id}",
            subject_id=participation.id,
            starts_at=appointment.starts_at,
        )
        written += line is not None
    return written


def _morning_after(work: Work, structure: Structure, ended_at: datetime) -> datetime:
    zone = ZoneInfo(structure.time_zone)
    day: date = local_day(ended_at, zone) + timedelta(days=1)
    return at_local(day, work.kit.policy.digest_at, zone)
