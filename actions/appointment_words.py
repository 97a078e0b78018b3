"""What is said of an appointment: never its title, which might tell a secret to whoever sees the screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.ports import Choice
from actions.rules.when import When, format_when
from actions.work import Work
from storage.tables import Appointment, Participation, Person, Question, Referent
from storage.vocabulary import QuestionKind


def with_whom(work: Work, appointment: Appointment) -> str | None:
    """First name of the member of the team who receives, if one is named."""
    referent = work.session.get(Referent, appointment.referent_id) if appointment.referent_id else None
    return referent.first_name if referent else None


def moment_of(work: Work, appointment: Appointment) -> dict[str, Any]:
    """When, with whom and how: what may stand on a lock screen."""
    return {
        "starts_at": appointment.starts_at,
        "who": with_whom(work, appointment),
        "modality": appointment.modality.value,
    }


def details_of(work: Work, appointment: Appointment) -> dict[str, Any]:
    """All that helps to come: also the place, how long, what to bring. `minutes` is the duration."""
    return moment_of(work, appointment) | {
        "place": appointment.place,
        "minutes": appointment.duration_minutes,
        "to_bring": appointment.to_bring,
    }


def answers_to_news(work: Work, person: Person) -> list[Choice]:
    """What a reminder, or news of an appointment, can be answered with: the ids are those of `Deed`."""
    labels = work.kit.texts.label
    return [Choice(name, labels(f"choice.{name}", person.address)) for name in ("confirm", "cancel", "move")]


def ask_about(work: Work, person: Person, participation: Participation, appointment: Appointment) -> Question:
    """Open the question of a reminder, or of news, as the appointment now stands: it waits until that begins."""
    return work.ask(
        person.id,
        QuestionKind.REMINDER,
        answers_to_news(work, person),
        subject_id=participation.id,
        expires_at=appointment.starts_at,
        starts_at=appointment.starts_at,
    )


def choice_label(starts_at: datetime, zone: ZoneInfo) -> str:
    """The appointment as one choice among several: its day and hour, never "demain", which a late answer belies."""
    local = starts_at.astimezone(zone)
    as_if_today = local.date() - timedelta(days=2)
    return format_when(When(local.date(), local.time()), as_if_today)


def wish_of(when: When | None, zone: ZoneInfo) -> dict[str, Any]:
    """The moment wished for: `wish_on` without an hour, `wish_at` with one; both None where nothing was said."""
    if when is None or when.time is None:
        return {"wish_on": when.day if when else None, "wish_at": None}
    return {"wish_on": None, "wish_at": datetime.combine(when.day, when.time, zone)}
