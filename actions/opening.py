"""The opening hours of a structure, as the rules of working time take them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from actions.rules.working_time import OpeningHours
from storage.tables import Structure


def hours_of(structure: Structure) -> OpeningHours:
    """When a structure is open, in its own zone."""
    return OpeningHours(
        zone=ZoneInfo(structure.time_zone),
        opens_at=structure.opens_at,
        closes_at=structure.closes_at,
        weekdays=frozenset(int(digit) for digit in structure.working_days),
        department=structure.department,
    )
