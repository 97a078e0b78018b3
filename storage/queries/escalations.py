"""Alerts: which are open, what feeds them, who may open them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, case, col, exists, or_, select

from storage.queries import people
from storage.tables import (
    Escalation,
    EscalationMessage,
    EscalationStep,
    Message,
    Outgoing,
    Referent,
)
from storage.vocabulary import EscalationStatus, Lane, OutboxStatus, Role, StepStatus, Urgency


def open_of(session: Session, subject: str) -> Escalation | None:
    """The alert of this subject ("person:ID", "contact:ID") that is not closed, locked for this transaction."""
    return session.exec(
        select(Escalation)
        .where(Escalation.subject == subject, Escalation.status != EscalationStatus.CLOSED)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def locked(session: Session, escalation: Escalation) -> Escalation:
    """The alert as it stands now, locked for this transaction: whoever comes second sees what the first did."""
    session.flush()
    session.refresh(escalation, with_for_update={"key_share": True})
    return escalation


def of_person_in_danger(session: Session, person_id: UUID) -> Escalation | None:
    """The alert of danger about this person that is not closed."""
    return session.exec(
        select(Escalation).where(
            Escalation.person_id == person_id,
            Escalation.status != EscalationStatus.CLOSED,
            Escalation.level == Urgency.DANGER,
        )
    ).first()


def by_reference(session: Session, reference: int, structure_id: UUID) -> Escalation | None:
    """The alert with this number, within one structure."""
    return session.exec(
        select(Escalation).where(Escalation.reference == reference, Escalation.structure_id == structure_id)
    ).one_or_none()


def reference_is_taken(session: Session, reference: int) -> bool:
    """Whether an alert, open or closed, already has this number."""
    return session.exec(select(Escalation.id).where(Escalation.reference == reference)).first() is not None


def fed_by(session: Session, message_id: UUID) -> EscalationMessage | None:
    """The place of this message in the alert that it opened or joined; that of its worst level if there are two."""
    return session.exec(
        select(EscalationMessage)
        .where(EscalationMessage.message_id == message_id)
        .order_by(col(EscalationMessage.level).desc())
    ).first()


def messages_of(session: Session, escalation_id: UUID) -> list[Message]:
    """The messages that feed an alert, oldest first."""
    rows = session.exec(
        select(Message)
        .join(EscalationMessage, col(EscalationMessage.message_id) == col(Message.id))
        .where(EscalationMessage.escalation_id == escalation_id)
        .order_by(col(EscalationMessage.joined_at), col(Message.received_at))
    )
    return list(rows)


def steps_of(session: Session, escalation_id: UUID) -> list[EscalationStep]:
    """Every step of an alert, in the order of its rounds."""
    rows = session.exec(
        select(EscalationStep)
        .where(EscalationStep.escalation_id == escalation_id)
        .order_by(col(EscalationStep.round), col(EscalationStep.position))
    )
    return list(rows)


def pending_steps(session: Session, escalation_id: UUID) -> list[EscalationStep]:
    """The steps of an alert still to run, soonest first, as they stand in the database now."""
    rows = session.exec(
        select(EscalationStep)
        .where(EscalationStep.escalation_id == escalation_id, EscalationStep.status == StepStatus.DUE)
        .order_by(col(EscalationStep.due_at), col(EscalationStep.position))
        .execution_options(populate_existing=True)
    )
    return list(rows)


def next_position(session: Session, escalation: Escalation) -> int:
    """The first free place in the current round of an alert."""
    taken = session.exec(
        select(EscalationStep.position).where(
            EscalationStep.escalation_id == escalation.id, EscalationStep.round == escalation.round
        )
    )
    return max(taken, default=-1) + 1


def claim_ready(session: Session, now: datetime, limit: int) -> list[Escalation]:
    """Lock the open alerts with a step that is due and that nobody holds; those locked elsewhere are skipped."""
    due = exists().where(
        col(EscalationStep.escalation_id) == col(Escalation.id),
        col(EscalationStep.status) == StepStatus.DUE,
        col(EscalationStep.due_at) <= now,
    )
    rows = session.exec(
        select(Escalation)
        .where(Escalation.status == EscalationStatus.OPEN, _not_held(now), due)
        .order_by(col(Escalation.level).desc(), col(Escalation.opened_at))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def claim_undelivered(session: Session, now: datetime, limit: int) -> list[Escalation]:
    """Lock the open alerts of which not one notification of the last wave could be delivered."""
    last = exists().where(
        col(Outgoing.subject_id) == col(Escalation.id),
        col(Outgoing.lane) == Lane.ALERT,
        col(Outgoing.created_at) >= col(Escalation.raised_at),
    )
    failed = last.where(
        col(Outgoing.status).in_([OutboxStatus.FAILED, OutboxStatus.CANCELLED, OutboxStatus.EXPIRED])
    )
    hopeful = last.where(
        col(Outgoing.status).in_([OutboxStatus.DUE, OutboxStatus.SENDING, OutboxStatus.SENT])
    )
    rows = session.exec(
        select(Escalation)
        .where(Escalation.status == EscalationStatus.OPEN, _not_held(now), failed, ~hopeful)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def last_wave(session: Session, escalation: Escalation) -> list[EscalationStep]:
    """The steps that ran when somebody was last told."""
    rows = session.exec(
        select(EscalationStep).where(
            EscalationStep.escalation_id == escalation.id,
            EscalationStep.done_at == escalation.raised_at,
        )
    )
    return list(rows)


def claim_forgotten(session: Session, acknowledged_before: datetime) -> list[Escalation]:
    """Lock the alerts read before this instant that nobody has closed with a note."""
    rows = session.exec(
        select(Escalation)
        .where(
            Escalation.status == EscalationStatus.ACKNOWLEDGED,
            col(Escalation.acknowledged_at) <= acknowledged_before,
        )
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def _not_held(now: datetime) -> ColumnElement[bool]:
    return or_(col(Escalation.held_until).is_(None), col(Escalation.held_until) <= now)


def unclosed(session: Session) -> list[Escalation]:
    """Every alert that is not closed, of all structures."""
    return list(session.exec(select(Escalation).where(Escalation.status != EscalationStatus.CLOSED)))


def queue(session: Session, referent: Referent, today: date) -> list[Escalation]:
    """The alerts a referent may open and that are not closed: first the unread, each oldest first."""
    unread_first = case((col(Escalation.status) == EscalationStatus.OPEN, 0), else_=1)
    rows = session.exec(
        select(Escalation)
        .where(
            Escalation.status != EscalationStatus.CLOSED,
            Escalation.structure_id == referent.structure_id,
        )
        .order_by(unread_first, col(Escalation.opened_at))
    )
    return [alert for alert in rows if may_open(session, referent, alert, today)]


def may_open(session: Session, referent: Referent, escalation: Escalation, today: date) -> bool:
    """Whether `referent` may read and acknowledge this alert.

    Leads and admins: the structure's. On call: every danger, and unknown senders. Others: their own people's,
    those they stand in for, and those of whom they are the backup.
    """
    if not referent.active or escalation.structure_id != referent.structure_id:
        return False
    if referent.role in (Role.LEAD, Role.ADMIN):
        return True
    if referent.on_call and escalation.level >= Urgency.DANGER:
        return True
    if escalation.person_id is None:
        return False
    owner = people.referent_of(session, escalation.person_id)
    if owner is None:
        return False
    covered = {referent.id, *people.stood_in_for(session, referent.id, today)}
    return bool(covered & {owner.id, owner.backup_id})
