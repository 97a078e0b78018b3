"""What the deeds need from outside, as protocols and plain values; `bot` provides them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from storage.vocabulary import Address, ChannelName, IncomingKind


@dataclass(frozen=True)
class Incoming:
    """One message as a channel understood it.

    `key` is the channel's own message key, the same when it is delivered twice. `edit_of` is the key of the
    message that this one replaces. `choice` and `question_id` come from a button; `reply_to` is the provider's
    key of the message of ours that this one quotes.
    """

    channel: ChannelName
    address: str
    key: str
    sent_at: datetime
    kind: IncomingKind = IncomingKind.TEXT
    text: str | None = None
    choice: str | None = None
    question_id: UUID | None = None
    edit_of: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True)
class Choice:
    """One thing that can be answered with a button or a number: its id for us, its label for the person."""

    id: str
    label: str


class Texts(Protocol):
    """The sentences. `check` renders every variant once, and raises where a key or a value is missing."""

    def check(self, key: str, values: Mapping[str, Any]) -> None:
        """Raise TextError unless every variant of `key` renders with `values`."""

    def label(self, key: str, address: Address = Address.VOUS) -> str:
        """A short label (of a button, an activity, a frein) in French."""


class Clock(Protocol):
    """Where the present comes from; tests and the simulator hand in their own."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
