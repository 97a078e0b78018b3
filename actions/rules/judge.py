"""From a text to the judgement that the companion acts on: net, model and rules together.

The same function serves the path of a message and `filrouge interpret`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from actions.rules.amounts import find_count, find_hours
from actions.rules.keywords import Keyword, explicit_keyword
from actions.rules.language import by_letters, guess
from actions.rules.reading import Judgement, ModelReading
from actions.rules.urgency import Grade, NetReading, SafetyNet, merge
from actions.rules.when import find_when
from storage.vocabulary import Activity, Intent, Language, Urgency

COUNTED = frozenset(
    {
        Intent.LOG_PROGRESS,
        Intent.ADD_STEP,
        Intent.POSTPONE_STEP,
        Intent.REPORT_BLOCKED_STEP,
        Intent.SHARE_GOOD_NEWS,
    }
)
"""Intents whose activity, count and hours mean something (taxonomy, "Details")."""


GLAD = frozenset({Intent.LOG_PROGRESS, Intent.SHARE_GOOD_NEWS, Intent.REPORT_MOOD_GOOD})
"""Intents that are answered with congratulations."""

DEAF = NetReading(level=Urgency.DANGER, grade=Grade.SUSPECTED, frein=None, entry="deaf")
"""What is heard where the net itself fails: doubt goes up, and the model decides if there is one."""


def hear(text: str, net: SafetyNet) -> NetReading:
    """What is heard without a model: the whole message as a call for help, or the safety net. Never raises."""
    try:
        if explicit_keyword(text) is Keyword.URGENCE:
            return NetReading(level=Urgency.DANGER, grade=Grade.CERTAIN, frein=None, entry="keyword")
        return net.assess(text)
    except Exception:
        # Whatever it is, it is a fault of ours, and no reason to let a message fall.
        return DEAF


def judge(text: str, net: NetReading, model: ModelReading | None, at: datetime, zone: ZoneInfo) -> Judgement:
    """Merge net and model, then read the details. `at` is the moment of the message, `zone` the person's."""
    merged = replace(merge(net, model), language=language_of(text, net, model))
    try:
        return _with_details(merged, text, model, at, zone)
    except Exception:
        # A date or a number that trips the rules must not keep what was heard from being acted upon.
        return merged


def language_of(text: str, net: NetReading, model: ModelReading | None = None) -> Language:
    """The language that a message is answered in. Never raises.

    Its letters settle it, whatever the model says; then the model; without one its words, then the phrase heard.
    """
    try:
        return by_letters(text) or (model.language if model else guess(text, net.language or Language.FR))
    except Exception:
        # A danger is answered all the same.
        return Language.FR


def _with_details(
    merged: Judgement, text: str, model: ModelReading | None, at: datetime, zone: ZoneInfo
) -> Judgement:
    counted = merged.intent in COUNTED or (model is not None and model.intent in COUNTED)
    activity = merged.activity if counted else None
    detailed = merged.with_details(
        activity=activity,
        count=find_count(text, Activity(activity) if activity else None) if counted else None,
        hours=find_hours(text, intent=merged.intent) if counted else None,
        when=find_when(text, at, zone, intent=merged.intent),
    )
    return _obstacle_first(detailed)


def _obstacle_first(judgement: Judgement) -> Judgement:
    """An urgent obstacle comes before good news (taxonomy): nobody is congratulated on an eviction notice.

    With a number said, something was done besides, and is credited.
    """
    urgent = judgement.urgency >= Urgency.URGENT and judgement.frein is not None
    if urgent and judgement.intent in GLAD and judgement.count is judgement.hours is None:
        return replace(judgement, intent=Intent.REPORT_FREIN, activity=None)
    return judgement
