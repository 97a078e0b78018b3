"""Working time: opening hours, public holidays by department, changes of clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.rules.working_time import (
    OpeningHours,
    is_holiday,
    is_open,
    is_working_day,
    next_opening,
    shift_around,
    when_open,
)

PARIS = ZoneInfo("Europe/Paris")
HOURS = OpeningHours(zone=PARIS)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    """The instant of a local time such as "2026-11-24 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-24 08:59", "2026-11-24 09:00"),
        ("2026-11-24 09:00", "2026-11-25 09:00"),
        ("2026-11-24 12:00", "2026-11-25 09:00"),
        ("2026-11-24 17:30", "2026-11-25 09:00"),
        ("2026-11-27 18:00", "2026-11-30 09:00"),
        ("2026-11-28 10:00", "2026-11-30 09:00"),
        ("2026-12-24 20:00", "2026-12-28 09:00"),
        ("2027-05-05 20:00", "2027-05-07 09:00"),
    ],
)
def test_the_next_opening_skips_nights_weekends_and_holidays(moment: str, opens: str) -> None:
    assert next_opening(HOURS, at(moment)) == at(opens)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24 09:00", True),
        ("2026-11-24 17:29", True),
        ("2026-11-24 17:30", False),
        ("2026-11-22 10:00", False),
        ("2026-11-11 10:00", False),
    ],
)
def test_a_structure_is_open_from_opening_until_just_before_closing(moment: str, expected: bool) -> None:
    assert is_open(HOURS, at(moment)) is expected


def test_an_open_moment_is_kept_and_a_closed_one_waits_for_the_opening() -> None:
    assert when_open(HOURS, at("2026-11-24 10:15")) == at("2026-11-24 10:15")
    assert when_open(HOURS, at("2026-11-24 23:15")) == at("2026-11-25 09:00")


def test_the_opening_after_the_clocks_change_is_at_the_same_local_hour() -> None:
    spring = next_opening(HOURS, at("2026-03-27 20:00"))
    assert spring == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    autumn = next_opening(HOURS, at("2026-10-23 20:00"))
    assert autumn == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("department", "day"),
    [
        ("57", date(2026, 12, 26)),
        ("67", date(2026, 4, 3)),
        ("68", date(2026, 12, 26)),
        ("971", date(2026, 5, 27)),
        ("972", date(2026, 5, 22)),
        ("973", date(2026, 6, 10)),
        ("974", date(2026, 12, 20)),
        ("976", date(2026, 4, 27)),
        ("978", date(2026, 5, 28)),
        ("987", date(2026, 3, 5)),
        ("988", date(2026, 9, 24)),
        ("2A", date(2026, 7, 14)),
        ("975", date(2026, 7, 14)),
    ],
)
def test_each_department_has_its_own_holidays(department: str, day: date) -> None:
    assert is_holiday(day, department)


def test_a_local_holiday_is_a_working_day_elsewhere() -> None:
    assert not is_holiday(date(2026, 5, 27), "75")
    assert is_working_day(HOURS, date(2026, 5, 27))
    assert not is_working_day(OpeningHours(zone=PARIS, department="971"), date(2026, 5, 27))


def test_a_structure_overseas_opens_at_its_own_hour() -> None:
    cayenne = ZoneInfo("America/Cayenne")
    hours = OpeningHours(zone=cayenne, opens_at=time(7, 30), department="973")
    assert next_opening(hours, at("2026-11-23 20:00", cayenne)) == at("2026-11-24 07:30", cayenne)


def test_the_shift_around_a_moment_is_the_one_running_or_the_next() -> None:
    running, following = (
        shift_around(HOURS, at("2026-11-24 10:00")),
        shift_around(HOURS, at("2026-11-24 18:00")),
    )
    assert running is not None
    assert following is not None
    assert (running.opens_at, running.closes_at) == (at("2026-11-24 09:00"), at("2026-11-24 17:30"))
    assert following.opens_at == at("2026-11-25 09:00")


@pytest.mark.parametrize(
    "hours",
    [
        OpeningHours(zone=PARIS, weekdays=frozenset()),
        OpeningHours(zone=PARIS, opens_at=time(18), closes_at=time(9)),
    ],
)
def test_hours_that_never_open_keep_no_alert_waiting(hours: OpeningHours) -> None:
    moment = at("2026-11-24 10:00")
    assert when_open(hours, moment) == moment
    assert next_opening(hours, moment) == moment + timedelta(days=1)
    assert shift_around(hours, moment) is None
