"""Net, model and rules together: what stands first when a message says two things."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actions.rules.judge import judge
from actions.rules.reading import Judgement
from actions.rules.urgency import NetReading
from tests.builders import TUESDAY, a_reading


def judged(text: str, intent: str, **reading: Any) -> Judgement:
    return judge(text, NetReading(), a_reading(intent, **reading), TUESDAY, ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize("intent", ["log_progress", "share_good_news", "report_mood_good"])
def test_nobody_is_congratulated_on_an_eviction_notice(intent: str) -> None:
    read = judged("j'ai reçu l'avis d'expulsion pour vendredi", intent, frein="housing", urgency=2)
    assert (read.intent, read.urgency, read.activity) == ("report_frein", 2, None)


def test_what_was_done_besides_an_urgent_obstacle_is_still_credited() -> None:
    read = judged(
        "3 CV envoyés, mais l'huissier vient jeudi",
        "log_progress",
        frein="money",
        urgency=2,
        activity="cv_letter",
    )
    assert (read.intent, read.count) == ("log_progress", 3)


def test_progress_beside_a_lighter_obstacle_stays_progress() -> None:
    read = judged("cours fini malgré la grève", "log_progress", frein="mobility", urgency=1)
    assert read.intent == "log_progress"


def test_an_appointment_cancelled_for_an_urgent_obstacle_stays_cancelled() -> None:
    read = judged("je viens pas, on nous expulse lundi", "cancel_appointment", frein="housing", urgency=2)
    assert read.intent == "cancel_appointment"
