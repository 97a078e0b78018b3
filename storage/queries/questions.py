"""What the companion is waiting to hear."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from storage.tables import Outgoing, Question
from storage.vocabulary import OutboxStatus


def awaited(session: Session, person_id: UUID, now: datetime) -> Question | None:
    """The question awaited: the latest one really sent that has neither been answered nor expired."""
    return session.exec(
        select(Question)
        .join(Outgoing, col(Outgoing.question_id) == col(Question.id))
        .where(
            Question.person_id == person_id,
            col(Question.answered_at).is_(None),
            Question.expires_at > now,
            Outgoing.status == OutboxStatus.SENT,
        )
        .order_by(col(Outgoing.sent_at).desc())
    ).first()


def of_person(session: Session, question_id: UUID, person_id: UUID) -> Question | None:
    """The question with this id, if it was put to this person."""
    question = session.get(Question, question_id)
    return question if question and question.person_id == person_id else None


def carried_by(session: Session, contact_id: UUID, provider_key: str) -> UUID | None:
    """The question that one of our messages carried, by the key its provider gave it when it was sent there."""
    return session.exec(
        select(Outgoing.question_id).where(
            Outgoing.contact_id == contact_id, Outgoing.provider_key == provider_key
        )
    ).first()
