"""The plainest calls in other languages: heard without a model, certain, and nothing else."""

from pathlib import Path

import pytest
import yaml

from actions.rules.urgency import Grade, assess
from actions.rules.urgency_file import NetFileError
from actions.rules.urgency_patterns import folded
from actions.rules.urgency_phrases import PhraseEntry, load_phrases, plain
from storage.vocabulary import Language

NET = load_phrases()
DATA = Path(__file__).parents[3] / "nlu" / "data"


@pytest.mark.parametrize("entry", NET.entries, ids=lambda entry: entry.id)
def test_an_entry_hears_its_own_examples_and_not_what_looks_alike(entry: PhraseEntry) -> None:
    heard = {text: NET.hear(folded(text)) for text in entry.match}
    assert [text for text, found in heard.items() if found is None or found.id != entry.id] == []
    assert [text for text in entry.no_match if NET.hear(folded(text))] == []


def test_every_language_hears_a_dozen_kinds_of_danger() -> None:
    kinds = [entry.language for entry in NET.entries]
    assert all(kinds.count(language) >= 12 for language in Language if language is not Language.FR)


@pytest.mark.parametrize(
    ("text", "language", "frein"),
    [
        ("Hello. My husband beats me, please", Language.EN, "violence"),
        ("QUIERO  MORIR", Language.ES, "mental_health"),
        ("bom dia, não tenho onde dormir", Language.PT, "housing"),
        ("дитина не дихає!!!", Language.UK, "health"),
        ("السلام عليكم، لم آكل منذ ٣ أيام", Language.AR, "food"),
        ("وأريد أن أموت", Language.AR, "mental_health"),
    ],
)
def test_the_net_is_certain_of_it_and_knows_the_language(text: str, language: Language, frein: str) -> None:
    reading = assess(text)
    assert (reading.level, reading.grade) == (3, Grade.CERTAIN)
    assert (reading.language, reading.frein) == (language, frein)


def test_a_certain_danger_in_french_is_heard_first() -> None:
    assert assess("je veux mourir. I want to die").language is None


def _messages(language: str, most: int) -> list[str]:
    """The training messages of a language that are at this urgency or below."""
    blocks = [
        block
        for file in sorted((DATA / language).glob("*.yml"))
        for block in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]
    ]
    return [
        line.removeprefix("- ")
        for block in blocks
        if (block.get("metadata") or {}).get("urgency", 3) <= most
        for line in block["examples"].splitlines()
    ]


def test_no_french_message_holds_a_phrase_of_another_language() -> None:
    messages = _messages("fr", 2)
    assert len(messages) > 5000
    assert [text for text in messages if NET.hear(folded(text))] == []


@pytest.mark.parametrize("language", ["en", "ar", "uk", "es", "pt"])
def test_nothing_harmless_is_heard_in_the_other_languages(language: str) -> None:
    messages = _messages(language, 2)
    assert len(messages) > 50
    assert [text for text in messages if NET.hear(folded(text))] == []


def test_apostrophes_hamzas_and_figures_are_read_in_one_spelling() -> None:
    assert plain(folded("I'm here, don’t go")) == ["im", "here", ",", "dont", "go"]
    assert plain(folded("أُريدُ الليلة ٣")) == plain(folded("اريد الليله 3"))


PHRASES = """
not_after: ["no"]
not_before: [joke]
entries:
  - id: en_sample
    frein: violence
    why: a sample
    phrases: ["he (hits|beats) me"]
    match: ["he hits me"]
    no_match: ["he is here"]
"""


def _load(tmp_path: Path, content: str, name: str = "en.yaml") -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    load_phrases(tmp_path)


def test_a_well_formed_file_loads(tmp_path: Path) -> None:
    _load(tmp_path, PHRASES)


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("frein: violence", "frein: boxing"),
        ("why: a sample", 'why: ""'),
        ("why: a sample", "reason: a sample"),
        ("id: en_sample", "id: fr_sample"),
        ('["no"]', "[no]"),
        ("(hits|beats)", "(hits|beats"),
        ("he (hits|beats) me", "(help|danger)"),
        ("he (hits|beats) me", "a " + "(b|c|d|e|f|g|h|i|j|k) " * 4),
        ("not_before: [joke]", "never: [joke]"),
        ("entries:", "entries: ["),
        ('match: ["he hits me"]', "match: he hits me"),
    ],
)
def test_a_malformed_file_stops_the_start(tmp_path: Path, change: str, to: str) -> None:
    assert change in PHRASES
    with pytest.raises(NetFileError):
        _load(tmp_path, PHRASES.replace(change, to, 1))


def test_an_id_used_twice_stops_the_start(tmp_path: Path) -> None:
    entry = PHRASES[PHRASES.index("  - id") :]
    with pytest.raises(NetFileError, match="en_sample"):
        _load(tmp_path, PHRASES + entry.lstrip("\n"))


def test_a_file_named_after_no_language_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(NetFileError, match=r"xx\.yaml"):
        _load(tmp_path, PHRASES, "xx.yaml")
