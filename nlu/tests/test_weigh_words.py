from __future__ import annotations

from pathlib import Path

from actions.rules.urgency import PACKAGED, SafetyNet
from actions.rules.urgency_words import MARGIN, read_words
from tools.weigh_words import Labelled, digest, labelled_messages, weigh, write

DANGERS = (
    "il me frappe encore",
    "il me frappe la nuit",
    "on me frappe ici",
    "il me frappe partout",
    "elle me frappe",
)
OTHERS = (
    "il me rappelle demain",
    "on me rappelle ici",
    "je viens demain",
    "elle vient demain",
    "il vient la nuit",
)
MESSAGES = [
    *(Labelled(text, 3, "violence") for text in DANGERS),
    *(Labelled(text, 0, "") for text in OTHERS),
]


def test_a_table_tells_dangers_from_other_messages_and_names_their_obstacle() -> None:
    net = SafetyNet((), ())
    table = weigh(MESSAGES, net)
    assert table.score(net.unguarded("il frappe")) > table.score(net.unguarded("il rappelle"))
    assert table.frein(net.unguarded("on frappe")) == "violence"
    assert table.frein("demain") is None


def test_what_stands_in_fewer_than_three_messages_is_not_weighed() -> None:
    assert "partout" not in weigh(MESSAGES, SafetyNet((), ())).weights


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = weigh(MESSAGES, SafetyNet((), ()))
    write(table, digest(MESSAGES), tmp_path / "words.tsv")
    read = read_words(tmp_path / "words.tsv")
    assert read.weights.keys() == table.weights.keys()
    assert abs(read.score("il me frappe") - table.score("il me frappe")) < 0.05


def test_the_committed_table_is_made_of_the_present_messages() -> None:
    first = (PACKAGED / "words.tsv").read_text(encoding="utf-8").splitlines()[0]
    assert first.endswith(digest(labelled_messages())), "run `python -m tools.weigh_words`"


def test_the_committed_table_is_small_enough_to_be_read() -> None:
    assert (PACKAGED / "words.tsv").stat().st_size < 1_500_000
    assert read_words(PACKAGED / "words.tsv").score("") < MARGIN
