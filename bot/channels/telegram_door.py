"""The door of Telegram: how its messages come in, by webhook where there is a public address, else by polling."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from telegram import Bot, BotCommand, Update
from telegram.error import TelegramError
from telegram.request import BaseRequest

from actions.channel_lost import channel_lost
from actions.work import Work
from bot.bootstrap import App
from bot.channels.telegram import TelegramChannel, make_bot
from bot.channels.telegram_polling import Patience, Polling, RawUpdate, Sleep
from bot.channels.telegram_updates import (
    ALLOWED_UPDATES,
    MENU,
    Blocked,
    Ignored,
    LeaveGroup,
    Pressed,
    read,
)
from bot.path import Path, where
from bot.texts.render import Reader
from storage.queries import people
from storage.sealing import blind_index
from storage.vocabulary import ChannelName, ContactStatus

log = structlog.get_logger()

WEBHOOK_PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)
LARGEST_BODY = 1_000_000
"""Bytes of one update: a hundred times the longest message."""

Deed = Callable[[], Awaitable[object]]

POLL_SECONDS = 30
POLL_GRACE_SECONDS = 10


def telegram_door(
    app: App, path: Path, request: BaseRequest | None = None, sleep: Sleep = asyncio.sleep
) -> TelegramDoor | None:
    """Open the door and add the channel, or None without a token.

    `request` replaces the HTTP client and `sleep` the pauses, in tests.
    """
    token = app.settings.telegram_token
    if token is None:
        return None
    bot = make_bot(token.get_secret_value(), app.settings.telegram_api_url, request)
    app.channels[ChannelName.TELEGRAM] = TelegramChannel(bot)
    return TelegramDoor(app, path, bot, sleep)


class TelegramDoor:
    """Takes updates in, and does for Telegram what is not a message: leaves groups, clears buttons."""

    def __init__(self, app: App, path: Path, bot: Bot, sleep: Sleep = asyncio.sleep) -> None:
        self._app, self._path, self._bot, self._sleep = app, path, bot, sleep
        self._bot_id = int(bot.token.partition(":")[0])
        self.secret = blind_index(f"telegram-webhook/{bot.token}")
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Tell Telegram where we are, then serve or poll until cancelled. Never ends by itself."""
        self._soon(lambda: self._until_done(self._set_commands))
        try:
            if self._app.settings.public_url:
                await self._until_done(self._set_webhook)
                await asyncio.Event().wait()
            await self._until_done(self._delete_webhook)
            await Polling(self._fetch, self, self._sleep).run()
        finally:
            await self.close()

    async def close(self) -> None:
        """Give up what is still running, and the connections to Telegram."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._bot.request.shutdown()

    async def _until_done(self, deed: Deed) -> None:
        patience = Patience(self._sleep)
        while True:
            try:
                await deed()
            except TelegramError as error:
                await patience.with_trouble(error)
            else:
                patience.over()
                return

    async def _set_webhook(self) -> None:
        await self._bot.set_webhook(
            f"{self._app.settings.public_url}{WEBHOOK_PATH}",
            allowed_updates=ALLOWED_UPDATES,
            secret_token=self.secret,
        )
        log.info("telegram.webhook")

    async def _delete_webhook(self) -> None:
        await self._bot.delete_webhook(drop_pending_updates=False)
        log.info("telegram.polling")

    async def _set_commands(self) -> None:
        commands = [BotCommand(name, self._app.texts.label(f"command.{name}")) for name in MENU]
        await self._bot.set_my_commands(commands)

    async def _fetch(self, offset: int | None) -> list[RawUpdate]:
        """The updates as they came. `Bot.get_updates` would lose a whole batch for one it cannot parse, and log it."""
        asked: dict[str, Any] = {
            "timeout": POLL_SECONDS,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        } | ({} if offset is None else {"offset": offset})
        fetched: list[RawUpdate] = await self._bot.request.post(  # type: ignore[assignment]  # its result is a list
            f"{self._bot.base_url}/getUpdates?{urlencode(asked)}",
            read_timeout=POLL_SECONDS + POLL_GRACE_SECONDS,
        )
        return fetched

    def router(self) -> APIRouter:
        """The webhook's route; no route where we poll."""
        router = APIRouter()
        if self._app.settings.public_url:
            router.post(WEBHOOK_PATH)(self.webhook)
        return router

    async def webhook(self, request: Request) -> Response:
        """Take one update from Telegram: 200 once it is written down, 503 where Telegram shall send it again."""
        sent = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(sent.encode(), self.secret.encode()):
            return PlainTextResponse("", 403)
        body = await _bounded(request)
        if body is None:
            return PlainTextResponse("", 413)
        try:
            raw = json.loads(body)
            if not isinstance(raw, dict):
                raise TypeError
        except (ValueError, TypeError, RecursionError):
            return PlainTextResponse("", 400)
        try:
            await self.take(raw)
        except Exception as error:
            log.error("telegram.not_taken", **where(error))
            return PlainTextResponse("", 503)
        return PlainTextResponse("")

    async def take(self, raw: RawUpdate) -> None:
        """Take one update in; return once it is committed. Raises what the database raises: it must come again."""
        update = self._parsed(raw)
        if update is None:
            return
        meaning = read(update, self._bot_id, self._app.clock.now())
        match meaning:
            case Pressed():
                await self._take_press(meaning)
            case LeaveGroup():
                self._soon(lambda: self._leave(meaning.chat_id))
            case Blocked():
                await self._app.do(lambda work: lose(work, meaning.address))
            case Ignored():
                log.info("telegram.ignored", why=meaning.why)
            case _:
                await self._path.accept(meaning)

    def _parsed(self, raw: RawUpdate) -> Update | None:
        try:
            return Update.de_json(raw, self._bot)
        except Exception as error:
            # A kind of update that this version of the library cannot read: asking for it again would not help.
            log.error("telegram.unreadable_update", update=raw.get("update_id"), **where(error))
            return None

    async def _take_press(self, pressed: Pressed) -> None:
        """The button stops turning at once; the buttons go once the answer is written down."""
        self._soon(lambda: self._bot.answer_callback_query(pressed.callback_id))
        await self._path.accept(pressed.incoming)
        if pressed.message_id is not None:
            self._soon(
                lambda: self._bot.edit_message_reply_markup(
                    pressed.chat_id, pressed.message_id, reply_markup=None
                )
            )

    async def _leave(self, chat_id: int) -> None:
        """Say in one sentence why, and leave. Where nothing may be said, leave all the same."""
        words = self._app.texts.render("telegram.not_in_groups", {}, Reader(), ChannelName.TELEGRAM)
        await _tried(lambda: self._bot.send_message(chat_id, words))
        await self._bot.leave_chat(chat_id)
        log.info("telegram.group_left")

    def _soon(self, deed: Deed) -> None:
        """Do it beside the path: neither its slowness nor its failure may touch a message."""
        task = asyncio.create_task(_tried(deed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until nothing is being done beside the path."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


async def _tried(deed: Deed) -> None:
    try:
        await deed()
    except Exception as error:
        log.info("telegram.courtesy_failed", **where(error))


async def _bounded(request: Request) -> bytes | None:
    """The body, or None where it is larger than any update."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def lose(work: Work, address: str) -> None:
    """Telegram says that the person at `address` blocked the bot. What STOP muted stays muted."""
    contact = people.contact_at(work.session, ChannelName.TELEGRAM, address)
    if contact and contact.status is ContactStatus.ACTIVE:
        channel_lost(work, contact)
