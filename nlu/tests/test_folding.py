import pytest

from components.folding import clean, fold, shorten, sms_table, spell_out, strip_accents


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Saluuuut", "salut"),
        ("jpeux pas venir", "je peux pas venir"),
        ("j'peux", "je peux"),
        ("j’suis là", "je suis là"),
        ("g plus rien depuis 3 jrs", "j'ai plus rien depuis 3 jours"),
        ("c koi", "c'est quoi"),
        ("TKT", "t'inquiète"),
        ("dans l'aprem", "dans l'après-midi"),
        ("jai pas pu", "j'ai pas pu"),
        ("c est l adresse", "c'est l'adresse"),
        ("j ai rdv", "j'ai rendez-vous"),
    ],
)
def test_a_phone_spelling_is_written_in_full(typed: str, plain: str) -> None:
    assert spell_out(typed) == plain


@pytest.mark.parametrize(
    "text",
    ["c'est lundi", "500 g de pâtes", "j-3 avant le stage", "j'y vais", "sa fille", "mon cv", "3 m environ"],
)
def test_what_is_no_phone_spelling_stays(text: str) -> None:
    assert spell_out(text) == text


def test_two_different_accented_letters_are_no_elongation() -> None:
    assert spell_out("entreprise créée") == "entreprise créée"


def test_figures_are_no_elongation() -> None:
    assert spell_out("1000 euros") == "1000 euros"


@pytest.mark.parametrize("hidden", ["\x00", "\u200b", "\u202e", "\ufeff", "\u00ad", "\ud83d"])
def test_what_cannot_be_seen_hides_nothing(hidden: str) -> None:
    assert clean(f"{hidden}je veux mou{hidden}rir") == "je veux mourir"


def test_line_ends_separate_words() -> None:
    assert clean("bonjour\nmadame\tdupont") == "bonjour madame dupont"


def test_fancy_letters_are_letters() -> None:
    assert fold("𝓫𝓸𝓷𝓳𝓸𝓾𝓻 ＢＯＢ") == "bonjour bob"


def test_spellings_of_one_sentence_fold_to_one() -> None:
    spellings = ["J'ai pas pu venir, désolé", "jai pas pu venir dsl", "J’AI PAS PU VENIR DESOLE"]
    assert {fold(spelling) for spelling in spellings} == {"j ai pas pu venir desole"}


def test_emoji_and_question_marks_stand_alone() -> None:
    assert fold("ok👍🏽 demain?") == "ok 👍 demain ?"


def test_folding_twice_changes_nothing() -> None:
    once = fold("Slt jpeux pas dem, c'est l'après-midi ??")
    assert fold(once) == once


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    short = shorten("début " + "mot " * 1000 + "fin", 100)
    assert len(short) <= 100
    assert short.startswith("début mot")
    assert short.endswith("mot fin")


def test_every_key_of_the_table_can_match() -> None:
    assert [
        key for key in sms_table() if strip_accents(key) != key or key.lower() != key or not key.isalnum()
    ] == []


def test_no_spelling_of_the_table_expands_to_another_abbreviation() -> None:
    again = {key: full for key, full in sms_table().items() if spell_out(full) != full}
    assert again == {}
