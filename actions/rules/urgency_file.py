"""Reads and checks the safety net's files: what it listens for, and what only sounds alike.

A net is one YAML file or a folder of them, merged. Three lists, all optional in a file:

    fragments:  {name: expression}        shared by the patterns of all files
    guards:     [{id, why, patterns}]     what only sounds alike: hidden before anything is listened for
    entries:    [{id, level, grade, frein, why, patterns, unless?, match, no_match}]

`unless` holds patterns that cancel the entry when they stand in the same clause. `match` and `no_match` are
messages that the entry alone must hear, and must not; the tests check each.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from actions.rules.urgency_patterns import Pattern, compile_any, compile_pattern
from storage.vocabulary import FreinCategory


class Grade(StrEnum):
    """CERTAIN is (nearly) never wrong and acts at once; SUSPECTED is a wide net and waits for the model."""

    CERTAIN = "certain"
    SUSPECTED = "suspected"


class NetFileError(ValueError):
    """The safety net cannot be read: the message names the file's entry and what is wrong with it."""


@dataclass(frozen=True)
class Entry:
    """One thing the net listens for."""

    id: str
    level: int
    grade: Grade
    frein: str
    why: str
    patterns: tuple[Pattern, ...]
    unless: re.Pattern[str] | None
    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True)
class Guard:
    """Something that only sounds like danger."""

    id: str
    why: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class NetFile:
    """Everything the net's files say, checked."""

    entries: tuple[Entry, ...]
    guards: tuple[Guard, ...]


_ENTRY_KEYS = {"id", "level", "grade", "frein", "why", "patterns", "match", "no_match"}
_GUARD_KEYS = {"id", "why", "patterns"}


def read_net(path: Path) -> NetFile:
    """Read a file, or every .yaml file of a folder. Raises NetFileError naming the first wrong entry."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    contents = [_mapping(file) for file in files]
    fragments: dict[str, str] = {}
    for content in contents:
        fragments |= content.get("fragments") or {}
    guards = [_guard(raw, fragments) for raw in _listed(contents, "guards")]
    entries = [_entry(raw, fragments) for raw in _listed(contents, "entries")]
    _check_ids([guard.id for guard in guards] + [entry.id for entry in entries])
    if not entries:
        raise NetFileError(f"{path.name}: nothing to listen for")
    return NetFile(tuple(entries), tuple(guards))


def _mapping(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise NetFileError(f"{file.name}: {error}") from error
    if not isinstance(content, dict) or content.keys() - {"fragments", "guards", "entries"}:
        raise NetFileError(f"{file.name}: expected only fragments, guards and entries")
    return content


def _listed(contents: Iterable[Mapping[str, Any]], key: str) -> list[Any]:
    return [raw for content in contents for raw in content.get(key) or ()]


def _guard(raw: Any, fragments: Mapping[str, str]) -> Guard:
    name = _checked(raw, _GUARD_KEYS, optional=set())
    return Guard(name, str(raw["why"]), _compiled(name, raw["patterns"], fragments))


def _entry(raw: Any, fragments: Mapping[str, str]) -> Entry:
    name = _checked(raw, _ENTRY_KEYS, optional={"unless"})
    if raw["level"] not in (2, 3):
        raise NetFileError(f"{name}: level is 2 or 3")
    if raw["grade"] not in list(Grade):
        raise NetFileError(f"{name}: grade is certain or suspected")
    if raw["frein"] not in list(FreinCategory):
        raise NetFileError(f"{name}: {raw['frein']!r} is no frein of the taxonomy")
    return Entry(
        id=name,
        level=raw["level"],
        grade=Grade(raw["grade"]),
        frein=str(raw["frein"]),
        why=str(raw["why"]),
        patterns=_compiled(name, raw["patterns"], fragments),
        unless=_cancelling(name, raw["unless"], fragments) if "unless" in raw else None,
        match=_messages(name, raw["match"]),
        no_match=_messages(name, raw["no_match"]),
    )


def _checked(raw: Any, keys: set[str], *, optional: set[str]) -> str:
    """The id of a raw entry that has all its keys, no other, and nothing empty."""
    if not isinstance(raw, dict):
        raise NetFileError(f"an entry is a mapping, not {raw!r}")
    name = str(raw.get("id", "an entry without id"))
    if missing := keys - raw.keys():
        raise NetFileError(f"{name}: lacks {', '.join(sorted(missing))}")
    if unknown := raw.keys() - keys - optional:
        raise NetFileError(f"{name}: does not know {', '.join(sorted(map(str, unknown)))}")
    if empty := [key for key in sorted(keys) if not raw[key]]:
        raise NetFileError(f"{name}: {', '.join(empty)} must not be empty")
    return name


def _compiled(name: str, sources: Any, fragments: Mapping[str, str]) -> tuple[Pattern, ...]:
    try:
        return tuple(compile_pattern(source, fragments) for source in _messages(name, sources))
    except ValueError as error:
        raise NetFileError(f"{name}: {error}") from error


def _cancelling(name: str, sources: Any, fragments: Mapping[str, str]) -> re.Pattern[str]:
    try:
        return compile_any(_messages(name, sources), fragments)
    except ValueError as error:
        raise NetFileError(f"{name}: {error}") from error


def _messages(name: str, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        raise NetFileError(f"{name}: a list of texts is expected")
    return tuple(raw)


def _check_ids(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise NetFileError(f"{name}: this id is used twice")
