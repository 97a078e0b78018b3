"""Writes the safety net's table of weighed words, and says how well it hears what it was not shown.

Run `python -m tests.urgency.weigh_words` after the labelled messages of `nlu/data/fr` or the lists of
`tests/urgency/fr` changed. The same data give the same table, to the last digit.
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

import yaml

from actions.rules.urgency import PACKAGED, SafetyNet
from actions.rules.urgency_file import read_net
from actions.rules.urgency_words import MARGIN, WordTable, traits

ROOT = Path(__file__).parents[2]
ROUNDS, STEP, DECAY = 30, 0.25, 0.003
ORDERS = range(5)  # in which the messages are shown, a table for each
SMALLEST = 0.08  # weights nearer to zero say nothing
SEEN = 2  # messages in which a trait must stand to be weighed


@dataclass(frozen=True)
class Labelled:
    """A message with its urgency (0 to 3) and its obstacle."""

    text: str
    urgency: int
    frein: str | None


def labelled_messages() -> list[Labelled]:
    """Every labelled message of the NLU data, and of the net's own lists."""
    found = [*_from_nlu(ROOT / "nlu" / "data" / "fr"), *_from_lists(Path(__file__).parent / "fr")]
    return list({message.text: message for message in found}.values())


def _from_nlu(folder: Path) -> Iterator[Labelled]:
    for file in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            metadata = block.get("metadata") or {}
            if "urgency" in metadata and "examples" in block:
                for line in block["examples"].splitlines():
                    yield Labelled(line.removeprefix("- "), metadata["urgency"], metadata.get("frein"))


def _from_lists(folder: Path) -> Iterator[Labelled]:
    for file in sorted(folder.glob("*.yaml")):
        content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        if content.get("held_out") or "misses" in content:
            continue
        for topic in content["topics"].values():
            for text in topic["messages"]:
                yield Labelled(text, content.get("level", 0), topic.get("frein"))


def weigh(messages: Sequence[Labelled], net: SafetyNet) -> WordTable:
    """Logistic regression (danger or not), the mean of several: one alone depends on the order of its messages."""
    shown = [(sorted(traits(net.unguarded(message.text))), message) for message in messages]
    seen = Counter(trait for found, _ in shown for trait in found)
    kept = [([trait for trait in found if seen[trait] >= SEEN], message) for found, message in shown]
    weights: defaultdict[str, float] = defaultdict(float)
    for order in ORDERS:
        for trait, weight in _weights(kept, random.Random(order)).items():
            weights[trait] += weight / len(ORDERS)
    freins = _freins(kept)
    large = {trait: weight for trait, weight in weights.items() if trait and abs(weight) >= SMALLEST}
    return WordTable(weights[""], {trait: (weight, freins.get(trait)) for trait, weight in large.items()})


def _weights(kept: Sequence[tuple[list[str], Labelled]], order: random.Random) -> dict[str, float]:
    """Gradient steps, each trait with its own shrinking step; `""` is the bias."""
    weights: defaultdict[str, float] = defaultdict(float)
    spent: defaultdict[str, float] = defaultdict(lambda: 1e-6)
    shuffled = list(kept)
    for _ in range(ROUNDS):
        order.shuffle(shuffled)
        for found, message in shuffled:
            total = weights[""] + sum(weights[trait] for trait in found)
            error = (message.urgency == 3) - 1 / (1 + exp(-max(-30.0, min(30.0, total))))
            for trait in ("", *found):
                slope = error - DECAY * weights[trait] * (trait != "")
                spent[trait] += slope * slope
                weights[trait] += STEP * slope / spent[trait] ** 0.5
    return weights


def _freins(kept: Sequence[tuple[list[str], Labelled]]) -> dict[str, str]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for found, message in kept:
        if message.urgency == 3 and message.frein:
            for trait in found:
                counts[trait][message.frein] += 1
    return {trait: count.most_common(1)[0][0] for trait, count in counts.items()}


def write(table: WordTable, path: Path) -> None:
    """The table as text, heaviest first, so that a person can read what alarms the net and what calms it."""
    lines = [f"{table.bias:.2f}\t(bias)\t"]
    for trait, (weight, frein) in sorted(table.weights.items(), key=lambda item: (-item[1][0], item[0])):
        lines.append(f"{weight:.2f}\t{trait}\t{frein or '' if weight > 0 else ''}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def held_out(messages: Sequence[Labelled], net: SafetyNet, parts: int = 5) -> tuple[float, float]:
    """Shares of the dangers heard and of the other messages wrongly raised, each by a table not shown it."""
    shuffled = list(messages)
    random.Random(11).shuffle(shuffled)
    raised: list[tuple[bool, bool]] = []
    for part in range(parts):
        table = weigh([m for n, m in enumerate(shuffled) if n % parts != part], net)
        raised += [
            (m.urgency == 3, table.score(net.unguarded(m.text)) > MARGIN) for m in shuffled[part::parts]
        ]
    dangers = [heard for danger, heard in raised if danger]
    others = [heard for danger, heard in raised if not danger]
    return sum(dangers) / len(dangers), sum(others) / len(others)


def main() -> None:
    """Write the table; with --measure, say first how well tables hear what they were not shown."""
    net_file = read_net(PACKAGED)
    net = SafetyNet(net_file.entries, net_file.guards)
    messages = labelled_messages()
    if "--measure" in sys.argv:
        heard, raised = held_out(messages, net)
        print(f"dangers heard by words alone: {heard:.1%}; other messages raised: {raised:.2%}")  # noqa: T201 - a command
    write(weigh(messages, net), PACKAGED / "words.tsv")


if __name__ == "__main__":
    main()
