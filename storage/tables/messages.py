"""What came in, what goes out, and what the companion is waiting to hear."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.database import words
from storage.sealing import sealed_json, sealed_text
from storage.tables.columns import instant, key, sealed, to, word
from storage.vocabulary import (
    AttachmentKind,
    IncomingKind,
    Lane,
    MessageStatus,
    OutboxStatus,
    QuestionKind,
)


class Message(SQLModel, table=True):
    """The receipt of one incoming message, unique on the channel's own key; then its reading and its fate.

    Labels of the reading (`intent` … `source`) are words of the taxonomy, never the person's. `unread_by_model`:
    Rasa was down; it will be read again for urgency only.
    """

    __table_args__ = (
        UniqueConstraint("contact_id", "channel_key", name="uq_message_channel_key"),
        words("message", "kind", IncomingKind),
        words("message", "status", MessageStatus),
        CheckConstraint("urgency IS NULL OR urgency BETWEEN 0 AND 3", name="ck_message_urgency"),
        Index("ix_message_queue", "status", "contact_id", "received_at"),
    )

    id: UUID = key()
    contact_id: UUID = to("contact_point")
    person_id: UUID | None = to("person", optional=True)
    channel_key: str
    kind: IncomingKind = word(IncomingKind, IncomingKind.TEXT)
    body_sealed: bytes | None = sealed()
    choice: str | None = None
    question_id: UUID | None = Field(default=None)
    edit_of: UUID | None = to("message", optional=True)
    sent_at: datetime = instant()
    received_at: datetime = instant(index=True)
    status: MessageStatus = word(MessageStatus, MessageStatus.RECEIVED)
    attempts: int = 0
    lease_until: datetime | None = instant(optional=True)
    handled_at: datetime | None = instant(optional=True)
    net_level: int = 0
    net_grade: str | None = None
    net_entry: str | None = None
    intent: str | None = None
    confidence: float | None = None
    frein: str | None = None
    urgency: int | None = None
    activity: str | None = None
    source: str | None = None
    unread_by_model: bool = False

    body = sealed_text("body_sealed")

    def seal_owner(self) -> str:
        """The contact point that wrote."""
        return str(self.contact_id)


class Question(SQLModel, table=True):
    """Something the companion asked. The one awaited is the latest that was really sent and has not expired.

    `choices` holds {"choices": [{"id": …, "label": …}]}; `subject_id` is the row the question is about.
    """

    __table_args__ = (words("question", "kind", QuestionKind),)

    id: UUID = key()
    person_id: UUID = to("person")
    kind: QuestionKind = word(QuestionKind)
    subject_id: UUID | None = Field(default=None)
    choices_sealed: bytes | None = sealed()
    created_at: datetime = instant()
    expires_at: datetime = instant()
    answered_at: datetime | None = instant(optional=True)

    details = sealed_json("choices_sealed")

    def seal_owner(self) -> str:
        """The person who is asked."""
        return str(self.person_id)


class Outgoing(SQLModel, table=True):
    """One row of the outbox: a text key and its values, rendered when sent. `key` makes it unique for ever.

    `not_after`: later than this it is of no use and expires. `guard` names the check made again at send time
    on `subject_id`. `reference` is the visible mark by which a repeated message is recognised.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key", name="uq_outbox_key"),
        words("outbox", "lane", Lane),
        words("outbox", "status", OutboxStatus),
        words("outbox", "attachment", AttachmentKind),
        Index("ix_outbox_due", "status", "lane", "not_before"),
        Index("ix_outbox_provider_key", "provider_key"),
    )

    id: UUID = key()
    key: str
    contact_id: UUID = to("contact_point")
    person_id: UUID | None = to("person", optional=True)
    referent_id: UUID | None = to("referent", optional=True)
    reply_to: UUID | None = to("message", optional=True)
    lane: Lane = word(Lane)
    text_key: str
    values_sealed: bytes | None = sealed()
    question_id: UUID | None = to("question", optional=True)
    attachment: AttachmentKind | None = word(AttachmentKind, optional=True)
    guard: str | None = None
    subject_id: UUID | None = Field(default=None)
    reference: str | None = None
    not_before: datetime = instant()
    not_after: datetime | None = instant(optional=True)
    status: OutboxStatus = word(OutboxStatus, OutboxStatus.DUE)
    attempts: int = 0
    lease_until: datetime | None = instant(optional=True)
    sent_at: datetime | None = instant(optional=True, index=True)
    failure: str | None = None
    provider_key: str | None = None
    created_at: datetime = instant()

    values = sealed_json("values_sealed")

    def seal_owner(self) -> str:
        """The contact point that is written to."""
        return str(self.contact_id)
