"""Column makers shared by the tables: keys, instants, vocabulary words, sealed bytes."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import ForeignKey, LargeBinary
from sqlmodel import Field

from storage.database import UtcDateTime, Word


def key() -> Any:
    """A primary key: a random UUID, known before the insert."""
    return Field(default_factory=uuid4, primary_key=True)


def to(table: str, *, optional: bool = False) -> Any:
    """A foreign key to `table`.id, indexed.

    Deferred to the commit: rows of several tables made in one transaction may be inserted in any order.
    """
    options: dict[str, Any] = {"default": None} if optional else {}
    reference = ForeignKey(f"{table}.id", deferrable=True, initially="DEFERRED")
    return Field(index=True, nullable=optional, sa_column_args=[reference], **options)


def instant(*, optional: bool = False, index: bool = False) -> Any:
    """An aware UTC instant (names end in `_at` or `_until`)."""
    options: dict[str, Any] = {"default": None} if optional else {}
    return Field(sa_type=UtcDateTime, nullable=optional, index=index, **options)


def word(vocabulary: type[StrEnum], default: StrEnum | None = None, *, optional: bool = False) -> Any:
    """A word of `vocabulary`. Without a default and not optional, it must be given."""
    options: dict[str, Any] = {"default": default} if default is not None or optional else {}
    sa_type: Any = Word(vocabulary)
    return Field(sa_type=sa_type, nullable=optional, **options)


def sealed() -> Any:
    """The encrypted bytes behind a `sealed_text` or `sealed_json` property."""
    return Field(default=None, sa_type=LargeBinary, nullable=True)
