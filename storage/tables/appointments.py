"""Appointments belong to the structure; participations to the person."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from storage.database import words
from storage.sealing import sealed_text
from storage.tables.columns import instant, key, sealed, to, word
from storage.vocabulary import Modality, ParticipationAnswer, ParticipationStatus


class Appointment(SQLModel, table=True):
    """An appointment, workshop or group event. A move writes `starts_at` anew; reminders look at it when sent.

    `moved_at` is the last move; `revision` counts moves and the cancelling (iCalendar's SEQUENCE, RFC 5545 3.8.7.4).
    """

    __table_args__ = (
        words("appointment", "modality", Modality),
        CheckConstraint("duration_minutes > 0", name="ck_appointment_duration"),
    )

    id: UUID = key()
    structure_id: UUID = to("structure")
    referent_id: UUID | None = to("referent", optional=True)
    title_sealed: bytes | None = sealed()
    place_sealed: bytes | None = sealed()
    to_bring_sealed: bytes | None = sealed()
    starts_at: datetime = instant(index=True)
    duration_minutes: int = 45
    modality: Modality = word(Modality, Modality.ON_SITE)
    moved_at: datetime | None = instant(optional=True)
    cancelled_at: datetime | None = instant(optional=True)
    revision: int = 0
    created_by: UUID | None = to("referent", optional=True)
    created_at: datetime = instant()

    title = sealed_text("title_sealed")
    place = sealed_text("place_sealed")
    to_bring = sealed_text("to_bring_sealed")

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def set_at(self) -> datetime:
        """When its present hour was settled."""
        return self.moved_at or self.created_at

    def seal_owner(self) -> str:
        """The structure that invites."""
        return str(self.structure_id)


class Participation(SQLModel, table=True):
    """One person at one appointment: what became of it, and what the person answered beforehand."""

    __table_args__ = (
        UniqueConstraint("appointment_id", "person_id", name="uq_participation"),
        words("participation", "status", ParticipationStatus),
        words("participation", "answer", ParticipationAnswer),
    )

    id: UUID = key()
    appointment_id: UUID = to("appointment")
    person_id: UUID = to("person")
    status: ParticipationStatus = word(ParticipationStatus, ParticipationStatus.UNKNOWN)
    answer: ParticipationAnswer = word(ParticipationAnswer, ParticipationAnswer.NONE)
    answered_at: datetime | None = instant(optional=True)
    created_at: datetime = instant()
