"""Labelled messages: one JSON object a line, fields as in `tests/nlu/fr/README.md`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS_HOURS = (1, 2)


@dataclass(frozen=True)
class Case:
    """A message and how it is to be read. `intents`: the expected one first, then those accepted; `when`: ISO."""

    id: str
    text: str
    at: datetime
    zone: ZoneInfo
    intents: tuple[str, ...]
    frein: str | None
    urgency: int
    activity: str | None
    count: int | None
    hours: float | None
    when: str | None
    part: str | None


def read_cases(file: Path) -> list[Case]:
    """The messages of a file. Raises OSError, and KeyError or ValueError for a line that is none."""
    return [_case(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _case(line: str) -> Case:
    row = json.loads(line)
    at = datetime.fromisoformat(row["at"])
    return Case(
        id=row["id"],
        text=row["text"],
        at=at,
        zone=_zone(at),
        intents=(row["intent"], *row["accept"]),
        part=row.get("part"),
        **{name: row[name] for name in ("frein", "urgency", "activity", "count", "hours", "when")},
    )


def _zone(at: datetime) -> ZoneInfo:
    """A zone of that offset: Paris where it fits. (The signs of `Etc/GMT` are turned round.)"""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError("the moment of a message needs its offset")
    hours = round(offset.total_seconds() / 3600)
    return ZoneInfo("Europe/Paris" if hours in PARIS_HOURS else f"Etc/GMT{-hours:+d}")
