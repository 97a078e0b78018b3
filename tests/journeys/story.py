"""The format of a journey: a whole conversation that a social worker can read and change.

    name: Premier contact                what it is about, in French
    at: 2026-11-24 10:00                 when it begins, in Paris
    rasa: up                             or down: nobody reads messages but the safety net
    given: …                             who is there, their plan, their appointments (see `stage.py`)
    lines:                               what happens, in order; each line is one of
      - says: "j'ai envoyé 3 CV"         somebody writes (`by`: the first person, unless named)
        reading: {intent: log_progress}  what Rasa is taken to read; the real Rasa must lead to the same
        known_miss: "why"                the real Rasa is known to get this line wrong (the test fails once it is right)
        as_given: "why"                  the real Rasa is not asked: the line is about this very reading
      - presses: confirm                 a button of the last message that has it
      - sends: voice                     something without words
      - wait: {minutes: 10}              or {until: "2026-11-25 17:35"}: time passes, jobs run, messages leave
      - referent: {settles: …}           what a member of the team does in the console (see `deeds.py`)
      - phone: blocked                   the address of the person cannot be reached, or again (`back`)
      - rasa: down                       from here on

Each line says everything that is then sent: `answers` (or `sent`, for what comes unasked) to people, `staff` to the
team, as text keys by first name; what is not listed must not be sent, except the team's morning digest, which would
drown the rest. `effects` are what the database holds after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

PARIS = ZoneInfo("Europe/Paris")
FOLDER = Path(__file__).parent

VERBS: Mapping[str, frozenset[str]] = {
    "says": frozenset({"by", "reading", "known_miss", "as_given"}),
    "presses": frozenset({"by"}),
    "sends": frozenset({"by"}),
    "wait": frozenset(),
    "referent": frozenset({"by"}),
    "phone": frozenset({"by"}),
    "rasa": frozenset(),
}
"""What a line may be, and what belongs to it besides its expectations."""

EXPECTATIONS = frozenset({"answers", "sent", "staff", "effects", "note"})

Told = Mapping[str, list[str]]
"""Text keys by first name, in the order of sending."""


@dataclass(frozen=True)
class Line:
    """One thing that happens, and what must come of it. `by` is None for the first person of the journey."""

    number: int
    verb: str
    what: Any
    by: str | None
    reading: Mapping[str, Any] | None
    known_miss: str | None
    as_given: str | None
    told: Told
    staff: Told
    effects: Mapping[str, Any]


@dataclass(frozen=True)
class Journey:
    """One file."""

    file: Path
    name: str
    at: datetime
    rasa: str
    given: Mapping[str, Any]
    lines: tuple[Line, ...]

    @property
    def lasts(self) -> timedelta:
        """From its beginning to the last moment that it waits for."""
        awaited = [
            moment(line.what["until"]) for line in self.lines if line.verb == "wait" and "until" in line.what
        ]
        return max(awaited, default=self.at) - self.at


def journeys() -> list[Journey]:
    """Every journey, by file name."""
    return [load(file) for file in sorted(FOLDER.glob("*.yaml"))]


def load(file: Path) -> Journey:
    """Read one file. Raises ValueError naming the line that is malformed."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    unknown = set(content) - {"name", "note", "at", "rasa", "given", "lines"}
    if unknown:
        raise ValueError(f"{file.name}: {', '.join(sorted(unknown))} is no part of a journey")
    person = next(iter(content["given"].get("people") or {}), "inconnu")
    lines = tuple(_line(file, number, raw, person) for number, raw in enumerate(content["lines"], 1))
    return Journey(
        file=file,
        name=content["name"],
        at=moment(content["at"]),
        rasa=content["rasa"],
        given=content["given"],
        lines=lines,
    )


def _line(file: Path, number: int, raw: dict[str, Any], person: str) -> Line:
    verbs = set(raw) & set(VERBS)
    if len(verbs) != 1:
        raise ValueError(f"{file.name}, line {number}: exactly one of {', '.join(VERBS)}")
    verb = verbs.pop()
    unknown = set(raw) - {verb} - VERBS[verb] - EXPECTATIONS
    if unknown:
        raise ValueError(f"{file.name}, line {number}: {', '.join(sorted(unknown))} does not go with {verb}")
    writer = raw.get("by") or person
    return Line(
        number=number,
        verb=verb,
        what=raw[verb],
        by=raw.get("by"),
        reading=raw.get("reading"),
        known_miss=raw.get("known_miss"),
        as_given=raw.get("as_given"),
        told=_by_name(raw.get("answers", raw.get("sent", [])), person if verb == "referent" else writer),
        staff=_by_name(raw.get("staff", {}), "?"),
        effects=raw.get("effects", {}),
    )


def _by_name(listed: list[str] | dict[str, list[str]], name: str) -> Told:
    """Keys without a name are for the one the line is about."""
    if isinstance(listed, dict):
        return listed
    return {name: listed} if listed else {}


def moment(written: Any) -> datetime:
    """The instant of "2026-11-25 17:35" on a clock in Paris."""
    read = datetime.fromisoformat(str(written))
    return read.replace(tzinfo=PARIS) if read.tzinfo is None else read
