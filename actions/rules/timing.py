"""When something may be written to a person: in their waking hours and zone, over every change of the clock.

Everything is computed on the person's wall clock and handed back as an instant in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
BEFORE_BED = timedelta(minutes=30)
"""How long before the end of somebody's waking hours a message planned for later than that is sent."""


@dataclass(frozen=True)
class Waking:
    """A person's zone and the hours in which they may be written to; `ends` is excluded.

    `ends` before `starts` is somebody who works at night; the two being equal means at any hour.
    """

    zone: ZoneInfo
    starts: time = time(9)
    ends: time = time(19, 30)

    def includes(self, clock: time) -> bool:
        """Whether this hour of the wall clock is a waking one."""
        if self.starts == self.ends:
            return True
        if self.starts < self.ends:
            return self.starts <= clock < self.ends
        return clock >= self.starts or clock < self.ends


def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time, in UTC.

    An hour that the clock skips in spring is read one hour later; one that comes twice in autumn is the first.
    """
    return datetime.combine(day, clock, zone).astimezone(UTC)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day it is at `at` in `zone`."""
    return at.astimezone(zone).date()


def next_waking(at: datetime, waking: Waking) -> datetime:
    """`at` itself in waking hours, else the next moment at which they begin."""
    local = at.astimezone(waking.zone)
    if waking.includes(local.time()):
        return at
    today = at_local(local.date(), waking.starts, waking.zone)
    if today >= at:
        return today
    return at_local(local.date() + timedelta(days=1), waking.starts, waking.zone)


def end_of_waking(day: date, waking: Waking) -> datetime:
    """When the waking hours that begin on `day` are over."""
    last = day if waking.starts < waking.ends else day + timedelta(days=1)
    return at_local(last, waking.ends, waking.zone)


def waking_clock(clock: time, waking: Waking) -> time:
    """`clock` if it lies in waking hours; else their beginning, or half an hour before their end."""
    if waking.includes(clock):
        return clock
    if waking.starts < waking.ends <= clock:
        shortly_before = datetime.combine(date.min + WEEK, waking.ends) - BEFORE_BED
        return max(waking.starts, shortly_before.time())
    return waking.starts


def reminder_moment(starts_at: datetime, days: int, clock: time, waking: Waking) -> datetime:
    """When the reminder `days` local days before an appointment is due: at `clock`, or the nearest waking hour."""
    day = local_day(starts_at, waking.zone) - timedelta(days=days)
    return at_local(day, waking_clock(clock, waking), waking.zone)


@dataclass(frozen=True)
class ReminderFigures:
    """At which hours the two reminders go out and how late is too late.

    One days ahead is of use for `early_useful_for`; the eve's until `eve_until_before` the appointment.
    """

    early_at: time
    eve_at: time
    early_useful_for: timedelta
    eve_until_before: timedelta


@dataclass(frozen=True)
class DueReminder:
    """A reminder to send now, of no use after `not_after`. `overtaken`: the appointment was made after its moment."""

    days: int
    not_after: datetime
    overtaken: bool


def reminder_due(
    starts_at: datetime, set_at: datetime, now: datetime, days: int, waking: Waking, figures: ReminderFigures
) -> DueReminder | None:
    """The reminder `days` before, if it is time for it and not too late.

    `set_at` is when the appointment's present hour was settled. One made after an early reminder's moment has
    none; the eve's is then due as soon as it is allowed.
    """
    eve = days <= 1
    moment = reminder_moment(starts_at, days, figures.eve_at if eve else figures.early_at, waking)
    not_after = starts_at - figures.eve_until_before if eve else moment + figures.early_useful_for
    overtaken = set_at > moment
    if not moment <= now <= not_after or (overtaken and not eve):
        return None
    return DueReminder(days, not_after, overtaken)


def weekly_moment(now: datetime, weekday: int, clock: time, waking: Waking) -> tuple[date, datetime] | None:
    """The local day and the end of use of a weekly message, if it is time for it (Monday is 0)."""
    day = local_day(now, waking.zone)
    ends = end_of_waking(day, waking)
    if day.weekday() != weekday or not at_local(day, waking_clock(clock, waking), waking.zone) <= now < ends:
        return None
    return day, ends


def cap_frees_at(sent_at: Sequence[datetime], now: datetime, most: int) -> datetime | None:
    """When the weekly cap lets another message through: None at once, else the instant the oldest leaves the week."""
    if most <= 0:
        return now + WEEK
    recent = sorted(at for at in sent_at if at > now - WEEK)
    return None if len(recent) < most else recent[-most] + WEEK
