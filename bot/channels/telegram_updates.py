"""From an update of Telegram to what it means for us. Pure: values in, one value out.

Only private chats with people are heard. The key of a message is Telegram's own (bot, chat, message, edit date),
or the callback's id; never the update's number, which may start again after a quiet week.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, UpdateType

from actions.ports import Incoming
from bot.channels.telegram_buttons import unpack
from storage.vocabulary import ChannelName, IncomingKind

ALLOWED_UPDATES = (
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MY_CHAT_MEMBER,
)
"""The updates that Telegram is asked for."""

KINDS = (
    ("animation", IncomingKind.STICKER),  # an animation also carries a document: it comes first
    ("sticker", IncomingKind.STICKER),
    ("dice", IncomingKind.STICKER),
    ("voice", IncomingKind.VOICE),
    ("audio", IncomingKind.VOICE),
    ("video_note", IncomingKind.VOICE),
    ("photo", IncomingKind.PHOTO),
    ("video", IncomingKind.PHOTO),
    ("story", IncomingKind.PHOTO),
    ("venue", IncomingKind.LOCATION),
    ("location", IncomingKind.LOCATION),
    ("document", IncomingKind.FILE),
    ("contact", IncomingKind.FILE),
    ("poll", IncomingKind.FILE),
    ("checklist", IncomingKind.FILE),
)
"""What a message without text may carry, and how it is surfaced. What is not listed is Telegram's own bookkeeping."""

COMMANDS: Mapping[str, str] = {
    "plan": "mon plan",
    "rdv": "mes rendez-vous",
    "aide": "aide",
    "help": "aide",
    "urgence": "URGENCE",
    "stop": "STOP",
    "reprendre": "reprendre",
}
"""A command is the plain words that it stands for; /start keeps its own, with the code behind it."""

MENU = ("plan", "rdv", "aide", "urgence", "stop")
"""The commands shown by Telegram's menu; their descriptions are the labels "command.…"."""

_COMMAND = re.compile(r"/(?P<name>\w{1,32})(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_PRESENT = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)


@dataclass(frozen=True)
class Pressed:
    """A button was pressed: the message for the path, and what to tell Telegram about the button."""

    incoming: Incoming
    callback_id: str
    chat_id: int
    message_id: int | None


@dataclass(frozen=True)
class LeaveGroup:
    """The bot is in a group or a channel, where it has no business."""

    chat_id: int


@dataclass(frozen=True)
class Blocked:
    """The person blocked the bot: nothing can be sent to this address any more."""

    address: str


@dataclass(frozen=True)
class Ignored:
    """Nothing to do, and why."""

    why: str


Meaning = Incoming | Pressed | LeaveGroup | Blocked | Ignored


def read(update: Update, bot_id: int, now: datetime) -> Meaning:
    """What `update` means. `now` dates the press of a button, to which Telegram gives no time of its own."""
    if update.callback_query:
        return _pressed(update.callback_query, now)
    if update.my_chat_member:
        return _membership(update.my_chat_member)
    if update.edited_message:
        return _message(update.edited_message, bot_id, edited=True)
    if update.message:
        return _message(update.message, bot_id, edited=False)
    return Ignored("not a message")


def _message(message: Message, bot_id: int, *, edited: bool) -> Meaning:
    if message.chat.type != ChatType.PRIVATE:
        return LeaveGroup(message.chat.id)
    if message.from_user and message.from_user.is_bot:
        return Ignored("a bot")
    kind = _kind(message)
    if kind is None:
        return Ignored("bookkeeping")
    if edited and kind is IncomingKind.LOCATION:
        return Ignored("a live location moved")
    edited_at = message.edit_date if edited else None
    prefix = f"{bot_id}/{message.chat.id}/{message.message_id}"
    return Incoming(
        channel=ChannelName.TELEGRAM,
        address=str(message.chat.id),
        key=f"{prefix}/{int(edited_at.timestamp()) if edited_at else 0}",
        sent_at=edited_at or message.date,
        kind=kind,
        text=_in_plain_words(message.text) if message.text else message.caption,
        edit_of=f"{prefix}/0" if edited else None,
        reply_to=_quoted(message),
    )


def _kind(message: Message) -> IncomingKind | None:
    if message.text:
        return IncomingKind.TEXT
    return next((kind for name, kind in KINDS if getattr(message, name)), None)


def _in_plain_words(text: str) -> str:
    command = _COMMAND.fullmatch(text)
    if command is None:
        return text
    name = command["name"].lower()
    words = "/start" if name == "start" else COMMANDS.get(name)
    if words is None:
        return text
    return f"{words} {command['rest']}" if command["rest"] else words


def _quoted(message: Message) -> str | None:
    quoted = message.reply_to_message
    return provider_key(message.chat.id, quoted.message_id) if quoted else None


def provider_key(chat_id: int, message_id: int) -> str:
    """The key under which a message of ours is kept once Telegram has taken it."""
    return f"{chat_id}/{message_id}"


def _pressed(query: CallbackQuery, now: datetime) -> Meaning:
    chat = query.message.chat if query.message else None
    if chat and chat.type != ChatType.PRIVATE:
        return LeaveGroup(chat.id)
    button = unpack(query.data or "")
    if button is None or not button.choice or query.from_user.is_bot:
        return Ignored("no button of ours")
    incoming = Incoming(
        channel=ChannelName.TELEGRAM,
        address=str(query.from_user.id),
        key=f"callback/{query.id}",
        sent_at=now,
        kind=IncomingKind.CHOICE,
        choice=button.choice,
        question_id=button.question_id,
    )
    return Pressed(
        incoming, query.id, query.from_user.id, query.message.message_id if query.message else None
    )


def _membership(change: ChatMemberUpdated) -> Meaning:
    """Of a private chat: blocked by the person. Of a group: the bot was put there."""
    status = change.new_chat_member.status
    if change.chat.type == ChatType.PRIVATE:
        blocked = status == ChatMemberStatus.BANNED
        return Blocked(str(change.chat.id)) if blocked else Ignored("unblocked")
    return LeaveGroup(change.chat.id) if status in _PRESENT else Ignored("out of the group")
