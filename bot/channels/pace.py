"""Not faster than a provider allows: a turn for each address, and a turn for everybody together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.channels.base import RateLimited

EVERYBODY = ""
FORGET_ABOVE = 1000
"""Addresses remembered before those whose turn has long come are forgotten."""


class Pace:
    """Spaces messages in time, in this process.

    `each`: seconds between two messages to one address; `overall`: messages a second to all addresses together.
    """

    def __init__(
        self,
        each: float,
        overall: float,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._each, self._overall = each, 1 / overall
        self._now, self._sleep = now, sleep
        self._free_at: dict[str, float] = {}
        self._held_until: dict[str, float] = {}

    async def turn(self, address: str) -> None:
        """Return when it is the turn of `address`. Raises RateLimited while the provider has asked to wait."""
        left = self._held_until.get(address, 0.0) - self._now()
        if left > 0:
            raise RateLimited(timedelta(seconds=left))
        await self._queue(address, self._each)
        await self._queue(EVERYBODY, self._overall)

    def hold(self, address: str, wait: timedelta) -> None:
        """The provider asked to leave this address alone for `wait`."""
        self._forget(self._held_until)
        self._held_until[address] = self._now() + wait.total_seconds()

    async def _queue(self, name: str, apart: float) -> None:
        self._forget(self._free_at)
        now = self._now()
        mine = max(now, self._free_at.get(name, now))
        self._free_at[name] = mine + apart
        if mine > now:
            await self._sleep(mine - now)

    def _forget(self, moments: dict[str, float]) -> None:
        if len(moments) > FORGET_ABOVE:
            now = self._now()
            for name in [name for name, moment in moments.items() if moment <= now]:
                del moments[name]
