"""The purge: each class of data is kept for its term, and no longer. `docs/privacy.md` shows the same table.

Every deed here is harmless to repeat; the table of jobs runs it every hour. Words leave first (their rows stay for
the figures of the plan), then whole records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Delete, Update
from sqlmodel import col, delete, exists, func, or_, select, update

from actions.erase import erase_person, open_danger, scrub_on_commit
from actions.policy import Policy
from actions.work import Work
from storage.tables import (
    Appointment,
    AuditEvent,
    ConsoleSession,
    ContactPoint,
    Escalation,
    EscalationMessage,
    EscalationStep,
    Invitation,
    Message,
    Outgoing,
    Participation,
    Person,
    Question,
    Todo,
)
from storage.vocabulary import Consent, EscalationStatus, MessageStatus, OutboxStatus, TodoStatus

SCRUB_HOUR_UTC = 4
"""The hour in which the files are scrubbed again if somebody was erased within the day: a busy database was skipped."""


@dataclass(frozen=True)
class Class:
    """One class of data: what it is, the term of the policy, and how what is past the term goes."""

    name: str
    term: Callable[[Policy], timedelta]
    purge: Callable[[Work, datetime], int]


def purge(work: Work) -> int:
    """Purge every class; return how many rows were emptied or deleted."""
    done = {kept.name: kept.purge(work, work.now - kept.term(work.kit.policy)) for kept in CLASSES}
    counted = {name: count for name, count in done.items() if count}
    if counted:
        work.audit("data.purged", rows=counted)
    if work.now.hour == SCRUB_HOUR_UTC and _erased_lately(work):
        scrub_on_commit(work.session)
    return sum(counted.values())


def _erased_lately(work: Work) -> bool:
    since = work.now - timedelta(days=1)
    erased = select(AuditEvent.id).where(AuditEvent.action == "person.erased", AuditEvent.at >= since)
    return work.session.exec(erased).first() is not None


def _run(work: Work, statement: Update | Delete) -> int:
    work.session.flush()
    result: CursorResult[Any] = work.session.exec(statement)
    return result.rowcount


_IN_OPEN_ALERT = exists(
    select(EscalationMessage.id)
    .join(Escalation, col(Escalation.id) == col(EscalationMessage.escalation_id))
    .where(
        col(EscalationMessage.message_id) == col(Message.id),
        col(Escalation.status) != EscalationStatus.CLOSED,
    )
)
_READING = {
    "body_sealed": None,
    "intent": None,
    "confidence": None,
    "frein": None,
    "activity": None,
    "net_entry": None,
}


def _bodies(work: Work, before: datetime) -> int:
    """Words of messages and what was read in them; those of an alert still open stay until it is closed."""
    return _run(
        work,
        update(Message)
        .where(col(Message.received_at) < before, col(Message.body_sealed).is_not(None), ~_IN_OPEN_ALERT)
        .values(**_READING),
    )


def _bodies_without_consent(work: Work, _before: datetime) -> int:
    """Who refused leaves nothing behind but what raised an alert, once the message has been read for danger."""
    refused = select(Person.id).where(Person.consent == Consent.REFUSED)
    return _run(
        work,
        update(Message)
        .where(
            col(Message.person_id).in_(refused),
            col(Message.body_sealed).is_not(None),
            col(Message.status) != MessageStatus.RECEIVED,
            col(Message.unread_by_model).is_(False),
            ~_IN_OPEN_ALERT,
        )
        .values(**_READING),
    )


def _outbox_values(work: Work, before: datetime) -> int:
    return _run(
        work,
        update(Outgoing)
        .where(
            func.coalesce(Outgoing.sent_at, Outgoing.created_at) < before,
            col(Outgoing.values_sealed).is_not(None),
            col(Outgoing.status).not_in((OutboxStatus.DUE, OutboxStatus.SENDING)),
        )
        .values(values_sealed=None),
    )


def _questions(work: Work, before: datetime) -> int:
    return _run(
        work,
        update(Question)
        .where(col(Question.expires_at) < before, col(Question.choices_sealed).is_not(None))
        .values(choices_sealed=None),
    )


def _todo_words(work: Work, before: datetime) -> int:
    return _run(
        work,
        update(Todo)
        .where(
            col(Todo.status) == TodoStatus.CLOSED,
            col(Todo.closed_at) < before,
            or_(col(Todo.detail_sealed).is_not(None), col(Todo.reply_sealed).is_not(None)),
        )
        .values(detail_sealed=None, reply_sealed=None),
    )


def _invitations(work: Work, before: datetime) -> int:
    """Codes used, revoked or expired, a term later: until then a reused code is answered as such."""
    ended = func.coalesce(Invitation.used_at, Invitation.revoked_at, Invitation.expires_at)
    return _run(work, delete(Invitation).where(ended < before))


def _sessions(work: Work, before: datetime) -> int:
    return _run(work, delete(ConsoleSession).where(col(ConsoleSession.expires_at) < before))


def _audit(work: Work, before: datetime) -> int:
    """Lines go; the sealed digest of each day stays and names nobody."""
    return _run(work, delete(AuditEvent).where(col(AuditEvent.at) < before))


def _alerts_of_strangers(work: Work, before: datetime) -> int:
    """Alerts about somebody who was never known, closed long since."""
    old = list(
        work.session.exec(
            select(Escalation.id).where(
                col(Escalation.person_id).is_(None),
                Escalation.status == EscalationStatus.CLOSED,
                col(Escalation.closed_at) < before,
            )
        )
    )
    for table in (EscalationStep, EscalationMessage):
        _run(work, delete(table).where(col(table.escalation_id).in_(old)))
    return _run(work, delete(Escalation).where(col(Escalation.id).in_(old)))


def _strangers(work: Work, before: datetime) -> int:
    """Senders whom nobody ever bound, silent since; those of an alert stay as long as the record of a person."""
    heard = exists(
        select(Message.id).where(Message.contact_id == ContactPoint.id, Message.received_at >= before)
    )
    alert = exists(select(Escalation.id).where(Escalation.contact_id == ContactPoint.id))
    gone = list(
        work.session.exec(
            select(ContactPoint.id).where(
                col(ContactPoint.person_id).is_(None),
                col(ContactPoint.referent_id).is_(None),
                col(ContactPoint.structure_id).is_(None),
                ContactPoint.created_at < before,
                ~heard,
                ~alert,
            )
        )
    )
    messages = select(Message.id).where(col(Message.contact_id).in_(gone), col(Message.person_id).is_(None))
    _run(work, delete(Todo).where(col(Todo.message_id).in_(messages)))
    _run(work, delete(Outgoing).where(col(Outgoing.contact_id).in_(gone)))
    _run(work, delete(Message).where(col(Message.id).in_(messages)))
    still = select(Message.contact_id).where(col(Message.contact_id).in_(gone))
    return _run(
        work, delete(ContactPoint).where(col(ContactPoint.id).in_(gone), col(ContactPoint.id).not_in(still))
    )


def _records(work: Work, before: datetime) -> int:
    """People of whom nothing was heard, and who had no appointment, for two years: everything goes."""
    heard = func.coalesce(Person.last_message_at, Person.created_at)
    met = exists(
        select(Participation.id)
        .join(Appointment, col(Appointment.id) == col(Participation.appointment_id))
        .where(Participation.person_id == Person.id, Appointment.starts_at >= before)
    )
    silent = work.session.exec(
        select(Person).where(heard < before, col(Person.created_at) < before, ~met)
    ).all()
    gone = [person for person in silent if open_danger(work, person) is None]
    for person in gone:
        erase_person(work, person)
    return len(gone)


def _appointments(work: Work, before: datetime) -> int:
    old = select(Appointment.id).where(Appointment.starts_at < before)
    _run(work, delete(Participation).where(col(Participation.appointment_id).in_(old)))
    return _run(work, delete(Appointment).where(col(Appointment.starts_at) < before))


def _at_once(_policy: Policy) -> timedelta:
    return timedelta(0)


CLASSES: tuple[Class, ...] = (
    Class("bodies", lambda policy: policy.keep_bodies, _bodies),
    Class("bodies_without_consent", _at_once, _bodies_without_consent),
    Class("outbox_values", lambda policy: policy.keep_outbox_values, _outbox_values),
    Class("questions", lambda policy: policy.keep_bodies, _questions),
    Class("todo_words", lambda policy: policy.keep_bodies, _todo_words),
    Class("invitations", lambda policy: policy.keep_invitations, _invitations),
    Class("console_sessions", _at_once, _sessions),
    Class("alerts_of_strangers", lambda policy: policy.keep_record, _alerts_of_strangers),
    Class("strangers", lambda policy: policy.keep_bodies, _strangers),
    Class("records", lambda policy: policy.keep_record, _records),
    Class("appointments", lambda policy: policy.keep_record, _appointments),
    Class("audit", lambda policy: policy.keep_audit, _audit),
)
