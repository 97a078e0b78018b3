"""The plan: its steps, what was done, and what stands in the way."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from storage.database import words
from storage.sealing import sealed_text
from storage.tables.columns import instant, key, sealed, to, word
from storage.vocabulary import Activity, DemarcheStatus, FreinCategory, FreinStatus, ProgressStatus


class Demarche(SQLModel, table=True):
    """A step of the plan. `target_count` counts the activity's own items; without one, the person's word ends it."""

    __table_args__ = (
        words("demarche", "status", DemarcheStatus),
        words("demarche", "activity", Activity),
        CheckConstraint("target_count IS NULL OR target_count > 0", name="ck_demarche_target"),
    )

    id: UUID = key()
    person_id: UUID = to("person")
    accompagnement_id: UUID = to("accompagnement")
    title_sealed: bytes | None = sealed()
    activity: Activity | None = word(Activity, optional=True)
    status: DemarcheStatus = word(DemarcheStatus, DemarcheStatus.TO_DO)
    target_count: int | None = None
    due_on: date | None = None
    done_on: date | None = None
    created_by_person: bool = False
    created_at: datetime = instant()

    title = sealed_text("title_sealed")

    def seal_owner(self) -> str:
        """The person whose step it is."""
        return str(self.person_id)


class Progress(SQLModel, table=True):
    """Something done, as declared: hours are null when not said. `week_on` is the Monday of its local week."""

    __table_args__ = (
        words("progress", "status", ProgressStatus),
        words("progress", "activity", Activity),
        CheckConstraint("count IS NULL OR count > 0", name="ck_progress_count"),
        CheckConstraint("hours IS NULL OR hours > 0", name="ck_progress_hours"),
    )

    id: UUID = key()
    person_id: UUID = to("person")
    accompagnement_id: UUID = to("accompagnement")
    demarche_id: UUID | None = to("demarche", optional=True)
    message_id: UUID | None = to("message", optional=True)
    activity: Activity | None = word(Activity, optional=True)
    count: int | None = None
    hours: float | None = None
    done_on: date
    week_on: date = Field(index=True)
    status: ProgressStatus = word(ProgressStatus, ProgressStatus.DECLARED)
    settled_by: UUID | None = to("referent", optional=True)
    settled_at: datetime | None = instant(optional=True)
    created_at: datetime = instant()


class Frein(SQLModel, table=True):
    """An obstacle of a person. Told again, it keeps its row: the worst urgency and the last day it was told."""

    __table_args__ = (
        words("frein", "category", FreinCategory),
        words("frein", "status", FreinStatus),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="ck_frein_urgency"),
    )

    id: UUID = key()
    person_id: UUID = to("person")
    message_id: UUID | None = to("message", optional=True)
    category: FreinCategory = word(FreinCategory)
    urgency: int
    status: FreinStatus = word(FreinStatus, FreinStatus.OPEN)
    opened_at: datetime = instant()
    told_at: datetime = instant()
    closed_at: datetime | None = instant(optional=True)
