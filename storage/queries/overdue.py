"""What should have moved by now and has not: what the auditor asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, exists, select

from storage.tables import Escalation, EscalationStep, Message, Outgoing
from storage.vocabulary import Lane, MessageStatus, OutboxStatus, StepStatus, Urgency

GOING_OUT = (OutboxStatus.DUE, OutboxStatus.SENDING)


def nobody_told(session: Session, escalation: Escalation) -> bool:
    """Whether the current round of an alert has run steps, and not one notification of it is on its way or sent."""
    ran = session.exec(
        select(EscalationStep.id).where(
            EscalationStep.escalation_id == escalation.id,
            EscalationStep.round == escalation.round,
            col(EscalationStep.status).in_([StepStatus.DONE, StepStatus.SKIPPED]),
        )
    ).first()
    told = session.exec(
        select(Outgoing.id).where(
            col(Outgoing.key).startswith(f"alert/{escalation.id}/{escalation.round}/"),
            col(Outgoing.status).in_([*GOING_OUT, OutboxStatus.SENT]),
        )
    ).first()
    return ran is not None and told is None


def unsent_alerts(session: Session, before: datetime) -> list[Outgoing]:
    """Messages of the alert lane put in the outbox before this instant that still wait, or are tried again."""
    rows = session.exec(
        select(Outgoing).where(
            Outgoing.lane == Lane.ALERT,
            col(Outgoing.status).in_(GOING_OUT),
            Outgoing.created_at < before,
        )
    )
    return list(rows)


def waiting_messages(session: Session, before: datetime) -> list[Message]:
    """Messages received before this instant that nobody has handled."""
    rows = session.exec(
        select(Message).where(Message.status == MessageStatus.RECEIVED, Message.received_at < before)
    )
    return list(rows)


def unanswered_dangers(session: Session, before: datetime) -> list[Message]:
    """Messages that the net took for danger and no model has read, handled and never answered as danger.

    Of the last day: what is older cannot be mended any more, and must not silence the auditor for ever.
    """
    answered = exists().where(
        col(Outgoing.reply_to) == col(Message.id), col(Outgoing.key).startswith("danger/")
    )
    rows = session.exec(
        select(Message).where(
            Message.net_level >= Urgency.DANGER,
            col(Message.unread_by_model).is_(True),
            Message.status != MessageStatus.RECEIVED,
            Message.received_at < before,
            Message.received_at >= before - timedelta(days=1),
            ~answered,
        )
    )
    return list(rows)
