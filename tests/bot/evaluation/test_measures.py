"""What is counted, and how sure a count is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.evaluation.cases import Case
from bot.evaluation.measures import MEASURES, Answer, Count, macro_f1

PARIS = ZoneInfo("Europe/Paris")


def a_case(**changed: Any) -> Case:
    calm = {
        "id": "1",
        "text": "oui",
        "at": datetime(2026, 11, 24, 10, tzinfo=PARIS),
        "zone": PARIS,
        "part": None,
    }
    labels = {
        "intents": ("affirm",),
        "frein": None,
        "urgency": 0,
        "activity": None,
        "count": None,
        "hours": None,
    }
    return Case(**{**calm, **labels, "when": None, **changed})


def an_answer(**changed: Any) -> Answer:
    nothing = dict.fromkeys(("frein", "activity", "count", "hours", "when"))
    return {"intent": "affirm", "urgency": 0, **nothing, **changed}


def counted(name: str, case: Case, answer: Answer) -> tuple[int, int]:
    measure = next(measure for measure in MEASURES if measure.name == name)
    found = measure.count([case], [answer])
    return found.hits, found.of


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)]
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Count(hits, of).interval() == pytest.approx((low, high), abs=1e-3)


def test_nothing_counted_says_nothing() -> None:
    assert Count(0, 0).interval() == (0.0, 1.0)


def test_an_error_must_stay_under_its_bar_and_a_success_above() -> None:
    assert Count(3, 100, low_is_good=True).keeps(0.03)
    assert not Count(4, 100, low_is_good=True).keeps(0.03)
    assert Count(98, 100).keeps(0.98)
    assert not Count(97, 100).keeps(0.98)


def test_an_accepted_intent_is_right() -> None:
    either = a_case(intents=("affirm", "confirm_appointment"))
    assert counted("intent", either, an_answer(intent="confirm_appointment")) == (1, 1)
    assert counted("intent", either, an_answer(intent="deny")) == (0, 1)


def test_a_danger_read_as_urgent_is_not_found_and_not_lost() -> None:
    danger = a_case(urgency=3)
    assert counted("danger found", danger, an_answer(urgency=2)) == (0, 1)
    assert counted("danger below level 2", danger, an_answer(urgency=2)) == (0, 1)
    assert counted("danger below level 2", danger, an_answer(urgency=1)) == (1, 1)


def test_look_alikes_are_counted_apart_from_private_messages() -> None:
    private = a_case(part="lookalikes", intents=("out_of_scope",))
    assert counted("look-alike raised to 3", private, an_answer(urgency=3)) == (0, 0)
    assert counted("out of scope raised to 3", private, an_answer(urgency=3)) == (1, 1)
    assert counted("look-alike raised to 3", a_case(part="lookalikes"), an_answer(urgency=3)) == (1, 1)


def test_a_day_may_be_right_where_the_time_is_not() -> None:
    case = a_case(when="2026-11-26T14:30")
    assert counted("day of when", case, an_answer(when="2026-11-26")) == (1, 1)
    assert counted("time of when", case, an_answer(when="2026-11-26")) == (0, 1)
    assert counted("time of when", case, an_answer(when="2026-11-26T14:30")) == (1, 1)


def test_a_number_that_nobody_said_is_wrong() -> None:
    assert counted("count", a_case(intents=("log_progress",)), an_answer(count=1)) == (0, 1)


def test_macro_f1_weighs_every_intent_alike() -> None:
    cases = [a_case()] * 3 + [a_case(intents=("deny",))]
    assert macro_f1(cases, [an_answer()] * 3 + [an_answer(intent="deny")]) == 1
    assert macro_f1(cases, [an_answer()] * 4) == pytest.approx((6 / 7) / 2)
