"""What is measured, each as k right of n, with its Wilson interval (Wilson 1927) at 95 %."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from actions.rules.judge import COUNTED
from bot.evaluation.cases import Case
from storage.vocabulary import Intent, Urgency

Z = 1.959964
"""Two-sided 95 %."""
DAY = len("2026-11-24")
Answer = dict[str, Any]
"""One line of `filrouge interpret`."""


@dataclass(frozen=True)
class Count:
    """`hits` of `of`. Where `low_is_good`, hits are errors."""

    hits: int
    of: int
    low_is_good: bool = False

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """The shares that 95 times in 100 hold the true one."""
        if not self.of:
            return 0.0, 1.0
        centre = self.share + Z * Z / (2 * self.of)
        spread = Z * sqrt(self.share * (1 - self.share) / self.of + Z * Z / (4 * self.of * self.of))
        scale = 1 + Z * Z / self.of
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

    def keeps(self, bar: float) -> bool:
        """Whether it is as good as `bar`, a share."""
        return self.share <= bar if self.low_is_good else self.share >= bar


@dataclass(frozen=True)
class Measure:
    """Counts `hit` among the cases that it is `about`. `without_model`: it means something for the net alone."""

    name: str
    about: Callable[[Case], bool]
    hit: Callable[[Case, Answer], bool]
    low_is_good: bool = False
    without_model: bool = False

    def count(self, cases: Sequence[Case], answers: Sequence[Answer]) -> Count:
        """Over answers in the order of their cases."""
        pairs = [(case, answer) for case, answer in zip(cases, answers, strict=True) if self.about(case)]
        return Count(sum(self.hit(*pair) for pair in pairs), len(pairs), self.low_is_good)


def _on_progress(case: Case) -> bool:
    return case.intents[0] in COUNTED


def _is_private(case: Case) -> bool:
    return case.intents[0] == Intent.OUT_OF_SCOPE


MEASURES = (
    Measure("intent", lambda _: True, lambda case, read: read["intent"] in case.intents),
    Measure("frein", lambda case: case.frein is not None, lambda case, read: read["frein"] == case.frein),
    Measure(
        "danger found",
        lambda case: case.urgency == Urgency.DANGER,
        lambda _, read: read["urgency"] == Urgency.DANGER,
        without_model=True,
    ),
    Measure(
        "danger below level 2",
        lambda case: case.urgency == Urgency.DANGER,
        lambda _, read: read["urgency"] < Urgency.URGENT,
        low_is_good=True,
    ),
    Measure(
        "urgent found as 2 or 3",
        lambda case: case.urgency == Urgency.URGENT,
        lambda _, read: read["urgency"] >= Urgency.URGENT,
    ),
    Measure(
        "look-alike raised to 3",
        lambda case: case.part == "lookalikes" and not _is_private(case),
        lambda _, read: read["urgency"] == Urgency.DANGER,
        low_is_good=True,
        without_model=True,
    ),
    Measure(
        "ordinary raised to 3",
        lambda case: case.part == "ordinary",
        lambda _, read: read["urgency"] == Urgency.DANGER,
        low_is_good=True,
        without_model=True,
    ),
    Measure(
        "urgent raised to 3",
        lambda case: case.urgency == Urgency.URGENT,
        lambda _, read: read["urgency"] == Urgency.DANGER,
        low_is_good=True,
        without_model=True,
    ),
    Measure(
        "out of scope raised to 3",
        _is_private,
        lambda _, read: read["urgency"] == Urgency.DANGER,
        low_is_good=True,
        without_model=True,
    ),
    Measure(
        "day of when",
        lambda case: case.when is not None,
        lambda case, read: bool(read["when"]) and read["when"][:DAY] == str(case.when)[:DAY],
    ),
    Measure(
        "time of when",
        lambda case: case.when is not None and len(case.when) > DAY,
        lambda case, read: bool(read["when"]) and read["when"][:16] == str(case.when)[:16],
    ),
    Measure(
        "when where there is none",
        lambda case: case.when is None and case.urgency < Urgency.DANGER,
        lambda _, read: read["when"] is not None,
        low_is_good=True,
    ),
    Measure("count", _on_progress, lambda case, read: read["count"] == case.count),
    Measure("hours", _on_progress, lambda case, read: read["hours"] == case.hours),
    Measure("activity", _on_progress, lambda case, read: read["activity"] == case.activity),
)
"""Every measure that is a share of messages."""


def macro_f1(cases: Sequence[Case], answers: Sequence[Answer]) -> float:
    """The mean F1 of the intents that occur; an accepted intent counts as the expected one."""
    right, expected, read = Counter[str](), Counter[str](), Counter[str]()
    for case, answer in zip(cases, answers, strict=True):
        wanted = answer["intent"] if answer["intent"] in case.intents else case.intents[0]
        expected[wanted] += 1
        read[answer["intent"]] += 1
        right[wanted] += answer["intent"] == wanted
    return _mean(2 * right[intent] / (expected[intent] + read[intent]) for intent in expected)


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0
