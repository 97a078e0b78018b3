"""Danger said plainly in other languages than French: whole phrases, heard word for word without any model.

One file a language in `urgency_other/`, named after it. Each phrase is what people say when they have few words
left, and every one is certain: what is said less plainly is left to the model.

    not_after, not_before: [word]      a phrase right after, or up to four words before, one of these is not heard
    entries: [{id, frein, why, phrases, match, no_match, not_before?}]

`(a|b|)` in a phrase stands for a, b or nothing. An entry may add words of its own to `not_before`. `match` and `no_match` are messages that the file must hear as
this entry, and must not hear at all; the tests check each.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from actions.rules.urgency_file import NetFileError
from actions.rules.urgency_patterns import folded
from storage.vocabulary import FreinCategory, Language

OTHER_LANGUAGES = Path(__file__).with_name("urgency_other")

_WORDS_AFTER = 4
_MOST_SPELLINGS = 2000  # of one phrase: more is a slip of its author
_ENTRY_KEYS = {"id", "frein", "why", "phrases", "match", "no_match"}
_FILE_KEYS = {"not_after", "not_before", "entries"}

_CHOICE = re.compile(r"\(([^()]*)\)")
_WORD_OR_STOP = re.compile(r"[^\W_]+|[.,;:!?\u060c\u061b\u061f]")
_AND = "\u0648"  # "and" in Arabic, written with the word that follows
# Spellings of one Arabic letter, figures of Arabic keyboards, and a Ukrainian letter that many replace.
_ONE_SPELLING = str.maketrans(
    "\u0629\u0649\u06a9\u06cc\u06af\u0686\u0491\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669",
    "\u0647\u064a\u0643\u064a\u0643\u062c\u04330123456789",
    "\u0640",
)


@dataclass(frozen=True)
class PhraseEntry:
    """One thing said plainly in one language, always danger, always certain. `frein` is of the taxonomy."""

    id: str
    language: Language
    frein: str
    why: str
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    not_after: frozenset[str]
    not_before: frozenset[str]


@dataclass
class _Node:
    """What may come after the words that led here, and the entry that they say."""

    following: dict[str, "_Node"] = field(default_factory=dict)
    entry: PhraseEntry | None = None


class PhraseNet:
    """The phrases of all files as one tree of words: a message is read once, in linear time."""

    def __init__(self, phrases: Iterable[tuple[Sequence[str], PhraseEntry]]) -> None:
        self._root = _Node()
        entries: dict[str, PhraseEntry] = {}
        for words, entry in phrases:
            entries[entry.id] = entry
            self._add(words, entry)
        self.entries = tuple(entries.values())

    def _add(self, words: Sequence[str], entry: PhraseEntry) -> None:
        node = self._root
        for word in words:
            node = node.following.setdefault(word, _Node())
        node.entry = node.entry or entry

    def hear(self, folded: str) -> PhraseEntry | None:
        """The first phrase of danger in a folded message. Never raises."""
        words = plain(folded)
        first = self._root.following
        for start, word in enumerate(words):
            if node := first.get(word) or (first.get(word[1:]) if word[0] == _AND else None):
                entry = _said(node, words, start)
                if entry:
                    return entry
        return None


def _said(node: _Node, words: list[str], start: int) -> PhraseEntry | None:
    """The entry of the first phrase that begins with the word at `start`, which led to `node`."""
    for place in range(start + 1, len(words)):
        following = node.following.get(words[place])
        if following is None:
            return None
        node = following
        if node.entry and _counts(node.entry, words, start, place + 1):
            return node.entry
    return None


def _counts(entry: PhraseEntry, words: list[str], start: int, end: int) -> bool:
    if start and words[start - 1] in entry.not_after:
        return False
    return entry.not_before.isdisjoint(words[end : end + _WORDS_AFTER])


def plain(folded: str) -> list[str]:
    """The words of a folded message in one spelling, apostrophes left out ("i'm" is "im"), stops kept."""
    return _WORD_OR_STOP.findall(folded.replace("'", "").translate(_ONE_SPELLING))


@cache
def load_phrases(folder: Path = OTHER_LANGUAGES) -> PhraseNet:
    """The phrases of every .yaml file of a folder, read once. Raises NetFileError naming the wrong file or entry."""
    return PhraseNet(phrase for file in sorted(folder.glob("*.yaml")) for phrase in _phrases(file))


def _phrases(file: Path) -> Iterator[tuple[Sequence[str], PhraseEntry]]:
    try:
        language = Language(file.stem)
        content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise NetFileError(f"{file.name}: {error}") from error
    if not isinstance(content, dict) or content.keys() != _FILE_KEYS:
        raise NetFileError(f"{file.name}: expected not_after, not_before and entries")
    seen: set[str] = set()
    for raw in content["entries"]:
        entry = _entry(raw, language, content)
        if entry.id in seen:
            raise NetFileError(f"{entry.id}: this id is used twice")
        seen.add(entry.id)
        for phrase in _texts(entry.id, raw["phrases"]):
            yield from ((words, entry) for words in _spellings(entry.id, phrase))


def _entry(raw: Any, language: Language, content: Mapping[str, Any]) -> PhraseEntry:
    name = str(raw.get("id", "an entry without id")) if isinstance(raw, dict) else repr(raw)
    if not isinstance(raw, dict) or raw.keys() - {"not_before"} != _ENTRY_KEYS or not all(raw.values()):
        raise NetFileError(f"{name}: an entry holds {', '.join(sorted(_ENTRY_KEYS))}, none of them empty")
    if not name.startswith(f"{language}_"):
        raise NetFileError(f"{name}: the id begins with the language of its file")
    if raw["frein"] not in list(FreinCategory):
        raise NetFileError(f"{name}: {raw['frein']!r} is no frein of the taxonomy")
    return PhraseEntry(
        id=name,
        language=language,
        frein=str(raw["frein"]),
        why=str(raw["why"]),
        match=_texts(name, raw["match"]),
        no_match=_texts(name, raw["no_match"]),
        not_after=_single_words(name, content["not_after"]),
        not_before=_single_words(name, content["not_before"])
        | _single_words(name, raw.get("not_before", [])),
    )


def _single_words(name: str, raw: Any) -> frozenset[str]:
    """The words that cancel. YAML takes an unquoted "no" for a truth value: that is refused."""
    return frozenset(word for said in _texts(name, raw) for word in plain(folded(said)))


def _texts(name: str, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        raise NetFileError(f"{name}: a list of texts is expected")
    return tuple(raw)


def _spellings(name: str, phrase: str) -> Iterator[list[str]]:
    """Each way to say a phrase, in plain words."""
    parts = _CHOICE.split(folded(phrase))  # every second part is what stood between brackets
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    if any(mark in part for part in parts[::2] for mark in "()|"):
        raise NetFileError(f"{name}: brackets are not balanced in {phrase!r}")
    spelled = [plain("".join(chosen)) for chosen in product(*choices)]
    if len(spelled) > _MOST_SPELLINGS or any(len(words) < 2 for words in spelled):
        raise NetFileError(f"{name}: {phrase!r} stands for too many phrases, or for a single word")
    yield from spelled
