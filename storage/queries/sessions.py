"""Who is signed in to the console."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from storage.tables import ConsoleSession, Referent


def by_digest(session: Session, token_digest: str) -> tuple[ConsoleSession, Referent] | None:
    """The session of this token and its member, whether or not it has expired."""
    return session.exec(
        select(ConsoleSession, Referent)
        .join(Referent, col(Referent.id) == col(ConsoleSession.referent_id))
        .where(ConsoleSession.token_digest == token_digest)
    ).one_or_none()


def of_member(session: Session, referent_id: UUID) -> list[ConsoleSession]:
    """Every session of a member."""
    return list(session.exec(select(ConsoleSession).where(ConsoleSession.referent_id == referent_id)))


def member_by_login(session: Session, login: str) -> Referent | None:
    """The member with this login, whatever its case; locked until the end of the transaction."""
    query = select(Referent).where(Referent.login == login.strip().casefold()).with_for_update()
    return session.exec(query).one_or_none()


def hash_of(session: Session, login: str) -> str | None:
    """The hash of the password of the member with this login; None where there is neither."""
    query = select(Referent.password_hash).where(Referent.login == login.strip().casefold())
    return session.exec(query).first()
