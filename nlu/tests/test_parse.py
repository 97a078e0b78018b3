"""The whole pipeline through Rasa: trained, packed, loaded, asked."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.conftest import HERE, Parse

FIELDS = {"text", "intent", "intent_ranking", "entities", "frein", "urgency", "activity", "language"}
STRANGE = {
    "empty": "",
    "blank": "   \n\t",
    "NUL": "\x00",
    "NUL before words": "\x00bonjour",
    "zero width": "\u200b\u200d\u2060",
    "emoji only": "😭😭👍🏽❤️",
    "10,000 characters": "je dors dehors " * 667,
    "one word of 10,000": "a" * 10_000,
    "Arabic": "مرحبا كيف حالك",
    "Cyrillic": "я не говорю по-французски",
    "Chinese": "你好",
    "right to left marks": "\u202ebonjour\u202c",
    "lone surrogate": "\ud83d bonjour",
    "a command of Rasa": "/delete_data",
    "a command with arguments": '/delete_data{"a": 1}',
    "slashes": "///",
    "markup": "[Paris](city) {x} <b>",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_any_text_gets_every_field(parse: Parse, text: str) -> None:
    answer = parse(text)
    assert set(answer) >= FIELDS
    assert len(answer["urgency"]["probabilities"]) == 4
    assert sum(answer["urgency"]["probabilities"]) == pytest.approx(1)
    assert answer["urgency"]["level"] in (0, 1, 2, 3)
    assert sum(row["confidence"] for row in answer["intent_ranking"]) >= 0.99
    json.dumps(answer)


def test_a_leading_slash_orders_nothing(parse: Parse) -> None:
    known = {row["name"] for row in parse("bonjour")["intent_ranking"]}
    assert {row["name"] for row in parse("/delete_data")["intent_ranking"]} == known


@pytest.mark.parametrize(
    ("text", "intent", "frein", "level", "activity"),
    [
        ("bonjour à vous", "greet", None, 0, None),
        ("jdors dehors ce soir", "report_frein", "housing", 3, None),
        ("mon titre de séjour expire lundi", "report_frein", "rights", 2, None),
        ("ma voiture est en panne", "report_frein", "mobility", 1, None),
        ("g postulé ds une boulangerie", "log_progress", None, 0, "application"),
        ("atelier fait ce matin", "log_progress", None, 0, "workshop"),
    ],
)
def test_each_head_learns_from_its_label(
    parse: Parse, text: str, intent: str, frein: str | None, level: int, activity: str | None
) -> None:
    answer = parse(text)
    assert answer["intent"]["name"] == intent
    assert answer["frein"]["name"] == frein
    assert answer["urgency"]["level"] == level
    assert answer["activity"]["name"] == activity


def test_a_nul_hides_no_danger(parse: Parse) -> None:
    assert parse("\x00je dors dehors ce soir")["urgency"]["level"] == 3


def test_the_same_message_is_read_the_same_twice(parse: Parse) -> None:
    assert parse("mrc bcp") == parse("mrc bcp")


def test_the_archive_holds_no_pickle(archive: Path) -> None:
    with tarfile.open(archive) as packed:
        endings = {
            Path(member.name).suffix
            for member in packed.getmembers()
            if member.isfile() and "components/" in member.name
        }
    assert endings <= {"", ".json", ".npy", ".npz"}


def test_the_domain_names_each_intent_that_has_examples() -> None:
    domain = yaml.safe_load((HERE.parent / "domain.yml").read_text("utf-8"))["intents"]
    written = {
        block["intent"]
        for path in (HERE.parent / "data").rglob("*.yml")
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
    }
    assert set(domain) == written
    assert len(domain) == 38
