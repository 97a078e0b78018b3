"""Our pipeline on a public set: MASSIVE fr-FR (FitzGerald et al. 2022), 60 intents and 55 slots that are not ours.

    .venv/bin/python -m tools.massive fr-FR.jsonl.gz [--every N] [--test-every N]

Trains `config.yml` with Rasa's CRF for the slots on the partition `train`, reads the partition `test`, prints counts
with 95 % intervals beside published figures. N: one message in N, for a trial; only whole partitions can be compared.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.figures import Share, macro_f1, right
from tools.rasa_models import NLU, ask, train

# Before our own components, so that slots are learned before NoisyCopies adds texts in which they lie elsewhere.
# The CRF skips messages without features and uses none of LexicalSyntacticFeaturizer's: it has its own.
FOR_SLOTS = ("WhitespaceTokenizer", "LexicalSyntacticFeaturizer", "CRFEntityExtractor")
PUBLISHED = """\
published, each on other terms:
  English  XLM-R base, fine-tuned on all of MASSIVE en-US: intent accuracy 87.8 to 88.8 %, slots F1 84.1 %
  English  Rasa on ATIS: intent F1 96 % (DIET), 88 % (linear SVM)
  French   MTEB MassiveIntentClassification fr, logistic regression on frozen embeddings, 8 messages an intent:
           multilingual-e5-small 55.9 %, LaBSE 60.4 %, e5-base 61.3 %, bge-m3 67.5 %, Qwen3-0.6B 73.9 %"""
_SLOT = re.compile(r"\[\s*([^\]:]+?)\s*:\s*([^\]]*?)\s*\]")
_MARKUP = re.compile(r"[\[\]{}\\]")


@dataclass(frozen=True)
class Slot:
    """From `start` to before `end`, in characters of the text."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Utterance:
    """A message of the set."""

    partition: str
    intent: str
    text: str
    slots: frozenset[Slot]


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains, reads, prints."""
    options = _options(arguments)
    utterances = read_utterances(options.file)
    training = [one for one in utterances if one.partition == "train"][:: options.every]
    test = [one for one in utterances if one.partition == "test"][:: options.test_every]
    with tempfile.TemporaryDirectory(prefix="massive-") as name:
        folder = Path(name)
        write_training(training, folder / "messages.yml")
        write_config(folder / "config.yml")
        trained = train(folder / "config.yml", folder / "messages.yml", folder / "model")
        answers = ask(trained.archive, [one.text for one in test])
    whole = options.every == options.test_every == 1
    lines = [
        f"MASSIVE fr-FR: trained on {len(training)} messages, read {len(test)} of the test partition"
        + ("" if whole else " (a part: not to be compared)"),
        *figures(test, answers),
        f"training: {trained.cpu_seconds:.0f} s of CPU, {trained.peak_bytes / 1e9:.2f} GB at most",
        PUBLISHED,
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def read_utterances(file: Path) -> list[Utterance]:
    """All messages of a .jsonl.gz of MASSIVE. Raises OSError, and KeyError or ValueError for another file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [_utterance(json.loads(line)) for line in lines]


def write_training(utterances: Sequence[Utterance], file: Path) -> None:
    """Rasa's training data: a block an intent, without urgency, with slots as `[words](label)`.

    Raises ValueError for a text that Rasa would read as markup.
    """
    blocks: dict[str, list[str]] = {}
    for one in utterances:
        blocks.setdefault(one.intent, []).append(f"- {_marked(one)}\n")
    nlu = [
        {"intent": intent, "metadata": {"urgency": 0}, "examples": "".join(lines)}
        for intent, lines in sorted(blocks.items())
    ]
    text = yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")


def write_config(file: Path) -> None:
    """The product's pipeline, after what finds slots."""
    config = yaml.safe_load((NLU / "config.yml").read_text(encoding="utf-8"))
    config["pipeline"] = [*({"name": name} for name in FOR_SLOTS), *config["pipeline"]]
    file.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


def figures(test: Sequence[Utterance], answers: Sequence[dict[str, Any]]) -> list[str]:
    """Intents, and slots counted right when span and label are those expected."""
    expected, named = [[one.intent] for one in test], [answer["intent"]["name"] or "" for answer in answers]
    read = [_slots(answer) for answer in answers]
    hits = sum(len(one.slots & found) for one, found in zip(test, read, strict=True))
    wanted, told = sum(len(one.slots) for one in test), sum(len(found) for found in read)
    f1 = 2 * hits / (wanted + told) if wanted + told else 0.0
    return [
        f"intent accuracy  {right(expected, named)}",
        f"intent macro-F1  {100 * macro_f1(expected, named):.1f} %",
        f"slot micro-F1    {100 * f1:.1f} %",
        f"slot recall      {Share(hits, wanted)}",
        f"slot precision   {Share(hits, told)}",
    ]


def _utterance(line: dict[str, Any]) -> Utterance:
    text, slots, at = "", set(), 0
    annotated = line["annot_utt"]
    for match in _SLOT.finditer(annotated):
        text += annotated[at : match.start()]
        slots.add(Slot(len(text), len(text) + len(match[2]), match[1]))
        text, at = text + match[2], match.end()
    return Utterance(line["partition"], line["intent"], text + annotated[at:], frozenset(slots))


def _marked(one: Utterance) -> str:
    if _MARKUP.search(one.text):
        raise ValueError("a text with brackets, braces or backslashes cannot be written in Rasa's form")
    text = one.text
    for slot in sorted(one.slots, key=lambda slot: -slot.start):
        text = f"{text[: slot.start]}[{text[slot.start : slot.end]}]({slot.label}){text[slot.end :]}"
    return text


def _slots(answer: dict[str, Any]) -> frozenset[Slot]:
    return frozenset(Slot(found["start"], found["end"], found["entity"]) for found in answer["entities"])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="fr-FR.jsonl.gz")
    parser.add_argument("--every", type=int, default=1, help="one training message in so many")
    parser.add_argument("--test-every", type=int, default=1, help="one test message in so many")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
