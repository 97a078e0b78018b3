"""STOP: nothing proactive is sent any more. Answers still come, and danger is always heard."""

from __future__ import annotations

from sqlmodel import select

from actions.invitations import unbind_wrong_number
from actions.rules.wrong_number import is_wrong_number
from actions.work import Turn, Work
from storage.tables import ContactPoint, Message, Outgoing, Person
from storage.vocabulary import ContactStatus, Lane, OutboxStatus, TodoKind


def stop_now(work: Work, person: Person | None, contact: ContactPoint, message: Message) -> None:
    """The whole message is STOP: act at once, before any model. An unknown sender gets one neutral answer."""
    if person is None:
        contact.status = ContactStatus.MUTED
        work.audit("contact.stopped", contact)
        _confirm(work, contact, message, "stop.unknown")
    else:
        _stop(work, person, message)
        _confirm(work, contact, message, "stop.done")


def stop_messages(turn: Turn) -> None:
    """The person asks for no more messages, in their own words; or says that this is not their number."""
    if is_wrong_number(turn.text):
        unbind_wrong_number(turn, turn.contact, turn.person, turn.message)
        _confirm(turn, turn.contact, turn.message, "stop.wrong_number")
    else:
        _stop(turn, turn.person, turn.message)
        turn.say("stop.done")


def _stop(work: Work, person: Person, message: Message) -> None:
    if person.stopped_at is None:
        person.stopped_at = work.now
        work.audit("messages.stopped", person)
        work.todo(TodoKind.PREFERENCE, person, key=f"stop/{message.id}", message=message, wish="stop")
    waiting = select(Outgoing).where(
        Outgoing.person_id == person.id,
        Outgoing.lane == Lane.PROACTIVE,
        Outgoing.status == OutboxStatus.DUE,
    )
    for row in work.session.exec(waiting).all():
        row.status = OutboxStatus.CANCELLED


def _confirm(work: Work, contact: ContactPoint, message: Message, text_key: str) -> None:
    work.enqueue(contact, text_key, {}, key=f"stop/{message.id}", lane=Lane.ANSWER, reply_to=message.id)
