"""Cross-validation of the whole reading on our own training messages, clean and noisy.

    .venv/bin/python -m tools.crossval [--folds 5] [--only 1] [--every 3] [--danger 0.2] [--sweep]

Each message is read by a model that saw neither it nor an equal one. Messages of one writer resemble each other, so
strangers will be read less well than these figures say. Embeddings are kept in results/embeddings.npz.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from components import embedding
from components.folding import fold
from components.kernel_heads import KernelHeads, KernelSettings, Matrix, fit_heads
from components.ngrams import Ngrams, fit_ngrams
from components.noise import noisy_copies
from components.reading import Thresholds, level_of, read
from tools.examples import Example, read_examples
from tools.foreign_noise import foreign

CACHE = Path(__file__).parents[1] / "results" / "embeddings.npz"
Embed = Callable[[Sequence[str]], Matrix]
Read = dict[str, Any]


@dataclass(frozen=True)
class Fold:
    """One fold: what was expected, and what was read in clean and in noisy spelling."""

    expected: list[Example]
    clean: list[Read]
    noisy: list[Read]


def main() -> None:
    """Reads the options, prints the figures."""
    options = _options()
    examples = read_examples()
    thresholds = Thresholds(**{field.name: getattr(options, field.name) for field in fields(Thresholds)})
    settings = KernelSettings(
        **{field.name: getattr(options, field.name) for field in fields(KernelSettings)}
    )
    embed = kept_embeddings(CACHE)
    folds = list(cross_read(examples, embed, settings, thresholds, options))
    expected = [example for part in folds for example in part.expected]
    for name in ("clean", "noisy"):
        reads = [reading for part in folds for reading in getattr(part, name)]
        print(f"{name} ({len(reads)} messages)")  # noqa: T201 - a command line tool
        for line in [*figures(expected, reads), *(sweep(expected, reads) if options.sweep else [])]:
            print("  " + line)  # noqa: T201 - a command line tool


def cross_read(
    examples: Sequence[Example],
    embed: Embed,
    settings: KernelSettings,
    thresholds: Thresholds,
    options: argparse.Namespace,
) -> Iterator[Fold]:
    """Trains on all folds but one and reads that one, `options.only` times at most."""
    strata = [f"{example.intent}|{example.frein}|{example.urgency}" for example in examples]
    groups = [fold(example.text) for example in examples]
    splitter = StratifiedGroupKFold(options.folds, shuffle=True, random_state=0)
    for train, test in list(splitter.split(strata, strata, groups))[: options.only]:
        ngrams, heads = _train([examples[at] for at in train], embed, settings, options.every)
        expected = [examples[at] for at in test]
        clean = [example.text for example in expected]
        yield Fold(
            expected,
            _read(clean, ngrams, heads, embed, thresholds),
            _read([foreign(text) for text in clean], ngrams, heads, embed, thresholds),
        )


def figures(expected: Sequence[Example], reads: Sequence[Read]) -> list[str]:
    """One line of figures for each question that a message answers."""
    intents = [example.intent for example in expected], [reading["intent"]["name"] for reading in reads]
    right = np.array(intents[0]) == np.array(intents[1])
    confidence = np.array([reading["intent"]["confidence"] for reading in reads])
    sure = confidence >= 0.7
    levels = np.array([example.urgency for example in expected])
    read_as = np.array([reading["urgency"]["level"] for reading in reads])
    table = "  ".join(
        f"{level}: " + "/".join(str(int((read_as[levels == level] == other).sum())) for other in range(4))
        for level in range(4)
    )
    return [
        f"intent     accuracy {_share(right)}  macro-F1 {100 * f1_score(*intents, average='macro'):.1f} %"
        f"  right when confidence >= 0.7: {_share(right[sure])} of {_share(sure)}",
        _named("frein", expected, reads),
        _named("activity", expected, reads),
        f"urgency    accuracy {_share(levels == read_as)}  3 read as 3: {_share(read_as[levels == 3] == 3)}"
        f"  as 2 or 3: {_share(read_as[levels == 3] >= 2)}  2 read as 2 or 3: {_share(read_as[levels == 2] >= 2)}",
        f"           false 3: {_share(read_as[levels < 3] == 3)} of the others, {_share(read_as[levels == 0] == 3)}"
        f" of level 0;  false 2 or 3: {_share(read_as[levels < 2] >= 2)} of levels 0 and 1",
        f"           true level: read as 0/1/2/3    {table}",
    ]


def sweep(expected: Sequence[Example], reads: Sequence[Read]) -> list[str]:
    """What other thresholds would give: recall of dangers and false ones."""
    levels = np.array([example.urgency for example in expected])
    rows = [reading["urgency"]["probabilities"] for reading in reads]
    lines = []
    for danger in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        for urgent in (level for level in (0.2, 0.3, 0.4, 0.5) if level >= danger):
            thresholds = Thresholds(danger=danger, urgent=urgent)
            read_as = np.array([level_of(row, thresholds) for row in rows])
            lines.append(
                f"danger {danger:.2f} urgent {thresholds.urgent:.2f}: 3 as 3 {_share(read_as[levels == 3] == 3)}, as 2+"
                f" {_share(read_as[levels == 3] >= 2)}; 2 as 2+ {_share(read_as[levels == 2] >= 2)}; false 3"
                f" {_share(read_as[levels < 3] == 3)}, of level 0 {_share(read_as[levels == 0] == 3)};"
                f" false 2+ {_share(read_as[levels < 2] >= 2)}"
            )
    return lines


def kept_embeddings(path: Path) -> Embed:
    """`embedding.embed`, remembering on disk what it embedded."""
    known: dict[str, Matrix] = {}
    if path.exists():
        with np.load(path, allow_pickle=False) as kept:
            known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))

    def embed(texts: Sequence[str]) -> Matrix:
        readings = [embedding.reading_of(text, keep_accents=True) for text in texts]
        new = {reading: text for reading, text in zip(readings, texts, strict=True) if reading not in known}
        if new:
            known.update(zip(new, embedding.embed(list(new.values()), keep_accents=True), strict=True))
            path.parent.mkdir(exist_ok=True)
            np.savez(path, texts=np.array(list(known)), vectors=np.array(list(known.values())))
        return np.array([known[reading] for reading in readings])

    return embed


def _train(
    examples: Sequence[Example], embed: Embed, settings: KernelSettings, every: int
) -> tuple[Ngrams, KernelHeads]:
    copies = noisy_copies([example.text for example in examples], every, "1")
    sources = [*range(len(examples)), *(position for position, _ in copies)]
    texts = [example.text for example in examples] + [text for _, text in copies]
    labels = {
        "intent": [examples[at].intent for at in sources],
        "frein": [examples[at].frein for at in sources],
        "urgency": [str(examples[at].urgency) for at in sources],
        "activity": [examples[at].activity for at in sources],
    }
    ngrams = fit_ngrams(texts)
    return ngrams, fit_heads(ngrams.transform(texts), embed(texts), labels, sources, settings)


def _read(
    texts: Sequence[str], ngrams: Ngrams, heads: KernelHeads, embed: Embed, thresholds: Thresholds
) -> list[Read]:
    shares = heads.probabilities(ngrams.transform(texts), embed(texts))
    rows = (
        {
            head: dict(zip(heads.labels[head], table[at].tolist(), strict=True))
            for head, table in shares.items()
        }
        for at in range(len(texts))
    )
    return [read(**row, thresholds=thresholds) for row in rows]


def _named(head: str, expected: Sequence[Example], reads: Sequence[Read]) -> str:
    truth = np.array([getattr(example, head) for example in expected])
    named = np.array([reading[head]["name"] or "" for reading in reads])
    right = truth == named
    return (
        f"{head:10} accuracy {_share(right)}  where there is one: {_share(right[truth != ''])}"
        f"  named where there is none: {_share(named[truth == ''] != '')}"
    )


def _share(flags: npt.NDArray[np.bool_]) -> str:
    return f"{100 * np.mean(flags):.1f} %" if len(flags) else "-"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", type=int, default=None, help="how many of the folds to try (default: all)")
    parser.add_argument(
        "--every", type=int, default=3, help="one noisy copy for so many messages, 0 for none"
    )
    parser.add_argument("--sweep", action="store_true", help="also print what other thresholds would give")
    for field in (*fields(Thresholds), *fields(KernelSettings)):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    return parser.parse_args()


if __name__ == "__main__":
    main()
