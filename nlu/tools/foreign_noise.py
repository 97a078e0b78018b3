"""Noise that training never makes, for measuring: training noise on test messages would flatter the model."""

from __future__ import annotations

import random
import re

from components.folding import strip_accents

_BY_SOUND = (("qu", "k"), ("c'est", "c"), ("j'ai", "g"), ("je ", "j"), ("pour", "pr"), ("ç", "s"))


def foreign(text: str) -> str:
    """Half of the accents gone, vowels squeezed out, letters lost or swapped, apostrophes lost; one draw per text."""
    rng = random.Random(f"foreign|{text}")  # noqa: S311 - a repeatable draw is the point, nothing is secret
    noisy = " ".join(_word(word, rng) for word in text.split())
    for full, short in _BY_SOUND:
        if rng.random() < 0.5:
            noisy = noisy.replace(full, short)
    return noisy


def _word(word: str, rng: random.Random) -> str:
    plain = strip_accents(word) if rng.random() < 0.5 else word
    draw = rng.random()
    if draw < 0.08 and len(plain) > 5:
        return plain[0] + re.sub("[aeiouy]", "", plain[1:])
    if draw < 0.22 and len(plain) > 4:
        return _slip(plain, rng, swap=draw >= 0.16)
    return plain.replace("'", "") if draw < 0.26 else plain


def _slip(word: str, rng: random.Random, *, swap: bool) -> str:
    at = rng.randrange(1, len(word) - 2)
    return word[:at] + (word[at + 1] + word[at] if swap else word[at + 1]) + word[at + 2 :]
