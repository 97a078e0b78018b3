"""Labelled messages are read whole, in the zone of their moment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.evaluation.cases import read_cases

ROW = {
    "id": "dev-1", "at": "2026-11-24T10:00+04:00", "text": "oui", "intent": "affirm", "accept": ["thank"],
    "frein": None, "urgency": 0, "activity": None, "count": None, "hours": None, "when": None,
}  # fmt: skip


def written(folder: Path, **changed: object) -> Path:
    file = folder / "cases.jsonl"
    file.write_text(json.dumps(ROW | changed) + "\n", encoding="utf-8")
    return file


def test_a_line_is_a_case(tmp_path: Path) -> None:
    (case,) = read_cases(written(tmp_path))
    assert (case.id, case.intents, case.part) == ("dev-1", ("affirm", "thank"), None)


@pytest.mark.parametrize("at", ["2026-11-24T10:00+04:00", "2026-07-14T10:00+02:00", "2026-11-24T10:00-03:00"])
def test_the_zone_has_the_offset_of_the_moment(tmp_path: Path, at: str) -> None:
    (case,) = read_cases(written(tmp_path, at=at))
    assert case.at.astimezone(case.zone).utcoffset() == case.at.utcoffset()


def test_a_moment_without_an_offset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="offset"):
        read_cases(written(tmp_path, at="2026-11-24T10:00"))
