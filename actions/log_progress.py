"""The person reports something done: find its step, write it down, congratulate with the figure.

Nothing is guessed: where two steps fit one asks, hours not said stay empty, and the same thing told twice within
minutes is counted again only if the person says so.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from actions import pass_on, plan_steps
from actions.ports import Choice
from actions.record_progress import (
    Report,
    end_step,
    hours_of_week,
    last_reported_step,
    record,
)
from actions.rules.folding import fold
from actions.rules.plan import DONE_AT_ONCE, Fit, says_finished, says_more, says_of_them, week_on
from actions.which_step import OTHER, activity_of, choices, chosen, day_said, find, shown_title, today_of
from actions.work import Turn
from storage.queries import plan
from storage.tables import Demarche, Message
from storage.vocabulary import Activity, QuestionKind

NO_HOURS: dict[str, Any] = {"hours": None, "week_hours": None, "week_target": None}


def log_progress(turn: Turn) -> None:
    """Write down what the message reports."""
    report = _report(turn)
    if turn.accompagnement is None:
        pass_on.without_support(turn)
    elif _said_already(turn, report):
        _ask_same_or_more(turn, report)
    else:
        _place(turn, report, turn.message)


def _report(turn: Turn) -> Report:
    today = today_of(turn)
    said = day_said(turn)
    return Report(
        activity=activity_of(turn),
        count=turn.judgement.count or None,
        hours=turn.judgement.hours or None,
        done_on=min(said, today) if said else today,
        finished=says_finished(turn.text),
    )


def _said_already(turn: Turn, report: Report) -> bool:
    """Whether the same was reported minutes ago: in the same words, or with the same figures."""
    if says_more(turn.text):
        return False
    since = turn.now - turn.kit.policy.same_report_within
    for entry in plan.progress_since(turn.session, turn.person.id, since):
        same_figures = (entry.activity, entry.count, entry.hours, entry.done_on) == (
            report.activity,
            report.count,
            report.hours,
            report.done_on,
        )
        if same_figures and (report.count or report.hours or _same_words(turn, entry.message_id)):
            return True
    return False


def _same_words(turn: Turn, message_id: UUID | None) -> bool:
    message = turn.session.get(Message, message_id) if message_id else None
    return message is not None and fold(message.body or "") == fold(turn.text)


def _ask_same_or_more(turn: Turn, report: Report) -> None:
    if turn.quiet:
        return
    turn.pose(
        QuestionKind.SAME_OR_MORE,
        "progress.same_or_more",
        [turn.label("same"), turn.label("more")],
        subject_id=turn.message.id,
        details=report.details(),
        what=what_was_done(turn, report.activity, report.count),
    )


def answer_same_or_more(turn: Turn) -> None:
    """What was told twice is counted again, or not."""
    if turn.choice != "more":
        turn.say("progress.counted_once")
        return
    report, message = _kept(turn)
    _place(turn, report, message)


def _kept(turn: Turn) -> tuple[Report, Message]:
    """The report that waited with the question, and the message it came from."""
    if turn.question is None:
        raise ValueError("an answer without its question")
    report = Report.from_details(turn.question.details)
    message = turn.session.get(Message, turn.question.subject_id) if turn.question.subject_id else None
    return report, message or turn.message


def _place(turn: Turn, report: Report, message: Message) -> None:
    """Find the step, ask when unsure, and write down."""
    text = message.body or ""
    fit = find(turn, report.activity, text)
    last = last_reported_step(turn) if report.activity is None and fit.only is None else None
    if last and report.finished and not (report.count or report.hours):
        end_step(turn, last, report.done_on)
        turn.say("progress.step_done", what=None, title=shown_title(last), **NO_HOURS)
    elif last and says_of_them(text):
        _write(turn, report, last, message)
    elif fit.steps and fit.only is None and not turn.quiet:
        _ask_which(turn, report, fit, message)
    else:
        step = plan.step_of(turn.session, fit.only.id, turn.person.id) if fit.only else None
        _write(turn, report, step, message)


def _ask_which(turn: Turn, report: Report, fit: Fit, message: Message) -> None:
    turn.pose(
        QuestionKind.CHOOSE_STEP,
        "progress.which_step",
        choices(turn, fit.steps),
        subject_id=message.id,
        details=report.details() | {"of": "report"},
        what=what_was_done(turn, report.activity, report.count),
    )


def answer_choose_step(turn: Turn) -> None:
    """The person said which step their message was about; what it was about it waits with the question."""
    details = turn.question.details if turn.question else {}
    if details.get("of") == "postpone":
        plan_steps.answer_which_to_postpone(turn)
    else:
        report, message = _kept(turn)
        _write(turn, report, None if turn.choice == OTHER else chosen(turn), message)


def _write(turn: Turn, report: Report, step: Demarche | None, message: Message) -> None:
    if turn.accompagnement is None:
        pass_on.without_support(turn)
        return
    recorded = record(turn, turn.accompagnement, report, step, message)
    what = what_was_done(turn, recorded.entry.activity, report.count)
    if step is None:
        turn.say("progress.logged", what=what, **_week(turn, report))
    elif recorded.step_done:
        turn.say("progress.step_done", what=what, title=shown_title(step), **_week(turn, report))
    else:
        _answer_step_going_on(turn, report, step, recorded.total, what)


def _answer_step_going_on(turn: Turn, report: Report, step: Demarche, total: int, what: str | None) -> None:
    target = step.target_count
    if target and report.count:
        turn.say("progress.of_target", what=what, total=total, target=target, **_week(turn, report))
    elif target and report.hours is None:
        turn.say("progress.how_many", what=what, total=total, target=target)
    elif target is None and step.activity in DONE_AT_ONCE and report.hours is None:
        _ask_if_over(turn, report, step, what)
    else:
        turn.say("progress.logged", what=what, **_week(turn, report))


def _ask_if_over(turn: Turn, report: Report, step: Demarche, what: str | None) -> None:
    turn.pose(
        QuestionKind.STEP_DONE,
        "progress.is_it_over",
        [Choice("yes", turn.label("finished").label), Choice("no", turn.label("not_yet").label)],
        subject_id=step.id,
        details={"done_on": report.done_on.isoformat()},
        what=what,
        title=shown_title(step),
    )


def answer_step_done(turn: Turn) -> None:
    """The person said whether a step is over."""
    details = turn.question.details if turn.question else {}
    step_id = turn.question.subject_id if turn.question else None
    step = plan.step_of(turn.session, step_id, turn.person.id) if step_id else None
    if turn.choice != "yes" or step is None:
        turn.say("progress.not_over")
        return
    end_step(turn, step, date.fromisoformat(details["done_on"]))
    turn.say("progress.step_done", what=None, title=shown_title(step), **NO_HOURS)


def what_was_done(turn: Turn, activity: Activity | None, count: int | None) -> str | None:
    """An activity with its number, in words for the person ("3 candidatures", "atelier"); None for no activity."""
    if activity is None:
        return None
    plural = "activities" if count and count > 1 else "activity"
    name = turn.kit.texts.label(f"{plural}.{activity.value}", turn.person.address)
    return f"{count} {name}" if count else name


def _week(turn: Turn, report: Report) -> dict[str, Any]:
    """The hours of the running week when hours were said for it, against the target that is asked for."""
    hours = None
    if report.hours and week_on(report.done_on) == week_on(today_of(turn)):
        hours = hours_of_week(turn, week_on(report.done_on))
    return {
        "hours": report.hours,
        "week_hours": hours.done if hours else None,
        "week_target": hours.asked if hours else None,
    }
