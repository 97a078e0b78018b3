"""Sending by Telegram: what goes out, and what each refusal means."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import NetworkError, TimedOut

from actions.ports import Choice
from bot.channels.base import Attachment, Parcel, RateLimited, Rejected, Temporary, Unreachable
from bot.channels.pace import Pace
from bot.channels.telegram import TelegramChannel, length, make_bot, split
from tests.bot.channels.bot_api import ScriptedRequest, refusal

TOKEN = "123456789:exemple-de-jeton-invente-000000"
QUESTION = UUID("00000000-0000-4000-8000-000000000001")
FILE = Attachment("rendez-vous.ics", "text/calendar", b"BEGIN:VCALENDAR")


@pytest.fixture
def telegram() -> ScriptedRequest:
    return ScriptedRequest()


@pytest.fixture
def channel(telegram: ScriptedRequest) -> TelegramChannel:
    async def no_wait(seconds: float) -> None:
        pass

    pace = Pace(each=1, overall=30, sleep=no_wait)
    return TelegramChannel(make_bot(TOKEN, "https://telegram.example", telegram), pace)


async def test_a_text_is_sent_plain_and_without_previews(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    key = await channel.send("900000001", Parcel("Voir <b>https://exemple.fr</b> *ici*"))
    assert key == "900000001/101"
    assert telegram.of("sendMessage") == [
        {
            "chat_id": 900000001,
            "text": "Voir <b>https://exemple.fr</b> *ici*",
            "link_preview_options": {"is_disabled": True},
        }
    ]


async def test_short_choices_are_side_by_side_and_carry_their_question(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    await channel.send("1", Parcel("D'accord ?", (Choice("yes", "Oui"), Choice("no", "Non")), QUESTION))
    (sent,) = telegram.of("sendMessage")
    assert sent["reply_markup"]["inline_keyboard"] == [
        [
            {"text": "Oui", "callback_data": "q:AAAAAAAAQACAAAAAAAAAAQ:yes"},
            {"text": "Non", "callback_data": "q:AAAAAAAAQACAAAAAAAAAAQ:no"},
        ]
    ]


async def test_long_choices_are_one_below_the_other(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    choices = (Choice(str(QUESTION), "Envoyer dix candidatures"), Choice("other", "Une autre chose"))
    await channel.send("1", Parcel("Laquelle ?", choices, QUESTION))
    (sent,) = telegram.of("sendMessage")
    assert [len(row) for row in sent["reply_markup"]["inline_keyboard"]] == [1, 1]


async def test_a_choice_that_does_not_fit_is_rejected_and_nothing_is_sent(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    with pytest.raises(Rejected):
        await channel.send("1", Parcel("Laquelle ?", (Choice("x" * 60, "Non"),), QUESTION))
    assert telegram.calls == []


async def test_a_file_goes_with_its_text_and_buttons_as_one_message(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    await channel.send("1", Parcel("Voici le rendez-vous.", (Choice("yes", "Oui"),), QUESTION, FILE))
    (sent,) = telegram.of("sendDocument")
    assert (sent["caption"], sent["document"]) == ("Voici le rendez-vous.", FILE.content)
    assert sent["reply_markup"]
    assert telegram.of("sendMessage") == []


async def test_a_text_too_long_for_a_caption_follows_its_file(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    key = await channel.send("1", Parcel("mot " * 300, attachment=FILE))
    assert [call.method for call in telegram.calls] == ["sendDocument", "sendMessage"]
    assert key == "1/102"


async def test_a_text_too_long_for_one_message_is_cut_and_the_buttons_go_with_the_last(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    key = await channel.send("1", Parcel("mot " * 2000, (Choice("yes", "Oui"),), QUESTION))
    first, last = telegram.of("sendMessage")
    assert "reply_markup" not in first
    assert "reply_markup" in last
    assert key == "1/102"


@given(st.text(alphabet="aé😀 \n", max_size=200), st.integers(4, 50))
def test_cutting_a_text_loses_no_word_and_keeps_every_part_within_its_limit(text: str, limit: int) -> None:
    text = text.strip()
    parts = split(text, limit)
    assert all(length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert text == "" or all(parts)


def test_a_text_is_cut_between_paragraphs_before_lines_and_words() -> None:
    assert split("un deux\ntrois\n\nquatre cinq", 18) == ["un deux\ntrois", "quatre cinq"]
    assert split("un deux\ntrois quatre", 15) == ["un deux", "trois quatre"]
    assert split("un deux trois", 9) == ["un deux", "trois"]
    assert split("abcdef", 4) == ["abcd", "ef"]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (refusal(403, "Forbidden: bot was blocked by the user"), Unreachable),
        (refusal(403, "Forbidden: user is deactivated"), Unreachable),
        (refusal(400, "Bad Request: chat not found"), Unreachable),
        (refusal(400, "Bad Request: message text is empty"), Rejected),
        (refusal(400, "Bad Request: BUTTON_DATA_INVALID"), Rejected),
        (
            refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009000000003),
            Rejected,
        ),
        (refusal(401, "Unauthorized"), Temporary),
        (refusal(404, "Not Found"), Temporary),
        (refusal(500, "Internal Server Error"), Temporary),
        (refusal(502, "Bad Gateway"), Temporary),
        (TimedOut(), Temporary),
        (NetworkError("httpx.ConnectError: no route"), Temporary),
    ],
)
async def test_each_refusal_is_one_of_the_four_ways_to_fail(
    channel: TelegramChannel, telegram: ScriptedRequest, answer: Any, failure: type[Exception]
) -> None:
    telegram.answers["sendMessage"].append(answer)
    with pytest.raises(failure) as raised:
        await channel.send("1", Parcel("Bonjour"))
    assert type(raised.value) is failure
    assert len(telegram.calls) == 1, "the channel itself never tries again"


async def test_when_telegram_asks_to_wait_that_chat_is_left_alone_and_the_others_are_not(
    channel: TelegramChannel, telegram: ScriptedRequest
) -> None:
    telegram.answers["sendMessage"].append(refusal(429, "Too Many Requests: retry after 17", retry_after=17))
    with pytest.raises(RateLimited) as refused:
        await channel.send("1", Parcel("Bonjour"))
    assert refused.value.wait == timedelta(seconds=17)
    with pytest.raises(RateLimited):
        await channel.send("1", Parcel("Encore"))
    assert len(telegram.calls) == 1, "the second message never left"
    await channel.send("2", Parcel("Bonjour"))


async def test_an_address_of_another_channel_is_rejected(channel: TelegramChannel) -> None:
    with pytest.raises(Rejected):
        await channel.send("local-3", Parcel("Bonjour"))


async def test_neither_the_token_nor_the_words_are_told_by_errors_and_logs(
    channel: TelegramChannel,
    telegram: ScriptedRequest,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    answers: list[Any] = [
        refusal(404, "Not Found"),
        NetworkError(
            f"httpx.UnsupportedProtocol: bad address https://telegram.example/bot{TOKEN}/sendMessage"
        ),
        refusal(400, "Bad Request: canari des mots"),
    ]
    telegram.answers["sendMessage"].extend(answers)
    told = ""
    for _ in answers:
        with pytest.raises((Temporary, Rejected)) as raised:
            await channel.send("1", Parcel("canari des mots"))
        assert raised.value.__cause__ is None
        told += repr(raised.value)
    told += caplog.text + "".join(capsys.readouterr())
    assert "token_refused" in told, "the operator is told what to do"
    assert TOKEN not in told
    assert "exemple-de-jeton" not in told
    assert "canari" not in told


async def test_the_real_client_does_not_log_its_addresses(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bot = make_bot(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(Temporary):
        await TelegramChannel(bot).send("1", Parcel("canari des mots"))
    await bot.request.shutdown()
    assert "exemple-de-jeton" not in caplog.text
    assert "canari" not in caplog.text
