"""The directories: emergency numbers, places that help, reviewed texts on rights. Dated files, never generated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from storage.vocabulary import Address, FreinCategory

DATA = Path(__file__).parent / "data"
OVERDUE_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class EmergencyNumber:
    """A number, what is said of it, and the day it was last confirmed (None where the source bears no date)."""

    id: str
    number: str
    say: dict[Address, str]
    how: str
    as_of: date | None


@dataclass(frozen=True)
class EmergencyDirectory:
    """The emergency numbers by id."""

    numbers: dict[str, EmergencyNumber]

    def say(self, number_id: str, address: Address) -> str:
        """What is said of a number. Raises KeyError for an id that is not in the file."""
        return self.numbers[number_id].say[address]

    def overdue(self, today: date) -> list[EmergencyNumber]:
        """Numbers not confirmed within 180 days, and those that bear no date at all."""
        numbers = self.numbers.values()
        return [each for each in numbers if each.as_of is None or today - each.as_of > OVERDUE_AFTER]


@dataclass(frozen=True)
class Resource:
    """A place or service that helps with some freins, entered by the structure."""

    name: str
    freins: tuple[FreinCategory, ...]
    how: str
    as_of: date


@dataclass(frozen=True)
class ResourceDirectory:
    """The places that a structure points to."""

    resources: tuple[Resource, ...]

    def for_frein(self, frein: FreinCategory) -> list[Resource]:
        """Resources for a frein, in the order of the file."""
        return [resource for resource in self.resources if frein in resource.freins]


@dataclass(frozen=True)
class RightsText:
    """A reviewed answer about a right: found by its words, given with its source and date."""

    id: str
    words: tuple[tuple[str, ...], ...]
    say: str
    source: str
    as_of: date


@dataclass(frozen=True)
class RightsTexts:
    """The reviewed answers."""

    texts: tuple[RightsText, ...]


def load_emergency(path: Path = DATA / "emergency.yaml") -> EmergencyDirectory:
    """Read the emergency numbers. Raises KeyError or ValueError naming what is missing."""
    numbers = [_number(entry) for entry in _entries(path)]
    return EmergencyDirectory({number.id: number for number in numbers})


def _number(entry: dict[str, Any]) -> EmergencyNumber:
    say = {Address.TU: entry["say"], Address.VOUS: entry.get("say_vous", entry["say"])}
    return EmergencyNumber(entry["id"], entry["number"], say, entry["how"], entry["as_of"])


def load_resources(path: Path) -> ResourceDirectory:
    """Read a structure's directory of places that help. Raises KeyError or ValueError naming what is wrong."""
    return ResourceDirectory(tuple(_resource(entry) for entry in _entries(path)))


def _resource(entry: dict[str, Any]) -> Resource:
    freins = tuple(FreinCategory(frein) for frein in entry["freins"])
    return Resource(entry["name"], freins, entry["how"], entry["as_of"])


def load_rights(path: Path = DATA / "rights.yaml") -> RightsTexts:
    """Read the reviewed answers on rights. Raises KeyError or ValueError naming what is wrong."""
    return RightsTexts(tuple(_rights(entry) for entry in _entries(path)))


def _rights(entry: dict[str, Any]) -> RightsText:
    words = tuple(tuple(alternative) for alternative in entry["words"])
    return RightsText(entry["id"], words, entry["say"], entry["source"], entry["as_of"])


def _entries(path: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
