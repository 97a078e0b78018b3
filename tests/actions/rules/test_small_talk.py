"""What can be told of a message without any model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.small_talk import Shape, plain_intent, shape_of
from storage.vocabulary import Intent


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", Shape.NOTHING),
        ("  \n ", Shape.NOTHING),
        ("\u200b\u200d", Shape.NOTHING),
        ("\x00", Shape.NOTHING),
        ("👍🏽", Shape.SIGNS),
        ("12:30", Shape.SIGNS),
        ("مرحبا كيف حالك", Shape.OTHER_SCRIPT),
        ("Привет", Shape.OTHER_SCRIPT),
        ("你好", Shape.OTHER_SCRIPT),
        ("bonjour Привет à tous", Shape.WORDS),
        ("ｂｏｎｊｏｕｒ", Shape.WORDS),
        ("œuvre à l'été", Shape.WORDS),
    ],
)
def test_a_text_is_told_by_the_alphabet_of_most_of_its_letters(text: str, shape: Shape) -> None:
    assert shape_of(text) is shape


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("👍", Intent.AFFIRM),
        ("👍🏿👍🏿", Intent.AFFIRM),
        ("❤️", Intent.THANK),
        ("👋", Intent.GREET),
        ("Bonjour !", Intent.GREET),
        ("MERCI", Intent.THANK),
        ("mon plan", Intent.VIEW_PLAN),
        ("?", Intent.ASK_HELP),
    ],
)
def test_small_words_and_emoji_alone_mean_something(text: str, intent: Intent) -> None:
    assert plain_intent(text) is intent


@pytest.mark.parametrize("text", ["👍❤️", "🚗", "bonjour je dors dehors", "12", "", "oui mais non"])
def test_anything_else_does_not(text: str) -> None:
    assert plain_intent(text) is None


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    shape_of(text)
    plain_intent(text)
