"""The inbox: a queue for each person, oldest first, with one lease at a time.

A message is claimed, read outside any transaction, then settled. A crash lets the lease run out and the worker
takes the message up again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from storage.tables import ContactPoint, Message
from storage.vocabulary import MessageStatus

LEASE = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=5)
"""How long a message whose handling failed rests: whatever the person wrote after it waits behind it."""
MAX_ATTEMPTS = 5


def find(session: Session, contact_id: UUID, channel_key: str) -> Message | None:
    """The receipt of this message, if it has already been taken in."""
    return session.exec(
        select(Message).where(Message.contact_id == contact_id, Message.channel_key == channel_key)
    ).one_or_none()


def claim_next(session: Session, contact_id: UUID, now: datetime) -> Message | None:
    """Lease the oldest waiting message of the contact's owner, unless another of theirs is being handled.

    The owner's contact points are locked first, so that two workers cannot both find the queue free.
    """
    contacts = _owned_with(session, contact_id)
    waiting = session.exec(
        select(Message)
        .where(col(Message.contact_id).in_(contacts), Message.status == MessageStatus.RECEIVED)
        .order_by(col(Message.received_at), col(Message.sent_at))
    ).all()
    if not waiting or any(message.lease_until and message.lease_until > now for message in waiting):
        return None
    oldest = waiting[0]
    oldest.lease_until = now + LEASE
    oldest.attempts += 1
    return oldest


def _owned_with(session: Session, contact_id: UUID) -> list[UUID]:
    contact = session.get_one(ContactPoint, contact_id)
    query = select(ContactPoint.id).order_by(col(ContactPoint.id)).with_for_update(key_share=True)
    if contact.person_id is None:
        return list(session.exec(query.where(ContactPoint.id == contact_id)))
    return list(session.exec(query.where(ContactPoint.person_id == contact.person_id)))


def waiting_contacts(session: Session, now: datetime) -> list[UUID]:
    """Contacts with a message that nobody is handling: what the worker sweeps."""
    rows = session.exec(
        select(Message.contact_id)
        .where(
            Message.status == MessageStatus.RECEIVED,
            (col(Message.lease_until).is_(None)) | (col(Message.lease_until) <= now),
        )
        .distinct()
    )
    return list(rows)


def settle(message: Message, status: MessageStatus, now: datetime) -> None:
    """Mark a message as dealt with and give its lease back."""
    message.status = status
    message.handled_at = now
    message.lease_until = None


def put_off(session: Session, message_id: UUID, now: datetime) -> None:
    """Give the lease of a message back after a failure: it is taken up again in a moment."""
    message = session.get(Message, message_id)
    if message and message.status is MessageStatus.RECEIVED:
        message.lease_until = now + RETRY_AFTER


def to_read_again(session: Session, limit: int) -> list[Message]:
    """Messages dealt with that no model has read, to be judged for urgency once it is back.

    Oldest first; those that it could not read either come last, so that none of them holds the others up.
    """
    rows = session.exec(
        select(Message)
        .where(
            Message.status != MessageStatus.RECEIVED,
            col(Message.unread_by_model).is_(True),
            col(Message.body_sealed).is_not(None),
        )
        .order_by(col(Message.attempts), col(Message.received_at))
        .limit(limit)
    )
    return list(rows)


def missed(session: Session, message_id: UUID) -> None:
    """The model could not read this message again: the others come before it next time."""
    message = session.get(Message, message_id)
    if message:
        message.attempts += 1


def received_since(session: Session, contact_id: UUID, since: datetime) -> int:
    """How many messages this contact sent since `since`: a loop between two machines is cut."""
    query = (
        select(func.count())
        .select_from(Message)
        .where(Message.contact_id == contact_id, Message.received_at >= since)
    )
    return session.exec(query).one()
