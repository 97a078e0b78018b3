"""Asking Telegram for updates, and confirming each one only once it is written down.

Telegram keeps an update until a later call confirms it by its number. The library's own updater confirms what is
still in its queue: a crash there loses messages. Here the number moves on after the commit.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram import TOKEN_REFUSED, seconds_of
from bot.path import where

log = structlog.get_logger()

RawUpdate = dict[str, Any]
Fetch = Callable[[int | None], Awaitable[Sequence[RawUpdate]]]
Take = Callable[[RawUpdate], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
GIVEN_UP_AFTER = 10
"""Failures of one update, in rounds where others passed, after which it no longer holds the rest back."""

REASONS: tuple[tuple[type[TelegramError], str], ...] = (
    (
        Conflict,
        "another process reads this bot's messages: only one may poll; give it a public address "
        "(FILROUGE_PUBLIC_URL) to run several",
    ),
    (InvalidToken, TOKEN_REFUSED),
    (TelegramError, "Telegram does not answer as it should: trying again, more and more slowly"),
)


class Patience:
    """Longer and longer pauses while something fails; each trouble is explained once, in a sentence."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep
        self._in_a_row = 0
        self._explained: type[BaseException] | None = None

    async def with_trouble(self, error: BaseException) -> None:
        """Explain the error if it is new, and wait: what Telegram asks for, else 1, 2, 4 … 60 seconds."""
        if type(error) is not self._explained:
            self._explained = type(error)
            reason = next((words for kind, words in REASONS if isinstance(error, kind)), None)
            log.error(
                "telegram.trouble", reason=reason or "an update could not be written down", **where(error)
            )
        pause = min(FIRST_PAUSE * 2**self._in_a_row, LONGEST_PAUSE)
        self._in_a_row = min(self._in_a_row + 1, 10)
        await self._sleep(seconds_of(error).total_seconds() if isinstance(error, RetryAfter) else pause)

    def over(self) -> None:
        """It works."""
        if self._explained:
            log.info("telegram.trouble_over")
        self._in_a_row, self._explained = 0, None


class Taker(Protocol):
    """What writes an update down; it returns once that is committed, and raises where it is not."""

    async def take(self, raw: RawUpdate) -> None:
        """Take one update."""


class Polling:
    """The loop. `fetch` asks for the updates from a number on; `taker` writes one down."""

    def __init__(self, fetch: Fetch, taker: Taker, sleep: Sleep = asyncio.sleep) -> None:
        self._fetch, self._taker = fetch, taker
        self._patience = Patience(sleep)
        self._failures: Counter[int] = Counter()
        self.offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled, whatever goes wrong."""
        while True:
            try:
                await self.round()
            except Exception as error:
                await self._patience.with_trouble(error)

    async def round(self) -> None:
        """Fetch once and write down what came. What could not be written is fetched again.

        Raises TelegramError where nothing could be fetched.
        """
        updates = await self._fetch(self.offset)
        failures = await self._take_all(updates)
        self._failures.update(failures.keys())
        others_passed = len(failures) < len(updates)
        kept = [number for number in failures if not (others_passed and self._is_given_up(number))]
        self._move_on(updates, kept)
        if kept:
            await self._patience.with_trouble(failures[kept[0]])
        else:
            self._patience.over()

    async def _take_all(self, updates: Sequence[RawUpdate]) -> dict[int, Exception]:
        """Take each; those that failed, by number. Telegram gives them again: what lies behind is then a duplicate."""
        failures: dict[int, Exception] = {}
        for raw in updates:
            try:
                await self._taker.take(raw)
            except Exception as error:
                failures[raw["update_id"]] = error
        return failures

    def _is_given_up(self, number: int) -> bool:
        """One update that nothing can be done with must not hold back all messages behind it for ever."""
        if self._failures[number] < GIVEN_UP_AFTER:
            return False
        log.error("telegram.given_up", update=number)
        return True

    def _move_on(self, updates: Sequence[RawUpdate], kept: Sequence[int]) -> None:
        if updates:
            self.offset = min(kept) if kept else max(raw["update_id"] for raw in updates) + 1
        for number in [number for number in self._failures if number not in kept]:
            del self._failures[number]
