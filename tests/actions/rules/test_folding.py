import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.folding import expand_sms, fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Élodie   À  L’heure ", "elodie a l'heure"),
        ("saluuuuut !!!!", "salut !"),
        ("la fiche créée", "la fiche creee".replace("eee", "ee")),
        ("aideeeeez moi", "aidez moi"),
        ("s u i c i d e", "suicide"),
        ("je veux m.o.u.r.i.r", "je veux mourir"),
        ("y a 1 c t", "y a 1 c t"),
        ("sui\u200bcide", "suicide"),
        ("ｓｕｉｃｉｄｅ", "suicide"),
        ("mоurir", "mourir"),  # a Cyrillic о
        ("ma sœur\net moi", "ma soeur et moi"),
        ("10000 €", "10000 €"),
        ("jpppp", "jpp"),
        ("je t´aime", "je t'aime"),
    ],
)
def test_one_plain_spelling_stands_for_the_many(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("jvx pu vivre", "je veux plus vivre"),
        ("j ve mourir", "je veux mourir"),
        ("jveu", "je veux"),
        ("g fin", "j ai fin"),
        ("chui dehor", "je suis dehors"),
        ("jdor", "je dors"),
        ("c koi", "c est quoi"),
        ("jpp", "j en peux plus"),
        ("qd mtn tt ms pr", "quand maintenant tout mais pour"),
        ("g pu de lait", "j ai plus de lait"),
        ("j'ai pu venir", "j ai pu venir"),
        ("c'est l'heure", "c est l heure"),
    ],
)
def test_sms_spelling_becomes_plain_words(written: str, plain: str) -> None:
    assert expand_sms(fold(written)) == plain


@given(st.text(max_size=300))
def test_folding_never_raises_and_leaves_nothing_invisible(text: str) -> None:
    folded = fold(text)
    assert "  " not in folded
    assert all(character.isprintable() for character in folded)
    expand_sms(folded)


@pytest.mark.parametrize("filler", ["a", "a ", "' ", "e", "a.", "é\u200b", "j v ", "\ufdfa"])
def test_folding_a_long_message_takes_linear_time(filler: str) -> None:
    def spent(size: int) -> float:
        text = (filler * size)[:size]
        return min(_seconds(text) for _ in range(3))

    assert spent(40_000) < 40 * max(spent(4_000), 0.0005)


def _seconds(text: str) -> float:
    start = time.perf_counter()
    expand_sms(fold(text))
    return time.perf_counter() - start
