"""When a structure works: its opening hours, French public holidays, and moments counted in working time.

Holidays are those of the Code du travail (L3133-1) with the local ones of Alsace-Moselle and overseas, as the
`holidays` library lists them by territory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONGEST_CLOSURE_DAYS = 31
"""No calendar of ours closes longer: beyond it the opening hours were entered wrongly."""

TERRITORIES = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""Departments with holidays of their own, and the library's key for each; every other has the national ones."""


@dataclass(frozen=True)
class OpeningHours:
    """When a structure is open, in its own zone. `weekdays` are ISO (1 is Monday); `closes_at` is excluded."""

    zone: ZoneInfo
    opens_at: time = time(9)
    closes_at: time = time(17, 30)
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    department: str = "75"


@dataclass(frozen=True)
class Shift:
    """One working day, as two instants in UTC."""

    opens_at: datetime
    closes_at: datetime


def is_holiday(day: date, department: str) -> bool:
    """Whether `day` is a public holiday in this department."""
    return day in _holidays(TERRITORIES.get(department), day.year)


@lru_cache(maxsize=256)
def _holidays(territory: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=territory, years=year))


def is_working_day(hours: OpeningHours, day: date) -> bool:
    """Whether the structure opens on this local day."""
    return day.isoweekday() in hours.weekdays and not is_holiday(day, hours.department)


def is_open(hours: OpeningHours, at: datetime) -> bool:
    """Whether the structure is open at this instant."""
    day = at.astimezone(hours.zone).date()
    if not is_working_day(hours, day):
        return False
    shift = _shift(hours, day)
    return shift.opens_at <= at < shift.closes_at


def shift_around(hours: OpeningHours, at: datetime) -> Shift | None:
    """The working day that is running at `at`, else the next one; None when the hours never open."""
    first = at.astimezone(hours.zone).date()
    for offset in range(LONGEST_CLOSURE_DAYS + 1):
        day = first + timedelta(days=offset)
        shift = _shift(hours, day)
        if is_working_day(hours, day) and at < shift.closes_at and shift.opens_at < shift.closes_at:
            return shift
    return None


def next_opening(hours: OpeningHours, at: datetime) -> datetime:
    """The next instant after `at` at which a working day opens.

    Hours that never open (entered wrongly) give `at` a day later: an alert must not wait for ever.
    """
    shift = shift_around(hours, at)
    if shift and shift.opens_at <= at:
        shift = shift_around(hours, shift.closes_at)
    return shift.opens_at if shift else at + timedelta(days=1)


def when_open(hours: OpeningHours, at: datetime) -> datetime:
    """`at` itself when the structure is open, else the next opening. Hours that never open count as open."""
    shift = shift_around(hours, at)
    return max(at, shift.opens_at) if shift else at


def _shift(hours: OpeningHours, day: date) -> Shift:
    return Shift(_instant(hours, day, hours.opens_at), _instant(hours, day, hours.closes_at))


def _instant(hours: OpeningHours, day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=hours.zone).astimezone(UTC)
