"""Weighed words: a second ear of the safety net, for dangers that no pattern foresaw.

A list of patterns loses about half of the dangers it has never seen. Here each word, pair of words and stem
has a weight, learned from the project's own labelled messages (`tests/urgency/weigh_words.py` writes the
table and says how well it hears). It needs no server, and only ever raises a suspicion.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_WORD = re.compile(r"[a-z0-9]+")
_STEM = 5
"""Letters kept of a longer word, so that "étranglée" and "étranglait" weigh alike."""

MARGIN = 0.5
"""What a message must weigh above even odds to be suspect. Measured in `tests/urgency/fr/README.md`: lower hears
little more, and raises twice as many ordinary messages when no model is there to judge them."""


@dataclass(frozen=True)
class WordTable:
    """The weights. A message is suspect when `bias` and the weights of its traits add up to over MARGIN.

    `weights` maps a trait to (weight, frein it speaks of, or None).
    """

    bias: float
    weights: Mapping[str, tuple[float, str | None]]

    def score(self, words: str) -> float:
        """How much the plain words of a message weigh: the logarithm of the odds that it is a danger."""
        return self.bias + sum(self.weights[trait][0] for trait in traits(words) if trait in self.weights)

    def frein(self, words: str) -> str | None:
        """The obstacle that the alarming words of a message speak of most."""
        votes: defaultdict[str, float] = defaultdict(float)
        for trait in traits(words):
            weight, frein = self.weights.get(trait, (0.0, None))
            if frein and weight > 0:
                votes[frein] += weight
        return max(votes, key=lambda name: (votes[name], name), default=None)


def traits(words: str) -> set[str]:
    """What is weighed in plain words: each word, each pair within a sentence, each long word's stem."""
    return {trait for sentence in words.split(".") for trait in _of_sentence(_WORD.findall(sentence))}


def _of_sentence(tokens: list[str]) -> Iterator[str]:
    yield from tokens
    yield from (f"{first} {second}" for first, second in pairwise(tokens))
    yield from (f"{token[:_STEM]}-" for token in tokens if len(token) >= _STEM)


def read_words(path: Path) -> WordTable:
    """Read a table of `weight, trait, frein` lines, tab-separated; the first line holds the bias.

    Raises ValueError naming the wrong line.
    """
    bias, *lines = path.read_text(encoding="utf-8").splitlines()
    try:
        return WordTable(float(bias.split("\t")[0]), dict(_parsed(line) for line in lines))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _parsed(line: str) -> tuple[str, tuple[float, str | None]]:
    weight, trait, frein = line.split("\t")
    return trait, (float(weight), frein or None)
