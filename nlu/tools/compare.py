"""Several pipelines, trained on the same French messages, reading the same development set.

    .venv/bin/python -m tools.compare [--every N] [--data FOLDER] [PIPELINE[:N] …]

PIPELINE is a name of `pipelines/`, `config` (the product's own) or a path; all of them by default. N: one message in N
of each block, for those that would take hours (DIET). One row of a Markdown table a pipeline, printed when it is known.
The model alone is measured, without the safety net. "Noisy" is noise that training never makes (`foreign_noise.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.figures import Share, macro_f1, right
from tools.foreign_noise import foreign
from tools.rasa_models import NLU, Trained, TrainingFailed, ask, train

PIPELINES = NLU / "pipelines"
DATA = NLU / "data" / "fr"
DEV = NLU.parent / "tests" / "nlu" / "fr" / "dev.jsonl"
DANGER = 3
COLUMNS = (
    "pipeline", "trained on", "intent right, clean", "noisy", "macro-F1 clean / noisy", "3 read as 3, clean", "noisy",
    "others read as 3, clean", "training CPU", "peak memory", "model",
)  # fmt: skip
_NONE = "–"
Answer = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A pipeline to try: one message in `every` of each block trains it."""

    name: str
    config: Path
    every: int


@dataclass(frozen=True)
class Case:
    """A message and its labels. `intents`: the expected one first, then those accepted."""

    text: str
    intents: tuple[str, ...]
    urgency: int


@dataclass(frozen=True)
class Reading:
    """The figures of one reading of the set; of danger there are none without a head for urgency."""

    intent: Share
    macro_f1: float
    found: Share | None
    false: Share | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a pipeline could not be trained."""
    options = _options(arguments)
    cases = read_cases(DEV)
    dangers = sum(case.urgency == DANGER for case in cases)
    _say(f"{len(cases)} messages of the development set, {dangers} of level 3; 95 % intervals.\n")
    _say(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    made = [_tried(entry, options.data, cases) for entry in entries(options.pipelines, options.every)]
    return 0 if all(made) else 1


def entries(asked: Sequence[str], every: int) -> list[Entry]:
    """`NAME` or `NAME:N` each; without any, all pipelines. Raises FileNotFoundError for one that is not there."""
    return [
        _entry(one, every)
        for one in asked or ["config", *sorted(path.stem for path in PIPELINES.glob("*.yml"))]
    ]


def read_cases(file: Path) -> list[Case]:
    """The labelled messages of a file in the form of `tests/nlu/fr/README.md`."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Case(row["text"], (row["intent"], *row["accept"]), row["urgency"]) for row in rows]


def thinned(source: Path, every: int, target: Path) -> int:
    """Writes one message in `every` of each block of `source` to `target`, a file; returns how many messages."""
    files = sorted(source.rglob("*.yml"))
    blocks = [block for file in files for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]]
    kept = [
        [line for line in str(block["examples"]).splitlines() if line.strip()][::every] for block in blocks
    ]
    lean = [block | {"examples": "\n".join(lines) + "\n"} for block, lines in zip(blocks, kept, strict=True)]
    text = yaml.safe_dump({"version": "3.1", "nlu": lean}, allow_unicode=True, sort_keys=False)
    target.write_text(text, encoding="utf-8")
    return sum(len(lines) for lines in kept)


def measured(cases: Sequence[Case], answers: Sequence[Answer]) -> Reading:
    """The figures of answers in the order of their cases."""
    expected = [case.intents for case in cases]
    named = [answer["intent"]["name"] or "" for answer in answers]
    found = false = None
    if all("urgency" in answer for answer in answers):
        raised = [answer["urgency"]["level"] == DANGER for answer in answers]
        found = _raised(cases, raised, lambda case: case.urgency == DANGER)
        false = _raised(cases, raised, lambda case: case.urgency != DANGER)
    return Reading(right(expected, named), macro_f1(expected, named), found, false)


def row(entry: Entry, messages: int, clean: Reading, noisy: Reading, trained: Trained) -> str:
    """One line of the table."""
    cells = (
        entry.name,
        f"{messages} messages" + (f", 1 in {entry.every}" if entry.every > 1 else ""),
        clean.intent,
        noisy.intent,
        f"{100 * clean.macro_f1:.1f} / {100 * noisy.macro_f1:.1f} %",
        clean.found or _NONE,
        noisy.found or _NONE,
        clean.false or _NONE,
        f"{trained.cpu_seconds:.0f} s",
        f"{trained.peak_bytes / 1e9:.2f} GB",
        f"{trained.size_bytes / 1e6:.1f} MB",
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _entry(asked: str, every: int) -> Entry:
    name, _, own = asked.partition(":")
    config = {"config": NLU / "config.yml"}.get(name, PIPELINES / f"{name}.yml")
    config = config if config.is_file() else Path(name)
    if not config.is_file():
        raise FileNotFoundError(f"no pipeline {name}")
    return Entry(config.stem, config, int(own or every))


def _tried(entry: Entry, data: Path, cases: Sequence[Case]) -> bool:
    """Whether it could be trained; its row is printed."""
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        folder = Path(name)
        messages = thinned(data, entry.every, folder / "messages.yml")
        try:
            trained = train(entry.config, folder / "messages.yml", folder / "model")
        except TrainingFailed as failed:
            _say(f"| {entry.name} | training failed |{' |' * (len(COLUMNS) - 2)}")
            sys.stderr.write(f"{failed}\n")
            return False
        clean, noisy = _read(trained.archive, cases)
        _say(row(entry, messages, clean, noisy, trained))
        return True


def _read(archive: Path, cases: Sequence[Case]) -> tuple[Reading, Reading]:
    """As it is written, and noisy."""
    texts = [case.text for case in cases]
    answers = ask(archive, [*texts, *map(foreign, texts)])
    return measured(cases, answers[: len(cases)]), measured(cases, answers[len(cases) :])


def _raised(cases: Sequence[Case], raised: Sequence[bool], about: Callable[[Case], bool]) -> Share:
    those = [flag for case, flag in zip(cases, raised, strict=True) if about(case)]
    return Share(sum(those), len(those))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pipelines", nargs="*", metavar="PIPELINE[:N]")
    parser.add_argument(
        "--every", type=int, default=1, help="one message in so many, where the pipeline names no N"
    )
    parser.add_argument("--data", type=Path, default=DATA, help="training data (data/fr)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
