"""A person, their accompaniment, the ways to reach anybody, and the codes that bind a chat."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.database import words
from storage.sealing import sealed_text
from storage.tables.columns import instant, key, sealed, to, word
from storage.vocabulary import Address, ChannelName, Consent, ContactStatus, SupportStatus


class Person(SQLModel, table=True):
    """A beneficiary. `stopped_at`: they wrote STOP; nothing proactive is sent until they write again to resume.

    `phone` (E.164) is for the team to call; the companion writes only to an address that a code has bound.
    """

    __table_args__ = (words("person", "address", Address), words("person", "consent", Consent))

    id: UUID = key()
    structure_id: UUID = to("structure")
    first_name: str
    last_name: str
    phone_sealed: bytes | None = sealed()
    time_zone: str = "Europe/Paris"
    address: Address = word(Address, Address.VOUS)
    very_simple: bool = False
    check_ins: bool = True
    waking_from: time = time(9)
    waking_until: time = time(19, 30)
    consent: Consent = word(Consent, Consent.UNASKED)
    consent_at: datetime | None = instant(optional=True)
    stopped_at: datetime | None = instant(optional=True)
    deletion_asked_at: datetime | None = instant(optional=True)
    last_message_at: datetime | None = instant(optional=True)
    misunderstood_in_a_row: int = 0
    created_at: datetime = instant()

    phone = sealed_text("phone_sealed")

    def seal_owner(self) -> str:
        """The person themselves."""
        return str(self.id)

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


class Accompagnement(SQLModel, table=True):
    """The support of one person by one referent: its hours, its pauses, its end. A programme may give it phases.

    `weekly_hours_target` is in hours; while `exempt_until` has not passed the target is shown but not asked for.
    """

    __table_args__ = (words("accompagnement", "status", SupportStatus),)

    id: UUID = key()
    structure_id: UUID = to("structure")
    person_id: UUID = to("person")
    referent_id: UUID = to("referent")
    status: SupportStatus = word(SupportStatus, SupportStatus.ACTIVE)
    started_on: date
    ended_on: date | None = None
    paused_until: date | None = None
    weekly_hours_target: float | None = 15.0
    exempt_until: date | None = None
    exempt_reason_sealed: bytes | None = sealed()
    created_at: datetime = instant()

    exempt_reason = sealed_text("exempt_reason_sealed")

    def seal_owner(self) -> str:
        """The person whose exemption is sealed."""
        return str(self.person_id)


class ContactPoint(SQLModel, table=True):
    """An address on a channel: of a person, of a referent, of a structure's line, or of nobody known yet.

    The address itself is sealed; `address_index` is its keyed digest, by which a sender is found.
    """

    __tablename__ = "contact_point"
    __table_args__ = (
        UniqueConstraint("channel", "address_index", name="uq_contact_point_address"),
        words("contact_point", "channel", ChannelName),
        words("contact_point", "status", ContactStatus),
    )

    id: UUID = key()
    structure_id: UUID | None = to("structure", optional=True)
    person_id: UUID | None = to("person", optional=True)
    referent_id: UUID | None = to("referent", optional=True)
    channel: ChannelName = word(ChannelName)
    address_index: str
    address_sealed: bytes | None = sealed()
    status: ContactStatus = word(ContactStatus, ContactStatus.ACTIVE)
    code_tries: int = 0
    code_tries_since: datetime | None = instant(optional=True)
    bound_at: datetime | None = instant(optional=True)
    created_at: datetime = instant()

    address = sealed_text("address_sealed")

    def seal_owner(self) -> str:
        """The contact point itself: it may be bound to a person later."""
        return str(self.id)


class Invitation(SQLModel, table=True):
    """A code, kept as a keyed digest, that binds a chat to a person or to a referent, once.

    With neither, the chat becomes the line of the structure.
    """

    id: UUID = key()
    structure_id: UUID = to("structure")
    person_id: UUID | None = to("person", optional=True)
    referent_id: UUID | None = to("referent", optional=True)
    code_index: str = Field(unique=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(optional=True)
    revoked_at: datetime | None = instant(optional=True)
