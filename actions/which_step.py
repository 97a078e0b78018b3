"""Which step of the plan a message is about: the open steps as values for the rules, and the question when unsure."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from actions.ports import Choice
from actions.rules.plan import DISCREET, OPEN, Fit, Step, find_steps
from actions.work import Turn, Work
from storage.queries import plan
from storage.tables import Demarche
from storage.vocabulary import Activity

OTHER = "other"
LONGEST_LABEL = 40
"""Characters of a button: longer ones are cut by phones."""


def open_steps(work: Work, person_id: UUID) -> list[Step]:
    """The open steps of a person, oldest first, with what was reported for each."""
    rows = plan.steps(work.session, person_id, OPEN)
    counts = plan.counted(work.session, [row.id for row in rows])
    return [as_step(row, counts.get(row.id, 0)) for row in rows]


def as_step(row: Demarche, done: int) -> Step:
    """A step as the rules take it; `done` items were reported for it."""
    return Step(
        id=row.id,
        title=row.title or "",
        activity=row.activity,
        status=row.status,
        target=row.target_count,
        done=done,
        due_on=row.due_on,
        created_at=row.created_at,
    )


def find(turn: Turn, activity: Activity | None, text: str) -> Fit:
    """The steps that these words may be about."""
    return find_steps(activity, text, open_steps(turn, turn.person.id))


def chosen(turn: Turn) -> Demarche | None:
    """The step that was just chosen among those offered; None for "something else" or a step that is gone."""
    if turn.choice in (None, OTHER):
        return None
    return plan.step_of(turn.session, UUID(turn.choice), turn.person.id)


def choices(turn: Turn, steps: tuple[Step, ...]) -> list[Choice]:
    """What is offered when several steps fit: three at most, and something else."""
    return [*(Choice(str(step.id), _short(step.title)) for step in steps[:3]), turn.label(OTHER)]


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_LABEL else title[: LONGEST_LABEL - 1].rstrip() + "…"


def shown_title(step: Demarche) -> str | None:
    """The title as an answer may show it, None where it says too much for a lock screen."""
    return None if step.activity in DISCREET else step.title


def activity_of(turn: Turn) -> Activity | None:
    """The activity that the message is about."""
    return Activity(turn.judgement.activity) if turn.judgement.activity else None


def today_of(turn: Turn) -> date:
    """The local day on which the message was written."""
    return min(turn.message.sent_at, turn.now).astimezone(ZoneInfo(turn.person.time_zone)).date()


def day_said(turn: Turn) -> date | None:
    """The local day that the message names, without its hour."""
    return turn.judgement.when.day if turn.judgement.when else None
