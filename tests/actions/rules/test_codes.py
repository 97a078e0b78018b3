"""Invitation codes in whatever shape people type them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.codes import ALPHABET, LENGTH, generate, normalise, spelled

CODE = "7K2M9QWX4TB0"


def test_a_code_carries_at_least_fifty_bits() -> None:
    assert len(set(ALPHABET)) == 32
    assert LENGTH * 5 >= 50


def test_a_thousand_codes_are_all_different_and_read_back() -> None:
    codes = {generate() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(normalise(spelled(code)) == code for code in codes)


def test_a_code_that_could_be_taken_for_words_is_drawn_again() -> None:
    drawn = iter("ABCDEFGHJKMN" + CODE)

    def draw(_symbols: Sequence[str]) -> str:
        return next(drawn)

    assert generate(draw) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "7K2M-9QWX-4TB0",
        "7k2m-9qwx-4tb0",
        "7K2M 9QWX 4TB0",
        "7K2M9QWX4TB0",
        " 7K2M – 9QWX – 4TBO ",
        "7k2m.9qwx.4tbo",
        "/start 7K2M9QWX4TB0",
        "/start 7K2M-9QWX-4TB0",
        "/START@filrouge_bot 7k2m9qwx4tb0",
        "bonjour mon code c'est 7K2M-9QWX-4TB0 merci",
        "code : 7k2m9qwx4tbo",
        "7 K 2 M 9 Q W X 4 T B 0",
        "７K2M-9QWX-4TB0",
    ],
)
def test_a_code_is_recognised_however_it_is_typed(typed: str) -> None:
    assert normalise(typed) == CODE


def test_the_letters_i_and_l_are_read_as_one_and_o_as_zero() -> None:
    assert normalise("IL2O-9QWX-4TBO") == "11209QWX4TB0"


@pytest.mark.parametrize(
    "words",
    [
        "bonjour",
        "d'accord merci",
        "bonne soirée !",
        "j'ai envoyé 3 CV hier",
        "rendez-vous mardi à 14h30",
        "06 12 34 56 78",
        "/start",
        "",
        "7K2M-9QWX",
        "avec mon chef",
    ],
)
def test_ordinary_words_are_no_code(words: str) -> None:
    assert normalise(words) is None


def test_a_long_text_is_not_searched() -> None:
    assert normalise("bla " * 60 + "7K2M-9QWX-4TB0") is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = normalise(text)
    assert found is None or (len(found) == LENGTH and set(found) <= set(ALPHABET))
