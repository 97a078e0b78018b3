"""When somebody may be written to: waking hours, zones, nights on which the clock changes, the weekly cap."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.rules.timing import (
    ReminderFigures,
    Waking,
    at_local,
    cap_frees_at,
    next_waking,
    reminder_due,
    reminder_moment,
    waking_clock,
    weekly_moment,
)

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
MARTINIQUE = ZoneInfo("America/Martinique")
MARQUISES = ZoneInfo("Pacific/Marquesas")
DAY = Waking(PARIS)
NIGHT_WORKER = Waking(PARIS, time(16), time(2))
FIGURES = ReminderFigures(time(11), time(17, 30), timedelta(days=1), timedelta(hours=2))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def utc(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_an_hour_skipped_in_spring_is_read_one_hour_later() -> None:
    at = at_local(date(2026, 3, 29), time(2, 30), PARIS)
    assert at == utc(3, 29, 1, 30)
    assert at.astimezone(PARIS).time() == time(3, 30)


def test_an_hour_that_comes_twice_in_autumn_is_the_first() -> None:
    assert at_local(date(2026, 10, 25), time(2, 30), PARIS) == utc(10, 25, 0, 30)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (utc(11, 24, 8), utc(11, 24, 8)),  # nine o'clock in Paris
        (utc(11, 24, 7, 59), utc(11, 24, 8)),
        (utc(11, 24, 18, 30), utc(11, 25, 8)),  # 19:30 is excluded
        (utc(11, 24, 22), utc(11, 25, 8)),
        (utc(3, 28, 22), utc(3, 29, 7)),  # over the night of 29 March: nine o'clock is seven UTC
        (utc(10, 24, 20), utc(10, 25, 8)),  # over the night of 25 October: eight UTC again
    ],
)
def test_the_next_waking_moment_follows_the_wall_clock(at: datetime, allowed: datetime) -> None:
    assert next_waking(at, DAY) == allowed


@pytest.mark.parametrize(
    ("zone", "allowed"),
    [
        (REUNION, utc(11, 25, 5)),
        (MARTINIQUE, utc(11, 24, 22)),  # 18:00 there: awake
        (MARQUISES, utc(11, 24, 22)),  # 12:30 there: awake
    ],
)
def test_waking_hours_are_those_of_where_the_person_lives(zone: ZoneInfo, allowed: datetime) -> None:
    assert next_waking(utc(11, 24, 22), Waking(zone)) == allowed


def test_who_works_at_night_is_written_to_from_the_afternoon_until_two() -> None:
    assert next_waking(utc(11, 24, 9), NIGHT_WORKER) == utc(11, 24, 15)
    assert next_waking(utc(11, 24, 23), NIGHT_WORKER) == utc(11, 24, 23)
    assert next_waking(utc(11, 25, 1), NIGHT_WORKER) == utc(11, 25, 15)


def test_equal_bounds_mean_at_any_hour() -> None:
    assert next_waking(utc(11, 24, 3), Waking(PARIS, time(0), time(0))) == utc(11, 24, 3)


@pytest.mark.parametrize(
    ("waking", "planned", "kept"),
    [
        (Waking(PARIS, time(9), time(19, 30)), time(17, 30), time(17, 30)),
        (Waking(PARIS, time(9), time(12)), time(17, 30), time(11, 30)),
        (Waking(PARIS, time(9), time(9, 10)), time(17, 30), time(9)),
        (Waking(PARIS, time(14), time(19)), time(11), time(14)),
        (NIGHT_WORKER, time(11), time(16)),
    ],
)
def test_an_hour_outside_waking_ones_moves_to_the_nearest(waking: Waking, planned: time, kept: time) -> None:
    assert waking_clock(planned, waking) == kept


def test_the_eve_of_an_appointment_is_the_local_day_before() -> None:
    # 08:00 on 25 November in La Réunion is still the 25th there, 04:00 UTC.
    starts_at = utc(11, 25, 4)
    assert reminder_moment(starts_at, 1, time(17, 30), Waking(REUNION)) == utc(11, 24, 13, 30)


def test_the_eve_reminder_keeps_its_wall_clock_hour_over_both_changes_of_the_clock() -> None:
    monday_after_spring = utc(3, 30, 8)
    monday_after_autumn = utc(10, 26, 9)
    assert reminder_moment(monday_after_spring, 1, time(17, 30), DAY) == utc(3, 29, 15, 30)
    assert reminder_moment(monday_after_spring, 4, time(11), DAY) == utc(3, 26, 10)
    assert reminder_moment(monday_after_autumn, 1, time(17, 30), DAY) == utc(10, 25, 16, 30)
    assert reminder_moment(monday_after_autumn, 4, time(11), DAY) == utc(10, 22, 9)


STARTS_AT = utc(11, 27, 13)  # Friday, 14:00 in Paris
EARLY = utc(11, 23, 10)  # Monday at 11:00
EVE = utc(11, 26, 16, 30)  # Thursday at 17:30


@pytest.mark.parametrize(
    ("days", "now", "due"),
    [
        (4, EARLY - timedelta(minutes=1), False),
        (4, EARLY, True),
        (4, EARLY + timedelta(days=1), True),
        (4, EARLY + timedelta(days=1, minutes=1), False),
        (1, EVE - timedelta(minutes=1), False),
        (1, EVE, True),
        (1, STARTS_AT - timedelta(hours=2), True),
        (1, STARTS_AT - timedelta(minutes=119), False),
    ],
)
def test_a_reminder_is_due_from_its_moment_until_it_is_too_late(days: int, now: datetime, due: bool) -> None:
    assert bool(reminder_due(STARTS_AT, LONG_AGO, now, days, DAY, FIGURES)) is due


def test_an_appointment_made_after_the_early_moment_has_no_early_reminder() -> None:
    made_at = EARLY + timedelta(minutes=5)
    assert reminder_due(STARTS_AT, made_at, made_at + timedelta(minutes=1), 4, DAY, FIGURES) is None


def test_an_appointment_made_after_the_eves_moment_is_reminded_of_at_once_and_says_so() -> None:
    made_at = EVE + timedelta(hours=1)
    due = reminder_due(STARTS_AT, made_at, made_at, 1, DAY, FIGURES)
    assert due is not None
    assert due.overtaken
    assert due.not_after == STARTS_AT - timedelta(hours=2)


@pytest.mark.parametrize(
    ("now", "on"),
    [
        (utc(11, 27, 13, 59), None),
        (utc(11, 27, 14), date(2026, 11, 27)),
        (utc(11, 27, 18, 29), date(2026, 11, 27)),
        (utc(11, 27, 18, 30), None),
        (utc(11, 26, 15), None),
    ],
)
def test_the_weekly_question_is_put_on_its_local_day_between_its_hour_and_the_evening(
    now: datetime, on: date | None
) -> None:
    found = weekly_moment(now, 4, time(15), DAY)
    assert (found[0] if found else None) == on


def test_friday_comes_at_another_instant_overseas() -> None:
    assert weekly_moment(utc(11, 27, 11), 4, time(15), Waking(REUNION)) is not None
    assert weekly_moment(utc(11, 27, 11), 4, time(15), Waking(MARTINIQUE)) is None


def test_the_cap_opens_again_when_the_oldest_of_the_last_three_leaves_the_week() -> None:
    now = utc(11, 24, 9)
    sent = [now - timedelta(days=days) for days in (1, 2, 6, 8)]
    assert cap_frees_at(sent, now, 4) is None
    assert cap_frees_at(sent, now, 3) == now + timedelta(days=1)
    assert cap_frees_at(sent, now, 2) == now + timedelta(days=5)
    assert cap_frees_at([], now, 0) == now + timedelta(days=7)
