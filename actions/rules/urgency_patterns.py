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
_STOP = re.compile(r"(?<=\w\w)\.+|\.+(?=\s|$)|[;:!?\n\r]+")  # not the dots of "s.o.s"
_OTHER = re.compile(r"[^a-z0-9,.~ ]+")
# A whole word: of a Cyrillic one, the letters that look Latin would be left as words of their own.
_OTHER_ALPHABET = re.compile(r"\b[a-z0-9]*[^\W\x00-\x7f]\w*")
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
_BEFORE, _AFTER = 14, 20
# Signs that full stops may add when they are set apart.
_DOTS = 2000
# Characters around a match within which its clause is looked for.
_CLAUSE = 160
_CLAUSE_END = re.compile(r"[.,]|\b(?:mais|sauf|sinon|par contre|et la|et maintenant|depuis que)\b")


def plain_words(text: str) -> str:
    """The text as the patterns read it: plain words, "," and "." kept, doubled letters single, laughter "mdr"."""
    return spelled_out(folded(text))


def folded(text: str) -> str:
    """The text folded, its stops set apart: what every part of the net reads, in whatever language."""
    return fold(_STOP.sub(" . ", text), longest=len(text) + _DOTS)


def spelled_out(folded: str) -> str:
    """A folded text as `plain_words` gives it."""
    latin = folded if folded.isascii() else _OTHER_ALPHABET.sub(" ", folded)
    laughing = _LAUGHED.sub(" mdr ", _LAUGHTER.sub(" mdr ", latin))
    # What other alphabets leave behind is many spaces, in which the marks below would look for ever.
    words = " ".join(_OTHER.sub(" ", expand_sms(laughing)).split())
    words = _FULL_STOP.sub(". ", _COMMA.sub(", ", words))
    return _DOUBLED.sub(r"\1", " ".join(words.split()))


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern, with the whole words and the stems that anchor it."""

    expression: re.Pattern[str]
    words: frozenset[str]
    stems: frozenset[str]


def compile_pattern(source: str, fragments: Mapping[str, str]) -> Pattern:
    """Compile one anchored pattern. Raises ValueError saying which pattern is wrong, and how."""
    try:
        spelled = _DOUBLED.sub(r"\1", _with_fragments(source, fragments))
        anchors = frozenset(_anchors(spelled))
        expression = _compiled(_expression(spelled))
    except (ValueError, re.error) as error:
        raise ValueError(f"{source!r}: {error}") from error
    stems = frozenset(anchor for anchor in anchors if anchor.endswith(("*", "~")))
    return Pattern(expression, anchors - stems, frozenset(stem.rstrip("*~") for stem in stems))


def compile_any(sources: Iterable[str], fragments: Mapping[str, str]) -> re.Pattern[str]:
    """Compile patterns that need no anchor, being looked for only beside another, into one expression.

    Raises ValueError saying which pattern is wrong, and how.
    """
    parts: list[str] = []
    for source in sources:
        try:
            parts.append(_expression(_DOUBLED.sub(r"\1", _with_fragments(source, fragments))))
            _compiled(parts[-1])
        except (ValueError, re.error) as error:
            raise ValueError(f"{source!r}: {error}") from error
    return _compiled("|".join(parts))


def _compiled(expression: str) -> re.Pattern[str]:
    """Between word ends; what ends in a space has already ended its word."""
    return re.compile(rf"\b(?:{expression})(?:(?<= )|(?![a-z0-9]))")


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
        ends = [end for _, end in spans[:-1]] + [len(text)]
        places: dict[str, list[int]] = {}
        for place, (start, end) in enumerate(spans):
            places.setdefault(text[start:end], []).append(place)
        called: dict[int, list[int]] = {}
        for word, where in places.items():
            for number in self._called_by(word):
                called.setdefault(number, []).extend(where)
        last = len(spans) - 1
        return {
            number: [(spans[first][0], ends[min(last, final)]) for first, final in _merged(sorted(where))]
            for number, where in called.items()
        }

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


def _merged(places: list[int]) -> Iterator[Span]:
    """The stretches of words around some places, those that meet made one."""
    first, final = max(0, places[0] - _BEFORE), places[0] + _AFTER
    for place in places[1:]:
        if place - _BEFORE > final:
            yield first, final
            first = place - _BEFORE
        final = place + _AFTER
    yield first, final
