"""Writes the safety net's table of weighed words, `actions/rules/urgency_fr/words.tsv`.

    .venv/bin/python -m tools.weigh_words [--measure]

To be run after a change of the messages in `data/fr`, of the lists in `../tests/urgency/fr`, or of the net's guards.
A logistic regression (danger or not) on the traits that the net itself reads; the same data give the same table.
`--measure` says first how well tables hear messages that they were not shown.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from tools.examples import DATA, read_examples

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # the net is the application's: it alone decides what it reads

from actions.rules.urgency import PACKAGED, SafetyNet  # noqa: E402
from actions.rules.urgency_file import read_net  # noqa: E402
from actions.rules.urgency_words import MARGIN, WordTable, traits  # noqa: E402

LISTS = ROOT / "tests" / "urgency" / "fr"
SEEN = 3
"""Messages in which a trait must stand to be weighed."""
DOUBT_OF_DATA = 10.0
"""scikit-learn's C: how far the messages are believed against small weights. Chosen on the development set."""


@dataclass(frozen=True)
class Labelled:
    """A message with its urgency (0 to 3) and its obstacle, or ""."""

    text: str
    urgency: int
    frein: str


def labelled_messages() -> list[Labelled]:
    """Every labelled French message of the NLU data, and of the net's own lists."""
    found = [Labelled(one.text, one.urgency, one.frein) for one in read_examples(DATA / "fr")]
    return list({message.text: message for message in [*found, *_from_lists(LISTS)]}.values())


def _from_lists(folder: Path) -> Iterator[Labelled]:
    for file in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        if content.get("held_out") or "misses" in content:
            continue
        for topic in content["topics"].values():
            for text in topic["messages"]:
                yield Labelled(text, content.get("level", 0), topic.get("frein") or "")


def weigh(messages: Sequence[Labelled], net: SafetyNet) -> WordTable:
    """The table that tells the dangers among the messages from the others."""
    read = [sorted(traits(net.unguarded(message.text))) for message in messages]
    seen = Counter(trait for found in read for trait in found)
    rarity = {trait: round(math.log(len(read) / n), 2) for trait, n in sorted(seen.items()) if n >= SEEN}
    freins = _freins(messages, read)
    unweighed = WordTable(0.0, {trait: (0.0, rare, None) for trait, rare in rarity.items()})
    learned = LogisticRegression(C=DOUBT_OF_DATA, solver="liblinear", tol=1e-4, random_state=0)
    learned.fit(_table(read, unweighed), [message.urgency == 3 for message in messages])
    weights = zip(rarity.items(), learned.coef_[0].tolist(), strict=True)
    return WordTable(
        float(learned.intercept_[0]),
        {trait: (weight, rare, freins.get(trait)) for (trait, rare), weight in weights},
    )


def _table(read: Sequence[Sequence[str]], words: WordTable) -> csr_matrix:
    columns = {trait: column for column, trait in enumerate(words.weights)}
    shares = [words.shares(found) for found in read]
    ends = np.cumsum([0, *map(len, shares)])
    places = [columns[trait] for row in shares for trait in row]
    values = [share for row in shares for share in row.values()]
    return csr_matrix((values, places, ends), shape=(len(read), len(columns)))


def _freins(messages: Sequence[Labelled], read: Sequence[Sequence[str]]) -> dict[str, str]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for found, message in zip(read, messages, strict=True):
        if message.urgency == 3 and message.frein:
            for trait in found:
                counts[trait][message.frein] += 1
    return {trait: count.most_common(1)[0][0] for trait, count in counts.items()}


def digest(messages: Sequence[Labelled]) -> str:
    """SHA-256 of messages and labels, in hexadecimal: which ones a table was made of."""
    return hashlib.sha256("\n".join(map(repr, messages)).encode()).hexdigest()


def write(table: WordTable, made_of: str, path: Path) -> None:
    """The table as text, heaviest first, so that a person can read what alarms the net and what calms it."""
    lines = [f"{table.bias:.3f}\tbias, of messages\t{made_of}"]
    for trait, (weight, rare, frein) in sorted(
        table.weights.items(), key=lambda item: (-item[1][0], item[0])
    ):
        lines.append(f"{weight:.2f}\t{rare:.2f}\t{trait}\t{frein or '' if weight > 0 else ''}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def held_out(messages: Sequence[Labelled], net: SafetyNet, parts: int = 5) -> tuple[float, float]:
    """Shares of the dangers heard and of the other messages raised, each by a table not shown it."""
    order = np.random.default_rng(11).permutation(len(messages))
    raised: list[tuple[bool, bool]] = []
    for part in range(parts):
        table = weigh([messages[at] for at in np.delete(order, slice(part, None, parts))], net)
        left_out = [messages[at] for at in order[part::parts]]
        raised += [(one.urgency == 3, table.score(net.unguarded(one.text)) > MARGIN) for one in left_out]
    dangers = [heard for danger, heard in raised if danger]
    others = [heard for danger, heard in raised if not danger]
    return sum(dangers) / len(dangers), sum(others) / len(others)


def main() -> None:
    """Writes the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measure", action="store_true")
    chosen = parser.parse_args()
    net_file = read_net(PACKAGED)
    net = SafetyNet(net_file.entries, net_file.guards)
    messages = labelled_messages()
    if chosen.measure:
        heard, raised = held_out(messages, net)
        print(f"dangers heard by words alone: {heard:.1%}; other messages raised: {raised:.2%}")  # noqa: T201 - a command line tool
    write(weigh(messages, net), digest(messages), PACKAGED / "words.tsv")


if __name__ == "__main__":
    main()
