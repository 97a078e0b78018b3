"""Messages are spaced: an address at a time, and all together."""

from datetime import timedelta

import pytest

from bot.channels.base import RateLimited
from bot.channels.pace import FORGET_ABOVE, Pace


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pace(time: Time) -> Pace:
    return Pace(each=1.0, overall=30, now=time.now, sleep=time.sleep)


async def test_the_first_message_leaves_at_once(pace: Pace, time: Time) -> None:
    await pace.turn("a")
    assert time.at == 1000.0


async def test_two_messages_to_one_address_are_a_second_apart(pace: Pace, time: Time) -> None:
    for _ in range(3):
        await pace.turn("a")
    assert time.at == pytest.approx(1002.0)


async def test_sixty_addresses_take_two_seconds_together(pace: Pace, time: Time) -> None:
    for number in range(61):
        await pace.turn(f"address {number}")
    assert time.at == pytest.approx(1002.0)


async def test_an_address_on_hold_is_refused_with_what_is_left_and_the_others_pass(
    pace: Pace, time: Time
) -> None:
    pace.hold("a", timedelta(seconds=40))
    time.at += 10
    with pytest.raises(RateLimited) as refused:
        await pace.turn("a")
    assert refused.value.wait == timedelta(seconds=30)
    await pace.turn("b")
    time.at += 30
    await pace.turn("a")


async def test_addresses_whose_turn_has_come_are_forgotten(pace: Pace, time: Time) -> None:
    for number in range(FORGET_ABOVE + 1):
        await pace.turn(f"address {number}")
    time.at += 5
    await pace.turn("one more")
    assert len(pace._free_at) < 50
