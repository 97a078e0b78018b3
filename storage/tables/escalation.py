"""Alerts: an escalation, its frozen steps, the messages that feed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.database import words
from storage.sealing import sealed_text
from storage.tables.columns import instant, key, sealed, to, word
from storage.vocabulary import EscalationStatus, FreinCategory, Recipient, StepKind, StepStatus

_NOT_CLOSED = text("status != 'closed'")


class Escalation(SQLModel, table=True):
    """An alert. One at most is not closed for each person (or unknown contact): `subject` says whose it is.

    `reference` is the number people say aloud ("Alerte 4821"). `held_until`: somebody said "je l'ouvre".
    `raised_at` is when somebody was last told anything; `round` counts the series of steps frozen so far.
    """

    __table_args__ = (
        words("escalation", "status", EscalationStatus),
        words("escalation", "frein", FreinCategory),
        CheckConstraint("level IN (2, 3)", name="ck_escalation_level"),
        Index(
            "uq_escalation_open_subject",
            "subject",
            unique=True,
            sqlite_where=_NOT_CLOSED,
            postgresql_where=_NOT_CLOSED,
        ),
    )

    id: UUID = key()
    reference: int = Field(unique=True)
    structure_id: UUID = to("structure")
    subject: str
    person_id: UUID | None = to("person", optional=True)
    contact_id: UUID | None = to("contact_point", optional=True)
    level: int
    frein: FreinCategory | None = word(FreinCategory, optional=True)
    status: EscalationStatus = word(EscalationStatus, EscalationStatus.OPEN)
    round: int = 1
    opened_at: datetime = instant()
    raised_at: datetime = instant()
    held_until: datetime | None = instant(optional=True)
    held_by: UUID | None = to("referent", optional=True)
    acknowledged_at: datetime | None = instant(optional=True)
    acknowledged_by: UUID | None = to("referent", optional=True)
    closed_at: datetime | None = instant(optional=True)
    closed_by: UUID | None = to("referent", optional=True)
    note_sealed: bytes | None = sealed()

    note = sealed_text("note_sealed")

    def seal_owner(self) -> str:
        """Whom the alert is about."""
        return self.subject


class EscalationStep(SQLModel, table=True):
    """Whom to tell, and when: frozen when the round is opened, resolved to people when it falls due."""

    __tablename__ = "escalation_step"
    __table_args__ = (
        UniqueConstraint("escalation_id", "round", "position", name="uq_escalation_step"),
        words("escalation_step", "recipient", Recipient),
        words("escalation_step", "kind", StepKind),
        words("escalation_step", "status", StepStatus),
        Index("ix_escalation_step_due", "status", "due_at"),
    )

    id: UUID = key()
    escalation_id: UUID = to("escalation")
    round: int
    position: int
    recipient: Recipient = word(Recipient)
    kind: StepKind = word(StepKind, StepKind.CHAIN)
    due_at: datetime = instant()
    status: StepStatus = word(StepStatus, StepStatus.DUE)
    done_at: datetime | None = instant(optional=True)


class EscalationMessage(SQLModel, table=True):
    """A message that opened or joined an escalation.

    `level` is the one it was escalated at: 0 for small words, which are shown with the alert and ring nobody.
    """

    __tablename__ = "escalation_message"
    __table_args__ = (
        UniqueConstraint("escalation_id", "message_id", name="uq_escalation_message"),
        CheckConstraint("level BETWEEN 0 AND 3", name="ck_escalation_message_level"),
    )

    id: UUID = key()
    escalation_id: UUID = to("escalation")
    message_id: UUID = to("message")
    level: int = 0
    joined_at: datetime = instant()
