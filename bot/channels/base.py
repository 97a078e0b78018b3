"""What every channel does: send one parcel, or say in which of four ways it failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from actions.ports import Choice
from storage.vocabulary import ChannelName


class Temporary(Exception):
    """The provider or the network failed; the same message may be sent again later."""


class RateLimited(Temporary):
    """The provider asks to wait `wait` before anything else is sent to this address."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait


class Unreachable(Exception):
    """Nobody can be reached at this address any more (blocked, closed, number dead): do not write there again."""


class Rejected(Exception):
    """The provider refuses this very message for good; another one to the same address may pass."""


@dataclass(frozen=True)
class Attachment:
    """A file sent with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Parcel:
    """One message ready to be sent. `question_id` travels with its buttons and comes back with the choice."""

    text: str
    choices: tuple[Choice, ...] = ()
    question_id: UUID | None = None
    attachment: Attachment | None = None


class Channel(Protocol):
    """A way to reach people. `buttons` and `files`: whether it carries them."""

    name: ChannelName
    buttons: bool
    files: bool

    async def send(self, address: str, parcel: Parcel) -> str:
        """Send, and return the provider's key. Raises Temporary, RateLimited, Unreachable, Rejected."""
