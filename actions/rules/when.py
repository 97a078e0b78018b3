"""Which day and hour a message is about: `when` of the shared taxonomy, and how such a moment is said back.

Everything is resolved in the person's zone against the moment of the message. Rules: taxonomy, "Details".
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.rules.french_matters import names_deadline, names_incident
from actions.rules.french_slots import Cue, Slot, are_alternatives, read_slots
from actions.rules.french_tense import Tense, tense_at
from actions.rules.french_words import MONTHS, WEEKDAYS, plain
from actions.rules.which_day import CHANGES, LOOKING_AHEAD, REPORTS, Dated, Reading, choose


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


# "je suis en CDI depuis lundi" dates the job; elsewhere "depuis" only says how long.
_SINCE_COUNTS = frozenset({"log_progress", "share_good_news"})
# "plus de messages après 18h" asks for a habit, not for a moment.
_HABITS = frozenset(
    {
        "change_preferences",
        "stop_messages",
        "view_plan",
        "complain",
        "ask_rights",
        "find_resource",
        "leave_programme",
    }
)
# More days than this is a pasted text: the first ones are read, and the time taken stays bounded.
_MOST_SLOTS = 24
# A participle alone ("atelier fait") is the past where people tell what happened; "passe" is a present elsewhere.
_TELLING = REPORTS | {"share_good_news", "report_blocked_step", "complain", "thank", "report_mood_bad", None}
_PAST_BY_TENSE: dict[Tense, Callable[[str | None], bool]] = {
    Tense.DONE: lambda intent: True,
    Tense.WAS: lambda intent: intent not in LOOKING_AHEAD,
    Tense.TOLD: lambda intent: intent in _TELLING,
    Tense.STATE: lambda intent: intent in REPORTS,
    Tense.UNKNOWN: lambda intent: intent in REPORTS or intent == "complain",
    Tense.AHEAD: lambda intent: intent == "report_missed_appointment",
}
_WHOLE_WEEK = re.compile(r"\b(?:toute la semaine|tous les jours|chaque jours|meme jours)\b")
_SAME_HOUR = re.compile(r"\b(?:meme|memes) (?:h|heure|horaire|creneau)s?\b")
_SHIFTED_BY = re.compile(
    r"\b(?P<verb>decal|repouss|report|avanc|recul|deplac)\w*(?: [a-z0-9/]+){0,6} (?:de |d )(?P<n>une?|\d{1,2}) (?P<unit>semaine|jours)\b"
)
_RELATIVE_HOURS = re.compile(r"\bdans (?:environ )?(?P<h>\d{1,2})h(?P<m>[0-5]\d)?\b")


def find_when(text: str, at: datetime, zone: ZoneInfo, *, intent: str | None = None) -> When | None:
    """The day (and hour) the message is about, as understood in `zone` at the moment `at`; None where none is said.

    Where a change is asked for (by `intent`, or by words such as "plutôt") it is the new date. A time without a
    date is today when still ahead, and today too when it is told as over. Raises ValueError on a naive `at`.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of a message must carry its zone")
    if intent == "out_of_scope":
        return None
    reading = Reading(plain(text), at.astimezone(zone), intent)
    slots = read_slots(reading.text, reading.today)
    dated = [found for slot in slots[:_MOST_SLOTS] if (found := _dated(reading, slot))]
    if not dated:
        return _in_hours(reading)
    chosen = choose(reading, dated)
    return _complete(reading, chosen, dated) if chosen else None


def _dated(reading: Reading, slot: Slot) -> Dated | None:
    if slot.since and reading.intent not in _SINCE_COUNTS:
        return None
    past = _is_past(reading, slot)
    spent = past and reading.intent != "report_missed_appointment"
    if slot.day is None:
        return Dated(slot, None, past, spent)
    day = slot.day.resolve(reading.today, past)
    return Dated(slot, day, past, spent) if day else None


def _is_past(reading: Reading, slot: Slot) -> bool:
    if slot.since:
        return True
    tense = tense_at(reading.text, slot.start, slot.end)
    if reading.intent == "report_frein":
        return (tense is Tense.DONE and not names_deadline(reading.text, slot.start)) or (
            tense is not Tense.AHEAD and names_incident(reading.text, slot.start)
        )
    if reading.intent in CHANGES and slot.cue is Cue.ASKED:
        return False
    return _PAST_BY_TENSE[tense](reading.intent)


def _complete(reading: Reading, chosen: Dated, dated: list[Dated]) -> When | None:
    others = [found for found in dated if found is not chosen]
    if chosen.day is None:
        return _on_its_day(reading, chosen, others)
    if reading.intent in CHANGES and not others and (shift := _SHIFTED_BY.search(reading.text)):
        return When(_shifted(chosen.day, shift), chosen.time)
    if chosen.time is not None:
        return When(chosen.day, chosen.time)
    if _SAME_HOUR.search(reading.text):
        return When(chosen.day, next((found.time for found in others if found.time), None))
    if shared := _hour_of_the_choice(reading, chosen, others):
        return When(chosen.day, shared)
    alone = (found.time for found in others if found.day is None and found.slot.cue is not Cue.ASIDE)
    return When(chosen.day, next(alone, None) if len([f for f in dated if f.day]) == 1 else None)


def _hour_of_the_choice(reading: Reading, chosen: Dated, others: list[Dated]) -> dt.time | None:
    """The hour of "mardi ou mercredi 14h", which holds for either day."""
    later = (found for found in others if found.day and found.slot.start > chosen.slot.end)
    other = next(later, None)
    if other is None or " ou " not in reading.text[chosen.slot.end : other.slot.start]:
        return None
    return other.time if are_alternatives(reading.text, chosen.slot, other.slot) else None


def _shifted(day: date, said: re.Match[str]) -> date:
    """ "repousser d'une semaine le rdv de mardi", "avancer de 2 jours"."""
    number = int(said["n"]) if said["n"].isdigit() else 1
    days = number * 7 if said["unit"] == "semaine" else {8: 7, 15: 14}.get(number, number)
    return day + timedelta(days=-days if said["verb"].startswith("avanc") else days)


def _on_its_day(reading: Reading, chosen: Dated, others: list[Dated]) -> When | None:
    """An hour alone: on the other day named, else today when still ahead or told as over."""
    days = [
        f.day for f in others if f.day and (reading.intent not in LOOKING_AHEAD or f.day >= reading.today)
    ]
    if days:
        return When(days[0], chosen.time)
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


def _in_hours(reading: Reading) -> When | None:
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
