"""Weighed words: a second ear of the safety net, for dangers that no pattern foresaw.

A list of patterns loses about half of the dangers it has never seen. Here each word, pair of words and stem
has a weight, learned from the project's own labelled messages (`nlu/tools/weigh_words.py` writes the
table and says how well it hears). It needs no server, and only ever raises a suspicion.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from pathlib import Path

_WORD = re.compile(r"[a-z0-9]+")
_STEM = 5
"""Letters kept of a longer word, so that "étranglée" and "étranglait" weigh alike."""

MARGIN = -0.5
"""What a message must weigh to be suspect, as a logarithm of odds. Chosen on the development set: lower hears little more, and
raises more ordinary messages when no model is there to judge them."""

BREVITY = 20.0
"""Added to a message's length: two or three words prove less than a sentence."""

UNLIKELY = -1.5
"""What weighs no more than this is no danger, even if a pattern suspects one: of the messages that such patterns alone
raise, most are figures of speech. A pattern that is certain is never doubted."""


@dataclass(frozen=True)
class WordTable:
    """The weights. A message is suspect when its traits, each for its share, and `bias` add up to over MARGIN.

    `weights` maps a trait to (weight, rarity, frein it speaks of, or None). Rarity is the logarithm of how many
    messages there are to one with the trait (Sparck Jones 1972): a rare word has the larger share of its message.
    """

    bias: float
    weights: Mapping[str, tuple[float, float, str | None]]

    def shares(self, found: Iterable[str]) -> dict[str, float]:
        """How much each known trait counts in a message with those traits: its rarity over the message's length."""
        rarity = {trait: self.weights[trait][1] for trait in found if trait in self.weights}
        length = hypot(BREVITY, *rarity.values())
        return {trait: rare / length for trait, rare in rarity.items()}

    def score(self, words: str) -> float:
        """How much the plain words of a message weigh: the logarithm of the odds that it is a danger."""
        shares = self.shares(traits(words))
        return self.bias + sum(self.weights[trait][0] * share for trait, share in shares.items())

    def frein(self, words: str) -> str | None:
        """The obstacle that the alarming words of a message speak of most."""
        votes: defaultdict[str, float] = defaultdict(float)
        for trait, share in self.shares(traits(words)).items():
            weight, _, frein = self.weights[trait]
            if frein and weight > 0:
                votes[frein] += weight * share
        return max(votes, key=lambda name: (votes[name], name), default=None)


def traits(words: str) -> set[str]:
    """What is weighed in plain words: each word, each pair within a sentence, each long word's stem."""
    return {trait for sentence in words.split(".") for trait in _of_sentence(_WORD.findall(sentence))}


def _of_sentence(tokens: list[str]) -> Iterator[str]:
    yield from tokens
    yield from (f"{first} {second}" for first, second in pairwise(tokens))
    yield from (f"{token[:_STEM]}-" for token in tokens if len(token) >= _STEM)


def read_words(path: Path) -> WordTable:
    """Read a table of `weight, rarity, trait, frein` lines, tab-separated; the first line holds the bias and the hash of the messages.

    Raises ValueError naming the wrong line.
    """
    bias, *lines = path.read_text(encoding="utf-8").splitlines()
    try:
        return WordTable(float(bias.split("\t")[0]), dict(_parsed(line) for line in lines))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _parsed(line: str) -> tuple[str, tuple[float, float, str | None]]:
    weight, rarity, trait, frein = line.split("\t")
    return trait, (float(weight), float(rarity), frein or None)
