"""The check of outgoing calls is shown faults, and finds them."""

import pytest

from tests.bot.channels.bot_api import Call, problems

BUTTON = {"text": "Oui", "callback_data": "q:x:yes"}


def keyboard(**changed: object) -> dict[str, object]:
    return {"inline_keyboard": [[BUTTON | changed]]}


def test_a_call_as_described_passes() -> None:
    call = Call("sendMessage", {"chat_id": 1, "text": "Bonjour", "reply_markup": keyboard()})
    assert problems(call) == []


@pytest.mark.parametrize(
    ("method", "parameters", "found"),
    [
        ("sendSms", {}, "sendSms: no such method"),
        ("sendMessage", {"chat_id": 1}, "sendMessage.text: missing"),
        ("sendMessage", {"chat_id": "1", "text": "x"}, "sendMessage.chat_id: not a integer"),
        ("sendMessage", {"chat_id": 1, "text": ""}, "sendMessage.text: 0 long"),
        ("sendMessage", {"chat_id": 1, "text": "é" * 4097}, "sendMessage.text: 4097 long"),
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, "sendMessage.text: 4098 long"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "parse_mode": "HTML"},
            "sendMessage.parse_mode: not described",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": keyboard(callback_data="é" * 33)},
            "sendMessage.reply_markup.inline_keyboard[0][0].callback_data: 66 long",
        ),
        ("sendDocument", {"chat_id": 1, "document": b""}, "sendDocument.document: 0 bytes"),
        ("setMyCommands", {"commands": ["plan"]}, "setMyCommands.commands[0]: not a BotCommand"),
        (
            "setMyCommands",
            {"commands": [{"command": "Plan!", "description": "x"}]},
            "setMyCommands.commands[0].command: not as described",
        ),
        ("setMyCommands", {"commands": {}}, "setMyCommands.commands: not a list"),
        (
            "getUpdates",
            {"allowed_updates": ["poll"]},
            "getUpdates.allowed_updates[0]: poll is not described",
        ),
        ("leaveChat", {"chat_id": True}, "leaveChat.chat_id: not a integer"),
    ],
)
def test_a_fault_is_found(method: str, parameters: dict[str, object], found: str) -> None:
    assert problems(Call(method, parameters)) == [found]
