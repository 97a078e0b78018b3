"""Sending by Telegram: plain text, buttons, files, and what each refusal means.

No parse mode: nothing a person or a colleague wrote can become markup. No link previews.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import timedelta

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import FloodLimit, MessageLimit
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest, HTTPXRequest

from actions.ports import Choice
from bot.channels.base import Attachment, Parcel, RateLimited, Rejected, Temporary, Unreachable
from bot.channels.pace import Pace
from bot.channels.telegram_buttons import Button, pack
from bot.channels.telegram_updates import provider_key
from storage.vocabulary import ChannelName

log = structlog.get_logger()

CONNECTIONS = 64
ROW_WIDTH = 30
"""Letters of one row of buttons that a narrow phone shows without cutting them."""

GONE = ("chat not found", "user not found", "user is deactivated")
"""Beginnings of descriptions of a 400 that speak of the address, not of the message."""

TOKEN_REFUSED = "Telegram refuses FILROUGE_TELEGRAM_TOKEN: ask @BotFather for the bot's token, then restart"  # noqa: S105  (a sentence)

SILENCED = ("telegram", "httpx", "httpcore")
"""Libraries that would log the token (in addresses) or people's words (in payloads that cannot be read)."""


def make_bot(token: str, api_url: str, request: BaseRequest | None = None) -> Bot:
    """A client of the Bot API at `api_url`. `request` replaces the HTTP client, in tests."""
    os.environ["PTB_TIMEDELTA"] = "1"  # the library's switch from seconds to timedelta, in RetryAfter
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    client = request or HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=10.0)
    # One client for everything: the one kept for `get_updates` is never used (see telegram_polling).
    return Bot(token, base_url=f"{api_url.rstrip('/')}/bot", request=client, get_updates_request=client)


def telegram_pace() -> Pace:
    """What Telegram allows without asking to wait: a message a second to each chat, thirty a second in all."""
    return Pace(each=1 / FloodLimit.MESSAGES_PER_SECOND_PER_CHAT, overall=FloodLimit.MESSAGES_PER_SECOND)


class TelegramChannel:
    """The channel of Telegram. Its provider's key is "chat/message"."""

    name = ChannelName.TELEGRAM
    buttons = True
    files = True

    def __init__(self, bot: Bot, pace: Pace | None = None) -> None:
        self._bot, self._pace = bot, pace or telegram_pace()

    async def send(self, address: str, parcel: Parcel) -> str:
        """Send, in several messages where the text is too long for one; the buttons go with the last.

        Raises Temporary, RateLimited, Unreachable, Rejected; their text never comes from Telegram.
        """
        try:
            sent = await self._send(int(address), parcel)
        except ValueError:
            raise Rejected("the address or a button is not made for Telegram") from None
        except TelegramError as error:
            failure = failure_of(error)
            if isinstance(failure, RateLimited):
                self._pace.hold(address, failure.wait)
            raise failure from None  # the library's own text may hold the bot's address, and so its token
        return provider_key(int(address), sent.message_id)

    async def _send(self, chat_id: int, parcel: Parcel) -> Message:
        keyboard = keyboard_of(parcel)
        *before, last = split(parcel.text)
        for part in before:
            await self._text(chat_id, part)
        file = parcel.attachment
        if file and length(last) <= MessageLimit.CAPTION_LENGTH:
            return await self._document(chat_id, file, last, keyboard)
        if file:
            await self._document(chat_id, file)
        return await self._text(chat_id, last, keyboard)

    async def _text(self, chat_id: int, text: str, keyboard: InlineKeyboardMarkup | None = None) -> Message:
        await self._pace.turn(str(chat_id))
        return await self._bot.send_message(
            chat_id,
            text,
            reply_markup=keyboard,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def _document(
        self,
        chat_id: int,
        file: Attachment,
        caption: str | None = None,
        keyboard: InlineKeyboardMarkup | None = None,
    ) -> Message:
        await self._pace.turn(str(chat_id))
        return await self._bot.send_document(
            chat_id, file.content, caption=caption, filename=file.name, reply_markup=keyboard
        )


def failure_of(error: TelegramError) -> Exception:
    """Which of the four ways a sending failed.

    Classes are told apart one by one: BadRequest is a NetworkError for the library, and must not be tried again.
    """
    if isinstance(error, RetryAfter):
        return RateLimited(seconds_of(error))
    if isinstance(error, Forbidden):
        return Unreachable("blocked by the person, or closed")
    if isinstance(error, BadRequest):
        gone = error.message.lower().startswith(GONE)
        return Unreachable("no such chat") if gone else Rejected("refused by Telegram")
    if isinstance(error, ChatMigrated):
        return Rejected("the chat has become a group")
    if isinstance(error, InvalidToken):
        log.error("telegram.token_refused", reason=TOKEN_REFUSED)
    return Temporary(type(error).__name__)


def seconds_of(error: RetryAfter) -> timedelta:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def keyboard_of(parcel: Parcel) -> InlineKeyboardMarkup | None:
    """The buttons of a parcel: side by side while they are short, else one below the other.

    Raises ValueError where a choice does not fit on a button.
    """
    if not parcel.choices:
        return None
    buttons = [
        InlineKeyboardButton(choice.label, callback_data=pack(Button(choice.id, parcel.question_id)))
        for choice in parcel.choices
    ]
    if _in_one_row(parcel.choices):
        return InlineKeyboardMarkup([buttons])
    return InlineKeyboardMarkup([[button] for button in buttons])


def _in_one_row(choices: Sequence[Choice]) -> bool:
    return sum(len(choice.label) for choice in choices) <= ROW_WIDTH and len(choices) <= 3


def length(text: str) -> int:
    """The length of a text as Telegram counts it: in UTF-16 units, two for an emoji."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """Cut a text into parts of at most `limit` units: between paragraphs, else lines, else words, else anywhere."""
    parts = []
    while length(text) > limit:
        head = _head(text, limit)
        cut = next((found for mark in ("\n\n", "\n", " ") if (found := head.rfind(mark)) > 0), len(head))
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _head(text: str, limit: int) -> str:
    """The longest beginning of `text` within `limit` units that does not cut a character in two."""
    return text.encode("utf-16-le", "surrogatepass")[: limit * 2].decode("utf-16-le", "ignore")
