"""The training messages: enough of each kind, none nearly said twice."""

from __future__ import annotations

from collections import Counter

import pytest

from tools.examples import Example, read_examples
from tools.near_duplicates import near_duplicates

EXAMPLES = read_examples()
FRENCH = [example for example in EXAMPLES if example.language == "fr"]


def test_no_two_messages_say_the_same_in_the_same_words() -> None:
    assert list(near_duplicates(EXAMPLES)) == []


def test_two_messages_that_differ_by_one_word_are_found() -> None:
    pair = [
        Example(
            f"mon patron me crie dessus devant tout le monde tous les {time}", "report_frein", "work", 1, ""
        )
        for time in ("matins", "jours")
    ]
    assert [(one.text, two.text) for _, one, two in near_duplicates(pair)] == [(pair[0].text, pair[1].text)]


def test_two_labels_for_nearly_the_same_words_are_left() -> None:
    pair = [
        Example("je sors de prison mardi et je ne sais pas où dormir", "report_frein", "housing", 2, ""),
        Example("je sors de prison ce matin et je ne sais pas où dormir", "report_frein", "housing", 3, ""),
    ]
    assert list(near_duplicates(pair, likeness=0.5)) == []


def test_there_is_enough_of_every_kind() -> None:
    levels = Counter(example.urgency for example in FRENCH)
    intents = Counter(example.intent for example in FRENCH)
    assert len(FRENCH) >= 8000
    assert levels[3] >= 1500
    assert levels[2] >= 1000
    assert intents["out_of_scope"] >= 1500
    assert len(intents) == 38
    assert min(intents.values()) >= 120


@pytest.mark.parametrize("language", ["en", "ar", "uk", "es", "pt"])
def test_every_other_language_has_its_messages_and_dangers(language: str) -> None:
    written = [example for example in EXAMPLES if example.language == language]
    assert len(written) >= 150
    assert sum(example.urgency == 3 for example in written) >= 60
