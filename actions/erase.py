"""Erasure of a person: their words and their identity go, within the day they asked.

What stays is the audit log: ids and words of the vocabulary, by which nobody can be named any more. Backups made
before lose the person when they are themselves overwritten (`docs/privacy.md`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import Session, and_, col, delete, exists, or_, select

from actions.work import Work
from storage.scrub import scrub
from storage.tables import (
    Accompagnement,
    Appointment,
    ContactPoint,
    Demarche,
    Escalation,
    EscalationMessage,
    EscalationStep,
    Frein,
    Invitation,
    Message,
    Outgoing,
    Participation,
    Person,
    Progress,
    Question,
    Todo,
)
from storage.vocabulary import ContactStatus, EscalationStatus, MessageStatus, TodoKind, Urgency

OWNED = (Question, Progress, Demarche, Frein, Participation, Todo, Invitation, Accompagnement)
"""Tables whose rows belong to one person."""

SCRUBS = "scrubs_on_commit"


def erase_due(work: Work) -> int:
    """Erase everybody whose hour of second thoughts is over; return how many. For the table of jobs, every few minutes.

    A danger alert that is still open delays it: somebody may be about to call that person, and the alert must
    never lose the one it is about. So do words that were received and not yet heard. Erasure follows as soon as a
    human has closed the alert.
    """
    until = work.now - work.kit.policy.erase_after
    asked = work.session.exec(select(Person).where(col(Person.deletion_asked_at) <= until)).all()
    due = [person for person in asked if not (open_danger(work, person) or _unheard(work, person))]
    for person in due:
        _leave_a_trace(work, person)
        erase_person(work, person)
    return len(due)


def open_danger(work: Work, person: Person) -> Escalation | None:
    """The danger alert that nobody has closed yet: the person's, or that of their address before a code bound it."""
    unbound = and_(col(Escalation.person_id).is_(None), col(Escalation.contact_id).in_(_addresses(person)))
    return work.session.exec(
        select(Escalation).where(
            or_(col(Escalation.person_id) == person.id, unbound),
            Escalation.level == Urgency.DANGER,
            col(Escalation.status) != EscalationStatus.CLOSED,
        )
    ).first()


def _unheard(work: Work, person: Person) -> bool:
    waiting = select(Message.id).where(
        col(Message.contact_id).in_(_addresses(person)), Message.status == MessageStatus.RECEIVED
    )
    return work.session.exec(waiting).first() is not None


def _addresses(person: Person) -> Any:
    return select(ContactPoint.id).where(ContactPoint.person_id == person.id)


def _leave_a_trace(work: Work, person: Person) -> None:
    """The team learns that somebody is gone from its lists, not who."""
    work.todo(
        TodoKind.DELETION,
        None,
        key=f"erased/{person.id}",
        structure_id=person.structure_id,
        done=True,
    )


def erase_person(work: Work, person: Person) -> None:
    """Delete everything of a person, whoever asked for it; on commit the database file forgets it too."""
    session = work.session
    session.flush()
    work.audit("person.erased", person)
    contacts, left_behind = _ids(session, _addresses(person)), _left_behind(session, person)
    messages = _ids(session, select(Message.id).where(_theirs(Message, person, contacts)))
    _erase_alerts(session, person, contacts)
    _erase_outbox(session, person, contacts, messages)
    _erase_appointments(session, person)
    for table in OWNED:
        session.exec(delete(table).where(col(table.person_id) == person.id))
    session.exec(delete(Todo).where(col(Todo.message_id).in_(messages)))
    session.exec(delete(EscalationMessage).where(col(EscalationMessage.message_id).in_(messages)))
    session.exec(delete(Message).where(col(Message.id).in_(messages)))
    for contact in contacts:
        _forget_address(session, contact)
    session.exec(
        delete(ContactPoint).where(col(ContactPoint.id).in_([*contacts, *left_behind]), ~_STILL_NEEDED)
    )
    session.exec(delete(Person).where(col(Person.id) == person.id))
    session.expire_all()
    scrub_on_commit(session)


def _theirs(table: Any, person: Person, contacts: Iterable[UUID]) -> Any:
    """Rows of this person, and of nobody known at their addresses; those of somebody else there are not theirs."""
    of_nobody = and_(col(table.person_id).is_(None), col(table.contact_id).in_(contacts))
    return or_(col(table.person_id) == person.id, of_nobody)


def _left_behind(session: Session, person: Person) -> list[UUID]:
    """Addresses that were the person's and are nobody's now."""
    wrote = select(Message.contact_id).where(Message.person_id == person.id)
    was_told = select(Outgoing.contact_id).where(Outgoing.person_id == person.id)
    query = select(ContactPoint.id).where(
        or_(col(ContactPoint.id).in_(wrote), col(ContactPoint.id).in_(was_told)),
        col(ContactPoint.person_id).is_(None),
        col(ContactPoint.referent_id).is_(None),
        col(ContactPoint.structure_id).is_(None),
    )
    return _ids(session, query)


def _forget_address(session: Session, contact_id: UUID) -> None:
    """Where somebody else once wrote from the same address, its row stays for what they wrote, without the address."""
    contact = session.get_one(ContactPoint, contact_id)
    contact.person_id, contact.status = None, ContactStatus.MUTED
    contact.address, contact.address_index = None, f"erased/{contact_id}"
    session.flush()


_STILL_NEEDED = or_(
    *(
        exists().where(col(table.contact_id) == col(ContactPoint.id))
        for table in (Message, Outgoing, Escalation)
    )
)


def _ids(session: Session, query: Any) -> list[UUID]:
    return list(session.exec(query))


def _erase_alerts(session: Session, person: Person, contacts: Iterable[UUID]) -> None:
    alerts = _ids(session, select(Escalation.id).where(_theirs(Escalation, person, contacts)))
    for table in (EscalationStep, EscalationMessage):
        session.exec(delete(table).where(col(table.escalation_id).in_(alerts)))
    session.exec(delete(Outgoing).where(col(Outgoing.subject_id).in_(alerts)))
    session.exec(delete(Escalation).where(col(Escalation.id).in_(alerts)))


def _erase_outbox(
    session: Session, person: Person, contacts: Iterable[UUID], messages: Iterable[UUID]
) -> None:
    subjects = [person.id]
    for table in (Todo, Participation, Demarche, Progress, Frein):
        subjects += _ids(session, select(table.id).where(table.person_id == person.id))
    session.exec(
        delete(Outgoing).where(
            or_(
                _theirs(Outgoing, person, contacts),
                col(Outgoing.reply_to).in_(messages),
                col(Outgoing.subject_id).in_(subjects),
            )
        )
    )


def _erase_appointments(session: Session, person: Person) -> None:
    """An appointment of this person alone goes too: its title may name them."""
    theirs = _ids(session, select(Participation.appointment_id).where(Participation.person_id == person.id))
    shared = _ids(
        session,
        select(Participation.appointment_id).where(
            col(Participation.appointment_id).in_(theirs), col(Participation.person_id) != person.id
        ),
    )
    session.exec(delete(Participation).where(col(Participation.person_id) == person.id))
    alone = set(theirs) - set(shared)
    session.exec(delete(Appointment).where(col(Appointment.id).in_(alone)))


def scrub_on_commit(session: Session) -> None:
    """Once this transaction is committed, have the database files forget what was deleted."""
    if session.info.get(SCRUBS):
        return
    session.info[SCRUBS] = True
    engine = session.get_bind().engine

    def after(committed: Session) -> None:
        committed.info[SCRUBS] = False
        scrub(engine)

    event.listen(session, "after_commit", after, once=True)
