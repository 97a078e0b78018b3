"""The channel of the simulator and of `filrouge chat`: what is sent is simply there, in the outbox, to be shown."""

from __future__ import annotations

from uuid import uuid4

from bot.channels.base import Parcel
from storage.vocabulary import ChannelName


class LocalChannel:
    """Accepts everything; the page and the terminal read the outbox."""

    name = ChannelName.LOCAL
    buttons = True
    files = True

    async def send(self, address: str, parcel: Parcel) -> str:
        """Return a fresh key: nothing leaves this machine."""
        return f"local-{uuid4()}"
