"""Hand-written stand-ins, few, for what tests must control: the clock and what a channel does."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.channels.base import Parcel
from storage.vocabulary import ChannelName


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.at

    def forward(self, **by: float) -> datetime:
        """Move on, e.g. `forward(minutes=10)`, and return the new present."""
        self.at += timedelta(**by)
        return self.at


class FakeChannel:
    """A channel that keeps what it was given; queued `failures` are raised first, one for each send."""

    def __init__(
        self, name: ChannelName = ChannelName.LOCAL, *, buttons: bool = True, files: bool = True
    ) -> None:
        self.name, self.buttons, self.files = name, buttons, files
        self.sent: list[tuple[str, Parcel]] = []
        self.failures: list[Exception] = []

    async def send(self, address: str, parcel: Parcel) -> str:
        """Keep the parcel, or raise the next failure."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((address, parcel))
        return f"fake-{len(self.sent)}"
