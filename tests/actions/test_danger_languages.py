"""A danger is answered in the language of its message, with Rasa up and with Rasa down."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.danger import MOST_PLACES
from actions.handle_message import give_up
from actions.ports import Incoming
from actions.receive_message import receive
from actions.rules.urgency import SafetyNet
from actions.work import Kit, Work
from bot.texts.render import FrenchTexts, Reader
from storage.database import transaction
from storage.tables import Escalation, Outgoing
from storage.vocabulary import ChannelName, FreinCategory, Language
from tests.builders import Answer, Conversation, a_reading
from tests.fakes import FakeClock

PLAIN = {
    Language.EN: "please help, my husband beats me",
    Language.AR: "زوجي يضربني كل ليلة",
    Language.UK: "чоловік мене б'є кожен день",
    Language.ES: "mi marido me pega todos los días",
    Language.PT: "o meu marido bate-me todos os dias",
}
VEILED = {
    Language.EN: "you can give my place to someone, i will not be there, not on this earth",
    Language.AR: "سامحوني كلكم هاي اخر رسالة مني",
    Language.UK: "передайте всім що більше не потурбую нікого",
    Language.ES: "mami me espera alla arriba, hoy me voy con ella",
    Language.PT: "guardei os comprimidos todos numa meia, se der coragem hoje acaba",
}


def words_of(answer: Answer, texts: FrenchTexts) -> str:
    """What the person reads."""
    return texts.render(answer.key, answer.values, Reader(), ChannelName.TELEGRAM)


@pytest.mark.parametrize("language", PLAIN)
def test_a_plain_danger_with_rasa_down_is_answered_in_its_language(
    talk: Conversation, texts: FrenchTexts, engine: Engine, language: Language
) -> None:
    answers = talk.says(PLAIN[language], None)
    assert [answer.key for answer in answers] == [f"danger.violence.{language}"]
    words = words_of(answers[0], texts)
    assert "17" in words
    assert "114" in words
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3


@pytest.mark.parametrize("language", VEILED)
def test_a_danger_that_the_model_hears_is_answered_in_the_language_that_it_names(
    talk: Conversation, texts: FrenchTexts, language: Language
) -> None:
    answers = talk.says(VEILED[language], "report_frein", frein="mental_health", urgency=3, language=language)
    assert [answer.key for answer in answers] == [f"danger.mental_health.{language}"]
    words = words_of(answers[0], texts)
    assert all(number in words for number in ("15", "112", "114", "3114"))


def test_arabic_is_answered_in_arabic_letters_up_and_down(talk: Conversation, texts: FrenchTexts) -> None:
    down = words_of(talk.says("أريد أن أموت", None)[0], texts)
    up = talk.says(VEILED[Language.AR], "report_frein", frein="mental_health", urgency=3)
    assert "3114" in down
    assert "رسالتكم مسجلة" in down
    assert [answer.key for answer in up] == ["danger.again.ar"]


def test_a_suspected_danger_that_no_model_judged_is_answered_in_the_language_of_its_words(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SafetyNet, "assess", _fails)
    answers = talk.says("no tengo nada y estoy sola con mi hija", None)
    assert [answer.key for answer in answers] == ["danger.general.es"]


def _fails(*_: Any) -> None:
    raise RuntimeError


def test_a_french_danger_is_answered_as_before(talk: Conversation) -> None:
    assert [answer.key for answer in talk.says("je veux mourir", None)] == ["danger.mental_health"]
    reading: dict[str, Any] = {"frein": "housing", "urgency": 3}
    veiled = talk.says("voilà, c'est la fin du chemin", "report_frein", **reading)
    assert [answer.key for answer in veiled] == ["danger.housing"]


def test_another_language_without_danger_changes_nothing(talk: Conversation) -> None:
    french = [answer.key for answer in talk.says("bonjour", "greet")]
    assert [answer.key for answer in talk.says("hello", "greet", language=Language.EN)] == french


def test_the_answer_at_receipt_is_not_repeated_when_the_model_has_read_it(talk: Conversation) -> None:
    reading: dict[str, Any] = {"frein": "violence", "urgency": 3, "language": Language.EN}
    assert len(talk.says(PLAIN[Language.EN], "report_frein", **reading)) == 1


def test_a_small_word_after_it_gets_the_numbers_in_the_same_language(
    talk: Conversation, clock: FakeClock
) -> None:
    talk.says("أنا في خطر", None)
    clock.forward(minutes=2)
    assert [answer.key for answer in talk.says("ok", "affirm")] == ["danger.violence_again.ar"]


def test_a_small_word_in_another_language_gets_the_numbers_in_that_one(
    talk: Conversation, clock: FakeClock
) -> None:
    talk.says("je veux mourir", None)
    clock.forward(minutes=2)
    answers = talk.says("thanks", "thank", language=Language.EN)
    assert [answer.key for answer in answers] == ["danger.again.en"]


def test_a_second_danger_in_another_language_gets_the_full_answer_in_it(
    talk: Conversation, clock: FakeClock
) -> None:
    talk.says("mon mari me frappe", None)
    clock.forward(minutes=2)
    assert talk.says(PLAIN[Language.ES], None)[0].key == "danger.violence.es"


def test_a_stranger_is_answered_in_their_language(
    engine: Engine, kit: Kit, clock: FakeClock, texts: FrenchTexts
) -> None:
    stranger = Conversation(engine, kit, clock)
    answers = stranger.says("нема де ночувати", None)
    assert [answer.key for answer in answers] == ["danger.unknown_sender.uk"]
    words = words_of(answers[0], texts)
    assert all(number in words for number in ("15", "17", "112", "114", "115"))


def test_food_names_the_places_that_the_structure_entered(
    talk: Conversation, kit: Kit, texts: FrenchTexts
) -> None:
    answer = talk.says("I have not eaten for 3 days", None)[0]
    assert answer.key == "danger.food.en"
    assert answer.values["places"] == [
        place.name for place in kit.resources.for_frein(FreinCategory.FOOD)[:MOST_PLACES]
    ]
    assert answer.values["places"][0] in words_of(answer, texts)


def test_a_message_given_up_is_answered_in_its_language(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    incoming = Incoming(ChannelName.LOCAL, talk.address, "given-up", clock.now(), text=VEILED[Language.ES])
    reading = a_reading("report_frein", frein="mental_health", urgency=3, language=Language.ES)
    with transaction(engine) as session:
        work = Work(session, clock.now(), kit)
        give_up(work, receive(work, incoming).message_id, reading)
    with transaction(engine) as session:
        keys = session.exec(select(Outgoing.text_key)).all()
    assert "danger.mental_health.es" in keys
