"""What settling a line of the to-do list does to the row it is about: one function for each kind that has one.

Each returns what the answer to the person quotes of that row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.rules.timing import local_day
from actions.work import Work
from storage import outbox
from storage.queries import people
from storage.tables import (
    Accompagnement,
    Appointment,
    Demarche,
    Participation,
    Person,
    Progress,
    Referent,
    Todo,
)
from storage.vocabulary import (
    DemarcheStatus,
    ParticipationAnswer,
    ProgressStatus,
    SupportStatus,
    TodoKind,
    TodoOutcome,
)

Effect = Callable[[Work, Todo, Referent, TodoOutcome], dict[str, Any]]


def _step(work: Work, line: Todo, _referent: Referent, outcome: TodoOutcome) -> dict[str, Any]:
    """A step the person proposed enters the plan, or does not."""
    step = work.session.get(Demarche, line.subject_id) if line.subject_id else None
    if step is None:
        return {"title": None}
    following = {
        TodoOutcome.ACCEPTED: DemarcheStatus.TO_DO,
        TodoOutcome.REFUSED: DemarcheStatus.CANCELLED,
    }.get(outcome)
    if following and step.status is DemarcheStatus.PROPOSED:
        step.status = following
        work.audit(f"step.{outcome.value}", line, step=str(step.id))
    return {"title": step.title}


def _hours(work: Work, line: Todo, referent: Referent, outcome: TodoOutcome) -> dict[str, Any]:
    """The hours declared for one week are validated or refused together; a settled entry no longer changes."""
    week_on = outbox.unpack(line.detail).get("week_on")
    following = {
        TodoOutcome.ACCEPTED: ProgressStatus.VALIDATED,
        TodoOutcome.REFUSED: ProgressStatus.REFUSED,
    }.get(outcome)
    if following is None:
        return {}
    entries = _declared(work, line, week_on)
    for entry in entries:
        entry.status, entry.settled_by, entry.settled_at = following, referent.id, work.now
    work.audit(f"progress.{following.value}", line, entries=len(entries))
    return {"hours": sum(entry.hours or 0.0 for entry in entries), "week_on": week_on}


def _declared(work: Work, line: Todo, week_on: date | None) -> Sequence[Progress]:
    return work.session.exec(
        select(Progress)
        .where(
            Progress.person_id == line.person_id,
            Progress.week_on == week_on,
            Progress.status == ProgressStatus.DECLARED,
            col(Progress.hours).is_not(None),
        )
        .with_for_update(key_share=True)
    ).all()


def _postponed(work: Work, line: Todo, _referent: Referent, outcome: TodoOutcome) -> dict[str, Any]:
    """A step that was put off keeps its new day, or gets the old one back."""
    step = work.session.get(Demarche, line.subject_id) if line.subject_id else None
    detail = outbox.unpack(line.detail)
    if step and outcome is TodoOutcome.REFUSED and step.due_on == detail.get("until"):
        step.due_on = detail.get("was")
        work.audit("step.postponement_refused", line, step=str(step.id))
    return {"title": step.title if step else None}


def _support(work: Work, line: Todo, _referent: Referent, outcome: TodoOutcome) -> dict[str, Any]:
    """The accompaniment after a human has spoken: a refused pause or departure goes on, an accepted departure ends."""
    support = people.accompagnement_of(work.session, line.person_id) if line.person_id else None
    following = STATUS_AFTER.get((line.kind, outcome))
    if support and following and support.status is not following:
        support.status, support.paused_until = following, None
        support.ended_on = _today(work, support) if following is SupportStatus.ENDED else None
        work.audit(f"support.{following.value}", line)
    return {}


def _today(work: Work, support: Accompagnement) -> date:
    return local_day(work.now, ZoneInfo(work.session.get_one(Person, support.person_id).time_zone))


STATUS_AFTER = {
    (TodoKind.PAUSE, TodoOutcome.REFUSED): SupportStatus.ACTIVE,
    (TodoKind.LEAVE, TodoOutcome.REFUSED): SupportStatus.ACTIVE,
    (TodoKind.LEAVE, TodoOutcome.ACCEPTED): SupportStatus.ENDED,
}


def _move(work: Work, line: Todo, _referent: Referent, outcome: TodoOutcome) -> dict[str, Any]:
    """A refused move leaves the appointment as it was, and what the person will do about it open."""
    participation = work.session.get(Participation, line.subject_id) if line.subject_id else None
    if participation is None:
        return {"starts_at": None}
    if outcome is TodoOutcome.REFUSED and participation.answer is ParticipationAnswer.MOVE_ASKED:
        participation.answer = ParticipationAnswer.NONE
    appointment = work.session.get_one(Appointment, participation.appointment_id)
    return {"starts_at": None if appointment.cancelled_at else appointment.starts_at}


EFFECTS: Mapping[TodoKind, Effect] = {
    TodoKind.PROPOSED_STEP: _step,
    TodoKind.HOURS_TO_VALIDATE: _hours,
    TodoKind.MOVE_REQUEST: _move,
    TodoKind.POSTPONED_STEP: _postponed,
    TodoKind.PAUSE: _support,
    TodoKind.LEAVE: _support,
}
