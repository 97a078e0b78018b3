"""Figures with their doubt: k of n with Wilson's interval, macro-F1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

_Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True)
class Share:
    """`hits` of `of`; printed with the interval of Wilson (1927) at 95 %."""

    hits: int
    of: int

    def interval(self) -> tuple[float, float]:
        """The shares, 0 to 1, between which the true one lies 95 times in 100; all of them where nothing was counted."""
        if not self.of:
            return 0.0, 1.0
        share, squared = self.hits / self.of, _Z * _Z
        centre = share + squared / (2 * self.of)
        spread = _Z * sqrt(share * (1 - share) / self.of + squared / (4 * self.of * self.of))
        scale = 1 + squared / self.of
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

    def __str__(self) -> str:
        if not self.of:
            return "0/0"
        low, high = self.interval()
        percent = 100 * self.hits / self.of
        return f"{self.hits}/{self.of} {percent:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def right(expected: Sequence[Sequence[str]], read: Sequence[str]) -> Share:
    """How many were read as their expected label (the first) or as another accepted one."""
    return Share(sum(label in labels for labels, label in zip(expected, read, strict=True)), len(read))


def macro_f1(expected: Sequence[Sequence[str]], read: Sequence[str]) -> float:
    """The mean F1, 0 to 1, of the labels that are expected; an accepted label counts as the expected one."""
    wanted = [label if label in labels else labels[0] for labels, label in zip(expected, read, strict=True)]
    of_wanted, of_read = Counter(wanted), Counter(read)
    hits = Counter(label for want, label in zip(wanted, read, strict=True) if want == label)
    scores = [2 * hits[label] / (of_wanted[label] + of_read[label]) for label in of_wanted]
    return sum(scores) / len(scores) if scores else 0.0
