import random

import pytest

from components.folding import fold
from components.noise import (
    EDITS,
    by_ear,
    dictated,
    leave_out_accents,
    noisy_copies,
    noisy_copy,
    phone_spelling,
)

SENTENCE = "Je suis désolé, je ne peux pas venir à mon rendez-vous demain parce que mon fils est malade"


def test_the_same_seed_gives_the_same_copy() -> None:
    assert noisy_copy(SENTENCE, "7") == noisy_copy(SENTENCE, "7")


def test_seeds_give_varied_copies() -> None:
    assert len({noisy_copy(SENTENCE, str(seed)) for seed in range(20)}) >= 15


@pytest.mark.parametrize("edit", EDITS)
def test_every_kind_of_noise_changes_a_long_sentence(edit) -> None:
    assert any(edit(SENTENCE, random.Random(seed)) != SENTENCE for seed in range(5))


def test_accents_are_left_out_but_words_stay() -> None:
    assert fold(leave_out_accents(SENTENCE, random.Random(1))) == fold(SENTENCE)


def test_phone_spellings_fold_back() -> None:
    assert fold(phone_spelling("je suis là demain", random.Random(3))) == fold("je suis là demain")


def test_by_ear_mixes_up_endings() -> None:
    written = {by_ear("j'ai travaillé", random.Random(seed)) for seed in range(30)}
    assert "j'ai travailler" in written


def test_dictation_writes_no_punctuation() -> None:
    assert not set(dictated("Bonjour, ça va ?", random.Random(1))) & set(",?")


def test_a_copy_that_folding_undoes_is_left_out() -> None:
    assert noisy_copies(["ok", "👍", ""], 1, "1") == []


def test_one_message_in_so_many_gets_a_copy() -> None:
    assert {position for position, _ in noisy_copies([f"{SENTENCE} {at}" for at in range(9)], 3, "1")} <= {
        0,
        3,
        6,
    }


def test_no_copy_is_made_when_none_is_wanted() -> None:
    assert noisy_copies([SENTENCE], 0, "1") == []
