"""The noise of phones: repeatable, harmless to the meaning, and not the one that training makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.noise import VARIANTS, as_sms, plain


def test_plain_has_no_accent_and_no_capital() -> None:
    assert plain("Ça va, À côté d'Émile") == "ca va, a cote d'emile"


def test_sms_spelling_is_the_same_each_time() -> None:
    text = "Bonjour, je suis désolée mais je ne peux pas venir demain parce que mon fils est malade"
    assert as_sms(text) == as_sms(text)
    assert as_sms(text) != text


def test_most_words_stay_what_they_were() -> None:
    text = "la réunion du centre social commence samedi matin devant la grande salle du quartier"
    kept = sum(before == after for before, after in zip(text.split(), as_sms(text).split(), strict=True))
    assert kept >= len(text.split()) * 0.6


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    for variant in VARIANTS.values():
        assert isinstance(variant(text), str)


@pytest.mark.parametrize("number", ["14h30", "3", "06 12"])
def test_numbers_stay(number: str) -> None:
    assert as_sms(number) == number
