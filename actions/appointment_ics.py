"""The appointment as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import timedelta

from icalendar import Calendar, Event

from actions.appointment_words import with_whom
from actions.work import Work
from storage.tables import Appointment, Participation, Person
from storage.vocabulary import Modality, ParticipationStatus

PRODUCT = "-//Fil rouge//Rendez-vous//FR"
NOT_COMING = frozenset({ParticipationStatus.EXCUSED, ParticipationStatus.REVOKED})


def appointment_ics(work: Work, participation: Participation) -> bytes:
    """The .ics of one person's appointment as it stands now, cancelled ones included.

    The hour is written in UTC, which is the same instant in every zone and over every change of the clock. The
    UID never changes and the SEQUENCE grows with every move: a calendar replaces the old entry. The title of the
    appointment and what to bring stay out: a calendar shows its entries on locked screens and shared accounts.
    """
    appointment = work.session.get_one(Appointment, participation.appointment_id)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(work, participation, appointment))
    return bytes(calendar.to_ical())


def _event(work: Work, participation: Participation, appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", f"{participation.id}@filrouge")
    event.add("dtstamp", work.now)
    event.add("sequence", appointment.revision)
    event.add("dtstart", appointment.starts_at)
    event.add("duration", timedelta(minutes=appointment.duration_minutes))
    event.add("summary", _summary(work, appointment))
    off = appointment.cancelled_at is not None or participation.status in NOT_COMING
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    where = _where(work, participation, appointment)
    if where:
        event.add("location", where)
    return event


def _summary(work: Work, appointment: Appointment) -> str:
    who = with_whom(work, appointment)
    return f"Rendez-vous avec {who}" if who else "Rendez-vous"


def _where(work: Work, participation: Participation, appointment: Appointment) -> str | None:
    if appointment.modality in (Modality.PHONE, Modality.VIDEO):
        person = work.session.get_one(Person, participation.person_id)
        return work.kit.texts.label(f"modality.{appointment.modality.value}", person.address)
    place: str | None = appointment.place
    return place
