"""Polling: an update is confirmed when it is written down, not before."""

from datetime import timedelta
from typing import Any

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram_polling import GIVEN_UP_AFTER, LONGEST_PAUSE, Polling


class FakeTelegram:
    """Keeps updates until a call confirms them by a higher number, as Telegram does."""

    def __init__(self, *numbers: int) -> None:
        self.waiting = [{"update_id": number} for number in numbers]
        self.troubles: list[TelegramError | None] = []
        self.asked: list[int | None] = []

    async def fetch(self, offset: int | None) -> list[dict[str, Any]]:
        self.asked.append(offset)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            raise trouble
        self.waiting = [update for update in self.waiting if offset is None or update["update_id"] >= offset]
        return list(self.waiting)


class FakeTaker:
    """Writes numbers down, except those in `broken`."""

    def __init__(self, *broken: int) -> None:
        self.broken = set(broken)
        self.taken: list[int] = []

    async def take(self, raw: dict[str, Any]) -> None:
        if raw["update_id"] in self.broken:
            raise RuntimeError("database is locked")
        self.taken.append(raw["update_id"])


class Stopped(BaseException):
    """Ends a loop that never ends."""


class Naps:
    """Pauses, written down instead of slept; the last one allowed ends the loop."""

    def __init__(self, most: int = 100) -> None:
        self.seconds: list[float] = []
        self.most = most

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) >= self.most:
            raise Stopped


async def test_updates_are_confirmed_after_they_are_written_down() -> None:
    telegram, taker = FakeTelegram(7, 8), FakeTaker()
    polling = Polling(telegram.fetch, taker)
    await polling.round()
    assert (taker.taken, polling.offset) == ([7, 8], 9)
    await polling.round()
    assert telegram.asked == [None, 9]
    assert telegram.waiting == []


async def test_what_could_not_be_written_down_is_asked_for_again() -> None:
    telegram, taker, naps = FakeTelegram(7, 8, 9), FakeTaker(8), Naps()
    polling = Polling(telegram.fetch, taker, naps.sleep)
    await polling.round()
    assert (taker.taken, polling.offset) == ([7, 9], 8)
    taker.broken.clear()
    await polling.round()
    assert taker.taken == [7, 9, 8, 9], "nine is a duplicate by then, which the receipt stops"
    assert polling.offset == 10


async def test_while_nothing_can_be_written_down_nothing_is_given_up() -> None:
    telegram, taker = FakeTelegram(7), FakeTaker(7)
    polling = Polling(telegram.fetch, taker, Naps().sleep)
    for _ in range(GIVEN_UP_AFTER + 5):
        await polling.round()
    assert polling.offset == 7
    taker.broken.clear()
    await polling.round()
    assert taker.taken == [7]


async def test_one_update_that_can_never_be_written_down_does_not_hold_the_others_back_for_ever(
    capsys: pytest.CaptureFixture[str],
) -> None:
    telegram, taker = FakeTelegram(7, 8), FakeTaker(7)
    polling = Polling(telegram.fetch, taker, Naps().sleep)
    for _ in range(GIVEN_UP_AFTER):
        assert polling.offset in (None, 7)
        await polling.round()
    assert polling.offset == 9
    assert "given_up" in capsys.readouterr().out


async def test_pauses_grow_while_telegram_is_away_and_end_with_it() -> None:
    telegram, naps = FakeTelegram(), Naps(9)
    telegram.troubles = [NetworkError("away")] * 9
    with pytest.raises(Stopped):
        await Polling(telegram.fetch, FakeTaker(), naps.sleep).run()
    assert naps.seconds == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


async def test_pauses_start_again_from_one_second_after_a_success() -> None:
    telegram, naps = FakeTelegram(7), Naps(3)
    telegram.troubles = [NetworkError("away"), NetworkError("away"), None, NetworkError("away")]
    with pytest.raises(Stopped):
        await Polling(telegram.fetch, FakeTaker(), naps.sleep).run()
    assert naps.seconds == [1, 2, 1]


async def test_the_wait_that_telegram_asks_for_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    telegram, naps = FakeTelegram(), Naps(1)
    telegram.troubles = [RetryAfter(timedelta(seconds=23))]
    with pytest.raises(Stopped):
        await Polling(telegram.fetch, FakeTaker(), naps.sleep).run()
    assert naps.seconds == [23]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Conflict("terminated by other getUpdates request"), "only one may poll"),
        (InvalidToken(), "@BotFather"),
    ],
)
async def test_a_trouble_is_explained_once_in_a_sentence(
    error: TelegramError, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    telegram, naps = FakeTelegram(), Naps(5)
    telegram.troubles = [error] * 5
    with pytest.raises(Stopped):
        await Polling(telegram.fetch, FakeTaker(), naps.sleep).run()
    assert capsys.readouterr().out.count(told) == 1


async def test_the_loop_survives_an_answer_it_cannot_read() -> None:
    naps = Naps(2)

    async def fetch(_offset: int | None) -> list[dict[str, Any]]:
        return [{"unheard_of": True}]

    with pytest.raises(Stopped):
        await Polling(fetch, FakeTaker(), naps.sleep).run()
    assert naps.seconds == [1, 2]
