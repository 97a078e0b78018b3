"""The first half of the path of a message: the receipt, and what must not wait for a model.

One transaction. What is written here is never lost; a message delivered twice stops here; a certain danger and
the words STOP, REPRENDRE and URGENCE are acted upon here and now. The second half is `handle_message`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from actions import danger, escalate, pause_support, staff_replies, stop_messages, unknown_sender
from actions.attempt import attempt
from actions.ports import Incoming
from actions.rules.judge import hear, language_of
from actions.rules.keywords import Keyword, explicit_keyword
from actions.rules.urgency import Grade, NetReading
from actions.work import Work
from storage import inbox
from storage.queries import people, questions
from storage.tables import ContactPoint, Message, Person
from storage.vocabulary import ContactStatus, FreinCategory, Language, MessageStatus, Urgency

Row = TypeVar("Row", ContactPoint, Message)

LONGEST_BODY = 20_000
"""Characters kept of one message: five times what Telegram carries."""


@dataclass(frozen=True)
class Receipt:
    """What became of an incoming message. `waiting`: the second half of the path is still to come."""

    message_id: UUID
    contact_id: UUID
    duplicate: bool = False
    waiting: bool = True


def receive(work: Work, incoming: Incoming) -> Receipt:
    """Take a message in. The caller answers the provider only after the commit.

    What is done at once may fail; the receipt stays, and the second half of the path comes back to it.
    """
    contact = _contact(work, incoming)

    def find() -> Message | None:
        return inbox.find(work.session, contact.id, incoming.key)

    fresh = _message(work, incoming, contact)
    message = find() or _added(work, fresh, find)
    if message is not fresh:
        return Receipt(message.id, contact.id, duplicate=True, waiting=False)
    heard = hear(incoming.text or "", work.kit.net)
    message.net_level, message.net_entry = heard.level, heard.entry
    message.net_grade = heard.grade.value if heard.grade else None
    attempt(work, "act_at_once", lambda: _act_at_once(work, contact, message, heard))
    return Receipt(message.id, contact.id, waiting=message.status is MessageStatus.RECEIVED)


def _contact(work: Work, incoming: Incoming) -> ContactPoint:
    def find() -> ContactPoint | None:
        return people.contact_at(work.session, incoming.channel, incoming.address)

    contact = find() or _added(work, _newcomer(work, incoming), find)
    if contact.status is ContactStatus.UNREACHABLE:
        contact.status = ContactStatus.ACTIVE
    return contact


def _newcomer(work: Work, incoming: Incoming) -> ContactPoint:
    contact = ContactPoint(
        channel=incoming.channel,
        address_index=people.address_index(incoming.channel, incoming.address),
        created_at=work.now,
    )
    contact.address = incoming.address
    return contact


def _added(work: Work, row: Row, find: Callable[[], Row | None]) -> Row:
    """`row`, written; or the one that another transaction has just written under the same unique key."""
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        other = find()
        if other is None:
            raise
        return other
    return row


def _message(work: Work, incoming: Incoming, contact: ContactPoint) -> Message:
    message = Message(
        contact_id=contact.id,
        person_id=contact.person_id,
        channel_key=incoming.key,
        kind=incoming.kind,
        choice=incoming.choice,
        question_id=incoming.question_id or _quoted(work, contact, incoming),
        edit_of=_edited(work, contact, incoming),
        sent_at=incoming.sent_at,
        received_at=work.now,
    )
    message.body = None if incoming.text is None else incoming.text[:LONGEST_BODY]
    return message


def _edited(work: Work, contact: ContactPoint, incoming: Incoming) -> UUID | None:
    if incoming.edit_of is None:
        return None
    original = inbox.find(work.session, contact.id, incoming.edit_of)
    return original.id if original else None


def _quoted(work: Work, contact: ContactPoint, incoming: Incoming) -> UUID | None:
    if incoming.reply_to is None:
        return None
    return questions.carried_by(work.session, contact.id, incoming.reply_to)


def _act_at_once(work: Work, contact: ContactPoint, message: Message, heard: NetReading) -> None:
    if is_of_the_team(contact):
        answer_the_team(work, contact, message)
        inbox.settle(message, MessageStatus.HANDLED, work.now)
        return
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    if person:
        person.last_message_at = work.now
    keyword = explicit_keyword(message.body or "")
    if keyword is Keyword.STOP:
        stop_messages.stop_now(work, person, contact, message)
        inbox.settle(message, MessageStatus.HANDLED, work.now)
    elif keyword is Keyword.RESUME and pause_support.resume_now(work, person, contact, message):
        inbox.settle(message, MessageStatus.HANDLED, work.now)
    elif heard.level == Urgency.DANGER and heard.grade is Grade.CERTAIN:
        language = language_of(message.body or "", heard)
        raise_danger(work, person, contact, message, heard.frein, language)


def is_of_the_team(contact: ContactPoint) -> bool:
    """Whether a member of the team, or the structure's line, writes from here."""
    return bool(contact.referent_id or (contact.structure_id and not contact.person_id))


def answer_the_team(work: Work, contact: ContactPoint, message: Message) -> None:
    """Take "je l'ouvre" and the number of an alert; anything else is sent to the console."""
    if not unknown_sender.code_from_bound(work, contact, message):
        staff_replies.answer(work, contact, message)


def raise_danger(
    work: Work,
    person: Person | None,
    contact: ContactPoint,
    message: Message,
    frein: str | None,
    language: Language = Language.FR,
) -> bool:
    """Open (or join) the alert and answer the person; a second call for the same message changes nothing.

    Neither waits for the other: where one fails, the other is kept. False when no alert could be opened: the
    message must then be taken up again.
    """
    category = FreinCategory(frein) if frein else None
    alert = attempt(
        work,
        "open_alert",
        lambda: escalate.open_or_join(
            work, person=person, contact=contact, message=message, level=Urgency.DANGER, frein=category
        ),
    )
    answer = attempt(
        work,
        "answer_danger",
        lambda: danger.answer(
            work,
            person=person,
            contact=contact,
            message=message,
            frein=category,
            escalation=alert.result,
            language=language,
        ),
    )
    if not answer.done:
        attempt(work, "answer_danger_plainly", lambda: danger.answer_plainly(work, contact, message))
    return alert.done
