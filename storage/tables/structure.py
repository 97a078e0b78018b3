"""A structure, its team, who stands in for whom, and who is signed in to the console."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.database import words
from storage.sealing import sealed_text
from storage.tables.columns import instant, key, sealed, to, word
from storage.vocabulary import Role


class Structure(SQLModel, table=True):
    """An organisation that supports people. `working_days` holds ISO weekdays, e.g. "12345"."""

    id: UUID = key()
    name: str
    time_zone: str = "Europe/Paris"
    department: str = "75"
    phone: str | None = None
    opens_at: time = time(9)
    closes_at: time = time(17, 30)
    working_days: str = "12345"
    created_at: datetime = instant()


class Referent(SQLModel, table=True):
    """A member of a structure's team. `backup_id` takes over urgencies; `on_call` also hears every danger."""

    __table_args__ = (words("referent", "role", Role),)

    id: UUID = key()
    structure_id: UUID = to("structure")
    login: str = Field(unique=True)
    first_name: str
    last_name: str
    role: Role = word(Role, Role.REFERENT)
    backup_id: UUID | None = to("referent", optional=True)
    on_call: bool = False
    active: bool = True
    password_hash: str | None = None
    totp_sealed: bytes | None = sealed()
    totp_used_step: int | None = None
    failed_sign_ins: int = 0
    locked_until: datetime | None = instant(optional=True)
    created_at: datetime = instant()

    totp_secret = sealed_text("totp_sealed")

    def seal_owner(self) -> str:
        """The member whose secret is sealed."""
        return str(self.id)

    @property
    def full_name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"


class StandIn(SQLModel, table=True):
    """`stand_in_id` sees and answers the people of `referent_id` on these local days, both included."""

    __tablename__ = "stand_in"

    id: UUID = key()
    referent_id: UUID = to("referent")
    stand_in_id: UUID = to("referent")
    starts_on: date
    ends_on: date


class ConsoleSession(SQLModel, table=True):
    """A signed-in browser; the cookie's value is kept only as a digest."""

    __tablename__ = "console_session"
    __table_args__ = (UniqueConstraint("token_digest", name="uq_console_session_token"),)

    id: UUID = key()
    referent_id: UUID = to("referent")
    token_digest: str
    csrf_token: str
    created_at: datetime = instant()
    seen_at: datetime = instant()
    expires_at: datetime = instant()
