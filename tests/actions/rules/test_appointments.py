"""Which appointment a message is about."""

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from actions.rules.appointments import MOST_ASKED, Slot, late_for, meant, missed, on_day, to_move
from actions.rules.when import When

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # Tuesday, 10:00 in Paris


def slot(number: int, day: int, hour: int, month: int = 11) -> Slot:
    return Slot(UUID(int=number), datetime(2026, month, day, hour, tzinfo=PARIS).astimezone(UTC))


WEDNESDAY = slot(1, 25, 14)
THURSDAY = slot(2, 26, 9)
THURSDAY_LATER = slot(3, 26, 16)
IN_DECEMBER = slot(4, 10, 14, month=12)


def on(day: int, at: time | None = None, month: int = 11) -> When:
    return When(date(2026, month, day), at)


@pytest.mark.parametrize(
    ("slots", "when", "expected"),
    [
        ([], None, []),
        ([IN_DECEMBER], None, [IN_DECEMBER]),
        ([WEDNESDAY, IN_DECEMBER], None, [WEDNESDAY]),
        ([THURSDAY, IN_DECEMBER], None, [THURSDAY, IN_DECEMBER]),
        ([WEDNESDAY, THURSDAY], on(26), [THURSDAY]),
        ([WEDNESDAY, THURSDAY], on(27), []),
        ([THURSDAY, THURSDAY_LATER], on(26), [THURSDAY, THURSDAY_LATER]),
        ([THURSDAY, THURSDAY_LATER], on(26, time(16)), [THURSDAY_LATER]),
        ([THURSDAY, THURSDAY_LATER], on(26, time(11)), [THURSDAY, THURSDAY_LATER]),
        ([THURSDAY], on(26, time(11)), [THURSDAY]),
    ],
)
def test_the_day_named_decides_and_without_one_today_or_tomorrow_comes_first(
    slots: list[Slot], when: When | None, expected: list[Slot]
) -> None:
    assert meant(slots, when, NOW, PARIS) == expected


def test_no_question_offers_more_than_can_be_read() -> None:
    weekly = [slot(number, day, 14, month=12) for number, day in enumerate(range(1, 29, 3))]
    assert meant(weekly, None, NOW, PARIS) == weekly[:MOST_ASKED]


def test_the_day_is_the_one_where_the_person_lives() -> None:
    early_in_noumea = Slot(UUID(int=9), datetime(2026, 11, 25, 21, tzinfo=UTC))
    assert on_day([early_in_noumea], on(26), ZoneInfo("Pacific/Noumea")) == [early_in_noumea]
    assert on_day([early_in_noumea], on(26), PARIS) == []


@pytest.mark.parametrize(
    ("slots", "when", "expected", "wish"),
    [
        ([WEDNESDAY], None, [WEDNESDAY], None),
        ([WEDNESDAY], on(27), [WEDNESDAY], on(27)),
        ([WEDNESDAY], on(25), [WEDNESDAY], None),
        ([WEDNESDAY], on(25, time(16)), [WEDNESDAY], on(25, time(16))),
        ([WEDNESDAY, IN_DECEMBER], on(10, month=12), [IN_DECEMBER], None),
        ([THURSDAY, IN_DECEMBER], on(27), [THURSDAY, IN_DECEMBER], on(27)),
        ([], on(27), [], on(27)),
    ],
)
def test_a_move_takes_the_day_as_the_wish_unless_one_of_several_lies_on_it(
    slots: list[Slot], when: When | None, expected: list[Slot], wish: When | None
) -> None:
    assert to_move(slots, when, NOW, PARIS) == (expected, wish)


def test_being_late_is_for_the_appointment_going_on_or_next() -> None:
    assert late_for([WEDNESDAY, THURSDAY], None, PARIS) == [WEDNESDAY]
    assert late_for([WEDNESDAY, THURSDAY], on(26), PARIS) == [THURSDAY]
    assert late_for([WEDNESDAY], on(24, time(10, 20)), PARIS) == [WEDNESDAY]
    assert late_for([], None, PARIS) == []


def test_the_missed_one_is_the_last_or_that_of_the_day_named() -> None:
    monday, friday = slot(5, 23, 14), slot(6, 20, 14)
    assert missed([monday, friday], None, PARIS) == [monday]
    assert missed([monday, friday], on(20), PARIS) == [friday]
    assert missed([monday, friday], on(19), PARIS) == []
