"""The plan of a person: its steps, what was reported, and what stands in the way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from storage.tables import Demarche, Frein, Progress, Todo
from storage.vocabulary import (
    DemarcheStatus,
    FreinCategory,
    FreinStatus,
    ProgressStatus,
    TodoKind,
    TodoStatus,
)


def steps(
    session: Session, person_id: UUID, statuses: Collection[DemarcheStatus] | None = None
) -> list[Demarche]:
    """The steps of a person, oldest first; only those with one of `statuses` where some are given."""
    query = select(Demarche).where(Demarche.person_id == person_id)
    if statuses is not None:
        query = query.where(col(Demarche.status).in_(statuses))
    return list(session.exec(query.order_by(col(Demarche.created_at), col(Demarche.id))))


def step_of(session: Session, step_id: UUID, person_id: UUID) -> Demarche | None:
    """The step with this id, if it is this person's."""
    step = session.get(Demarche, step_id)
    return step if step and step.person_id == person_id else None


def counted(session: Session, step_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many items were reported for each step, those refused left out; a step without any is missing."""
    rows = session.exec(
        select(Progress.demarche_id, func.sum(Progress.count))
        .where(col(Progress.demarche_id).in_(step_ids), Progress.status != ProgressStatus.REFUSED)
        .group_by(col(Progress.demarche_id))
    )
    return {step_id: int(total) for step_id, total in rows if step_id is not None and total is not None}


def progress_of(session: Session, person_id: UUID, week_on: date | None = None) -> list[Progress]:
    """What a person reported, latest first; of one week (its Monday) where given."""
    query = select(Progress).where(Progress.person_id == person_id)
    if week_on is not None:
        query = query.where(Progress.week_on == week_on)
    return list(session.exec(query.order_by(col(Progress.done_on).desc(), col(Progress.created_at).desc())))


def progress_since(session: Session, person_id: UUID, since: datetime) -> list[Progress]:
    """What a person reported at or after the instant `since`, latest first."""
    query = select(Progress).where(Progress.person_id == person_id, Progress.created_at >= since)
    return list(session.exec(query.order_by(col(Progress.created_at).desc())))


def freins(session: Session, person_id: UUID, status: FreinStatus | None = FreinStatus.OPEN) -> list[Frein]:
    """Obstacles of a person, the worst first, then the one told last; of every status where it is None."""
    query = select(Frein).where(Frein.person_id == person_id)
    if status is not None:
        query = query.where(Frein.status == status)
    return list(session.exec(query.order_by(col(Frein.urgency).desc(), col(Frein.told_at).desc())))


def open_frein(session: Session, person_id: UUID, category: FreinCategory) -> Frein | None:
    """The open obstacle of this category, if the person has one."""
    return session.exec(
        select(Frein)
        .where(Frein.person_id == person_id, Frein.category == category, Frein.status == FreinStatus.OPEN)
        .order_by(col(Frein.opened_at))
    ).first()


def open_line(session: Session, key: str) -> Todo | None:
    """The open to-do line whose key begins with `key`."""
    return session.exec(
        select(Todo).where(Todo.status == TodoStatus.OPEN, col(Todo.key).startswith(key, autoescape=True))
    ).first()


def open_line_about(session: Session, kind: TodoKind, subject_id: UUID) -> Todo | None:
    """The open to-do line of this kind about this row."""
    return session.exec(
        select(Todo).where(Todo.status == TodoStatus.OPEN, Todo.kind == kind, Todo.subject_id == subject_id)
    ).first()
