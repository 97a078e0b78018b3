"""The noise of phones, for measuring: other spellings than those that training makes, or they would flatter the model.

Rates follow what is known of real French SMS: one accent in two missing, one word in six spelt otherwise (88milSMS,
Panckhurst et al. 2016, counted on 1,001 messages).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

SPELLINGS = {
    "avec": "av", "aujourd'hui": "auj", "beaucoup": "bcp", "bonjour": "bjr", "bonsoir": "bsr", "c'est": "c",
    "c'était": "ct", "cette": "cet", "combien": "cb", "comme": "com", "comment": "cmt", "dans": "ds",
    "demain": "dem1", "désolé": "dsl", "désolée": "dsl", "depuis": "dpi", "encore": "encor", "j'ai": "jai",
    "j'avais": "javè", "je": "j", "jamais": "jms", "longtemps": "lgtps", "maintenant": "mtn", "mais": "mé",
    "même": "mm", "merci": "mrc", "message": "msg", "moins": "moin", "nous": "ns", "parce": "pck", "pas": "pa",
    "pendant": "pdt", "peut-être": "ptetre", "plus": "+", "pour": "pr", "pourquoi": "pk", "problème": "pb",
    "quand": "qd", "que": "ke", "quelqu'un": "qqun", "quelque": "qq", "qui": "ki", "quoi": "koi",
    "rendez-vous": "rdv", "rien": "ri1", "s'il": "sil", "semaine": "sem", "suis": "ss", "tous": "ts",
    "tout": "tt", "toujours": "tj", "toute": "tte", "très": "tré", "vous": "vs",
}  # fmt: skip
MISSPELT, ACCENTS_LOST, SLIPS = 0.6, 0.5, 0.1
NEIGHBOURS = {
    "a": "z",
    "e": "r",
    "i": "o",
    "o": "p",
    "t": "y",
    "s": "d",
    "n": "b",
    "r": "t",
    "m": "l",
    "u": "i",
}
"""On a French keyboard."""
SHORTEST_TO_SLIP = 4
_WORD = re.compile(r"[\w'’-]+")


def plain(text: str) -> str:
    """Without accents or capitals."""
    return _without_accents(text).lower()


def as_sms(text: str) -> str:
    """SMS spelling, half of the accents lost, one word in ten mistyped; the same each time for the same text."""
    rng = random.Random(f"sms|{text}")  # noqa: S311  (repeatable on purpose, nothing is secret)
    return _WORD.sub(lambda found: _word(found.group(), rng), text)


def _word(word: str, rng: random.Random) -> str:
    short = SPELLINGS.get(word.lower().replace("’", "'"))
    if short and rng.random() < MISSPELT:
        return short
    if rng.random() < ACCENTS_LOST:
        word = _without_accents(word)
    slips = len(word) >= SHORTEST_TO_SLIP and word.isalpha() and rng.random() < SLIPS
    return _slip(word, rng) if slips else word


def _slip(word: str, rng: random.Random) -> str:
    """A letter forgotten, doubled, swapped with the next, or the key beside it."""
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return rng.choice(
        [
            before + after,
            before + letter * 2 + after,
            before + after[0] + letter + after[1:],
            before + NEIGHBOURS.get(letter, letter) + after,
        ]
    )


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


VARIANTS: dict[str, Callable[[str], str]] = {"clean": str, "plain": plain, "sms": as_sms}
"""What a text is turned into before it is read."""
