"""The small language in which the safety net's patterns are written, and how they are looked for.

A pattern is a regular expression over plain words (see `plain_words`), with these additions:

- `suicid*` is a stem, `frapp~` a verb whose ending does not matter.
- `<mourir|suicid*>` is an anchor: words without which the pattern cannot match. Every pattern holds one at
  least: a text without any anchor is not searched at all.
- `{0-3}` between two words: up to three words of any kind. `{name}`: a shared fragment.
- a space stands for a space or a comma and a space.

Search takes linear time: gaps are bounded, and a pattern is tried only within a window around its anchors.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from actions.rules.folding import expand_sms, fold

Span = tuple[int, int]

_LAUGHTER = re.compile(
    "[\U0001f600-\U0001f606\U0001f639\U0001f923]|(?<![a-z])(?:lol|x+d|ptdr|mort de rire)(?![a-z])"
)
_LAUGHED = re.compile(r"\b(?:a?(?:ha){2,}h?|hihi|(?:mdr)+)\b")
_STOP = re.compile(r"[.;:!?\n\r]+")
_OTHER = re.compile(r"[^a-z0-9,.~ ]+")
_COMMA = re.compile(r"\s*,[\s,]*")
_FULL_STOP = re.compile(r"\s*\.[\s.,]*")
_DOUBLED = re.compile(r"([bcdfglmnprtze])\1+")
_WORD = re.compile(r"[a-z0-9]+")

# After doubled letters are single: "frappee" is "frape", "m'a frapper" and "m'a frappait" are spelling.
_VERB_ENDING = "(?:e(?:r(?:a(?:i?[st]?|ient))?|s|z|nt)?|a(?:i(?:s|t|ent)?|s|nt)?|ons)"
_GAP = re.compile(r"\{(\d)-(\d+)\} ?")
_NAMED = re.compile(r"\{([a-z_]+)\}")
_ANCHOR = re.compile(r"<([^<>=!]+)>")
_PLAIN = re.compile(r"[a-z0-9 *~]+")

# Words before and after an anchor within which a pattern may lie.
_BEFORE, _AFTER = 16, 26
# Characters around a match within which its clause is looked for.
_CLAUSE = 160
_CLAUSE_END = re.compile(r"[.,]|\b(?:mais|sauf|sinon|par contre|et la|et maintenant|depuis que)\b")


def plain_words(text: str) -> str:
    """The text as the patterns read it: plain words, "," and "." kept, doubled letters single, laughter "mdr"."""
    folded = _LAUGHED.sub(" mdr ", _LAUGHTER.sub(" mdr ", fold(_STOP.sub(" . ", text))))
    words = _OTHER.sub(" ", expand_sms(folded))
    words = _FULL_STOP.sub(". ", _COMMA.sub(", ", words))
    return _DOUBLED.sub(r"\1", " ".join(words.split()))


@dataclass(frozen=True)
class Pattern:
    """One or several patterns compiled as one: the expression, the whole words and the stems that anchor it."""

    expression: re.Pattern[str]
    words: frozenset[str]
    stems: frozenset[str]


def compile_patterns(
    sources: Iterable[str], fragments: Mapping[str, str], *, anchored: bool = True
) -> Pattern:
    """Compile patterns into one. Raises ValueError saying which pattern is wrong, and how.

    Patterns that are only looked for beside another (`unless`) need no anchor.
    """
    words: set[str] = set()
    stems: set[str] = set()
    parts: list[str] = []
    for source in sources:
        try:
            spelled = _DOUBLED.sub(r"\1", _with_fragments(source, fragments))
            found = list(_anchors(spelled)) if anchored else []
            expression = _expression(spelled)
            re.compile(expression)
        except (ValueError, re.error) as error:
            raise ValueError(f"{source!r}: {error}") from error
        parts.append(expression)
        for anchor in found:
            (stems if anchor.endswith(("*", "~")) else words).add(anchor.rstrip("*~"))
    return Pattern(re.compile(rf"\b(?:{'|'.join(parts)})(?![a-z0-9])"), frozenset(words), frozenset(stems))


def _with_fragments(source: str, fragments: Mapping[str, str]) -> str:
    if source != source.lower() or not source.isascii() or "'" in source:
        raise ValueError("patterns are written in lower case, without accents or apostrophes")
    for _ in range(3):  # fragments may name others, two levels deep
        source = _NAMED.sub(lambda name: _fragment(name[1], fragments), source)
    return source


def _fragment(name: str, fragments: Mapping[str, str]) -> str:
    if name not in fragments:
        raise ValueError(f"no fragment is called {name!r}")
    return f"(?:{fragments[name]})"


def _anchors(source: str) -> Iterator[str]:
    """The one word of each alternative that calls the pattern: its longest."""
    groups = _ANCHOR.findall(source)
    if not groups:
        raise ValueError("a pattern needs one <anchor> at least")
    for group in groups:
        for alternative in group.split("|"):
            if not _PLAIN.fullmatch(alternative):
                raise ValueError(f"an anchor holds words only, not {alternative!r}")
            yield max(alternative.split(), key=len)


def _expression(source: str) -> str:
    if re.search(r"\+|(?<![a-z0-9])\*", source):
        raise ValueError("repetition must be bounded")
    source = _GAP.sub(r"(?:\\w+ ){\1,\2}", source)
    source = _ANCHOR.sub(r"(?:\1)", source)
    return source.replace("*", r"\w*").replace("~", _VERB_ENDING).replace(" ", ",? ")


class Finder:
    """Looks for many patterns in one text, each only around the words that anchor it."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._patterns = patterns
        self._words: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        for number, pattern in enumerate(patterns):
            for word in pattern.words:
                self._words.setdefault(word, []).append(number)
            for stem in pattern.stems:
                self._stems.setdefault(stem, []).append(number)
        self._stem_lengths = tuple(sorted({len(stem) for stem in self._stems}))

    def windows(self, text: str) -> dict[int, list[Span]]:
        """By pattern number, the stretches of the text that hold one of its anchors, in order, merged."""
        spans = [found.span() for found in _WORD.finditer(text)]
        called: dict[str, list[int]] = {}
        windows: dict[int, list[Span]] = {}
        for place, (start, end) in enumerate(spans):
            word = text[start:end]
            numbers = called.get(word)
            if numbers is None:
                numbers = called[word] = self._called_by(word)
            for number in numbers:
                window = (spans[max(0, place - _BEFORE)][0], spans[min(len(spans) - 1, place + _AFTER)][1])
                _extend(windows.setdefault(number, []), window)
        return windows

    def _called_by(self, word: str) -> list[int]:
        numbers = set(self._words.get(word, ()))
        for length in self._stem_lengths:
            if length > len(word):
                break
            numbers.update(self._stems.get(word[:length], ()))
        return sorted(numbers)

    def spans(self, text: str, number: int, windows: list[Span]) -> Iterator[Span]:
        """Where one pattern matches, in order, without overlap."""
        for start, end in windows:
            for found in self._patterns[number].expression.finditer(text, start, end):
                yield found.span()


def clause(text: str, start: int, end: int) -> Span:
    """The clause around a stretch of the text: up to the next mark or joining word on either side."""
    first = max(0, start - _CLAUSE)
    for mark in _CLAUSE_END.finditer(text, first, start):
        first = mark.end()
    following = _CLAUSE_END.search(text, end, end + _CLAUSE)
    return first, following.start() if following else min(len(text), end + _CLAUSE)


def _extend(windows: list[Span], window: Span) -> None:
    if windows and window[0] <= windows[-1][1]:
        windows[-1] = (windows[-1][0], max(windows[-1][1], window[1]))
    else:
        windows.append(window)
