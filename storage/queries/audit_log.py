"""The audit log by day, and its sealed digests."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, select

from storage.tables import AuditDigest, AuditEvent


def lines_of_day(session: Session, day: date) -> list[AuditEvent]:
    """The lines of one UTC day, in the order they were written."""
    begins = datetime.combine(day, time(), UTC)
    rows = session.exec(
        select(AuditEvent)
        .where(AuditEvent.at >= begins, AuditEvent.at < begins + timedelta(days=1))
        .order_by(col(AuditEvent.id))
    )
    return list(rows)


def last_digest(session: Session) -> AuditDigest | None:
    """The seal of the last sealed day."""
    return session.exec(select(AuditDigest).order_by(col(AuditDigest.day_on).desc())).first()


def first_unsealed_day(session: Session) -> date | None:
    """The UTC day to seal next: the one after the last seal, else that of the first line; None without lines."""
    last = last_digest(session)
    if last:
        return last.day_on + timedelta(days=1)
    first = session.exec(select(AuditEvent.at).order_by(col(AuditEvent.at))).first()
    return first.astimezone(UTC).date() if first else None
