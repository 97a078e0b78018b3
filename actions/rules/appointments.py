"""Which appointment a message is about, given the day it names and those that there are.

Every rule answers a list: empty, nothing fits; one, that is it; several, the person is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from actions.rules.when import When

MOST_ASKED = 5
"""Appointments offered in one question: more is not read on a telephone."""


@dataclass(frozen=True)
class Slot:
    """An appointment as seen from one person: the key of the participation, and its beginning."""

    id: UUID
    starts_at: datetime


def on_day(slots: Sequence[Slot], when: When, zone: ZoneInfo) -> list[Slot]:
    """The appointments on the day named; with two of them, the hour named decides if it can."""
    same_day = [slot for slot in slots if slot.starts_at.astimezone(zone).date() == when.day]
    same_hour = [slot for slot in same_day if slot.starts_at.astimezone(zone).time() == when.time]
    return same_hour or same_day


def meant(slots: Sequence[Slot], when: When | None, now: datetime, zone: ZoneInfo) -> list[Slot]:
    """Which coming appointment is confirmed or cancelled. `slots` are in order of time.

    Without a day, the one of today or tomorrow is meant, whatever is planned later.
    """
    if when is not None:
        return on_day(slots, when, zone)
    today = now.astimezone(zone).date()
    soon = [
        slot for slot in slots if slot.starts_at.astimezone(zone).date() in (today, today + timedelta(days=1))
    ]
    return (soon or list(slots))[:MOST_ASKED]


def to_move(
    slots: Sequence[Slot], when: When | None, now: datetime, zone: ZoneInfo
) -> tuple[list[Slot], When | None]:
    """Which appointment is to be moved, and the moment wished for.

    The day named is the new one, unless exactly one of several appointments lies on it: then that one is meant.
    """
    if when is None:
        return meant(slots, None, now, zone), None
    there = on_day(slots, when, zone)
    if len(there) == 1 and (len(slots) > 1 or _is_at(there[0], when, zone)):
        return there, None
    return meant(slots, None, now, zone), when


def _is_at(slot: Slot, when: When, zone: ZoneInfo) -> bool:
    """Whether `when` only names the appointment's own day or hour."""
    return when.time is None or when.time == slot.starts_at.astimezone(zone).time()


def late_for(slots: Sequence[Slot], when: When | None, zone: ZoneInfo) -> list[Slot]:
    """Which appointment somebody is late for: the first of the day named, else the one going on or next."""
    there = on_day(slots, when, zone) if when else []
    return (there or list(slots))[:1]


def missed(past: Sequence[Slot], when: When | None, zone: ZoneInfo) -> list[Slot]:
    """Which past appointment was missed: on the day named, else the last. `past` has the latest first."""
    return (on_day(past, when, zone) if when else list(past))[:1]
