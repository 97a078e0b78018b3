"""What the companion is waiting to hear."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from storage.tables import Outgoing, Question
from storage.vocabulary import OutboxStatus, QuestionKind


def awaited(session: Session, person_id: UUID, now: datetime) -> Question | None:
    """The question that words without a button answer: the latest one really sent, while it is open.

    Once that one is answered or has expired, an open reminder is awaited again; no other question comes back, so that
    a late "oui" never confirms something forgotten. After an answer to danger nothing asked before it is awaited.
    """
    sent = session.exec(
        select(Question, Outgoing.sent_at)
        .join(Outgoing, col(Outgoing.question_id) == col(Question.id))
        .where(Question.person_id == person_id, Outgoing.status == OutboxStatus.SENT)
        .order_by(
            col(Outgoing.sent_at).desc(), col(Question.answered_at).is_not(None), col(Outgoing.key).desc()
        )
        .limit(LOOKED_BACK)
    ).all()
    danger_at = _danger_answered_at(session, person_id)
    for place, (question, sent_at) in enumerate(sent):
        if danger_at and sent_at and sent_at <= danger_at:
            return None
        is_open = question.answered_at is None and question.expires_at > now
        if is_open and (place == 0 or question.kind is QuestionKind.REMINDER):
            return question
    return None


LOOKED_BACK = 20
"""How many questions back an open reminder is looked for."""


def _danger_answered_at(session: Session, person_id: UUID) -> datetime | None:
    return session.exec(
        select(func.max(Outgoing.sent_at)).where(
            Outgoing.person_id == person_id, col(Outgoing.key).startswith("danger/")
        )
    ).one()


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
