"""Which reviewed answer a question about rights asks for: only one that surely fits. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from actions.rules.folding import expand_sms, fold

Alternatives = Sequence[Sequence[str]]
"""Ways of asking: each lists the beginnings of words that must all be there, in any order."""


def find_answer(text: str, answers: Mapping[str, Alternatives]) -> str | None:
    """The id of the answer whose words are all in the question; the one with most words, None when two tie."""
    words = re.findall(r"[a-z0-9]+", expand_sms(fold(text)))
    scores = {
        identity: max((len(way) for way in ways if _says(words, way)), default=0)
        for identity, ways in answers.items()
    }
    best = max(scores.values(), default=0)
    found = [identity for identity, score in scores.items() if score == best > 0]
    return found[0] if len(found) == 1 else None


def _says(words: Sequence[str], way: Sequence[str]) -> bool:
    return all(any(word.startswith(start) for word in words) for start in way)
