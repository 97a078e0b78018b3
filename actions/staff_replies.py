"""What a member of the team (or the structure's line) answers to an alert: "je l'ouvre", by button or in words.

It holds the chain for ten minutes and acknowledges nothing: reading happens in the console.
"""

from __future__ import annotations

import re
from typing import Any

from sqlmodel import col, select

from actions import escalate
from actions.errors import NotAllowed, Settled
from actions.rules.folding import fold
from actions.work import Work
from storage.queries import escalations
from storage.tables import ContactPoint, Escalation, Message, Outgoing, Referent
from storage.vocabulary import Address, EscalationStatus, Lane, Urgency

STAFF_CHOICES = {"staff.alert": ("open",)}
"""The buttons under a text for the team: what comes back is "open:4821"."""

_REFERENCE = re.compile(r"\b\d{4,}\b")
_OPENING = re.compile(r"^1$|\bouvre\b|^(ok|oui|vu|je regarde|j'y vais)\b")
NUMBERS_FOR_STAFF = ("samu", "any_emergency", "silent")


def answer(work: Work, contact: ContactPoint, message: Message) -> None:
    """Answer one message from the team. Anything but "je l'ouvre" or the number of an alert is sent to the console."""
    escalation = _meant(work, contact, message)
    if message.net_level >= Urgency.DANGER:
        _reply(work, contact, message, "staff.danger", **_numbers(work))
    elif escalation:
        _hold(work, contact, message, escalation)
    elif _names_an_alert(message):
        _reply(work, contact, message, "staff.no_such_alert")
    elif _no_more_than_once_a_day(work, contact):
        _reply(work, contact, message, "staff.only_alerts")


def _numbers(work: Work) -> dict[str, Any]:
    return {"say": {name: work.kit.emergency.say(name, Address.VOUS) for name in NUMBERS_FOR_STAFF}}


def _said(message: Message) -> str:
    return message.choice or fold(message.body or "").strip(" .!?")


def _names_an_alert(message: Message) -> bool:
    return message.choice is not None or _REFERENCE.search(_said(message)) is not None


def _meant(work: Work, contact: ContactPoint, message: Message) -> Escalation | None:
    """The alert that is meant: by its number, else the last one this address was told of."""
    said = _said(message)
    number = _REFERENCE.search(said)
    if number:
        structure_id = _structure_of(work, contact)
        return escalations.by_reference(work.session, int(number[0]), structure_id) if structure_id else None
    return _last_told(work, contact) if _OPENING.search(said) else None


def _structure_of(work: Work, contact: ContactPoint) -> Any:
    if contact.referent_id is None:
        return contact.structure_id
    return work.session.get_one(Referent, contact.referent_id).structure_id


def _last_told(work: Work, contact: ContactPoint) -> Escalation | None:
    return work.session.exec(
        select(Escalation)
        .join(Outgoing, col(Outgoing.subject_id) == col(Escalation.id))
        .where(Outgoing.contact_id == contact.id, Outgoing.text_key == "staff.alert")
        .order_by(col(Outgoing.created_at).desc())
    ).first()


def _hold(work: Work, contact: ContactPoint, message: Message, escalation: Escalation) -> None:
    referent = work.session.get_one(Referent, contact.referent_id) if contact.referent_id else None
    work.actor = f"referent:{referent.id}" if referent else f"contact_point:{contact.id}"
    try:
        escalate.hold(work, escalation, referent)
    except NotAllowed:
        _reply(work, contact, message, "staff.no_such_alert")
        return
    except Settled:
        pass
    text_key, values = _state(work, escalation, referent)
    _reply(work, contact, message, text_key, reference=escalation.reference, **values)


def _state(work: Work, escalation: Escalation, referent: Referent | None) -> tuple[str, dict[str, Any]]:
    """What is true of the alert now, as a text for the one who asked."""
    if escalation.status is EscalationStatus.CLOSED:
        return "staff.closed", {}
    if escalation.status is EscalationStatus.ACKNOWLEDGED:
        return "staff.already_read", {
            "who": _name(work, escalation.acknowledged_by),
            "at": escalation.acknowledged_at,
        }
    if escalation.held_until is None or escalation.held_until <= work.now:
        return "staff.still_unread", {}
    if escalation.held_by != (referent.id if referent else None):
        return "staff.held_by_other", {"who": _name(work, escalation.held_by)}
    return "staff.held", {"until": escalation.held_until}


def _name(work: Work, referent_id: Any) -> str | None:
    return work.session.get_one(Referent, referent_id).first_name if referent_id else None


def _no_more_than_once_a_day(work: Work, contact: ContactPoint) -> bool:
    """Automatic replies of a mailbox or a phone must not be answered for ever."""
    day = f"{work.now:%F}"
    told = work.session.exec(
        select(Outgoing.created_at).where(
            Outgoing.contact_id == contact.id, Outgoing.text_key == "staff.only_alerts"
        )
    )
    return all(f"{at:%F}" != day for at in told)


def _reply(work: Work, contact: ContactPoint, message: Message, text_key: str, **values: Any) -> None:
    work.enqueue(contact, text_key, values, key=f"staff/{message.id}", lane=Lane.ANSWER, reply_to=message.id)
