"""The training messages with their labels, read straight from `data/fr` (Rasa's own reader takes 15 s to import)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Example:
    """One message; "" stands for no frein, no activity."""

    text: str
    intent: str
    frein: str
    urgency: int
    activity: str
    language: str = "fr"


def read_examples(folder: Path = DATA) -> list[Example]:
    """All messages under `folder`, in the order of the files. Raises KeyError for a block without urgency."""
    return [example for path in sorted(folder.rglob("*.yml")) for example in _of_file(path)]


def _of_file(path: Path) -> list[Example]:
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return [example for block in blocks for example in _of_block(block)]


def _of_block(block: dict[str, Any]) -> list[Example]:
    labels = block["metadata"]
    lines = (
        line.removeprefix("- ").strip()
        for line in str(block["examples"]).splitlines()
        if line.startswith("- ")
    )
    named = (labels.get("frein") or "", int(labels["urgency"]), labels.get("activity") or "")
    return [Example(line, str(block["intent"]), *named, labels.get("language", "fr")) for line in lines]
