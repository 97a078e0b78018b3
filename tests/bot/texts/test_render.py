"""Rendering: the right variant, in the reader's zone, and a missing value is an error."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.texts.render import FrenchTexts, Reader, TextError
from storage.vocabulary import Address, ChannelName

FILE = """
greeting:
  values: {}
  tu: "Salut {{ first_name }}, ça va ?"
  vous: "Bonjour {{ first_name }}, ça va ?"
  simple: {tu: "Salut !", vous: "Bonjour !"}
  sms: {tu: "Salut ça va"}
meeting:
  values: {at: null}
  text: "{{ at | day }} / {{ at | hour }} / {{ at | moment }}"
done:
  values: {hours: 2.5, count: 3}
  text: "{{ hours | hours }}, {{ count | count('candidature') }}, {{ 1 | count('travail', 'travaux') }}"
labels:
  choice: {"yes": Oui, same: {tu: Toi, vous: Vous}}
"""


@pytest.fixture
def small(tmp_path: Path) -> FrenchTexts:
    file = tmp_path / "fr.yaml"
    file.write_text(FILE, encoding="utf-8")
    return FrenchTexts(file)


@pytest.mark.parametrize(
    ("reader", "channel", "words"),
    [
        (Reader(address=Address.TU), ChannelName.TELEGRAM, "Salut Camille, ça va ?"),
        (Reader(address=Address.VOUS), ChannelName.TELEGRAM, "Bonjour Camille, ça va ?"),
        (Reader(address=Address.TU), ChannelName.SMS, "Salut ca va"),
        (Reader(address=Address.VOUS), ChannelName.SMS, "Bonjour Camille, ca va ?"),
        (Reader(address=Address.TU, very_simple=True), ChannelName.SMS, "Salut !"),
    ],
)
def test_the_nearest_variant_is_chosen(
    small: FrenchTexts, reader: Reader, channel: ChannelName, words: str
) -> None:
    assert small.render("greeting", {}, reader, channel) == words


def test_moments_are_told_in_the_readers_zone(small: FrenchTexts) -> None:
    at = datetime(2026, 12, 3, 8, 30, tzinfo=UTC)
    reader = Reader(zone=ZoneInfo("Indian/Reunion"), now=datetime(2026, 11, 24, tzinfo=UTC))
    words = small.render("meeting", {"at": at}, reader, ChannelName.TELEGRAM)
    assert words == "jeudi 3 décembre / 12 h 30 / jeudi 3 décembre à 12 h 30"


def test_figures_are_told_as_one_says_them(small: FrenchTexts) -> None:
    words = small.render("done", {"hours": 2.5, "count": 3}, Reader(), ChannelName.TELEGRAM)
    assert words == "2 h 30, 3 candidatures, 1 travail"


def test_a_missing_value_is_an_error_that_tells_no_value(small: FrenchTexts) -> None:
    with pytest.raises(TextError, match="done"):
        small.check("done", {"hours": 1.0})
    with pytest.raises(TextError, match="no text nothing"):
        small.check("nothing", {})


def test_labels_follow_the_way_of_address(small: FrenchTexts) -> None:
    assert small.label("choice.yes") == "Oui"
    assert small.label("choice.same", Address.TU) == "Toi"


def test_an_entry_without_both_ways_of_address_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "fr.yaml"
    file.write_text("half:\n  tu: 'Salut'\n", encoding="utf-8")
    with pytest.raises(TextError, match="half"):
        FrenchTexts(file)
