import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.reading import ModelReading
from actions.rules.urgency import (
    LONGEST,
    PACKAGED,
    WEIGHED,
    Grade,
    NetFileError,
    NetReading,
    SafetyNet,
    assess,
    load,
    merge,
    net_alone,
)
from actions.rules.urgency_file import Entry, read_net

LISTS = Path(__file__).parents[2] / "urgency" / "fr"
NET_FILE = read_net(PACKAGED)
NET = load()


def _topics(held_out: bool, *names: str) -> list[tuple[str, int]]:
    """(message, level of the list, or the most its topic allows) of the lists called so."""
    found: list[tuple[str, int]] = []
    for file in sorted(file for name in names for file in LISTS.glob(f"{name}*.yaml")):
        content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        if content.get("held_out", False) is held_out:
            for topic in content["topics"].values():
                level = content.get("level", topic.get("at_most"))
                found += [(text, level) for text in topic["messages"]]
    return found


DANGERS = _topics(False, "dangers")
LOOK_ALIKES = _topics(False, "look_alikes")
MISSES = yaml.safe_load((LISTS / "known_misses.yaml").read_text(encoding="utf-8"))["misses"]


@pytest.mark.parametrize("text", [text for text, _ in DANGERS])
def test_a_danger_is_heard_without_a_model(text: str) -> None:
    assert NET.assess(text).level == 3


@pytest.mark.parametrize(("text", "at_most"), LOOK_ALIKES)
def test_what_only_sounds_like_danger_is_not_raised(text: str, at_most: int) -> None:
    assert NET.assess(text).level <= at_most


@pytest.mark.parametrize(("text", "level"), _topics(False, "urgent"))
def test_an_urgent_message_is_neither_missed_nor_taken_for_danger(text: str, level: int) -> None:
    assert NET.assess(text).level == level


@pytest.mark.parametrize("miss", MISSES, ids=lambda miss: miss["text"])
def test_a_known_miss_still_fails_or_leaves_the_list(miss: dict[str, Any]) -> None:
    assert NET.assess(miss["text"]).level != miss["level"], "mended: move it to its list"


def test_the_lists_are_long_enough_to_mean_something() -> None:
    assert len(DANGERS) >= 300
    assert len(LOOK_ALIKES) >= 250


def test_most_of_the_dangers_never_seen_are_heard() -> None:
    heard = [NET.assess(text).level == 3 for text, _ in _topics(True, "dangers")]
    assert sum(heard) / len(heard) >= 0.85


def test_no_look_alike_never_seen_is_raised_with_certainty() -> None:
    assert [text for text, _ in _topics(True, "look_alikes") if NET.assess(text).certain_level == 3] == []


def test_few_look_alikes_never_seen_are_even_suspected() -> None:
    raised = [NET.assess(text).level == 3 for text, _ in _topics(True, "look_alikes")]
    assert sum(raised) / len(raised) <= 0.2


@pytest.mark.parametrize("entry", NET_FILE.entries, ids=lambda entry: entry.id)
def test_an_entry_hears_its_own_examples_and_no_other(entry: Entry) -> None:
    alone = SafetyNet([entry], NET_FILE.guards)
    assert [text for text in entry.match if alone.assess(text).entry != entry.id] == []
    assert [text for text in entry.no_match if alone.assess(text).level] == []


def test_a_real_danger_is_heard_beside_a_figure_of_speech() -> None:
    assert assess("je suis mort de rire mais sinon mon mari m'a frappée hier").level == 3
    assert assess("il y a 10 ans j'ai fait une TS, et ce soir je veux mourir").level == 3
    assert assess("t'inquiète je vais pas me suicider mais je dors dehors ce soir").level == 3


def test_a_danger_said_in_passing_in_a_progress_report_is_heard() -> None:
    reading = assess(
        "Bonjour, 3 CV envoyés et atelier fait. Sinon je dors dans ma voiture depuis lundi. Bonne journée"
    )
    assert (reading.level, reading.frein) == (3, "housing")


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "😀" * 50, "ok", "مرحبا", "\u200b\u200d", "!" * 300, "a\ud800b"]
)
def test_what_cannot_be_read_is_no_danger_and_no_error(text: str) -> None:
    assert assess(text) == NetReading()


@given(st.text(max_size=400))
def test_no_text_makes_the_net_fail(text: str) -> None:
    assert assess(text).level in (0, 2, 3)


def test_only_the_first_part_of_a_very_long_message_is_read() -> None:
    assert assess("la la " * 700 + "je veux mourir").level == 0
    assert assess("je veux mourir " + "la la " * 5000).level == 3


def test_the_reading_never_holds_the_words() -> None:
    reading = assess("mon mari Zorglub m'a frappée hier")
    assert "zorglub" not in repr(reading).lower()


ANCHORS = sorted(word for entry in NET_FILE.entries for pattern in entry.patterns for word in pattern.words)


@pytest.mark.process
@pytest.mark.parametrize(
    "filler",
    [
        "a", "j v ", "je veux ", "il m a ", "mon mari me ", "je dors dans ", "il y a 2 ans ", "avant je ", "pas ",
        "enfant seul ", "il me tape sur les nerfs ", "frappe ", "\ufdfa", "é\u0301", "é.", "s u i ", "' ", "haha",
        "i want to ", "no quiero ", "не хочу ", "لا أريد أن ",
    ],
)  # fmt: skip
def test_the_longest_message_is_read_in_five_milliseconds(filler: str) -> None:
    assert _milliseconds((filler * LONGEST)[:LONGEST]) < 5


@pytest.mark.process
def test_a_message_of_nothing_but_alarming_words_takes_no_longer_than_twice_that() -> None:
    assert _milliseconds(" ".join(ANCHORS[::2])[:LONGEST]) < 10


def _milliseconds(text: str) -> float:
    """Processor time of the quickest of some readings, on a machine as fast as the one the limit was set on.

    Each reading is timed beside a sum of fixed length: a slower or busier machine slows both. The collector's
    rounds over everything that the suite has left in memory are not the net's.
    """
    readings, sums = [], []
    gc.disable()
    for _ in range(5):
        readings.append(_timed(lambda: NET.assess(text)))
        sums.append(_timed(lambda: sum(n * n for n in range(200_000))))
    gc.enable()
    return 1000 * min(readings) / max(1.0, min(sums) / 0.0065)


def _timed(deed: Callable[[], object]) -> float:
    start = time.process_time()
    deed()
    return time.process_time() - start


ENTRY = """
entries:
  - id: sample
    level: 3
    grade: certain
    frein: violence
    why: a sample
    patterns: ["<frapp~>"]
    match: ["frappe"]
    no_match: ["rien"]
"""


def _load(tmp_path: Path, content: str) -> SafetyNet:
    file = tmp_path / "net.yaml"
    file.write_text(content, encoding="utf-8")
    return load(file)


def test_a_net_can_be_one_file(tmp_path: Path) -> None:
    assert _load(tmp_path, ENTRY).assess("il frappe") == NetReading(3, Grade.CERTAIN, "violence", "sample")


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("level: 3", "level: 1"),
        ("grade: certain", "grade: sure"),
        ("frein: violence", "frein: boxing"),
        ("why: a sample", "reason: a sample"),
        ("why: a sample", 'why: ""'),
        ('patterns: ["<frapp~>"]', "patterns: []"),
        ('"<frapp~>"', '"frapp~"'),
        ('"<frapp~>"', '"<frappé>"'),
        ('"<frapp~>"', '"<frapp~> (?:\\\\w+ )*"'),
        ('"<frapp~>"', '"<frapp~> {nobody}"'),
        ('"<frapp~>"', '"<frapp~> ("'),
        ('match: ["frappe"]', "match: frappe"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(tmp_path: Path, change: str, to: str) -> None:
    with pytest.raises(NetFileError, match="sample"):
        _load(tmp_path, ENTRY.replace(change, to, 1))


@pytest.mark.parametrize("content", ["", "- a", "entries: []", "other: 1", "entries: [a]", "a: ["])
def test_a_file_that_is_no_net_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(NetFileError):
        _load(tmp_path, content)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetFileError, match="sample"):
        _load(tmp_path, ENTRY + ENTRY.split("entries:")[1])


def model(
    urgency: int,
    probabilities: tuple[float, float, float, float],
    *,
    frein: str | None = None,
    intent: str = "greet",
) -> ModelReading:
    return ModelReading(intent, 0.8, ((intent, 0.8),), frein, 0.7, urgency, probabilities, None, 0.0)


CALM = model(0, (0.97, 0.01, 0.01, 0.01))
CERTAIN = NetReading(3, Grade.CERTAIN, "violence", "sample")
SUSPECTED = NetReading(3, Grade.SUSPECTED, "housing", "sample")
URGENT = NetReading(2, Grade.SUSPECTED, "money", "sample")


def test_the_model_never_lowers_what_was_certain() -> None:
    judged = merge(CERTAIN, CALM)
    assert (judged.urgency, judged.intent, judged.frein, judged.source) == (
        3,
        "report_frein",
        "violence",
        "net",
    )


def test_the_model_raises_what_the_net_did_not_hear() -> None:
    judged = merge(NetReading(), model(3, (0.1, 0.1, 0.1, 0.7), frein="health"))
    assert (judged.urgency, judged.intent, judged.frein, judged.source) == (
        3,
        "report_frein",
        "health",
        "model",
    )


def test_a_suspicion_falls_when_the_model_is_sure_that_it_was_wrong() -> None:
    judged = merge(SUSPECTED, CALM)
    assert (judged.urgency, judged.intent, judged.frein, judged.source) == (0, "greet", None, "model")


def test_a_suspicion_the_model_does_not_rule_out_stays_urgent() -> None:
    judged = merge(SUSPECTED, model(0, (0.82, 0.1, 0.04, 0.04)))
    assert (judged.urgency, judged.intent, judged.source) == (2, "greet", "both")


def test_a_suspicion_the_model_half_shares_is_a_danger() -> None:
    judged = merge(SUSPECTED, model(2, (0.1, 0.1, 0.5, 0.3), frein="housing"))
    assert (judged.urgency, judged.intent, judged.frein, judged.source) == (
        3,
        "report_frein",
        "housing",
        "net",
    )


def test_a_suspicion_counts_in_full_while_the_model_is_down() -> None:
    for judged in (
        merge(SUSPECTED, None, nlu_down=True),
        merge(SUSPECTED, CALM, nlu_down=True),
        merge(SUSPECTED, None),
    ):
        assert (judged.urgency, judged.intent, judged.frein, judged.source) == (
            3,
            "report_frein",
            "housing",
            "net",
        )


def test_an_urgent_suspicion_is_lifted_to_danger_by_the_model_only() -> None:
    assert merge(URGENT, None).urgency == 2
    assert merge(URGENT, CALM).urgency == 0
    assert merge(URGENT, model(3, (0.1, 0.1, 0.1, 0.7))).urgency == 3


def test_certainty_beside_a_suspicion_is_a_floor() -> None:
    heard = NetReading(3, Grade.SUSPECTED, "housing", "sample", floor=2)
    assert merge(heard, CALM).urgency == 2


def test_net_and_model_of_one_mind_are_both_named() -> None:
    judged = merge(CERTAIN, model(3, (0.0, 0.0, 0.1, 0.9), frein="mental_health", intent="report_frein"))
    assert (judged.source, judged.frein, judged.confidence) == ("both", "mental_health", 0.8)


def test_a_certain_danger_keeps_its_obstacle_when_the_model_names_a_lesser_one() -> None:
    assert merge(CERTAIN, model(1, (0.2, 0.8, 0.0, 0.0), frein="mobility")).frein == "violence"


def test_without_danger_the_model_names_the_obstacle_and_the_intent() -> None:
    judged = merge(NetReading(), model(1, (0.1, 0.9, 0.0, 0.0), frein="mobility", intent="report_late"))
    assert (judged.intent, judged.frein, judged.urgency, judged.source) == (
        "report_late",
        "mobility",
        1,
        "model",
    )


def test_the_net_alone_has_no_intent() -> None:
    judged = net_alone(CERTAIN)
    assert (judged.intent, judged.confidence, judged.urgency, judged.source) == (None, None, 3, "net")


@given(
    st.sampled_from(
        [NetReading(), CERTAIN, SUSPECTED, URGENT, NetReading(2, Grade.CERTAIN, "rights", "sample")]
    ),
    st.integers(0, 3),
    st.tuples(*[st.floats(0, 1)] * 4),
)
def test_the_merge_is_never_below_certainty_nor_below_the_model(
    net: NetReading, level: int, probabilities: tuple[float, float, float, float]
) -> None:
    judged = merge(net, model(level, probabilities))
    assert judged.urgency >= max(net.certain_level, level)
    assert judged.intent == ("report_frein" if judged.urgency == 3 else "greet")


def test_words_that_weigh_raise_a_suspicion_and_never_a_certainty() -> None:
    weighed = [reading for text, _ in DANGERS if (reading := NET.assess(text)).entry == WEIGHED]
    assert weighed
    assert {(reading.level, reading.grade) for reading in weighed} == {(3, Grade.SUSPECTED)}
