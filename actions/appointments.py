"""What the person asks about their appointments: the list, and one of them in detail."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from actions.appointment_words import details_of
from actions.rules.appointments import Slot, on_day
from actions.work import Turn
from storage.queries import appointments
from storage.queries.appointments import Attended
from storage.vocabulary import AttachmentKind

MOST_LISTED = 3


def view_appointments(turn: Turn) -> None:
    """The next appointments: day, hour, place. Three at most, then how many others."""
    coming = appointments.coming(turn.session, turn.person.id, turn.now)
    if not coming:
        turn.say("appointment.none_planned")
        return
    listed = [details_of(turn, appointment) for _, appointment in coming[:MOST_LISTED]]
    turn.say("appointment.list", appointments=listed, others=len(coming) - len(listed))


def ask_appointment_details(turn: Turn) -> None:
    """Where, with whom, how long, what to bring, for the day named or else the next one; with a calendar file.

    A day on which there is nothing gets the whole list.
    """
    coming = appointments.coming(turn.session, turn.person.id, turn.now)
    chosen = _asked_about(turn, coming)
    if chosen is None:
        view_appointments(turn)
        return
    participation, appointment = chosen
    turn.say(
        "appointment.details",
        attachment=AttachmentKind.APPOINTMENT_ICS,
        subject_id=participation.id,
        **details_of(turn, appointment),
    )


def _asked_about(turn: Turn, coming: list[Attended]) -> Attended | None:
    when = turn.judgement.when
    if when is None or not coming:
        return coming[0] if coming else None
    slots = [Slot(participation.id, appointment.starts_at) for participation, appointment in coming]
    there = {slot.id for slot in on_day(slots, when, ZoneInfo(turn.person.time_zone))}
    return next((attended for attended in coming if attended[0].id in there), None)
