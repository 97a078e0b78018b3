"""What an update of Telegram means, from payloads as Telegram sends them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from telegram import Update

from actions.ports import Incoming
from bot.channels.telegram_updates import (
    ALLOWED_UPDATES,
    COMMANDS,
    MENU,
    Blocked,
    Ignored,
    LeaveGroup,
    Meaning,
    Pressed,
    read,
)
from bot.texts.render import FrenchTexts
from storage.vocabulary import ChannelName, IncomingKind
from tests.bot.channels.telegram_payloads import payload

BOT_ID = 123456789
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENT_AT = datetime.fromtimestamp(1795512600, UTC)
QUESTION = UUID("00000000-0000-4000-8000-000000000001")


def meaning_of(name: str) -> Meaning:
    update = Update.de_json(payload(name), None)
    assert update is not None
    return read(update, BOT_ID, NOW)


def incoming_of(name: str) -> Incoming:
    meaning = meaning_of(name)
    assert isinstance(meaning, Incoming)
    return meaning


def test_a_text_is_heard_under_its_own_key() -> None:
    assert meaning_of("text") == Incoming(
        channel=ChannelName.TELEGRAM,
        address="900000001",
        key="123456789/900000001/41/0",
        sent_at=SENT_AT,
        kind=IncomingKind.TEXT,
        text="J'ai envoyé deux candidatures ce matin",
    )


def test_an_edited_text_has_a_key_of_its_own_and_names_the_first_one() -> None:
    edited = incoming_of("edited")
    assert edited.edit_of == incoming_of("text").key
    assert edited.key == "123456789/900000001/41/1795512695"
    assert edited.sent_at == SENT_AT + timedelta(seconds=95)


def test_an_edit_of_an_edit_still_names_the_first_message() -> None:
    again = payload("edited")
    again["edited_message"]["edit_date"] += 60
    update = Update.de_json(again, None)
    assert update is not None
    second = read(update, BOT_ID, NOW)
    assert isinstance(second, Incoming)
    assert second.edit_of == incoming_of("text").key
    assert second.key != incoming_of("edited").key


def test_the_number_of_the_update_plays_no_part_in_the_key() -> None:
    restarted = payload("text") | {"update_id": 1}
    update = Update.de_json(restarted, None)
    assert update is not None
    assert read(update, BOT_ID, NOW) == meaning_of("text")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("voice", IncomingKind.VOICE),
        ("video_note", IncomingKind.VOICE),
        ("photo_with_caption", IncomingKind.PHOTO),
        ("video", IncomingKind.PHOTO),
        ("sticker", IncomingKind.STICKER),
        ("animation", IncomingKind.STICKER),
        ("document", IncomingKind.FILE),
        ("contact", IncomingKind.FILE),
        ("location", IncomingKind.LOCATION),
    ],
)
def test_what_is_not_text_is_surfaced_by_its_kind(name: str, kind: IncomingKind) -> None:
    assert incoming_of(name).kind is kind


def test_the_words_under_a_photo_are_heard() -> None:
    assert incoming_of("photo_with_caption").text == "je suis à la rue ce soir"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("start_with_code", "/start 7K2M9QWX4TBC"),
        ("start_alone", "/start"),
        ("command_plan", "mon plan cette semaine"),
        ("command_stop", "STOP"),
    ],
)
def test_a_command_is_the_words_it_stands_for(name: str, text: str) -> None:
    assert incoming_of(name).text == text


@pytest.mark.parametrize("text", ["/inconnue", "/plan9 de l'espace", "/ stop", "//stop", "va voir /stop"])
def test_what_only_looks_like_a_command_stays_as_it_was_written(text: str) -> None:
    raw = payload("text")
    raw["message"]["text"] = text
    update = Update.de_json(raw, None)
    assert update is not None
    meaning = read(update, BOT_ID, NOW)
    assert isinstance(meaning, Incoming)
    assert meaning.text == text


def test_a_reply_names_the_message_it_quotes() -> None:
    assert incoming_of("quoted_reply").reply_to == "900000001/38"


def test_a_button_carries_its_question_and_its_choice() -> None:
    pressed = meaning_of("button")
    assert isinstance(pressed, Pressed)
    assert pressed.incoming == Incoming(
        channel=ChannelName.TELEGRAM,
        address="900000001",
        key="callback/3865470566540000001",
        sent_at=NOW,
        kind=IncomingKind.CHOICE,
        choice="yes",
        question_id=QUESTION,
    )
    assert (pressed.callback_id, pressed.chat_id, pressed.message_id) == (
        "3865470566540000001",
        900000001,
        38,
    )


def test_a_button_of_the_team_passes_as_it_is() -> None:
    pressed = meaning_of("button_of_the_team")
    assert isinstance(pressed, Pressed)
    assert (pressed.incoming.choice, pressed.incoming.question_id) == ("open:4821", None)


def test_a_button_under_a_message_too_old_to_be_read_still_counts() -> None:
    pressed = meaning_of("button_of_an_old_message")
    assert isinstance(pressed, Pressed)
    assert pressed.incoming.choice == "no"


@pytest.mark.parametrize("name", ["group_message", "added_to_group", "button_in_group"])
def test_groups_are_left(name: str) -> None:
    assert meaning_of(name) == LeaveGroup(-1009000000001)


def test_a_person_who_blocks_the_bot_is_known_at_once() -> None:
    assert meaning_of("blocked") == Blocked("900000001")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("from_bot", "a bot"),
        ("pinned", "bookkeeping"),
        ("live_location_moved", "a live location moved"),
        ("unblocked", "unblocked"),
        ("removed_from_group", "out of the group"),
        ("button_not_ours", "no button of ours"),
        ("channel_post", "not a message"),
    ],
)
def test_the_rest_is_ignored_and_says_why(name: str, why: str) -> None:
    assert meaning_of(name) == Ignored(why)


def test_only_what_is_read_is_asked_for() -> None:
    assert ALLOWED_UPDATES == ("message", "edited_message", "callback_query", "my_chat_member")


def test_every_command_of_the_menu_does_something_and_is_described(texts: FrenchTexts) -> None:
    for name in MENU:
        assert COMMANDS[name]
        assert 1 <= len(texts.label(f"command.{name}")) <= 256
