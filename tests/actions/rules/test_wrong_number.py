"""A number that now belongs to somebody else."""

import pytest

from actions.rules.wrong_number import is_wrong_number


@pytest.mark.parametrize(
    "words",
    [
        "c'est pas le bon numéro arretez d'envoyer",
        "ce numéro n'est plus à la personne que vous cherchez, arrêtez d'écrire",
        "vous vous trompez de personne, ne m'écrivez plus",
        "vous avez un mauvais numero",
        "erreur de numéro",
        "je ne connais pas cette personne",
    ],
)
def test_somebody_else_holds_the_number(words: str) -> None:
    assert is_wrong_number(words)


@pytest.mark.parametrize(
    "words",
    [
        "stop",
        "plus de messages svp",
        "enlevez mon numero de votre liste",
        "je ne veux plus vos sms",
        "lâchez-moi",
    ],
)
def test_a_plain_stop_is_no_wrong_number(words: str) -> None:
    assert not is_wrong_number(words)
