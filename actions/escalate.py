"""Alerts, from the message that opens one to the human note that closes it. `docs/escalation.md` tells it in prose.

Every change locks the alert first, so that of two people who act at once the second sees what the first did.
"""

from __future__ import annotations

import secrets
from typing import Any, overload
from uuid import UUID

from actions.alert_recipients import reader, today_of
from actions.alert_steps import cancel, freeze_round, run_due, run_safely
from actions.attempt import attempt
from actions.errors import Invalid, NotAllowed, Settled
from actions.loops import is_a_loop
from actions.opening import hours_of
from actions.rules.working_time import is_open, next_opening, shift_around
from actions.work import Work
from storage import outbox
from storage.queries import escalations, people
from storage.tables import (
    ContactPoint,
    Escalation,
    EscalationMessage,
    Message,
    Person,
    Referent,
    Structure,
)
from storage.vocabulary import EscalationStatus, FreinCategory, Lane

__all__ = [
    "acknowledge",
    "close",
    "hold",
    "open_or_join",
    "person_values",
    "raise_forgotten",
    "reading_hours",
    "run_due",
]

SMALLEST_REFERENCE = 1000
TRIES_PER_LENGTH = 20


@overload
def open_or_join(
    work: Work,
    *,
    person: Person,
    contact: ContactPoint,
    message: Message,
    level: int,
    frein: FreinCategory | None,
) -> Escalation: ...


@overload
def open_or_join(
    work: Work,
    *,
    person: Person | None,
    contact: ContactPoint,
    message: Message,
    level: int,
    frein: FreinCategory | None,
) -> Escalation | None: ...


def open_or_join(
    work: Work,
    *,
    person: Person | None,
    contact: ContactPoint,
    message: Message,
    level: int,
    frein: FreinCategory | None,
) -> Escalation | None:
    """Open an alert for this message, or let it join the one that is open, and tell whoever is due to know now.

    One open alert for each person (or unknown sender). A message that joins raises the level if it is worse and
    starts a new round, even after an acknowledgement; the same message at the same level changes nothing.
    `level` is 2 or 3. None only where an unknown sender writes to an installation without any structure.
    """
    structure_id = _structure(work, person)
    if structure_id is None:
        return None
    _one_at_a_time(work, person, contact)
    known = _known_already(work, message, level)
    if known:
        return known
    subject = f"person:{person.id}" if person else f"contact:{contact.id}"
    escalation = escalations.open_of(work.session, subject)
    if escalation is None:
        escalation = _open(work, structure_id, subject, person, contact, level, frein)
    elif not _join(work, escalation, contact, level, frein):
        feed(work, escalation, message, level)
        return escalation
    feed(work, escalation, message, level)
    freeze_round(work, escalation)
    run_safely(work, escalation)
    return escalation


def _structure(work: Work, person: Person | None) -> UUID | None:
    if person:
        return person.structure_id
    structure = people.structure_of_newcomers(work.session)
    return structure.id if structure else None


def _one_at_a_time(work: Work, person: Person | None, contact: ContactPoint) -> None:
    """Two messages of one sender must not open two alerts: the second waits for the first to commit."""
    work.session.flush()
    work.session.refresh(person or contact, with_for_update={"key_share": True})


def _open(
    work: Work,
    structure_id: UUID,
    subject: str,
    person: Person | None,
    contact: ContactPoint,
    level: int,
    frein: FreinCategory | None,
) -> Escalation:
    escalation = Escalation(
        reference=_reference(work),
        structure_id=structure_id,
        subject=subject,
        person_id=person.id if person else None,
        contact_id=contact.id,
        level=level,
        frein=frein,
        opened_at=work.now,
        raised_at=work.now,
    )
    work.session.add(escalation)
    work.session.flush()
    work.audit("alert.opened", escalation, level=level, frein=frein.value if frein else None)
    return escalation


def _reference(work: Work) -> int:
    """A free number to say aloud: four digits, more only when those are nearly used up."""
    smallest = SMALLEST_REFERENCE
    while True:
        for _ in range(TRIES_PER_LENGTH):
            number = smallest + secrets.randbelow(9 * smallest)
            if not escalations.reference_is_taken(work.session, number):
                return number
        smallest *= 10


def _join(
    work: Work, escalation: Escalation, contact: ContactPoint, level: int, frein: FreinCategory | None
) -> bool:
    """Let one more message into an alert; whether a new round starts.

    None starts for a machine that writes in a loop while the chain is running anyway.
    """
    worse = level > escalation.level
    if not worse and escalation.status is EscalationStatus.OPEN and is_a_loop(work, contact):
        return False
    if frein and (worse or escalation.frein is None):
        escalation.frein = frein
    escalation.level = max(level, escalation.level)
    escalation.contact_id = contact.id
    escalation.round += 1
    _reopen(escalation)
    work.audit("alert.joined", escalation, level=escalation.level, round=escalation.round)
    return True


def _reopen(escalation: Escalation) -> None:
    """Back to unread: whoever had read it has not read what is new. Who read it before is in the audit log."""
    escalation.status = EscalationStatus.OPEN
    escalation.acknowledged_at = escalation.acknowledged_by = None
    escalation.held_until = escalation.held_by = None


def _known_already(work: Work, message: Message, level: int) -> Escalation | None:
    """The alert that this message has fed, unless it is now heard as worse than it was then."""
    fed = escalations.fed_by(work.session, message.id)
    if fed is None:
        return None
    escalation = work.session.get_one(Escalation, fed.escalation_id)
    closed = escalation.status is EscalationStatus.CLOSED
    return escalation if level <= fed.level or (closed and fed.level) else None


def feed(work: Work, escalation: Escalation, message: Message, level: int = 0) -> None:
    """Show a message with an alert, escalated at `level`: 0 for what is only shown there."""
    fed = escalations.fed_by(work.session, message.id)
    if fed and fed.escalation_id == escalation.id:
        fed.level = max(fed.level, level)
    else:
        work.session.add(
            EscalationMessage(
                escalation_id=escalation.id, message_id=message.id, level=level, joined_at=work.now
            )
        )
    work.session.flush()


def hold(work: Work, escalation: Escalation, referent: Referent | None) -> None:
    """Somebody opens it ("je l'ouvre"): the chain waits ten minutes for them to read it.

    `referent` is None for the structure's line. The same one cannot hold twice in a row: pressing a button is
    not reading. Raises NotAllowed, and Settled when it has been read or is held by somebody else.
    """
    _check_may_open(work, escalation, referent)
    escalations.locked(work.session, escalation)
    if escalation.status is not EscalationStatus.OPEN:
        raise Settled
    holder = referent.id if referent else None
    held_before = escalation.held_until is not None
    if held_before and escalation.held_by == holder:
        return
    if escalation.held_until and escalation.held_until > work.now:
        raise Settled
    escalation.held_until, escalation.held_by = work.now + work.kit.policy.hold, holder
    work.audit("alert.held", escalation, round=escalation.round)


def acknowledge(work: Work, escalation: Escalation, referent: Referent) -> None:
    """A human has read the alert in the console: the steps stop, and the person is told who read it and when.

    It stays open until a note closes it. Raises NotAllowed, and Settled when somebody else was first.
    """
    _check_may_open(work, escalation, referent)
    escalations.locked(work.session, escalation)
    if escalation.status is not EscalationStatus.OPEN:
        raise Settled
    _stop(work, escalation)
    escalation.status = EscalationStatus.ACKNOWLEDGED
    escalation.acknowledged_at, escalation.acknowledged_by = work.now, referent.id
    work.audit("alert.acknowledged", escalation, round=escalation.round)
    _tell_person(work, escalation, "alert.seen", referent)


def close(work: Work, escalation: Escalation, referent: Referent, note: str) -> None:
    """A human note closes the alert: what was done, by whom. The person is told that it was taken up.

    Raises NotAllowed, Invalid without a note, and Settled when it is closed already.
    """
    _check_may_open(work, escalation, referent)
    if not note.strip():
        raise Invalid("Écrivez en une phrase ce qui a été fait : c’est ce qui clôt l’alerte.")
    escalations.locked(work.session, escalation)
    if escalation.status is EscalationStatus.CLOSED:
        raise Settled
    _stop(work, escalation)
    if escalation.acknowledged_at is None:
        escalation.acknowledged_at, escalation.acknowledged_by = work.now, referent.id
    escalation.status = EscalationStatus.CLOSED
    escalation.closed_at, escalation.closed_by = work.now, referent.id
    escalation.note = note.strip()
    work.audit("alert.closed", escalation, round=escalation.round)
    _tell_person(work, escalation, "alert.taken_up", referent)


def raise_forgotten(work: Work) -> int:
    """Raise again the alerts read four hours ago that no note has closed (a job). Return how many."""
    since = work.now - work.kit.policy.raise_again_without_note
    forgotten = escalations.claim_forgotten(work.session, since)
    return sum(_raised_again(work, escalation) for escalation in forgotten)


def _raised_again(work: Work, escalation: Escalation) -> bool:
    """One that cannot be raised is logged and keeps none of the others."""

    def deed() -> None:
        _reopen(escalation)
        escalation.round += 1
        work.audit("alert.raised_again", escalation, round=escalation.round)
        freeze_round(work, escalation)
        run_safely(work, escalation)

    return attempt(work, "raise_again", deed, escalation=str(escalation.id)).done


def person_values(work: Work, escalation: Escalation) -> dict[str, Any]:
    """Who will read this alert and when, for a text that must be true.

    `who`: first name, or None where it is the team; `open_now`; `from_at` and `until_at`: the hours of the working
    day that is running or comes next; `next_at`: the next opening (instants).
    """
    who = reader(work, escalation)
    return {"who": who.first_name if who else None} | reading_hours(work, escalation.structure_id)


def reading_hours(work: Work, structure_id: UUID) -> dict[str, Any]:
    """When a team reads, as `person_values` gives it."""
    hours = hours_of(work.session.get_one(Structure, structure_id))
    shift = shift_around(hours, work.now)
    opening = next_opening(hours, work.now)
    return {
        "open_now": is_open(hours, work.now),
        "from_at": shift.opens_at if shift else opening,
        "until_at": shift.closes_at if shift else opening,
        "next_at": opening,
    }


def _stop(work: Work, escalation: Escalation) -> None:
    """Nothing more is to be sent about it: neither the steps to come nor what still waits in the outbox."""
    cancel(escalations.pending_steps(work.session, escalation.id))
    outbox.cancel_about(work.session, escalation.id)


def _check_may_open(work: Work, escalation: Escalation, referent: Referent | None) -> None:
    today = today_of(work, escalation)
    if referent and not escalations.may_open(work.session, referent, escalation, today):
        raise NotAllowed


def _tell_person(work: Work, escalation: Escalation, text_key: str, referent: Referent) -> None:
    """Tell the person once for each last message, on the address they wrote from, even after STOP."""
    messages = escalations.messages_of(work.session, escalation.id)
    contact = _address_of(work, escalation, messages[-1]) if messages else None
    if contact is None:
        return
    values = {"who": referent.first_name, "at": work.now}
    work.enqueue(
        contact,
        text_key,
        values,
        key=f"{text_key}/{escalation.id}/{messages[-1].id}",
        lane=Lane.ALERT,
        reply_to=messages[-1].id,
    )


def _address_of(work: Work, escalation: Escalation, message: Message) -> ContactPoint | None:
    """The address the message came from, unless it is somebody else's by now."""
    contact = work.session.get_one(ContactPoint, message.contact_id)
    if escalation.person_id in (None, contact.person_id):
        return contact
    return people.contact_of_person(work.session, escalation.person_id)
