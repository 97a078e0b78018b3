"""The language of a message without a model: letters, then frequent words, and French where in doubt."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.judge import language_of
from actions.rules.language import by_letters, guess
from actions.rules.urgency import NetReading
from storage.vocabulary import Language
from tests.builders import a_reading

SETS = Path(__file__).parents[2] / "nlu"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("je dors dehors ce soir avec ma fille", Language.FR),
        ("jpp g plus rien a manger", Language.FR),
        ("please help me my husband is angry", Language.EN),
        ("help", Language.EN),
        ("لا أعرف أين أنام الليلة", Language.AR),
        ("rajli sokran w ana khayfa bezzaf", Language.AR),
        ("нас вигнали з хостелу", Language.UK),
        ("меня выгнали из дома", Language.UK),
        ("no tengo donde dormir esta noche", Language.ES),
        ("não tenho onde dormir esta noite", Language.PT),
    ],
)
def test_plain_messages_tell_their_language(text: str, language: Language) -> None:
    assert guess(text) is language


@pytest.mark.parametrize(
    "text", ["", "👍", "15/12 14:30", "ok", "Mohamed Benali", "rdv stop job", "a\ud800b"]
)
def test_french_is_the_answer_of_doubt(text: str) -> None:
    assert guess(text) is Language.FR


def test_where_words_tell_nothing_the_phrase_that_was_heard_does() -> None:
    assert guess("tramadol", Language.ES) is Language.ES


def test_french_words_around_an_english_title_stay_french() -> None:
    assert guess("je regarde the walking dead et je pense à toi") is Language.FR


def test_persian_is_not_taken_for_arabic() -> None:
    assert by_letters("من جای خواب ندارم، چی کار کنم") is Language.FR


def test_one_name_in_other_letters_does_not_change_the_language() -> None:
    assert guess("je suis Олена, je viens au rendez-vous") is Language.FR


@given(st.text(max_size=300))
def test_no_text_makes_the_guess_fail(text: str) -> None:
    assert guess(text) in Language


def test_letters_overrule_a_model_that_knows_no_languages() -> None:
    assert language_of("أنا في خطر", NetReading(), a_reading("report_frein")) is Language.AR


def test_the_model_overrules_the_words() -> None:
    reading = a_reading("report_frein", language=Language.PT)
    assert language_of("no tengo nada", NetReading(), reading) is Language.PT
    assert language_of("no tengo nada", NetReading(), None) is Language.ES


def _right(name: str, language: Language) -> float:
    lines = (SETS / language / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    guessed = [guess(json.loads(line)["text"]) is language for line in lines]
    return sum(guessed) / len(guessed)


def test_hardly_any_french_message_is_taken_for_another_language() -> None:
    assert _right("test", Language.FR) >= 0.995


@pytest.mark.parametrize("language", [language for language in Language if language is not Language.FR])
def test_most_messages_in_another_language_are_recognised(language: Language) -> None:
    assert _right("test", language) >= 0.85
