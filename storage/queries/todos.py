"""The to-do list: what waits for a human, and who may settle it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, or_, select

from storage.queries import people
from storage.tables import Accompagnement, Referent, Todo
from storage.vocabulary import Role, SupportStatus, TodoStatus


def lines_for(session: Session, referent: Referent, today: date) -> list[Todo]:
    """The open lines that a referent may settle, oldest first.

    Their own people's and those of whom they stand in for; a lead or admin, the structure's. Lines about nobody
    known go to whoever is on call too.
    """
    query = select(Todo).where(Todo.status == TodoStatus.OPEN, Todo.structure_id == referent.structure_id)
    if referent.role is Role.REFERENT:
        covered = [referent.id, *people.stood_in_for(session, referent.id, today)]
        theirs = col(Todo.person_id).in_(
            select(Accompagnement.person_id).where(
                col(Accompagnement.referent_id).in_(covered), Accompagnement.status != SupportStatus.ENDED
            )
        )
        nobodys = col(Todo.person_id).is_(None)
        query = query.where(or_(theirs, nobodys) if referent.on_call else theirs)
    return list(session.exec(query.order_by(col(Todo.created_at), col(Todo.key))))


def may_settle(session: Session, referent: Referent, line: Todo, today: date) -> bool:
    """Whether `referent` may settle this line, open or closed."""
    if not referent.active or line.structure_id != referent.structure_id:
        return False
    if referent.role is not Role.REFERENT:
        return True
    if line.person_id is None:
        return referent.on_call
    return people.may_see(session, referent, line.person_id, today)


def of_person(session: Session, person_id: UUID) -> list[Todo]:
    """The open lines about one person, oldest first."""
    rows = session.exec(
        select(Todo)
        .where(Todo.person_id == person_id, Todo.status == TodoStatus.OPEN)
        .order_by(col(Todo.created_at), col(Todo.key))
    )
    return list(rows)


def locked(session: Session, line: Todo) -> Todo:
    """The line as it stands now, locked for this transaction: whoever comes second sees what the first did."""
    session.flush()
    session.refresh(line, with_for_update={"key_share": True})
    return line
