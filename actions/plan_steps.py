"""A step does not move: it is put off, or it is blocked. Nobody is blamed; the referent is told."""

from __future__ import annotations

from datetime import date

from actions.pass_on import offer_human
from actions.rules.plan import Step
from actions.which_step import (
    activity_of,
    choices,
    chosen,
    day_said,
    find,
    open_steps,
    shown_title,
    today_of,
)
from actions.work import Turn
from storage.queries import plan
from storage.tables import Demarche, Message
from storage.vocabulary import DemarcheStatus, QuestionKind, TodoKind, Urgency


def postpone_step(turn: Turn) -> None:
    """Move the step to the day that was said, if one was; the referent is told either way."""
    until = _until(turn)
    steps = find(turn, activity_of(turn), turn.text)
    candidates = steps.steps or tuple(open_steps(turn, turn.person.id))
    only = steps.only or _sole(candidates)
    if until and only is None and candidates and not turn.quiet:
        turn.pose(
            QuestionKind.CHOOSE_STEP,
            "step.which_to_postpone",
            choices(turn, candidates),
            subject_id=turn.message.id,
            details={"of": "postpone", "until": until.isoformat()},
        )
        return
    _postpone(turn, _row(turn, only), until, turn.message)


def answer_which_to_postpone(turn: Turn) -> None:
    """The person said which step to put off."""
    if turn.question is None or turn.question.subject_id is None:
        raise ValueError("an answer without its question")
    message = turn.session.get(Message, turn.question.subject_id)
    until = date.fromisoformat(turn.question.details["until"])
    _postpone(turn, chosen(turn), until, message or turn.message)


def _until(turn: Turn) -> date | None:
    """The day to put it off to; a day that is over is none."""
    said = day_said(turn)
    return said if said and said >= today_of(turn) else None


def _sole(steps: tuple[Step, ...]) -> Step | None:
    return steps[0] if len(steps) == 1 else None


def _row(turn: Turn, step: Step | None) -> Demarche | None:
    return plan.step_of(turn.session, step.id, turn.person.id) if step else None


def _postpone(turn: Turn, step: Demarche | None, until: date | None, message: Message) -> None:
    was = step.due_on if step else None
    if step and until:
        step.due_on = until
        turn.audit("step.postponed", step, structure_id=turn.structure.id)
    turn.todo(
        TodoKind.POSTPONED_STEP,
        turn.person,
        key=f"{TodoKind.POSTPONED_STEP}/{message.id}",
        message=message,
        subject_id=step.id if step else None,
        title=step.title if step else None,
        was=was,
        until=until,
    )
    title = shown_title(step) if step else None
    if until:
        turn.say("step.postponed", title=title, until=until)
    else:
        turn.say("step.postponed_without_date", title=title)


def report_blocked_step(turn: Turn) -> None:
    """Set the step aside, tell the referent and offer a call. An urgent obstacle is answered by its own alert."""
    step = _row(turn, find(turn, activity_of(turn), turn.text).only)
    if step and step.status is not DemarcheStatus.PROPOSED:
        step.status = DemarcheStatus.STANDBY
        turn.audit("step.blocked", step, structure_id=turn.structure.id)
    turn.note(
        TodoKind.BLOCKED_STEP,
        subject_id=step.id if step else None,
        title=step.title if step else None,
    )
    if turn.judgement.urgency >= Urgency.URGENT:
        turn.say("step.blocked_noted")
        return
    offer_human(turn, "step.blocked")
