"""`filrouge interpret` as a program: JSON Lines in, JSON Lines out, one for one, in order, at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.commands.home import RunningRasa
from tests.real_rasa import RealRasa
from tests.tools import ROOT

pytestmark = pytest.mark.process

FIELDS = ["id", "intent", "confidence", "frein", "urgency", "activity", "count", "hours", "when", "source"]

SOUND: dict[str, str] = {
    "danger": "je veux mourir",
    "progress": "j'ai envoyé 3 CV hier",
    "tomorrow": "je viens demain",
    "empty": "",
    "long": "a" * 10_000,
    "nul": "\x00 oui",
    "emoji": "🙃🙃",
    "rtl": "\u202eسلام",
    "zero width": "\u200b",
    "line separator": "a\u2028b",
    "half a sign": "\ud83d",
    "quotes": '"}\\',
}
"""Texts by their ids."""

BAD: tuple[tuple[bytes, Any], ...] = (
    (b"not json", None),
    (b"", None),
    (b"[]", None),
    (b"3", None),
    (b"null", None),
    (b"\xff\xfe", None),
    (b'{"text": "sans id"}', None),
    (b'{"id": 5}', 5),
    (b'{"id": 6, "text": 3}', 6),
    (b'{"id": 8, "text": null}', 8),
    (b'{"id": {"a": 9}, "text": ["bonjour"]}', {"a": 9}),
)
"""Lines that are no message, with the id that can be told of them."""


@contextmanager
def interpreting(home: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command, started; its standard streams are pipes."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FILROUGE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "interpret", *options],
        cwd=ROOT,
        env=ours | {"FILROUGE_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def a_line(identity: Any, text: str) -> bytes:
    """One message as a line."""
    return json.dumps({"id": identity, "text": text}).encode() + b"\n"


def interpret(home: Path, lines: bytes, *options: str) -> list[dict[str, Any]]:
    """What the command answers to these lines at noon in Paris; it must end well."""
    with interpreting(home, "--at", "2026-11-24T12:00", *options) as process:
        out, err = process.communicate(lines, timeout=300)
        assert process.returncode == 0, err
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the net alone answers to the sound texts, each followed by a bad line while there are some."""
    bad = [line + b"\n" for line, _ in BAD]
    lines = [a_line(identity, text) for identity, text in SOUND.items()]
    mixed = [part for pair in zip(lines, bad, strict=False) for part in pair] + lines[len(bad) :]
    return interpret(tmp_path_factory.mktemp("home"), b"".join(mixed), "--without-nlu")


@pytest.fixture(scope="module")
def read(answers: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The answers to the sound texts by id."""
    return {answer["id"]: answer for answer in answers if "error" not in answer}


def test_answers_come_one_for_one_in_the_order_of_the_lines(answers: list[dict[str, Any]]) -> None:
    expected = [part for pair in zip(SOUND, [identity for _, identity in BAD], strict=False) for part in pair]
    assert [answer["id"] for answer in answers] == expected + list(SOUND)[len(BAD) :]


def test_every_answer_has_all_the_fields_whatever_the_text(read: dict[str, dict[str, Any]]) -> None:
    assert list(read) == list(SOUND)
    assert all(list(answer) == FIELDS for answer in read.values())


def test_a_bad_line_is_an_id_and_an_error(answers: list[dict[str, Any]]) -> None:
    refused = [answer for answer in answers if "error" in answer]
    assert len(refused) == len(BAD)
    assert all(list(answer) == ["id", "error"] for answer in refused)


def test_the_net_alone_hears_danger_and_knows_no_intent(read: dict[str, dict[str, Any]]) -> None:
    danger, calm = read["danger"], read["progress"]
    assert (danger["urgency"], danger["frein"], danger["source"]) == (3, "mental_health", "net")
    assert (calm["urgency"], calm["source"]) == (0, "net")
    assert all(answer["intent"] is answer["confidence"] is None for answer in read.values())


def test_a_moment_without_an_offset_is_in_paris(read: dict[str, dict[str, Any]]) -> None:
    assert read["tomorrow"]["when"] == "2026-11-25"


def test_each_answer_comes_before_the_next_line_is_read(tmp_path: Path) -> None:
    half_past_midnight_in_paris = "2026-11-24T23:30+00:00"
    with interpreting(tmp_path, "--without-nlu", "--at", half_past_midnight_in_paris) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(a_line(number, "je viens demain"))
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert (answer["id"], answer["when"]) == (number, "2026-11-26")


def test_a_moment_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with interpreting(tmp_path, "--without-nlu", "--at", "hier") as process:
        out, err = process.communicate(b"", timeout=60)
        assert process.returncode != 0
    assert out == b""
    assert b"2026-11-24T10:00" in err
    assert b"Traceback" not in err


@pytest.mark.rasa
@pytest.mark.timeout(900)
def test_with_rasa_net_and_model_are_merged(tmp_path: Path, real_rasa: RealRasa) -> None:
    RunningRasa(real_rasa.url, real_rasa.token).write(tmp_path)
    texts = (
        "j'ai envoyé 3 candidatures hier",
        "je dors dehors ce soir",
        "c quand mon prochain rdv",
        "",
        "/je veux mourir",
    )
    lines = b"".join(a_line(number, text) for number, text in enumerate(texts))
    progress, danger, asked, *odd = interpret(tmp_path, lines)
    assert all(list(answer) == FIELDS for answer in (progress, danger, asked, *odd))
    assert (progress["intent"], progress["activity"], progress["count"]) == ("log_progress", "application", 3)
    assert (progress["when"], progress["hours"]) == ("2026-11-23", None)
    assert (danger["intent"], danger["urgency"], danger["frein"]) == ("report_frein", 3, "housing")
    assert danger["source"] in {"net", "both"}
    assert asked["intent"] == "view_appointments"
    assert isinstance(asked["confidence"], float)
    assert odd[1]["urgency"] == 3
