"""Copies of a training sentence as somebody hurried, tired or dictating would have sent it.

The kinds are those attested in 1,001 real French SMS: accents left out, phone spellings, endings written by ear,
slips of the thumb, homophones of dictation. They are mixed and drawn per sentence: noise of one kind alone teaches
that kind only.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache

from components.folding import fold, sms_table, strip_accents

Edit = Callable[[str, random.Random], str]

_KINDS_PER_COPY = 2
_AZERTY_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")

# Written by ear: (pattern, spellings of the same sound).
_BY_EAR: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), sounds)
    for pattern, sounds in (
        (r"(?<=\w{2})(?:er|é|ée|és|ez)\b", ("er", "é", "e", "ez", "ai")),
        (r"(?<=\w{2})(?:ais|ait|aient)\b", ("ai", "ais", "é", "ait")),
        (r"(?<=\w{3})(?:s|t|x|es|e)\b", ("",)),
        (r"\bqu", ("k", "q")),
        (r"eau|au", ("o",)),
        (r"ph", ("f",)),
        (r"(?<=\w)ss(?=\w)", ("s",)),
        (r"(?<=\w)([ltnmpr])\1", (r"\1",)),
        (r"\bh(?=[aeiouéè])", ("",)),
        (r"oi", ("oi", "oa")),
        (r"(?<=\w)(?:ain|ein|in)\b", ("in", "ain", "1")),
    )
)
_HOMOPHONES: tuple[tuple[str, ...], ...] = (
    ("à", "a"),
    ("est", "et", "é"),
    ("ça", "sa", "ca"),
    ("c'est", "ces", "ses", "cé"),
    ("où", "ou"),
    ("sont", "son"),
    ("ont", "on"),
    ("peux", "peut", "peu"),
    ("mais", "mes", "mai"),
    ("s'est", "c'est"),
    ("m'a", "ma"),
    ("t'a", "ta"),
    ("ce", "se"),
    ("quand", "quant", "qu'en"),
    ("sais", "c'est", "sait"),
    ("faut", "faux"),
    ("mois", "moi"),
    ("plus", "plu"),
    ("dans", "d'en"),
)
_SOUNDS_LIKE = {
    word: tuple(other for other in group if other != word) for group in _HOMOPHONES for word in group
}


def noisy_copies(texts: Sequence[str], every: int, seed: str) -> list[tuple[int, str]]:
    """(position, copy) for one text in `every`; none for 0. A copy that folding undoes teaches nothing: left out."""
    chosen = range(0, len(texts), every) if every else ()
    copies = ((position, noisy_copy(texts[position], seed)) for position in chosen)
    return [(position, copy) for position, copy in copies if fold(copy) not in ("", fold(texts[position]))]


def noisy_copy(text: str, seed: str) -> str:
    """`text` with two kinds of noise drawn from `seed`; the same seed gives the same copy, on any machine."""
    rng = random.Random(f"{seed}|{text}")  # noqa: S311 - a repeatable draw is the point, nothing is secret
    for edit in rng.sample(EDITS, _KINDS_PER_COPY):
        text = edit(text, rng)
    return " ".join(text.split())


def leave_out_accents(text: str, rng: random.Random) -> str:
    """Each word loses its accents nine times in ten."""
    return _each_word(text, rng, 0.9, strip_accents)


def phone_spelling(text: str, rng: random.Random) -> str:
    """Words that have a phone spelling take it, two times in three."""
    spellings = _phone_spellings()

    def shorter(found: re.Match[str]) -> str:
        return rng.choice(spellings[found[0].lower()]) if rng.random() < 2 / 3 else found[0]

    return _words_in_full().sub(shorter, text)


def by_ear(text: str, rng: random.Random) -> str:
    """Endings and sounds written as heard, one occurrence in three."""
    for pattern, sounds in _BY_EAR:
        text = pattern.sub(lambda found, sounds=sounds: _sound(found, sounds, rng), text)
    return text


def slip_of_the_thumb(text: str, rng: random.Random) -> str:
    """One word in six gets a slip: a letter swapped, left out, doubled, or its neighbour on an AZERTY keyboard."""
    return _each_word(text, rng, 1 / 6, lambda word: _slip(word, rng))


def dictated(text: str, rng: random.Random) -> str:
    """What dictation writes: no punctuation, lower case, one homophone for another one time in three."""
    flat = re.sub(r"[.,;:!?…]", " ", text.lower())
    return _each_word(flat, rng, 1 / 3, lambda word: rng.choice(_SOUNDS_LIKE.get(word, (word,))))


EDITS: tuple[Edit, ...] = (leave_out_accents, phone_spelling, by_ear, slip_of_the_thumb, dictated)


def _each_word(text: str, rng: random.Random, chance: float, change: Callable[[str], str]) -> str:
    return _WORDS.sub(lambda found: change(found[0]) if rng.random() < chance else found[0], text)


def _sound(found: re.Match[str], sounds: tuple[str, ...], rng: random.Random) -> str:
    return found.expand(rng.choice(sounds)) if rng.random() < 1 / 3 else found[0]


def _slip(word: str, rng: random.Random) -> str:
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[: at + 1] + word[at:],
        word[:at] + rng.choice(_neighbours(word[at])) + word[at + 1 :],
    )
    return rng.choice(slips)


def _neighbours(letter: str) -> str:
    for row in _AZERTY_ROWS:
        at = row.find(strip_accents(letter).lower())
        if at >= 0:
            return row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    return letter


@lru_cache(maxsize=1)
def _phone_spellings() -> dict[str, list[str]]:
    """Plain French to its phone spellings: the table of `folding`, read backwards."""
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for short, full in sms_table().items():
        spellings[full].append(short)
    return spellings


@lru_cache(maxsize=1)
def _words_in_full() -> re.Pattern[str]:
    longest_first = sorted(_phone_spellings(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
