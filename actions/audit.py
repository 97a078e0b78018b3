"""The auditor: proves that every open urgency moves, and that nobody rewrote the audit log.

It only looks. The worker reports what it finds and pings an outside heartbeat only when it finds nothing: silence
rings elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from actions.work import Work
from storage.queries import audit_log, escalations, overdue
from storage.tables import AuditDigest, AuditEvent, Escalation
from storage.vocabulary import EscalationStatus

LATE = timedelta(minutes=2)
"""How late a step, an alert or a message may be before it counts as stuck: twelve ticks of the worker."""

SEALED_AFTER = timedelta(hours=1)
"""A day is sealed an hour after its end: a transaction begun before midnight has long committed."""

FIRST = "0" * 64


class ProblemKind(StrEnum):
    """What can be wrong."""

    NO_STEP = "no_step"
    STEP_OVERDUE = "step_overdue"
    NOBODY_TOLD = "nobody_told"
    NOT_RAISED_AGAIN = "not_raised_again"
    ALERT_NOT_SENT = "alert_not_sent"
    MESSAGE_WAITING = "message_waiting"
    DANGER_UNANSWERED = "danger_unanswered"


@dataclass(frozen=True)
class Problem:
    """Something that does not move: what, the row's key, and since when."""

    kind: ProblemKind
    subject: str
    since: datetime

    def __str__(self) -> str:
        return f"{self.kind.value} {self.subject} depuis {self.since:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class AuditReport:
    """What the auditor found at one moment."""

    at: datetime
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether every open urgency moves."""
        return not self.problems


def check(work: Work) -> AuditReport:
    """Look at every open alert, unsent alert and unread message of the installation."""
    problems = [
        *_alerts(work),
        *_unsent(work),
        *_waiting(work),
        *_unanswered(work),
    ]
    return AuditReport(work.now, tuple(problems))


def _alerts(work: Work) -> Iterator[Problem]:
    for escalation in escalations.unclosed(work.session):
        if escalation.status is EscalationStatus.ACKNOWLEDGED:
            yield from _acknowledged(work, escalation)
        else:
            yield from _open(work, escalation)


def _acknowledged(work: Work, escalation: Escalation) -> Iterator[Problem]:
    due_at = (escalation.acknowledged_at or escalation.opened_at) + work.kit.policy.raise_again_without_note
    if due_at + LATE < work.now:
        yield Problem(ProblemKind.NOT_RAISED_AGAIN, _name(escalation), due_at)


def _open(work: Work, escalation: Escalation) -> Iterator[Problem]:
    pending = escalations.pending_steps(work.session, escalation.id)
    if not pending:
        yield Problem(ProblemKind.NO_STEP, _name(escalation), escalation.raised_at)
        return
    due_at = max(pending[0].due_at, escalation.held_until or pending[0].due_at)
    if due_at + LATE < work.now:
        yield Problem(ProblemKind.STEP_OVERDUE, _name(escalation), due_at)
    if overdue.nobody_told(work.session, escalation):
        yield Problem(ProblemKind.NOBODY_TOLD, _name(escalation), escalation.raised_at)


def _name(escalation: Escalation) -> str:
    return f"alerte {escalation.reference}"


def _unsent(work: Work) -> Iterator[Problem]:
    for row in overdue.unsent_alerts(work.session, work.now - LATE):
        yield Problem(ProblemKind.ALERT_NOT_SENT, f"outbox {row.id}", row.created_at)


def _waiting(work: Work) -> Iterator[Problem]:
    for message in overdue.waiting_messages(work.session, work.now - LATE):
        yield Problem(ProblemKind.MESSAGE_WAITING, f"message {message.id}", message.received_at)


def _unanswered(work: Work) -> Iterator[Problem]:
    """A danger that the net heard, handled without the model, and never answered: a fault of ours."""
    for message in overdue.unanswered_dangers(work.session, work.now - LATE):
        yield Problem(ProblemKind.DANGER_UNANSWERED, f"message {message.id}", message.received_at)


def seal_days(work: Work) -> int:
    """Seal every past UTC day that is not sealed yet (a job). Return how many were."""
    last_whole = (work.now - SEALED_AFTER).astimezone(UTC).date() - timedelta(days=1)
    day = audit_log.first_unsealed_day(work.session)
    sealed = 0
    while day is not None and day <= last_whole:
        seal_day(work, day)
        day += timedelta(days=1)
        sealed += 1
    return sealed


def seal_day(work: Work, day: date) -> AuditDigest:
    """Chain the digest of one UTC day to that of the day sealed before. Raises ValueError if it is not over."""
    if datetime.combine(day + timedelta(days=1), time(), UTC) > work.now:
        raise ValueError(f"the day {day} is not over")
    known = work.session.get(AuditDigest, day)
    if known:
        return known
    previous = audit_log.last_digest(work.session)
    lines = audit_log.lines_of_day(work.session, day)
    before = previous.digest if previous else FIRST
    sealed = AuditDigest(day_on=day, lines=len(lines), digest=_digest(before, day, lines), previous=before)
    work.session.add(sealed)
    work.session.flush()
    return sealed


def verify_chain(session: Session) -> list[str]:
    """Walk the sealed days and return one French sentence for each that was touched; empty when all is intact.

    A day whose lines are all gone was purged at the end of its term: only its link can be verified then.
    """
    broken = []
    before = FIRST
    for sealed in session.exec(select(AuditDigest).order_by(col(AuditDigest.day_on))):
        lines = audit_log.lines_of_day(session, sealed.day_on)
        linked = sealed.previous == before
        purged = sealed.lines > 0 and not lines
        if not linked or not (purged or _digest(before, sealed.day_on, lines) == sealed.digest):
            broken.append(f"Journal d’audit modifié : {sealed.day_on:%d/%m/%Y}")
        before = sealed.digest
    return broken


def _digest(previous: str, day: date, lines: list[AuditEvent]) -> str:
    digest = hashlib.sha256(f"{previous}\n{day}\n".encode())
    for line in lines:
        digest.update(_canonical(line).encode() + b"\n")
    return digest.hexdigest()


def _canonical(line: AuditEvent) -> str:
    """A line of the log as one line of JSON, the same on every database."""
    fields = [
        line.id,
        line.at.isoformat(),
        str(line.structure_id),
        line.actor,
        line.action,
        line.subject,
        line.facts,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)
