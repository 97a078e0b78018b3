import pytest

from components.reading import Thresholds, level_of, read

THRESHOLDS = Thresholds(follow_up=0.5, urgent=0.3, danger=0.2)


@pytest.mark.parametrize(
    ("probabilities", "level"),
    [
        ((0.8, 0.1, 0.05, 0.05), 0),
        ((0.4, 0.5, 0.05, 0.05), 1),
        ((0.6, 0.05, 0.2, 0.15), 2),
        ((0.8, 0.05, 0.0, 0.15), 2),
        ((0.8, 0.0, 0.0, 0.2), 3),
        ((1.0, 0.0, 0.0, 0.0), 0),
        ((0.0, 0.0, 0.0, 1.0), 3),
    ],
)
def test_doubt_goes_up(probabilities: tuple[float, ...], level: int) -> None:
    assert level_of(probabilities, THRESHOLDS) == level


def _read(**shares):
    calm = {
        "intent": {"greet": 0.7, "report_frein": 0.3},
        "frein": {"": 0.9, "housing": 0.06, "health": 0.04},
        "urgency": {"0": 0.9, "1": 0.1},
        "activity": {"": 1.0},
        "language": {"fr": 0.9, "en": 0.1},
    }
    return read(**{**calm, **shares}, thresholds=THRESHOLDS)


def test_a_calm_message_has_no_frein_and_no_activity() -> None:
    reading = _read()
    assert reading["intent"] == {"name": "greet", "confidence": 0.7}
    assert reading["frein"] == {"name": None, "confidence": 0.9}
    assert reading["activity"] == {"name": None, "confidence": 1.0}
    assert reading["language"] == {"name": "fr", "confidence": 0.9}
    assert reading["urgency"] == {"level": 0, "probabilities": [0.9, 0.1, 0.0, 0.0]}


def test_the_ranking_starts_with_the_intent_and_falls() -> None:
    assert [row["name"] for row in _read()["intent_ranking"]] == ["greet", "report_frein"]


def test_danger_makes_the_intent_report_frein_and_names_a_frein() -> None:
    reading = _read(urgency={"0": 0.5, "3": 0.5})
    assert reading["intent"] == {"name": "report_frein", "confidence": 0.5}
    assert reading["intent_ranking"][0] == reading["intent"]
    assert len(reading["intent_ranking"]) == 2
    assert reading["frein"] == {"name": "housing", "confidence": 0.06}


def test_report_frein_always_has_a_frein() -> None:
    assert _read(intent={"greet": 0.4, "report_frein": 0.6})["frein"]["name"] == "housing"


def test_another_intent_keeps_the_frein_it_names() -> None:
    reading = _read(frein={"": 0.2, "health": 0.8})
    assert reading["intent"]["name"] == "greet"
    assert reading["frein"]["name"] == "health"


@pytest.mark.parametrize(
    ("intent", "none", "named"),
    [("log_progress", 0.6, "cv_letter"), ("log_progress", 0.95, None), ("greet", 0.6, None)],
)
def test_about_a_step_a_likely_activity_is_named(intent: str, none: float, named: str | None) -> None:
    shares = {"": none, "cv_letter": 1 - none}
    assert _read(intent={intent: 1.0}, activity=shares)["activity"]["name"] == named
