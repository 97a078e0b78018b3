"""The person reports an outcome: a job, an interview obtained, a licence, a home. It is shared with the referent."""

from __future__ import annotations

from actions.record_progress import end_step
from actions.rules.plan import REACHED_BY_NEWS, telling_words
from actions.which_step import activity_of, find, shown_title, today_of
from actions.work import Turn
from storage.queries import plan
from storage.tables import Demarche
from storage.vocabulary import Activity, DemarcheStatus, TodoKind

OWN_WORDS = frozenset({Activity.JOB, Activity.JOB_INTERVIEW, Activity.TRAINING, Activity.HOUSING_STEP})
"""News with a sentence of its own; the rest shares one."""


def share_good_news(turn: Turn) -> None:
    """Rejoice, tell the referent, and end the step that this clearly ends."""
    step = _reached(turn)
    if step:
        end_step(turn, step, today_of(turn))
    turn.note(
        TodoKind.GOOD_NEWS,
        subject_id=step.id if step else None,
        title=step.title if step else None,
    )
    activity = activity_of(turn)
    key = f"news.{activity.value}" if activity in OWN_WORDS and activity else "news.good"
    turn.say(key, title=shown_title(step) if step else None)


def _reached(turn: Turn) -> Demarche | None:
    """The step that the news ends: same activity, no doubt, and for more than a job, words in common."""
    activity = activity_of(turn)
    found = find(turn, activity, turn.text).only
    if activity not in REACHED_BY_NEWS or found is None or found.activity is not activity:
        return None
    if activity is not Activity.JOB and not telling_words(turn.text) & telling_words(found.title):
        return None
    step = plan.step_of(turn.session, found.id, turn.person.id)
    return step if step and step.status is not DemarcheStatus.PROPOSED else None
