"""The person asks where they stand, or what to do now."""

from __future__ import annotations

from collections import Counter
from typing import Any

from actions.log_progress import what_was_done
from actions.record_progress import hours_of_week
from actions.rules.plan import Step, in_order, next_step, week_on
from actions.which_step import open_steps, today_of
from actions.work import Turn
from storage.queries import plan
from storage.vocabulary import Activity, DemarcheStatus, ProgressStatus, TodoKind

MOST_STEPS = 4
"""Steps shown at once: with the week's two lines, what a small phone shows without scrolling."""


def view_plan(turn: Turn) -> None:
    """Show the open steps, what was done this week and its hours against the target."""
    steps = in_order(open_steps(turn, turn.person.id))
    if not steps:
        _nothing_open(turn)
        return
    hours = hours_of_week(turn, week_on(today_of(turn)))
    turn.say(
        "plan.view",
        steps=[_shown(step) for step in steps[:MOST_STEPS]],
        more=max(0, len(steps) - MOST_STEPS),
        week_done=_done_this_week(turn),
        week_hours=hours.done,
        week_target=hours.asked,
    )


def _shown(step: Step) -> dict[str, Any]:
    return {
        "title": step.title,
        "status": step.status.value,
        "done": step.done,
        "target": step.target,
        "due_on": step.due_on,
    }


def _done_this_week(turn: Turn) -> list[str]:
    """What was reported this week, by activity, in words."""
    counts: Counter[Activity] = Counter()
    for entry in plan.progress_of(turn.session, turn.person.id, week_on(today_of(turn))):
        if entry.activity and entry.status is not ProgressStatus.REFUSED:
            counts[entry.activity] += entry.count or 0
    said = (what_was_done(turn, activity, count or None) for activity, count in counts.most_common(3))
    return [what for what in said if what]


def ask_next_step(turn: Turn) -> None:
    """Say the one step to take now, with a first move small enough to make today."""
    step = next_step(open_steps(turn, turn.person.id))
    if step is None:
        _nothing_open(turn)
        return
    move = step.activity.value if step.activity else "any"
    turn.say(
        "plan.next_step",
        title=step.title,
        due_on=step.due_on,
        done=step.done,
        target=step.target,
        blocked=step.status is DemarcheStatus.STANDBY,
        first_move=turn.kit.texts.label(f"first_move.{move}", turn.person.address),
    )


def _nothing_open(turn: Turn) -> None:
    """Everything is done, or nothing was planned yet: the referent is asked for what comes next, once a day."""
    all_steps = plan.steps(turn.session, turn.person.id)
    finished = any(step.status is DemarcheStatus.DONE for step in all_steps)
    turn.todo(
        TodoKind.MESSAGE,
        turn.person,
        key=f"plan_empty/{turn.person.id}/{today_of(turn)}",
        message=turn.message,
        reason="plan_finished" if finished else "plan_empty",
    )
    turn.say("plan.all_done" if finished else "plan.empty")
