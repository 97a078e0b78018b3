"""The door of Telegram: what it lets in, what it refuses, and what it does besides messages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import Session, select
from telegram.error import NetworkError

from actions.receive_message import Receipt
from bot.bootstrap import App
from bot.channels.telegram_door import (
    LARGEST_BODY,
    SECRET_HEADER,
    WEBHOOK_PATH,
    TelegramDoor,
    telegram_door,
)
from bot.path import Path
from bot.web import create_app
from storage import outbox
from storage.database import transaction
from storage.sealing import blind_index
from storage.tables import ContactPoint, Message, Outgoing, Person, Question, Todo
from storage.vocabulary import (
    ChannelName,
    ContactStatus,
    IncomingKind,
    Lane,
    OutboxStatus,
    QuestionKind,
    TodoKind,
)
from tests.bot.channels.bot_api import ScriptedRequest
from tests.bot.channels.conftest import TOKEN, AppMaker
from tests.bot.channels.telegram_payloads import payload
from tests.builders import TUESDAY, a_contact
from tests.conftest import Little

PUBLIC = "https://exemple.fr"


class Closed(Path):
    """A path whose database is away until it is opened."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.open = False

    async def accept(self, incoming: Any) -> Receipt:
        if not self.open:
            raise RuntimeError("canari : database is away")
        return await super().accept(incoming)


@pytest.fixture
def telegram() -> ScriptedRequest:
    return ScriptedRequest()


@pytest.fixture
def app(make_app: AppMaker) -> App:
    return make_app(public_url=PUBLIC)


@pytest.fixture
def path(app: App) -> Path:
    return Path(app)


@pytest.fixture
async def door(app: App, path: Path, telegram: ScriptedRequest) -> AsyncIterator[TelegramDoor]:
    door = opened(app, path, telegram)
    yield door
    await path.settled()
    await door.close()


def opened(app: App, path: Path, telegram: ScriptedRequest) -> TelegramDoor:
    async def no_wait(_seconds: float) -> None:
        await asyncio.sleep(0)

    door = telegram_door(app, path, telegram, no_wait)
    assert door is not None
    return door


async def post(door: TelegramDoor, content: Any, secret: str | None = None) -> httpx.Response:
    web = FastAPI()
    web.include_router(door.router())
    transport = httpx.ASGITransport(web)
    headers = {SECRET_HEADER.encode(): (door.secret if secret is None else secret).encode()}
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        if isinstance(content, bytes):
            return await client.post(WEBHOOK_PATH, content=content, headers=headers)
        return await client.post(WEBHOOK_PATH, json=content, headers=headers)


def messages(engine: Engine) -> list[Message]:
    with Session(engine) as session:
        return list(session.exec(select(Message)))


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


def awa(session: Session, little: Little) -> ContactPoint:
    return a_contact(session, channel=ChannelName.TELEGRAM, address="900000001", person_id=little.person.id)


def test_without_a_token_there_is_no_door_and_no_channel(make_app: AppMaker) -> None:
    app = make_app(telegram_token=None)
    assert telegram_door(app, Path(app)) is None
    assert ChannelName.TELEGRAM not in app.channels


@pytest.mark.parametrize(
    "token", ["exemple-sans-chiffres", "12345:court", "123456789:exemple avec espaces 0000"]
)
def test_what_is_no_token_stops_the_start_with_a_sentence(make_app: AppMaker, token: str) -> None:
    with pytest.raises(ValidationError, match=r"BotFather|trop court"):
        make_app(telegram_token=token)


async def test_a_message_with_the_right_secret_is_written_down_before_the_answer(
    door: TelegramDoor, engine: Engine
) -> None:
    assert (await post(door, payload("text"))).status_code == 200
    (message,) = messages(engine)
    assert message.body == "J'ai envoyé deux candidatures ce matin"


@pytest.mark.parametrize("secret", ["", "faux", "é", TOKEN])
async def test_a_wrong_secret_is_refused_and_nothing_is_kept(
    door: TelegramDoor, engine: Engine, secret: str
) -> None:
    answer = await post(door, payload("text"), secret)
    assert (answer.status_code, answer.text) == (403, "")
    assert messages(engine) == []


def test_the_secret_is_the_same_after_a_restart_and_does_not_tell_the_token(
    app: App, door: TelegramDoor, telegram: ScriptedRequest
) -> None:
    again = opened(app, Path(app), telegram)
    assert again.secret == door.secret
    assert TOKEN.partition(":")[2] not in door.secret
    assert len(door.secret) >= 32


async def test_a_proxy_that_does_not_say_how_long_a_message_is_loses_none(app: App, engine: Engine) -> None:
    web = create_app(app)

    async def in_pieces() -> AsyncIterator[bytes]:
        for piece in json.dumps(payload("text")).encode().split(b" "):
            yield piece + b" "

    headers = {SECRET_HEADER: blind_index(f"telegram-webhook/{TOKEN}")}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://test") as client:
        answer = await client.post(WEBHOOK_PATH, content=in_pieces(), headers=headers)
    assert answer.status_code == 200
    assert len(messages(engine)) == 1


async def test_a_body_larger_than_any_message_is_refused(door: TelegramDoor, engine: Engine) -> None:
    answer = await post(door, b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert messages(engine) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 20_000])
async def test_a_body_that_is_no_update_is_refused(door: TelegramDoor, body: bytes) -> None:
    answer = await post(door, body)
    assert (answer.status_code, answer.text) == (400, "")


async def test_while_the_database_is_away_telegram_is_asked_to_come_again_and_nothing_is_lost(
    app: App, telegram: ScriptedRequest, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Closed(app)
    door = opened(app, path, telegram)
    answer = await post(door, payload("text"))
    assert (answer.status_code, answer.text) == (503, "")
    assert "canari" not in capsys.readouterr().out
    path.open = True
    assert (await post(door, payload("text"))).status_code == 200
    assert len(messages(engine)) == 1
    await path.settled()


async def test_a_message_delivered_twice_is_kept_once(door: TelegramDoor, engine: Engine) -> None:
    for _ in range(2):
        assert (await post(door, payload("text"))).status_code == 200
    assert len(messages(engine)) == 1


async def test_an_edited_message_points_to_the_first_one(door: TelegramDoor, engine: Engine) -> None:
    await post(door, payload("text"))
    await post(door, payload("edited"))
    first, second = sorted(messages(engine), key=lambda message: message.sent_at)
    assert second.edit_of == first.id


async def test_an_update_the_library_cannot_read_is_passed_over_without_a_word_of_it(
    door: TelegramDoor, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = payload("text")
    broken["message"] = {"text": "canari des mots"}
    assert (await post(door, broken)).status_code == 200
    told = capsys.readouterr().out
    assert "unreadable_update" in told
    assert "canari" not in told
    assert messages(engine) == []


async def test_a_button_stops_turning_and_goes_once_the_answer_is_written_down(
    door: TelegramDoor, telegram: ScriptedRequest, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        awa(session, little)
    await post(door, payload("button"))
    await door.settled()
    (message,) = messages(engine)
    assert (message.kind, message.choice) == (IncomingKind.CHOICE, "yes")
    assert telegram.of("answerCallbackQuery") == [{"callback_query_id": "3865470566540000001"}]
    assert telegram.of("editMessageReplyMarkup") == [{"chat_id": 900000001, "message_id": 38}]


async def test_a_button_of_the_team_is_answered_by_the_state_of_the_alert_it_names(
    door: TelegramDoor, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        a_contact(session, channel=ChannelName.TELEGRAM, address="900000001", referent_id=little.referent.id)
    await post(door, payload("button_of_the_team"))
    with Session(engine) as session:
        assert [row.text_key for row in session.exec(select(Outgoing))] == ["staff.no_such_alert"]


async def test_start_alone_brings_back_who_had_stopped_the_messages(
    door: TelegramDoor, path: Path, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        awa(session, little)
    await post(door, payload("command_stop"))
    assert _stopped_at(engine, little) is not None
    await post(door, payload("start_alone"))
    await path.settled()
    assert _stopped_at(engine, little) is None


def _stopped_at(engine: Engine, little: Little) -> datetime | None:
    with Session(engine) as session:
        return session.get_one(Person, little.person.id).stopped_at


async def test_the_buttons_stay_when_the_answer_could_not_be_written_down(
    app: App, telegram: ScriptedRequest
) -> None:
    door = opened(app, Closed(app), telegram)
    assert (await post(door, payload("button"))).status_code == 503
    await door.settled()
    assert telegram.of("editMessageReplyMarkup") == []


async def test_telegram_refusing_to_clear_a_button_changes_nothing_for_the_message(
    door: TelegramDoor, telegram: ScriptedRequest, engine: Engine
) -> None:
    telegram.answers["answerCallbackQuery"].append(NetworkError("away"))
    telegram.answers["editMessageReplyMarkup"].append(NetworkError("away"))
    assert (await post(door, payload("button"))).status_code == 200
    await door.settled()
    assert len(messages(engine)) == 1


@pytest.mark.parametrize("name", ["group_message", "added_to_group"])
async def test_a_group_is_told_in_one_sentence_and_left(
    door: TelegramDoor, telegram: ScriptedRequest, engine: Engine, name: str
) -> None:
    await post(door, payload(name))
    await door.settled()
    assert [call.method for call in telegram.calls] == ["sendMessage", "leaveChat"]
    assert telegram.of("leaveChat") == [{"chat_id": -1009000000001}]
    assert messages(engine) == []


async def test_a_group_where_nothing_may_be_said_is_left_all_the_same(
    door: TelegramDoor, telegram: ScriptedRequest
) -> None:
    telegram.answers["sendMessage"].append(NetworkError("no rights"))
    await post(door, payload("added_to_group"))
    await door.settled()
    assert telegram.of("leaveChat")


async def test_a_person_who_blocks_the_bot_is_not_written_to_and_a_human_is_told(
    door: TelegramDoor, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        contact_id = awa(session, little).id
    await post(door, payload("blocked"))
    with Session(engine) as session:
        assert session.get_one(ContactPoint, contact_id).status is ContactStatus.UNREACHABLE
        assert [line.kind for line in session.exec(select(Todo))] == [TodoKind.CHANNEL_LOST]


async def test_who_stopped_the_messages_and_then_blocks_stays_stopped(
    door: TelegramDoor, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        contact = awa(session, little)
        contact.status, contact_id = ContactStatus.MUTED, contact.id
    await post(door, payload("blocked"))
    with Session(engine) as session:
        assert session.get_one(ContactPoint, contact_id).status is ContactStatus.MUTED


async def test_a_quoted_reply_answers_the_question_it_quotes(
    door: TelegramDoor, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        contact = awa(session, little)
        quoted = _asked(session, contact, "900000001/38")
        _asked(session, contact, "900000001/39")
    await post(door, payload("quoted_reply"))
    (message,) = messages(engine)
    assert message.question_id == quoted


def _asked(session: Session, contact: ContactPoint, provider_key: str) -> Any:
    assert contact.person_id is not None
    question = Question(
        person_id=contact.person_id, kind=QuestionKind.CHECK_IN, created_at=TUESDAY, expires_at=TUESDAY
    )
    session.add(question)
    session.flush()
    row = Outgoing(
        key=f"asked/{provider_key}",
        contact_id=contact.id,
        lane=Lane.ANSWER,
        text_key="check_in.ask",
        question_id=question.id,
        not_before=TUESDAY,
        created_at=TUESDAY,
        status=OutboxStatus.SENT,
        provider_key=provider_key,
    )
    row.values = outbox.pack({})
    session.add(row)
    return question.id


async def test_somebody_else_quoting_the_same_number_gets_no_question(
    door: TelegramDoor, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        other = a_contact(session, channel=ChannelName.TELEGRAM, address="2", person_id=little.person.id)
        _asked(session, other, "900000001/38")
    await post(door, payload("quoted_reply"))
    (message,) = messages(engine)
    assert message.question_id is None


async def test_with_a_public_address_telegram_is_told_where_and_with_which_secret(
    door: TelegramDoor, telegram: ScriptedRequest
) -> None:
    telegram.answers["setWebhook"].append(NetworkError("away"))
    running = asyncio.create_task(door.run())
    await until(lambda: len(telegram.of("setWebhook")) == 2 and telegram.of("setMyCommands"))
    await asyncio.sleep(0.01)
    assert not running.done(), "the channel needs its connections as long as we serve"
    assert telegram.of("setWebhook")[1] == {
        "url": f"{PUBLIC}{WEBHOOK_PATH}",
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
        "secret_token": door.secret,
    }
    (commands,) = telegram.of("setMyCommands")
    assert [command["command"] for command in commands["commands"]] == [
        "plan",
        "rdv",
        "aide",
        "urgence",
        "stop",
    ]
    assert telegram.of("getUpdates") == []
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert telegram.closed


async def test_without_a_public_address_we_poll_and_have_no_route(
    make_app: AppMaker, telegram: ScriptedRequest, engine: Engine
) -> None:
    app = make_app()
    path = Path(app)
    door = opened(app, path, telegram)
    assert (await post(door, payload("text"))).status_code == 404
    update = payload("text")
    telegram.answers["getUpdates"].extend([NetworkError("away"), [update]])
    running = asyncio.create_task(door.run())
    await until(lambda: len(telegram.of("getUpdates")) >= 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await path.settled()
    assert telegram.of("deleteWebhook") == [{"drop_pending_updates": False}]
    asked = telegram.of("getUpdates")
    assert "offset" not in asked[1], "not confirmed before it is written down"
    assert asked[2]["offset"] == update["update_id"] + 1
    assert len(messages(engine)) == 1


async def test_a_menu_that_cannot_be_set_does_not_keep_messages_out(
    make_app: AppMaker, telegram: ScriptedRequest, engine: Engine
) -> None:
    app = make_app()
    path = Path(app)
    door = opened(app, path, telegram)
    telegram.answers["setMyCommands"].extend([NetworkError("away")] * 1000)
    telegram.answers["getUpdates"].append([payload("text")])
    running = asyncio.create_task(door.run())
    await until(lambda: messages(engine))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await path.settled()
