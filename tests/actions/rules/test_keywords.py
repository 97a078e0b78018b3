import pytest

from actions.rules.keywords import Keyword, explicit_keyword


@pytest.mark.parametrize(
    "text", ["STOP", "stop", " Stop !! ", "ARRET", "Arrêt.", "DÉSINSCRIRE", "stop sms", "S T O P", "STOP\n"]
)
def test_a_whole_message_of_stop_is_a_stop(text: str) -> None:
    assert explicit_keyword(text) is Keyword.STOP


@pytest.mark.parametrize("text", ["URGENCE", "au secours !!!", "SOS", "s.o.s", "Aide urgence", "À l'aide"])
def test_a_whole_message_crying_for_help_is_a_danger(text: str) -> None:
    assert explicit_keyword(text) is Keyword.URGENCE


@pytest.mark.parametrize("text", ["REPRENDRE", "start", "Start."])
def test_a_whole_message_of_reprendre_resumes(text: str) -> None:
    assert explicit_keyword(text) is Keyword.RESUME


@pytest.mark.parametrize(
    "text",
    ["", "stop 2 min j'arrive", "je veux stopper", "arrêt de bus", "numero d'urgence", "sos cv", "🛑"],
)
def test_a_word_inside_a_sentence_is_no_keyword(text: str) -> None:
    assert explicit_keyword(text) is None


def test_a_very_long_message_is_no_keyword() -> None:
    assert explicit_keyword("stop" + " " * 5000) is None
