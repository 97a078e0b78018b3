"""Writing down something done: the entry, what it changes on its step, and the hours to validate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.rules.plan import WeekHours, is_done, status_after, week_hours, week_on
from actions.which_step import today_of
from actions.work import Turn
from storage import outbox
from storage.queries import plan
from storage.tables import Accompagnement, Demarche, Message, Progress
from storage.vocabulary import Activity, DemarcheStatus, TodoKind


@dataclass(frozen=True)
class Report:
    """What a message reports as done; it waits with the question while one asks which step it belongs to."""

    activity: Activity | None
    count: int | None
    hours: float | None
    done_on: date
    finished: bool

    def details(self) -> dict[str, Any]:
        """The report as values kept with a question."""
        return {
            "activity": self.activity.value if self.activity else None,
            "count": self.count,
            "hours": self.hours,
            "done_on": self.done_on.isoformat(),
            "finished": self.finished,
        }

    @classmethod
    def from_details(cls, details: dict[str, Any]) -> Report:
        """The inverse of `details`."""
        activity = details["activity"]
        return cls(
            Activity(activity) if activity else None,
            details["count"],
            details["hours"],
            date.fromisoformat(details["done_on"]),
            details["finished"],
        )


@dataclass(frozen=True)
class Recorded:
    """What became of a report: `total` items of its step so far, and whether that ended it."""

    entry: Progress
    total: int
    step_done: bool


def record(
    turn: Turn,
    accompagnement: Accompagnement,
    report: Report,
    step: Demarche | None,
    message: Message,
) -> Recorded:
    """Write the report down as declared, move its step, and put the hours of its week on the to-do list."""
    entry = Progress(
        person_id=turn.person.id,
        accompagnement_id=accompagnement.id,
        demarche_id=step.id if step else None,
        message_id=message.id,
        activity=report.activity or (step.activity if step else None),
        count=report.count,
        hours=report.hours,
        done_on=report.done_on,
        week_on=week_on(report.done_on),
        created_at=turn.now,
    )
    turn.session.add(entry)
    turn.session.flush()
    turn.audit("progress.declared", entry, structure_id=turn.structure.id)
    total = plan.counted(turn.session, [step.id]).get(step.id, 0) if step else 0
    if report.hours:
        _hours_to_validate(turn, entry, message)
    return Recorded(entry, total, _move(turn, step, report, total) if step else False)


def _move(turn: Turn, step: Demarche, report: Report, total: int) -> bool:
    done = is_done(step.target_count, total, finished=report.finished, counted=report.count is not None)
    step.status = status_after(step.status, done=done)
    if step.status is DemarcheStatus.DONE:
        end_step(turn, step, report.done_on)
    return step.status is DemarcheStatus.DONE


def end_step(turn: Turn, step: Demarche, on: date) -> None:
    """Mark a step as done on a local day."""
    step.status, step.done_on = DemarcheStatus.DONE, on
    turn.audit("step.done", step, structure_id=turn.structure.id)


def _hours_to_validate(turn: Turn, entry: Progress, message: Message) -> None:
    """One open line for each week and person; hours told after it was closed open another."""
    key = f"hours/{turn.person.id}/{entry.week_on}"
    hours = hours_of_week(turn, entry.week_on).done
    line = plan.open_line(turn.session, key)
    if line:
        line.message_id = message.id
        line.detail = outbox.pack({"week_on": entry.week_on, "hours": hours})
        return
    turn.todo(
        TodoKind.HOURS_TO_VALIDATE,
        turn.person,
        key=f"{key}/{entry.id}",
        message=message,
        subject_id=entry.id,
        week_on=entry.week_on,
        hours=hours,
    )


def hours_of_week(turn: Turn, monday: date) -> WeekHours:
    """The person's hours in the week that begins on `monday`, against their target."""
    entries = plan.progress_of(turn.session, turn.person.id, monday)
    support = turn.accompagnement
    return week_hours(
        [(entry.hours, entry.status) for entry in entries],
        support.weekly_hours_target if support else None,
        support.exempt_until if support else None,
        today_of(turn),
    )


def last_reported_step(turn: Turn) -> Demarche | None:
    """The step that was reported on last, within a day and if it is still open: what "c'est fini" is about."""
    since = turn.now - turn.kit.policy.question_open_for
    for entry in plan.progress_since(turn.session, turn.person.id, since):
        if entry.demarche_id:
            step = turn.session.get_one(Demarche, entry.demarche_id)
            return step if step.status is DemarcheStatus.IN_PROGRESS else None
    return None
