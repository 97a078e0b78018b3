"""Statuses in plain French, for the copy that a person gets of their data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storage.vocabulary import (
    ChannelName,
    Consent,
    DemarcheStatus,
    FreinStatus,
    IncomingKind,
    ParticipationAnswer,
    ParticipationStatus,
    ProgressStatus,
    SupportStatus,
)

WORDS: Mapping[StrEnum, str] = {
    ChannelName.TELEGRAM: "Telegram",
    ChannelName.SMS: "SMS",
    ChannelName.LOCAL: "cet appareil",
    SupportStatus.ACTIVE: "en cours",
    SupportStatus.PAUSED: "en pause",
    SupportStatus.LEAVING: "départ demandé",
    SupportStatus.ENDED: "terminé",
    DemarcheStatus.PROPOSED: "proposée",
    DemarcheStatus.TO_DO: "à faire",
    DemarcheStatus.IN_PROGRESS: "commencée",
    DemarcheStatus.STANDBY: "en attente",
    DemarcheStatus.DONE: "faite",
    DemarcheStatus.CANCELLED: "annulée",
    DemarcheStatus.ABANDONED: "laissée de côté",
    ProgressStatus.DECLARED: "déclaré",
    ProgressStatus.VALIDATED: "validé",
    ProgressStatus.REFUSED: "non retenu",
    ParticipationStatus.UNKNOWN: "pas encore noté",
    ParticipationStatus.SEEN: "venu·e",
    ParticipationStatus.EXCUSED: "excusé·e",
    ParticipationStatus.REVOKED: "annulé par la structure",
    ParticipationStatus.NOSHOW: "pas venu·e",
    ParticipationAnswer.NONE: "pas de réponse",
    ParticipationAnswer.CONFIRMED: "je viens",
    ParticipationAnswer.LATE: "en retard",
    ParticipationAnswer.MOVE_ASKED: "à déplacer",
    ParticipationAnswer.DECLINED: "je ne viens pas",
    FreinStatus.OPEN: "en cours",
    FreinStatus.CLOSED: "réglé",
    IncomingKind.TEXT: "texte",
    IncomingKind.CHOICE: "bouton",
    IncomingKind.VOICE: "message vocal",
    IncomingKind.PHOTO: "photo",
    IncomingKind.STICKER: "autocollant",
    IncomingKind.FILE: "fichier",
    IncomingKind.LOCATION: "position",
}
"""By stored word; a word that two vocabularies share means the same in both."""

CONSENT: Mapping[Consent, str] = {
    Consent.UNASKED: "pas encore demandé",
    Consent.ASKED: "demandé",
    Consent.GIVEN: "donné",
    Consent.REFUSED: "refusé",
}
