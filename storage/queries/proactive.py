"""What decides whether the companion may write first: support, dangers, and what was sent before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, exists, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.tables import Accompagnement, ContactPoint, Outgoing, Person, Todo
from storage.vocabulary import (
    Consent,
    ContactStatus,
    Lane,
    OutboxStatus,
    SupportStatus,
    TodoKind,
)

GOING_ON = (SupportStatus.ACTIVE, SupportStatus.PAUSED, SupportStatus.LEAVING)
_HEARD_AT = func.coalesce(Person.last_message_at, Person.consent_at, Person.created_at)


def heard_at(person: Person) -> datetime:
    """When something was last heard from a person; of one who never wrote, when they agreed or were entered."""
    return person.last_message_at or person.consent_at or person.created_at


def may_be_written_to(session: Session, person: Person, *, paused_too: bool = False) -> bool:
    """Whether the companion may write first: consent given, no STOP, support going on and not paused.

    `paused_too`: while the support is paused, or the person is about to leave, as well.
    """
    status = GOING_ON if paused_too else (SupportStatus.ACTIVE,)
    return session.exec(_may_be_written_to(status).where(Person.id == person.id)).first() is not None


def _may_be_written_to(
    status: tuple[SupportStatus, ...] = (SupportStatus.ACTIVE,),
) -> SelectOfScalar[Person]:
    return (
        select(Person)
        .join(Accompagnement, col(Accompagnement.person_id) == col(Person.id))
        .where(
            Person.consent == Consent.GIVEN,
            col(Person.stopped_at).is_(None),
            col(Accompagnement.status).in_(status),
        )
    )


def _has_contact() -> ColumnElement[bool]:
    return exists().where(
        col(ContactPoint.person_id) == col(Person.id), col(ContactPoint.status) == ContactStatus.ACTIVE
    )


def counted_since(session: Session, row: Outgoing, since: datetime, free: tuple[str, ...]) -> list[datetime]:
    """When the proactive messages that count against this one's weekly cap were sent.

    Those claimed by another worker, or before it by the same, count as sent; texts under a `free` prefix never
    count. Lock the person first: two workers would each find the other's row still waiting.
    """
    ahead = and_(
        Outgoing.status == OutboxStatus.SENDING,
        or_(
            col(Outgoing.lease_until) != row.lease_until,
            col(Outgoing.not_before) < row.not_before,
            and_(col(Outgoing.not_before) == row.not_before, col(Outgoing.key) < row.key),
        ),
    )
    sent = and_(Outgoing.status == OutboxStatus.SENT, col(Outgoing.sent_at) >= since)
    query = select(func.coalesce(Outgoing.sent_at, Outgoing.not_before)).where(
        Outgoing.person_id == row.person_id,
        Outgoing.lane == Lane.PROACTIVE,
        or_(sent, ahead),
        *(~col(Outgoing.text_key).startswith(prefix, autoescape=True) for prefix in free),
    )
    return list(session.exec(query))


def same_text_since(session: Session, row: Outgoing, since: datetime) -> list[Outgoing]:
    """Messages with the same text key sent to the same address since `since`."""
    query = select(Outgoing).where(
        Outgoing.contact_id == row.contact_id,
        Outgoing.text_key == row.text_key,
        Outgoing.status == OutboxStatus.SENT,
        col(Outgoing.sent_at) > since,
    )
    return list(session.exec(query))


def zones(session: Session) -> list[str]:
    """The time zones people live in."""
    return list(session.exec(select(Person.time_zone).distinct().order_by(col(Person.time_zone))))


def to_ask(
    session: Session, text_key: str, since: datetime, limit: int, *, in_zones: list[str], after: UUID
) -> list[Person]:
    """People of these zones, with an address, who want check-ins and were not put `text_key` since `since`.

    In the order of their keys, from the one after `after`.
    """
    query = _may_be_written_to().where(
        col(Person.check_ins).is_(True),
        _has_contact(),
        ~_put(text_key, since),
        col(Person.time_zone).in_(in_zones),
        col(Person.id) > after,
    )
    return list(session.exec(query.order_by(col(Person.id)).limit(limit)))


def to_nudge(
    session: Session, text_key: str, silent_since: datetime, limit: int, *, besides: str, not_since: datetime
) -> list[Person]:
    """People with an address who want check-ins, silent since then, and not put `text_key` since they wrote.

    Nor were they put the text `besides` since `not_since`: one question at a time.
    """
    query = _may_be_written_to().where(
        col(Person.check_ins).is_(True),
        _has_contact(),
        silent_since >= _HEARD_AT,
        ~_put(text_key, _HEARD_AT),
        ~_put(besides, not_since),
    )
    return list(session.exec(query.order_by(_HEARD_AT, col(Person.id)).limit(limit)))


def lost(session: Session, silent_since: datetime, limit: int) -> list[Person]:
    """People silent since then whose silence is not on the to-do list yet."""
    told = exists().where(
        col(Todo.person_id) == col(Person.id),
        col(Todo.kind) == TodoKind.SILENCE,
        col(Todo.created_at) > _HEARD_AT,
    )
    query = _may_be_written_to().where(silent_since >= _HEARD_AT, ~told)
    return list(session.exec(query.order_by(_HEARD_AT, col(Person.id)).limit(limit)))


def _put(text_key: str, since: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return exists().where(
        col(Outgoing.person_id) == col(Person.id),
        col(Outgoing.text_key) == text_key,
        col(Outgoing.created_at) > since,
    )


def locked(session: Session, person: Person) -> Person | None:
    """The person, locked for this transaction; None where another is working on them right now."""
    return session.exec(
        select(Person)
        .where(Person.id == person.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
