"""The check made again at the moment of sending: is it still wanted, still true, still in time?

Between the writing of a row and its sending somebody may have written STOP, moved the appointment or fallen into
danger. `bot.deliver` asks here for every row it claims. The lanes ALERT and ANSWER are only stopped by an address
that may not be written to; the lane PROACTIVE by all that is in this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from actions.rules.timing import WEEK, Waking, cap_frees_at, next_waking
from actions.work import Work
from storage import outbox
from storage.queries import escalations, proactive
from storage.tables import Appointment, ContactPoint, Outgoing, Participation, Person
from storage.vocabulary import (
    ContactStatus,
    Lane,
    OutboxStatus,
    ParticipationAnswer,
    ParticipationStatus,
    TodoKind,
)

WROTE_LATELY = timedelta(hours=24)
A_MOMENT = timedelta(seconds=5)
"""How long a row waits while another worker is deciding on a message to the same person."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of a claimed row. `status` None: send it now; DUE: not before `not_before`."""

    status: OutboxStatus | None = None
    not_before: datetime | None = None


SEND = Verdict()
CANCEL = Verdict(OutboxStatus.CANCELLED)
EXPIRE = Verdict(OutboxStatus.EXPIRED)


@dataclass(frozen=True)
class Kind:
    """What holds a kind of proactive message back.

    `capped`: it counts against the weekly cap. `in_danger`, `in_pause`: it is sent nevertheless. `at_any_hour`:
    outside waking hours too, when it would otherwise come too late.
    """

    capped: bool = True
    in_danger: bool = False
    in_pause: bool = False
    at_any_hour: bool = False


KINDS: Mapping[str, Kind] = {
    "reminder.": Kind(capped=False, in_danger=True),
    "appointment.": Kind(capped=False, in_danger=True, in_pause=True, at_any_hour=True),
}
"""By the prefix of the text key; everything else is `Kind()`. News of an appointment: see `appointments_admin`."""

UNCAPPED = tuple(prefix for prefix, kind in KINDS.items() if not kind.capped)


def verdict(work: Work, row: Outgoing, contact: ContactPoint) -> Verdict:
    """Whether this row may be sent to this contact now. Refused news of an appointment becomes a call to make."""
    if row.not_after and work.now > row.not_after:
        return EXPIRE
    if not _may_write_to(work, row, contact):
        return _refuse(work, row)
    if row.guard and not GUARDS[row.guard](work, row):
        return CANCEL
    if row.lane is not Lane.PROACTIVE or row.person_id is None:
        return SEND
    return _proactive(work, row, work.session.get_one(Person, row.person_id))


def _may_write_to(work: Work, row: Outgoing, contact: ContactPoint) -> bool:
    """A muted or dead address is written to only in answer to somebody who has just written from it.

    Lane ALERT also follows up within a day: what became of a danger told after STOP is said.
    """
    if contact.status is ContactStatus.ACTIVE:
        return True
    if row.lane is Lane.PROACTIVE:
        return False
    return row.reply_to is not None or (row.lane is Lane.ALERT and _wrote_lately(work, row))


def _wrote_lately(work: Work, row: Outgoing) -> bool:
    person = work.session.get(Person, row.person_id) if row.person_id else None
    wrote_at = person.last_message_at if person else None
    return wrote_at is not None and wrote_at > work.now - WROTE_LATELY


def _proactive(work: Work, row: Outgoing, person: Person) -> Verdict:
    kind = next((kind for prefix, kind in KINDS.items() if row.text_key.startswith(prefix)), Kind())
    if not proactive.may_be_written_to(work.session, person, paused_too=kind.in_pause):
        return _refuse(work, row)
    if not kind.in_danger and escalations.of_person_in_danger(work.session, person.id):
        return CANCEL
    if _is_a_repeat(work, row):
        return CANCEL
    if kind.capped and proactive.locked(work.session, person) is None:
        return Verdict(OutboxStatus.DUE, work.now + A_MOMENT)
    later = max(_after_waking(work, row, person, kind), _under_cap(work, row, kind))
    if later <= work.now:
        return SEND
    if row.not_after and later > row.not_after:
        return EXPIRE
    return Verdict(OutboxStatus.DUE, later)


def _after_waking(work: Work, row: Outgoing, person: Person, kind: Kind) -> datetime:
    """When the person's hours allow it: now, or in the morning."""
    allowed = next_waking(work.now, waking_of(person))
    in_time = row.not_after is None or allowed + work.kit.policy.appointment_news_ahead <= row.not_after
    return work.now if kind.at_any_hour and not in_time else allowed


def waking_of(person: Person) -> Waking:
    """The hours in which this person may be written to."""
    return Waking(ZoneInfo(person.time_zone), person.waking_from, person.waking_until)


def _under_cap(work: Work, row: Outgoing, kind: Kind) -> datetime:
    if not kind.capped:
        return work.now
    counted = proactive.counted_since(work.session, row, work.now - WEEK, UNCAPPED)
    return cap_frees_at(counted, work.now, work.kit.policy.proactive_per_week) or work.now


def _is_a_repeat(work: Work, row: Outgoing) -> bool:
    """Whether the same words went to the same address within a day.

    Automatic texts sent over and over (136 to one person, in one service) are what people complain of most.
    """
    before = proactive.same_text_since(work.session, row, work.now - work.kit.policy.same_text_not_within)
    return any(earlier.values == row.values for earlier in before)


def _refuse(work: Work, row: Outgoing) -> Verdict:
    if row.lane is Lane.PROACTIVE and row.text_key.startswith("appointment.") and row.person_id:
        person = work.session.get_one(Person, row.person_id)
        call_instead(work, person, row.subject_id, row.key)
    return CANCEL


def call_instead(work: Work, person: Person, subject_id: UUID | None, key: str) -> None:
    """News of an appointment that may not, or cannot, be told to the person: the referent calls."""
    work.todo(TodoKind.CALL, person, key=f"call/{key}", subject_id=subject_id, reason="news_not_told")


def appointment_holds(work: Work, row: Outgoing) -> bool:
    """Whether what the row says of an appointment is still so: not cancelled, not moved, the person expected."""
    participation = work.session.get(Participation, row.subject_id) if row.subject_id else None
    if participation is None:
        return False
    appointment = work.session.get_one(Appointment, participation.appointment_id)
    return (
        appointment.cancelled_at is None
        and appointment.starts_at == outbox.unpack(row.values)["starts_at"]
        and participation.status is ParticipationStatus.UNKNOWN
        and participation.answer is not ParticipationAnswer.DECLINED
    )


GUARDS: Mapping[str, Callable[[Work, Outgoing], bool]] = {"appointment": appointment_holds}
"""What a row's `guard` names: true while the row may still be sent."""
