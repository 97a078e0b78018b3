"""The net's weighed words, and what they have to say about its patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.rules.urgency import WEIGHED, Grade, NetReading, SafetyNet
from actions.rules.urgency_file import read_net
from actions.rules.urgency_words import MARGIN, UNLIKELY, WordTable, read_words, traits

ENTRIES = """
entries:
  - id: blow
    level: 3
    grade: {grade}
    frein: violence
    why: a sample
    patterns: ["<frappe>"]
    match: [il frappe]
    no_match: [il rappelle]
  - id: notice
    level: 2
    grade: suspected
    frein: housing
    why: a sample
    patterns: ["<huissier>"]
    match: [un huissier]
    no_match: [un voisin]
"""
MESSAGE = "il frappe, un huissier"
COMMON, RARE = 1.0, 30.0


def table(bias: float, **weights: float) -> WordTable:
    """Each word with a weight, all equally rare."""
    return WordTable(bias, {word: (weight, RARE, "health") for word, weight in weights.items()})


def net(folder: Path, words: WordTable | None, grade: str = "suspected") -> SafetyNet:
    file = folder / "net.yaml"
    file.write_text(ENTRIES.format(grade=grade), encoding="utf-8")
    read = read_net(file)
    return SafetyNet(read.entries, read.guards, words)


def test_without_words_a_suspicion_stands(tmp_path: Path) -> None:
    assert net(tmp_path, None).assess(MESSAGE).entry == "blow"


def test_a_suspicion_stands_where_words_leave_it_open(tmp_path: Path) -> None:
    open_ = net(tmp_path, table((MARGIN + UNLIKELY) / 2))
    assert open_.assess(MESSAGE) == NetReading(3, Grade.SUSPECTED, "violence", "blow")


def test_a_suspicion_is_dropped_where_words_speak_against_it_and_what_is_less_stays(tmp_path: Path) -> None:
    against = net(tmp_path, table(UNLIKELY - 1))
    assert against.assess(MESSAGE) == NetReading(2, Grade.SUSPECTED, "housing", "notice")
    assert against.assess("il frappe") == NetReading()


def test_what_is_certain_is_never_doubted(tmp_path: Path) -> None:
    assert net(tmp_path, table(-99.0), grade="certain").assess(MESSAGE).entry == "blow"


def test_words_alone_can_raise_a_suspicion(tmp_path: Path) -> None:
    assert net(tmp_path, table(-3.0, tombe=9.0)).assess("il tombe encore") == NetReading(
        3, Grade.SUSPECTED, "health", WEIGHED
    )


def test_the_rarer_word_has_the_larger_share() -> None:
    words = WordTable(0.0, {"le": (1.0, COMMON, None), "couteau": (1.0, RARE, None)})
    shares = words.shares({"le", "couteau", "inconnu"})
    assert shares["couteau"] / shares["le"] == pytest.approx(RARE / COMMON)
    assert "inconnu" not in shares


def test_a_word_says_less_in_a_short_message_than_its_weight_and_less_still_in_a_long_one() -> None:
    words = table(0.0, a=1.0, b=0.0, c=0.0, d=0.0)
    assert 1.0 > words.score("a") > words.score("a b c d") > 0


def test_traits_are_words_pairs_within_a_sentence_and_stems() -> None:
    assert traits("il etrangle. fort") == {"il", "etrangle", "il etrangle", "etran-", "fort"}


def test_a_table_that_cannot_be_read_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "words.tsv").write_text("-3.2\tbias\thash\nheavy\t1\tmot\t\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"words\.tsv"):
        read_words(tmp_path / "words.tsv")
