"""What a request carries beyond itself: the step to add, the words to pass on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.wishes import LONGEST_TITLE, asks_for_call, carries_message, step_to_add


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("rajoute trouver une nounou", "Trouver une nounou"),
        ("Bonjour, je voudrais ajouter le permis à mon plan s'il vous plaît", "Permis"),
        ("note job dating mercredi", "Job dating mercredi"),
        ("je veux faire une formation cariste vous pouvez la mettre", "Faire une formation cariste"),
        ("jveux etre benevole a la spa mets le", "Etre benevole a la spa"),
        ("mets la chorale du mercredi", "Chorale du mercredi"),
        ("Peux-tu ajouter : appeler la CAF", "Appeler la CAF"),
        ("Trouver un stage", "Trouver un stage"),
        ("Merci d'ajouter à mon plan l'équivalence de mon diplôme.", "L'équivalence de mon diplôme"),
        (
            "je vais candidater au conservatoire, mettez le dans mon plan",
            "Je vais candidater au conservatoire",
        ),
        ("mets que je regarde les offres tous les matins", "Je regarde les offres tous les matins"),
    ],
)
def test_the_step_is_what_remains_once_the_wish_is_taken_off(text: str, title: str) -> None:
    assert step_to_add(text) == title


@pytest.mark.parametrize(
    "text",
    [
        "tu peux rajouter une étape ?",
        "je veux mettre un truc en + dans mon parcours",
        "ajouter",
        "👍",
        "",
        "   ",
    ],
)
def test_a_bare_wish_names_no_step(text: str) -> None:
    assert step_to_add(text) == ""


@given(st.text(max_size=400))
def test_a_title_is_never_too_long_and_nothing_raises(text: str) -> None:
    assert len(step_to_add(text)) <= LONGEST_TITLE + 1


def test_a_long_step_is_cut_between_two_words() -> None:
    title = step_to_add("ajoute " + "apprendre à conduire un camion " * 6)
    assert title.endswith("…")
    assert title.startswith("Apprendre à conduire")


@pytest.mark.parametrize(
    "text",
    [
        "Dites-lui que je suis libre mardi après-midi.",
        "je veux parler à ma référente, j'ai un souci avec mon contrat",
        "Merci de prévenir mon référent que le document est signé.",
    ],
)
def test_words_to_pass_on_are_heard(text: str) -> None:
    assert carries_message(text)


@pytest.mark.parametrize(
    "text",
    [
        "je veux parler à Claire",
        "j'aimerais échanger avec ma conseillère svp",
        "est-ce que je peux parler à un humain ?",
    ],
)
def test_a_bare_wish_to_talk_carries_no_message(text: str) -> None:
    assert not carries_message(text, "Claire", "Exemple")


@pytest.mark.parametrize(
    "text", ["rappelez-moi", "il peut m'appeler ce soir ?", "un coup de fil svp", "appelle moi"]
)
def test_a_wish_to_be_called_is_heard(text: str) -> None:
    assert asks_for_call(text)


@pytest.mark.parametrize("text", ["je m'appelle Awa", "j'appelle demain la mairie", "je veux un message"])
def test_calling_oneself_is_no_wish_to_be_called(text: str) -> None:
    assert not asks_for_call(text)
