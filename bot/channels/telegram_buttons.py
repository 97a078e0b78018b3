"""What a Telegram button carries: at most 64 bytes, which come back when it is pressed.

A button of a question carries "q:QUESTION:CHOICE", the question's id in 22 characters and the choice's id as it is,
or in 22 characters behind "~" where it is an id of ours. A button for the team carries its choice alone ("open:4821").
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

LONGEST = 64
"""Bytes of callback_data (Bot API, InlineKeyboardButton)."""

_QUESTION = "q:"
_SHORT_UUID = 22


@dataclass(frozen=True)
class Button:
    """A choice, and the question it answers; no question for a button of the team."""

    choice: str
    question_id: UUID | None = None


def pack(button: Button) -> str:
    """The callback data of a button. Raises ValueError where it cannot be carried or would not come back the same."""
    data = button.choice
    if button.question_id:
        data = f"{_QUESTION}{_short(button.question_id)}:{_shorter(button.choice)}"
    if not 0 < len(data.encode()) <= LONGEST or unpack(data) != button:
        raise ValueError("this choice does not fit on a button")
    return data


def unpack(data: str) -> Button | None:
    """The button that was pressed; None where the data is none of ours."""
    if not data.startswith(_QUESTION):
        return Button(data)
    question, _, choice = data.removeprefix(_QUESTION).partition(":")
    question_id = _long(question)
    if question_id is None or not choice:
        return None
    if not choice.startswith("~"):
        return Button(choice, question_id)
    chosen = _long(choice[1:])
    return Button(str(chosen), question_id) if chosen else None


def _shorter(choice: str) -> str:
    try:
        identity = UUID(choice)
    except ValueError:
        return choice
    return f"~{_short(identity)}" if str(identity) == choice else choice


def _short(identity: UUID) -> str:
    return base64.urlsafe_b64encode(identity.bytes).decode().rstrip("=")


def _long(short: str) -> UUID | None:
    if len(short) != _SHORT_UUID:
        return None
    try:
        return UUID(bytes=base64.b64decode(f"{short}==".encode(), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
