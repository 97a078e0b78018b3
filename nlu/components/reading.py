"""What a message means, in the words of the taxonomy, from the probabilities of each head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NONE = ""  # the value of a head that answers "none of them"
_FREIN_INTENT = "report_frein"
_STEP_INTENTS = {"log_progress", "add_step", "postpone_step", "report_blocked_step", "share_good_news"}
_SURELY_NONE = 0.9
"""Who speaks of a step nearly always names an activity: none is answered there when it is this sure."""
DANGER = 3

Shares = Mapping[str, float]


@dataclass(frozen=True)
class Thresholds:
    """Doubt goes up: a level is reached when the probability of it or of a higher one is at least this.

    What is a danger with a probability of `perhaps_danger` is urgent, whatever level 2 itself gets. 3 taken for 0 or 1 is the worst there is: what may be a danger is at least urgent long before it is likely one.
    An alarm that rings for nothing each day is no longer heard: hence the bar of danger itself.
    """

    follow_up: float = 0.5
    urgent: float = 0.2
    perhaps_danger: float = 0.12
    danger: float = 0.18


def level_of(probabilities: Sequence[float], thresholds: Thresholds) -> int:
    """The urgency, 0 to 3, of four probabilities that sum to 1."""
    _, follow_up, urgent, danger = probabilities
    if danger >= thresholds.danger:
        return DANGER
    if urgent + danger >= thresholds.urgent or danger >= thresholds.perhaps_danger:
        return 2
    return int(follow_up + urgent + danger >= thresholds.follow_up)


def read(
    intent: Shares, frein: Shares, urgency: Shares, activity: Shares, language: Shares, thresholds: Thresholds
) -> dict[str, Any]:
    """The fields of `/model/parse`: intent, intent_ranking, frein, urgency, activity, language.

    Two rules of the taxonomy bind the heads: at level 3 the intent is `report_frein`, and `report_frein` always
    has a frein; about a step an activity is the likelier answer. A forced intent keeps its place in the ranking's figures: its confidence is then that of the danger.
    """
    probabilities = [float(urgency.get(str(level), 0.0)) for level in range(4)]
    level = level_of(probabilities, thresholds)
    ranking = _ranking(intent)
    if level == DANGER:
        ranking = _danger_first(ranking, probabilities[DANGER])
    return {
        "intent": ranking[0],
        "intent_ranking": ranking,
        "frein": _best(frein, always=ranking[0]["name"] == _FREIN_INTENT),
        "urgency": {"level": level, "probabilities": probabilities},
        "activity": _best(activity, always=_names_one(activity, ranking[0]["name"])),
        "language": _best(language),
    }


def _names_one(activity: Shares, intent: str) -> bool:
    return intent in _STEP_INTENTS and activity.get(NONE, 0.0) < _SURELY_NONE


def _ranking(intent: Shares) -> list[dict[str, Any]]:
    ordered = sorted(intent.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"name": name, "confidence": float(share)} for name, share in ordered]


def _danger_first(ranking: list[dict[str, Any]], danger: float) -> list[dict[str, Any]]:
    own = next((row["confidence"] for row in ranking if row["name"] == _FREIN_INTENT), 0.0)
    others = [row for row in ranking if row["name"] != _FREIN_INTENT]
    return [{"name": _FREIN_INTENT, "confidence": max(own, danger)}, *others]


def _best(shares: Shares, *, always: bool = False) -> dict[str, Any]:
    candidates = {name: share for name, share in shares.items() if name or not always} or {NONE: 1.0}
    name = max(sorted(candidates), key=lambda candidate: candidates[candidate])
    return {"name": name or None, "confidence": float(candidates[name])}
