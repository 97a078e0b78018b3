"""The referent's to-do list and the audit log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from storage.database import words
from storage.sealing import sealed_json, sealed_text
from storage.tables.columns import instant, key, sealed, to, word
from storage.vocabulary import TodoKind, TodoOutcome, TodoStatus


class Todo(SQLModel, table=True):
    """A line of the to-do list: what is not an alert but waits for a human. `key` keeps it from doubling.

    `subject_id` is the row it is about (participation, demarche, progress, frein …); `detail` what to show.
    """

    __table_args__ = (
        words("todo", "kind", TodoKind),
        words("todo", "status", TodoStatus),
        words("todo", "outcome", TodoOutcome),
    )

    id: UUID = key()
    key: str = Field(unique=True)
    structure_id: UUID = to("structure")
    person_id: UUID | None = to("person", optional=True)
    message_id: UUID | None = to("message", optional=True)
    subject_id: UUID | None = Field(default=None)
    kind: TodoKind = word(TodoKind)
    detail_sealed: bytes | None = sealed()
    reply_sealed: bytes | None = sealed()
    status: TodoStatus = word(TodoStatus, TodoStatus.OPEN)
    outcome: TodoOutcome | None = word(TodoOutcome, optional=True)
    created_at: datetime = instant()
    closed_at: datetime | None = instant(optional=True)
    closed_by: UUID | None = to("referent", optional=True)

    detail = sealed_json("detail_sealed")
    reply = sealed_text("reply_sealed")

    def seal_owner(self) -> str:
        """The person it is about, else the structure."""
        return str(self.person_id or self.structure_id)


class AuditEvent(SQLModel, table=True):
    """One line of the audit log: append-only, ids and words of the vocabulary, nobody's words."""

    __tablename__ = "audit_event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant(index=True)
    structure_id: UUID | None = Field(default=None, index=True)
    actor: str
    action: str
    subject: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class AuditDigest(SQLModel, table=True):
    """The seal of one UTC day of the audit log: a digest over its lines and the digest of the day before."""

    __tablename__ = "audit_digest"

    day_on: date = Field(primary_key=True)
    lines: int
    digest: str
    previous: str
