"""What the companion sends of itself costs one SMS, its choices included: two segments double a structure's bill."""

from datetime import UTC, datetime

import pytest

from actions.ports import Choice
from bot.deliver import numbered
from bot.texts.gsm import segments, to_gsm
from bot.texts.render import FrenchTexts, Reader
from storage.vocabulary import Address, ChannelName, Modality

TEXTS = FrenchTexts()
NEWS = ("confirm", "cancel", "move")
MOODS = ("going_well", "so_so", "not_well")
LONG = {
    "starts_at": datetime(2026, 12, 23, 13, 30, tzinfo=UTC),
    "before": datetime(2026, 12, 16, 13, 30, tzinfo=UTC),
    "who": "Maximilien",
}


def sent(key: str, choices: tuple[str, ...], address: Address, **values: object) -> str:
    reader = Reader(first_name="Marie-Ange", referent="Maximilien", address=address)
    listed = tuple(Choice(name, TEXTS.label(f"choice.{name}", address)) for name in choices)
    return f"{TEXTS.render(key, values, reader, ChannelName.SMS)}\n{to_gsm(numbered(listed))}"


@pytest.mark.parametrize("address", list(Address))
@pytest.mark.parametrize("modality", list(Modality))
@pytest.mark.parametrize("key", ["reminder.early", "reminder.eve", "reminder.still_holds", "appointment.new"])
def test_a_reminder_with_long_names_fits_one_segment(key: str, modality: Modality, address: Address) -> None:
    assert segments(sent(key, NEWS, address, modality=modality.value, **LONG)) == 1


@pytest.mark.parametrize("address", list(Address))
@pytest.mark.parametrize("key", ["check_in.ask", "nudge.ask"])
def test_asking_how_it_goes_fits_one_segment(key: str, address: Address) -> None:
    assert segments(sent(key, MOODS, address)) == 1


@pytest.mark.parametrize("address", list(Address))
def test_a_move_fits_one_segment(address: Address) -> None:
    assert segments(sent("appointment.moved", NEWS, address, modality="on_site", **LONG)) == 1
