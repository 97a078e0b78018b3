"""Which day and hour a message is about: `when` of the shared taxonomy, and how such a moment is said back.

Everything is resolved in the person's zone against the moment of the message. Rules: taxonomy, "Details".
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.rules.french_slots import (
    Cue,
    Slot,
    are_alternatives,
    asks_for_change,
    names_appointment,
    read_slots,
)
from actions.rules.french_tense import Tense, tense_at
from actions.rules.french_words import MONTHS, WEEKDAYS, plain


@dataclass(frozen=True)
class When:
    """A local day, with a local hour where one was said."""

    day: date
    time: dt.time | None = None

    def iso(self) -> str:
        """ "2026-11-24", or "2026-11-24T14:30" with an hour."""
        if self.time is None:
            return self.day.isoformat()
        return f"{self.day.isoformat()}T{self.time:%H:%M}"


# A change asks for the new date; a report is about a day that is over; the rest looks ahead.
_CHANGES = frozenset({"reschedule_appointment", "postpone_step"})
_REPORTS = frozenset({"log_progress", "report_missed_appointment"})
_LOOKING_AHEAD = _CHANGES | {
    "confirm_appointment", "cancel_appointment", "report_late", "view_appointments", "ask_appointment_details",
    "request_appointment", "add_step", "view_plan", "pause_support",
}  # fmt: skip
# "je suis en CDI depuis lundi" dates the job; elsewhere "depuis" only says how long.
_SINCE_COUNTS = frozenset({"log_progress", "share_good_news"})
# The day of the reason ("audience demain, rappelez-moi aujourd'hui") gives way to the day of the appointment.
_ABOUT_ONE_APPOINTMENT = frozenset({"cancel_appointment", "request_appointment", "talk_to_referent"})
# A mood or small talk is about no appointment: "ça va bien aujourd'hui" has no date.
_MOODS = frozenset({"report_mood_good", "report_mood_bad", "greet", "goodbye", "thank"})
# "plus de messages après 18h" asks for a habit, not for a moment.
_HABITS = frozenset({"change_preferences", "stop_messages", "view_plan", "complain"})
# More days than this is a pasted text: the first ones are read, and the time taken stays bounded.
_MOST_SLOTS = 24
# A participle alone ("atelier fait") is the past where people tell what happened; "passe" is a present elsewhere.
_TELLING = _REPORTS | {"share_good_news", "report_blocked_step", "complain", "thank", "report_mood_bad", None}
_PAST_BY_TENSE: dict[Tense, Callable[[str | None], bool]] = {
    Tense.DONE: lambda intent: True,
    Tense.WAS: lambda intent: intent not in _LOOKING_AHEAD,
    Tense.TOLD: lambda intent: intent in _TELLING,
    Tense.STATE: lambda intent: intent in _REPORTS,
    Tense.UNKNOWN: lambda intent: intent in _REPORTS,
    Tense.AHEAD: lambda intent: intent == "report_missed_appointment",
}
_WHOLE_WEEK = re.compile(r"\b(?:toute la semaine|tous les jours|chaque jours|meme jours)\b")
_SAME_HOUR = re.compile(r"\b(?:meme|memes) (?:h|heure|horaire|creneau)s?\b")
_RELATIVE_HOURS = re.compile(r"\bdans (?:environ )?(?P<h>\d{1,2})h(?P<m>[0-5]\d)?\b")


@dataclass(frozen=True)
class _Reading:
    """What every step of the reading needs."""

    text: str
    now: datetime
    intent: str | None

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True)
class _Dated:
    """A slot with the day it resolves to (none for an hour alone) and whether it is told as over."""

    slot: Slot
    day: date | None
    past: bool

    @property
    def time(self) -> dt.time | None:
        """The hour said; "mardi 3h" told as over is how long it took, not when it was."""
        clock = self.slot.clock
        return clock.at if clock and (clock.as_length is None or not self.past) else None


def find_when(text: str, at: datetime, zone: ZoneInfo, *, intent: str | None = None) -> When | None:
    """The day (and hour) the message is about, as understood in `zone` at the moment `at`; None where none is said.

    Where a change is asked for (by `intent`, or by words such as "plutôt") it is the new date. A time without a
    date is today when still ahead, and today too when it is told as over. Raises ValueError on a naive `at`.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of a message must carry its zone")
    if intent == "out_of_scope":
        return None
    reading = _Reading(plain(text), at.astimezone(zone), intent)
    slots = read_slots(reading.text, reading.today)
    dated = [found for slot in slots[:_MOST_SLOTS] if (found := _dated(reading, slot))]
    if not dated:
        return _in_hours(reading)
    chosen = _choose(reading, dated)
    return _complete(reading, chosen, dated) if chosen else None


def _dated(reading: _Reading, slot: Slot) -> _Dated | None:
    if slot.since and reading.intent not in _SINCE_COUNTS:
        return None
    past = _is_past(reading, slot)
    if slot.day is None:
        return _Dated(slot, None, past)
    day = slot.day.resolve(reading.today, past)
    return _Dated(slot, day, past) if day else None


def _is_past(reading: _Reading, slot: Slot) -> bool:
    if slot.since:
        return True
    tense = tense_at(reading.text, slot.start, slot.end)
    if reading.intent in _CHANGES and slot.cue is Cue.ASKED:
        return False
    return _PAST_BY_TENSE[tense](reading.intent)


def _choose(reading: _Reading, dated: list[_Dated]) -> _Dated | None:
    dated = [found for found in dated if not _is_ruled_out(reading, found.slot)]
    if not dated:
        return None
    slots = [found.slot for found in dated]
    change = reading.intent in _CHANGES or (
        reading.intent not in _REPORTS and asks_for_change(reading.text, slots)
    )
    if change:
        return _asked_for(reading, dated)
    if reading.intent in _REPORTS:
        return _reported(reading, dated)
    if reading.intent in _MOODS:
        return next((found for found in dated if found.day and found.day > reading.today), None)
    kept = [found for found in dated if found.slot.cue is not Cue.REFUSED] or dated
    if reading.intent in ("cancel_appointment", "report_late", "report_frein"):
        kept = dated
    ahead = [found for found in kept if found.day and found.day >= reading.today] or kept
    if reading.intent in _ABOUT_ONE_APPOINTMENT:
        named = [index for index, found in enumerate(ahead) if names_appointment(reading.text, found.slot)]
        return _first_of_choice(reading, ahead, named[0] if named else 0)
    return ahead[0]


def _is_ruled_out(reading: _Reading, slot: Slot) -> bool:
    """ "n'importe quand sauf lundi"; "pas ce soir" of a step to postpone. "Pas lundi" may name the appointment."""
    before = reading.text[max(0, slot.start - 10) : slot.start]
    return slot.cue is Cue.REFUSED and (reading.intent == "postpone_step" or "sauf" in before)


def _reported(reading: _Reading, dated: list[_Dated]) -> _Dated | None:
    """The first day that is over; an appointment missed was never "demain"."""
    over = [found for found in dated if found.day is None or found.day <= reading.today]
    if over or reading.intent == "log_progress":
        return (over or dated)[0]
    return next((found for found in dated if found.slot.day and not found.slot.day.fixed), None)


def _asked_for(reading: _Reading, dated: list[_Dated]) -> _Dated:
    """The new slot of a change: best cue, then the first of alternatives, else the last said.

    What is over is no new date, and today only one where no later day is named.
    """
    ahead = [
        found for found in dated if not found.past and (found.day is None or found.day >= reading.today)
    ] or dated
    if any(found.day and found.day > reading.today for found in ahead):
        ahead = [found for found in ahead if found.day != reading.today or found.slot.cue is Cue.ASKED]
    best = max(found.slot.cue for found in ahead)
    return _first_of_choice(reading, ahead, max(i for i, found in enumerate(ahead) if found.slot.cue == best))


def _first_of_choice(reading: _Reading, dated: list[_Dated], at: int) -> _Dated:
    """The first of "lundi ou mardi" where dated[at] is one of them."""
    while at and _is_alternative(reading.text, dated[at - 1].slot, dated[at].slot):
        at -= 1
    return dated[at]


def _is_alternative(text: str, earlier: Slot, later: Slot) -> bool:
    return earlier.cue >= Cue.NOTHING and are_alternatives(text, earlier, later)


def _complete(reading: _Reading, chosen: _Dated, dated: list[_Dated]) -> When | None:
    others = [found for found in dated if found is not chosen]
    if chosen.day is None:
        return _on_its_day(reading, chosen, others)
    if chosen.time is not None:
        return When(chosen.day, chosen.time)
    if _SAME_HOUR.search(reading.text):
        return When(chosen.day, next((found.time for found in others if found.time), None))
    alone = (found.time for found in others if found.day is None and found.slot.cue is not Cue.ASIDE)
    return When(chosen.day, next(alone, None) if len([f for f in dated if f.day]) == 1 else None)


def _on_its_day(reading: _Reading, chosen: _Dated, others: list[_Dated]) -> When | None:
    """An hour alone: on the other day named, else today when still ahead or told as over."""
    if day := next((found.day for found in others if found.day), None):
        return When(day, chosen.time)
    if chosen.time is None or reading.intent in _HABITS or _WHOLE_WEEK.search(reading.text):
        return None
    if chosen.time == dt.time(0) and not chosen.past:  # "à minuit" is the end of the day
        return When(reading.today + timedelta(days=1), chosen.time)
    moment = datetime.combine(reading.today, chosen.time.replace(fold=1), reading.now.tzinfo)
    late = reading.intent in ("report_late", "report_missed_appointment")
    if (
        chosen.past
        or late
        or moment.astimezone(UTC) >= reading.now.replace(second=0, microsecond=0).astimezone(UTC)
    ):
        return When(reading.today, chosen.time)
    return None


def _in_hours(reading: _Reading) -> When | None:
    """ "mon rdv est dans 2 heures": counted on the clock of the world, then read on the person's."""
    found = _RELATIVE_HOURS.search(reading.text)
    if found is None or reading.intent == "report_late" or int(found["h"]) > 23:
        return None
    later = reading.now.astimezone(UTC) + timedelta(hours=int(found["h"]), minutes=int(found["m"] or 0))
    local = later.astimezone(reading.now.tzinfo)
    return When(local.date(), local.time().replace(second=0, microsecond=0, fold=0))


def format_day(day: date, today: date) -> str:
    """The day as one says it: "aujourd'hui", "demain", "mardi 24 novembre", with the year where it could mislead."""
    near = {0: "aujourd'hui", 1: "demain", -1: "hier"}
    distance = (day - today).days
    if distance in near:
        return near[distance]
    number = "1er" if day.day == 1 else str(day.day)
    said = f"{WEEKDAYS[day.weekday()]} {number} {_MONTHS_WRITTEN[day.month - 1]}"
    return said if 0 < distance < 180 else f"{said} {day.year}"


def format_when(when: When, today: date) -> str:
    """Day and hour as one says them: "mardi 24 novembre à 14 h 30", "demain à 9 h"; `find_when` reads it back."""
    day = format_day(when.day, today)
    if when.time is None:
        return day
    hour, minute = when.time.hour, when.time.minute
    said = f"{hour} h {minute:02d}" if minute else f"{hour} h"
    # A bare "à 2 h" would be taken for the afternoon.
    return f"{day} à {said}{' du matin' if 1 <= hour <= 5 else ''}"


_MONTHS_WRITTEN = tuple(
    {"fevrier": "février", "aout": "août", "decembre": "décembre"}.get(name, name) for name in MONTHS
)
