"""Every sentence of fr.yaml: each variant renders with its sample values and fits its SMS segments."""

import re

import pytest

from actions.rules.when import format_day
from bot.texts.gsm import fits_gsm, segments
from bot.texts.render import FrenchTexts, Reader
from storage.vocabulary import Activity, Address, ChannelName, FreinCategory, Language

TEXTS = FrenchTexts()
READERS = [
    Reader(address=address, very_simple=simple, first_name="Marie-Ange", referent="Mohamed")
    for address in Address
    for simple in (False, True)
]


FRENCH = sorted(key for key, sentence in TEXTS.sentences.items() if sentence.language is Language.FR)


@pytest.mark.parametrize("key", FRENCH)
def test_every_variant_renders_and_its_sms_fits_its_segments(key: str) -> None:
    sentence = TEXTS.sentences[key]
    TEXTS.check(key, sentence.values)
    for reader in READERS:
        sms = TEXTS.render(key, sentence.values, reader, ChannelName.SMS)
        assert sms
        assert fits_gsm(sms), f"not in the SMS alphabet: {[c for c in sms if not fits_gsm(c)]}"
        assert segments(sms) <= sentence.segments, f"{segments(sms)} segments: {len(sms)} characters"


@pytest.mark.parametrize("key", FRENCH)
def test_the_formal_address_never_slips_into_the_informal_and_back(key: str) -> None:
    sentence = TEXTS.sentences[key]
    if sentence.for_staff:
        return
    tu = TEXTS.render(key, sentence.values, Reader(address=Address.TU), ChannelName.TELEGRAM)
    vous = TEXTS.render(key, sentence.values, Reader(address=Address.VOUS), ChannelName.TELEGRAM)
    assert not re.search(r"(?<!rendez-)\b(vous|votre|vos)\b", tu, re.IGNORECASE)
    assert not re.search(r"\b(tu|ton|ta|tes|toi|t')\b", vous, re.IGNORECASE)


@pytest.mark.parametrize(
    "label", [f"activity.{a.value}" for a in Activity] + [f"frein.{f.value}" for f in FreinCategory]
)
def test_every_activity_and_frein_has_a_label(label: str) -> None:
    assert TEXTS.label(label)


def test_a_day_in_a_sentence_is_the_same_as_everywhere() -> None:
    assert format_day(Reader().now.date(), Reader().now.date()) == "aujourd'hui"
