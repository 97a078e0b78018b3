"""French for the console's pages: days, hours, figures; and back, from what a form sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from actions.errors import Invalid
from storage.vocabulary import (
    ChannelName,
    DemarcheStatus,
    Modality,
    ParticipationAnswer,
    ParticipationStatus,
    ProgressStatus,
    Recipient,
    Role,
    StepStatus,
    SupportStatus,
)

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

WORDS: dict[type[StrEnum], dict[str, str]] = {
    DemarcheStatus: {
        DemarcheStatus.PROPOSED: "proposée",
        DemarcheStatus.TO_DO: "à faire",
        DemarcheStatus.IN_PROGRESS: "en cours",
        DemarcheStatus.STANDBY: "en attente",
        DemarcheStatus.DONE: "faite",
        DemarcheStatus.CANCELLED: "annulée",
        DemarcheStatus.ABANDONED: "abandonnée",
    },
    ParticipationStatus: {
        ParticipationStatus.UNKNOWN: "à venir",
        ParticipationStatus.SEEN: "venu·e",
        ParticipationStatus.EXCUSED: "excusé·e",
        ParticipationStatus.REVOKED: "annulé par la structure",
        ParticipationStatus.NOSHOW: "absent·e",
    },
    ParticipationAnswer: {
        ParticipationAnswer.NONE: "pas encore de réponse",
        ParticipationAnswer.CONFIRMED: "a confirmé",
        ParticipationAnswer.LATE: "sera en retard",
        ParticipationAnswer.MOVE_ASKED: "demande une autre date",
        ParticipationAnswer.DECLINED: "ne peut pas venir",
    },
    Modality: {
        Modality.ON_SITE: "sur place",
        Modality.HOME: "à domicile",
        Modality.PHONE: "par téléphone",
        Modality.VIDEO: "en visio",
    },
    ProgressStatus: {
        ProgressStatus.DECLARED: "déclaré",
        ProgressStatus.VALIDATED: "validé",
        ProgressStatus.REFUSED: "refusé",
    },
    Role: {
        Role.REFERENT: "référent·e",
        Role.LEAD: "responsable",
        Role.ADMIN: "administration",
    },
    Recipient: {
        Recipient.REFERENT: "référent·e",
        Recipient.ON_CALL: "astreinte",
        Recipient.BACKUP: "remplaçant·e",
        Recipient.LEAD: "responsable",
        Recipient.STRUCTURE_LINE: "ligne de la structure",
    },
    StepStatus: {
        StepStatus.DUE: "prévu",
        StepStatus.DONE: "prévenu·e",
        StepStatus.SKIPPED: "personne à prévenir",
        StepStatus.CANCELLED: "arrêté",
    },
    SupportStatus: {
        SupportStatus.ACTIVE: "en cours",
        SupportStatus.PAUSED: "en pause",
        SupportStatus.LEAVING: "demande à arrêter",
        SupportStatus.ENDED: "terminé",
    },
    ChannelName: {
        ChannelName.TELEGRAM: "Telegram",
        ChannelName.SMS: "SMS",
        ChannelName.LOCAL: "le simulateur",
    },
}
"""By vocabulary: the same value means something else in another one, and enums of strings compare as strings."""

Word = TypeVar("Word", bound=StrEnum)


def day(on: date) -> str:
    """ "mardi 24 novembre"."""
    return f"{DAYS[on.weekday()]} {'1er' if on.day == 1 else on.day} {MONTHS[on.month - 1]}"


def moment(at: datetime, zone: str) -> str:
    """ "mardi 24 novembre à 14 h 30", in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date())} à {local.hour} h{f' {local.minute:02d}' if local.minute else ''}"


def since(at: datetime, now: datetime) -> str:
    """ "depuis 12 min", "depuis 3 h", "depuis 2 jours"."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 60:
        return f"depuis {minutes} min"
    return f"depuis {minutes // 60} h" if minutes < 48 * 60 else f"depuis {minutes // 1440} jours"


def figure(number: float | None) -> str:
    """ "2,5", "15"; nothing for nothing."""
    return "" if number is None else f"{number:g}".replace(".", ",")


def word(of: StrEnum) -> str:
    """A vocabulary word in French."""
    return WORDS[type(of)][of]


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "since": since,
    "figure": figure,
    "word": word,
}


def read_moment(on: str | None, at: str | None, zone: str) -> datetime:
    """The instant of a date and a time typed for a zone. Raises Invalid."""
    try:
        return datetime.combine(date.fromisoformat(on or ""), time.fromisoformat(at or ""), ZoneInfo(zone))
    except ValueError:
        raise Invalid("Il faut une date et une heure.") from None


def read_day(on: str | None) -> date | None:
    """A date, or none where nothing was typed. Raises Invalid."""
    try:
        return date.fromisoformat(on) if on else None
    except ValueError:
        raise Invalid("Cette date n'existe pas.") from None


def read_number(typed: str | None, what: str, *, most: int) -> int | None:
    """A whole number from 1 to `most`, or none where nothing was typed. Raises Invalid."""
    if not typed:
        return None
    if not typed.isdecimal() or not 1 <= int(typed) <= most:
        raise Invalid(f"{what} : un nombre entre 1 et {most}.")
    return int(typed)


def read_hours(typed: str | None) -> float | None:
    """Hours with a comma or a point, up to 60 a week. Raises Invalid."""
    if not typed:
        return None
    try:
        hours = float(typed.replace(",", "."))
    except ValueError:
        hours = -1
    if not 0 < hours <= 60:
        raise Invalid("Les heures : un nombre entre 0,5 et 60.")
    return hours


def read_word(typed: str | None, vocabulary: type[Word]) -> Word | None:
    """A vocabulary word, or none where nothing was chosen. Raises Invalid."""
    try:
        return vocabulary(typed) if typed else None
    except ValueError:
        raise Invalid("Ce choix n'existe pas.") from None
