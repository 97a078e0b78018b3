"""Invitation codes: how they are drawn, shown, and recognised in what somebody typed.

Twelve symbols of Crockford's base 32 (no I, L, O, U): 60 bits, so that guessing is hopeless even without the cap
on tries. One symbol at least is a digit from 2 to 9: ordinary words are then never taken for a code.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4
LONGEST_TEXT = 200
"""Characters beyond which a message is not searched for a code."""

_SAME = str.maketrans({"O": "0", "I": "1", "L": "1"})
_DASHES = str.maketrans(dict.fromkeys("-‐‑‒–—−_.", " "))
_START = re.compile(r"^\s*/start(?:@\w+)?\b", re.IGNORECASE)
_SYMBOL = "[0-9A-TV-Z]"
_GROUPED = re.compile(rf"(?<!\w){_SYMBOL}{{4}} {_SYMBOL}{{4}} {_SYMBOL}{{4}}(?!\w)")
_WHOLE = re.compile(rf"(?<!\w){_SYMBOL}{{12}}(?!\w)")
_TELLING = frozenset("23456789")


def generate(draw: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A fresh code of 12 symbols, one of them at least from 2 to 9. `draw` picks one of the symbols given."""
    while True:
        code = "".join(draw(ALPHABET) for _ in range(LENGTH))
        if _TELLING & set(code):
            return code


def spelled(code: str) -> str:
    """A code as it is shown: "7K2M-9QWX-4TBC"."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def normalise(text: str) -> str | None:
    """The code in `text`, as its 12 symbols; None where there is none.

    Case, spaces and dashes do not count; O is read as 0, I and L as 1. The code may stand alone, after the
    "/start" of a Telegram link, or in a sentence if it is written in one piece or in groups of four.
    """
    if len(text) > LONGEST_TEXT:
        return None
    upper = unicodedata.normalize("NFKC", _START.sub("", text)).upper()
    words = " ".join(upper.translate(_DASHES).split())
    alone = words.replace(" ", "")
    candidates = [alone] if re.fullmatch(f"{_SYMBOL}{{{LENGTH}}}", alone) else []
    candidates += [
        found[0].replace(" ", "") for found in (_GROUPED.search(words), _WHOLE.search(words)) if found
    ]
    read = [candidate.translate(_SAME) for candidate in candidates]
    return next((code for code in read if _TELLING & set(code)), None)
