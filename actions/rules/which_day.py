"""Which of the days that a message names is the one it is about, by what the person wants.

The rules are those of the shared taxonomy, section "Details": the new date of a change, the day that a report is about,
the deadline of an obstacle, else the day of the appointment or step.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from actions.rules.french_matters import is_only_the_reason, names_appointment, names_occasion
from actions.rules.french_slots import Cue, Slot, are_alternatives, asks_for_change

# A change asks for the new date; a report is about a day that is over; the rest looks ahead.
CHANGES = frozenset({"reschedule_appointment", "postpone_step"})
REPORTS = frozenset({"log_progress", "report_missed_appointment"})
LOOKING_AHEAD = CHANGES | {
    "confirm_appointment", "cancel_appointment", "report_late", "view_appointments", "ask_appointment_details",
    "request_appointment", "add_step", "view_plan", "pause_support",
}  # fmt: skip
# The day of the reason ("audience demain, rappelez-moi aujourd'hui") gives way to the day of the appointment.
_ABOUT_ONE_APPOINTMENT = frozenset(
    {"cancel_appointment", "request_appointment", "talk_to_referent", "view_appointments"}
)
# A mood or small talk is about no appointment: "ça va bien aujourd'hui" has no date.
_MOODS = frozenset({"report_mood_good", "report_mood_bad", "greet", "goodbye", "thank"})
_PARTING = frozenset({"goodbye", "thank"})
_ANSWERS = frozenset({"affirm", "deny", "resume_support", "pause_support"})
_ALL_THE_WAY = r"(?: (?!alors\b|mais\b|et\b|en\b|dit\b)[a-z]+){0,8} $"
_BELIEVED = re.compile(rf"\b(?:cru|croyai[st]?|pensai[st]?|persuadee?|certaine?){_ALL_THE_WAY}")
_MISNOTED = re.compile(
    rf"\b(?:cru|croyai[st]?|pensai[st]?|persuadee?|certaine?|ai (?:mis|note|marque|lu|compris|confondu)){_ALL_THE_WAY}"
)
_THIS_MORNING = re.compile(r"(?:ce (?:matin|12:00)|cette (?:nuit|matinee))\b")


@dataclass(frozen=True)
class Reading:
    """What every step of the reading needs."""

    text: str
    now: datetime
    intent: str | None

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True)
class Dated:
    """A slot with the day it resolves to (none for an hour alone), whether it is told as over, and as time spent."""

    slot: Slot
    day: date | None
    past: bool
    spent: bool = False

    @property
    def time(self) -> dt.time | None:
        """The hour said; "mardi 3h" told as done is how long it took, not when it was."""
        clock = self.slot.clock
        return clock.at if clock and (clock.as_length is None or not self.spent) else None


def choose(reading: Reading, dated: list[Dated]) -> Dated | None:
    """The one of `dated` that the message is about; None where all of them are about something else."""
    dated = _without_mistaken([found for found in dated if not _is_ruled_out(reading, found.slot)], reading)
    if not dated:
        return None
    if reading.intent in _BY_INTENT:
        return _BY_INTENT[reading.intent](reading, dated)
    if asks_for_change(reading.text, [found.slot for found in dated]):
        return _asked_for(reading, dated)
    return _ahead(reading, dated)


def _ahead(reading: Reading, dated: list[Dated]) -> Dated | None:
    """The first day that is not over, nor refused, nor about something else than the appointment."""
    if reading.intent in _ANSWERS:
        dated = [found for found in dated if not found.past]
    if reading.intent == "request_appointment":
        dated = [found for found in dated if not is_only_the_reason(reading.text, found.slot.start)]
    kept = [found for found in dated if found.slot.cue is not Cue.REFUSED] or dated
    if reading.intent in ("cancel_appointment", "report_late"):
        kept = dated
    ahead = [found for found in kept if found.day and found.day >= reading.today] or kept
    if ahead and reading.intent in _ABOUT_ONE_APPOINTMENT:
        return _of_the_appointment(reading, ahead)
    return ahead[0] if ahead else None


def _of_the_appointment(reading: Reading, ahead: list[Dated]) -> Dated:
    named = [index for index, found in enumerate(ahead) if _is_named(reading, found.slot)]
    if named and reading.intent == "view_appointments":
        return ahead[named[0]]
    return _first_of_choice(reading, ahead, named[0] if named else 0)


def _is_named(reading: Reading, slot: Slot) -> bool:
    return names_appointment(reading.text, slot.start, slot.end)


def _is_ruled_out(reading: Reading, slot: Slot) -> bool:
    """ "n'importe quand sauf lundi"; "pas ce soir" of a step to postpone. "Pas lundi" may name the appointment."""
    before = reading.text[max(0, slot.start - 10) : slot.start]
    return slot.cue is Cue.REFUSED and (reading.intent == "postpone_step" or "sauf" in before)


def _without_mistaken(dated: list[Dated], reading: Reading) -> list[Dated]:
    """ "je croyais que c'était jeudi, c'était mardi": the day believed gives way to the other one."""
    mistaken = _MISNOTED if reading.intent == "report_missed_appointment" else _BELIEVED
    return [found for found in dated if not mistaken.search(reading.text, 0, found.slot.start)] or dated


def _deadline(reading: Reading, dated: list[Dated]) -> Dated | None:
    """The day that an obstacle is about is a deadline: never that of an incident, today only where no later one is."""
    days = [found for found in dated if found.day and found.day >= reading.today]
    later = [found for found in days if found.day != reading.today]
    dated = [found for found in dated if not found.past]
    today = [f for f in dated if f in days and not _THIS_MORNING.match(reading.text, f.slot.start)]
    hours = [f for f in dated if f.day is None and reading.text.endswith(" a ", 0, f.slot.start)]
    return next(iter(later or today or hours), None)


def _occasion(reading: Reading, dated: list[Dated]) -> Dated | None:
    return next((found for found in dated if _is_an_occasion(reading, found)), None)


def _is_an_occasion(reading: Reading, found: Dated) -> bool:
    """Whether a mood or small talk names a day ahead for something: "entretien demain", "à lundi"."""
    if found.day is None or found.day <= reading.today or found.past:
        return False
    return reading.intent in _PARTING or names_occasion(reading.text, found.slot.start, found.slot.end)


def _reported(reading: Reading, dated: list[Dated]) -> Dated | None:
    """The first day that is over, best where it is said to be missed; an appointment missed was never "demain"."""
    over = [found for found in dated if found.day is None or found.day <= reading.today]
    if reading.intent == "report_missed_appointment":
        over = [found for found in over if _is_named(reading, found.slot)] or over
    if over or reading.intent == "log_progress":
        return (over or dated)[0]
    return next((found for found in dated if found.slot.day and not found.slot.day.fixed), None)


def _asked_for(reading: Reading, dated: list[Dated]) -> Dated:
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


def _first_of_choice(reading: Reading, dated: list[Dated], at: int) -> Dated:
    """The first of "lundi ou mardi" where dated[at] is one of them."""
    while at and _is_alternative(reading.text, dated[at - 1].slot, dated[at].slot):
        at -= 1
    return dated[at]


def _is_alternative(text: str, earlier: Slot, later: Slot) -> bool:
    return earlier.cue >= Cue.NOTHING and are_alternatives(text, earlier, later)


_BY_INTENT: dict[str | None, Callable[[Reading, list[Dated]], Dated | None]] = {
    "report_frein": _deadline,
    **dict.fromkeys(CHANGES, _asked_for),
    **dict.fromkeys(REPORTS, _reported),
    **dict.fromkeys(_MOODS, _occasion),
}
