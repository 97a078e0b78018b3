"""The outbox: what is to be sent, in three lanes, claimed with a lease so that any number of replicas may deliver."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, case, col, or_, select

from storage.tables import Outgoing
from storage.vocabulary import Lane, OutboxStatus

SEND_LEASE = timedelta(seconds=60)
_RANK = {lane.value: rank for rank, lane in enumerate(Lane)}


def pack(values: dict[str, Any]) -> dict[str, Any]:
    """Make values fit for JSON: instants and days are tagged, so that `unpack` gives them back as they were."""
    return {name: _pack(value) for name, value in values.items()}


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, date):
        return {"$on": value.isoformat()}
    if isinstance(value, dict):
        return pack(value)
    if isinstance(value, list | tuple):
        return [_pack(item) for item in value]
    return value


def unpack(values: dict[str, Any]) -> dict[str, Any]:
    """The inverse of `pack`."""
    return {name: _unpack(value) for name, value in values.items()}


def _unpack(value: Any) -> Any:
    if isinstance(value, dict) and "$at" in value:
        return datetime.fromisoformat(value["$at"])
    if isinstance(value, dict) and "$on" in value:
        return date.fromisoformat(value["$on"])
    if isinstance(value, dict):
        return unpack(value)
    if isinstance(value, list):
        return [_unpack(item) for item in value]
    return value


def find(session: Session, key: str) -> Outgoing | None:
    """The row with this unique key, sent or not."""
    return session.exec(select(Outgoing).where(Outgoing.key == key)).one_or_none()


def is_anything_due(session: Session, now: datetime, lanes: tuple[Lane, ...]) -> bool:
    """Whether `claim_due` would find something: asked first, it spares SQLite's one writer a transaction."""
    found = select(Outgoing.id).where(_is_due(now), col(Outgoing.lane).in_(lanes)).limit(1)
    return session.exec(found).first() is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    stuck = and_(Outgoing.status == OutboxStatus.SENDING, col(Outgoing.lease_until) <= now)
    due = and_(Outgoing.status == OutboxStatus.DUE, Outgoing.not_before <= now)
    return or_(due, stuck)


def claim_due(
    session: Session, now: datetime, limit: int, lanes: tuple[Lane, ...] = tuple(Lane)
) -> list[Outgoing]:
    """Lease what is due, most urgent lane first, then oldest; rows whose sender died are taken up again."""
    rows = session.exec(
        select(Outgoing)
        .where(_is_due(now), col(Outgoing.lane).in_(lanes))
        .order_by(
            case(_RANK, value=col(Outgoing.lane)),
            col(Outgoing.not_before),
            col(Outgoing.created_at),
            col(Outgoing.key),  # answers to one message carry their number
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.status = OutboxStatus.SENDING
        row.lease_until = now + SEND_LEASE
        row.attempts += 1
    return list(rows)


def cancel_about(session: Session, subject_id: UUID) -> int:
    """Cancel what is not yet sent about `subject_id`; return how many rows."""
    rows = session.exec(
        select(Outgoing).where(Outgoing.subject_id == subject_id, Outgoing.status == OutboxStatus.DUE)
    ).all()
    for row in rows:
        row.status = OutboxStatus.CANCELLED
    return len(rows)
