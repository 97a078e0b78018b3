"""Which reviewed answer a question asks for: only one that surely fits."""

import pytest

from actions.directory import load_rights
from actions.rules.rights import find_answer

ANSWERS = {text.id: text.words for text in load_rights().texts}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("est-ce que j'ai droit au RSA à 23 ans ?", "rsa_age"),
        ("Comment contester une décision du RSA", "rsa_appeal"),
        ("les 15h c'est obligatoire ?", "weekly_hours"),
        ("on est payé pendant une immersion ?", "immersion_pay"),
        ("c'est quoi la RQTH", "disabled_worker"),
        ("je peux avoir une domiciliation ?", "postal_address"),
        ("j'ai droit à la prime d'activité ?", "activity_bonus"),
        ("je risque une sanction si je viens pas ?", "rsa_before_suspension"),
    ],
)
def test_a_question_finds_its_reviewed_answer(question: str, answer: str) -> None:
    assert find_answer(question, ANSWERS) == answer


@pytest.mark.parametrize(
    "question",
    [
        "je garde le RSA si je fais la formation ?",
        "mon titre de séjour finit en mars, je fais quoi",
        "combien je vais toucher le mois prochain",
        "est-ce que mon patron peut me virer",
        "on m'a coupé le RSA",
        "la pmsmp dure combien au max",
        "Doit-on révéler sa RQTH à l'embauche ?",
        "le permis est payé par le cpf oui ou non",
        "pause obligatoire après combien d'heures",
        "",
    ],
)
def test_what_is_not_surely_covered_finds_none(question: str) -> None:
    assert find_answer(question, ANSWERS) is None


def test_two_answers_that_fit_as_well_are_none() -> None:
    assert find_answer("cpf et rqth", {"a": [["cpf"]], "b": [["rqth"]]}) is None


def test_the_answer_that_needs_more_words_wins() -> None:
    answers = {"general": [["rsa"]], "special": [["rsa", "recours"]]}
    assert find_answer("un recours pour le RSA", answers) == "special"
