"""Nothing understood: ask, be honest when no model answers, offer the human, never crash."""

import pytest
from sqlalchemy import Engine

from actions.work import Kit
from storage.vocabulary import TodoKind
from tests.actions.plan_world import PlanWorld
from tests.conftest import little_world
from tests.fakes import FakeClock

UNSURE = {
    "confidence": 0.2,
    "ranking": (
        ("log_progress", 0.2),
        ("thank", 0.19),
        ("view_plan", 0.15),
        ("add_step", 0.1),
        ("greet", 0.01),
    ),
}


def test_the_first_time_the_likely_meanings_are_offered(world: PlanWorld) -> None:
    (answer,) = world.talk.says("ben la candidature là", "log_progress", **UNSURE)
    assert answer.key == "not_understood.did_you_mean"
    choices = world.question(answer).details["choices"]
    assert [choice["id"] for choice in choices] == ["log_progress", "view_plan", "add_step", "other"]


def test_the_meaning_chosen_is_done_on_the_first_message(
    engine_any: Engine, kit: Kit, clock: FakeClock
) -> None:
    world = PlanWorld(engine_any, kit, clock, little_world(engine_any))
    (answer,) = world.talk.says("genre 3 candidatures hier", "log_progress", activity="application", **UNSURE)
    assert world.presses("log_progress") == ["progress.logged"]
    (entry,) = world.progress()
    assert (entry.count, entry.activity, entry.done_on.day) == (3, "application", 23)
    assert entry.message_id == answer.row.reply_to


def test_something_else_asks_for_other_words_and_the_next_failure_offers_the_human(world: PlanWorld) -> None:
    world.says("brgl", "log_progress", **UNSURE)
    assert world.presses("other") == ["not_understood.say_otherwise"]
    assert world.says("brgl brgl", "log_progress", **UNSURE) == ["not_understood.offer_human"]


def test_after_two_in_a_row_the_human_is_offered_and_gets_the_words(world: PlanWorld) -> None:
    world.says("brgl", "log_progress", **UNSURE)
    world.clock.forward(minutes=1)
    (answer,) = world.talk.says("brgl brgl", "log_progress", **UNSURE)
    assert answer.key == "not_understood.offer_human"
    assert world.todos() == []
    assert world.says("oui", "affirm") == ["talk.passed_on"]
    assert [line.message_id for line in world.todos(TodoKind.MESSAGE)] == [answer.row.reply_to]


def test_a_message_understood_in_between_starts_the_count_again(world: PlanWorld) -> None:
    world.says("brgl", "log_progress", **UNSURE)
    world.says("merci", "thank")
    assert world.says("brgl", "log_progress", **UNSURE) == ["not_understood.did_you_mean"]


def test_a_plain_word_in_between_starts_the_count_again_even_where_the_model_is_unsure(
    world: PlanWorld,
) -> None:
    world.says("brgl", "log_progress", **UNSURE)
    assert world.says("merci", "log_progress", **UNSURE) == ["conversation.thank"]
    assert world.says("brgl brgl", "log_progress", **UNSURE) == ["not_understood.did_you_mean"]


def test_without_a_likely_meaning_other_words_are_asked_for(world: PlanWorld) -> None:
    assert world.says("brgl", "greet", confidence=0.1, ranking=(("greet", 0.1),)) == [
        "not_understood.say_otherwise"
    ]


def test_while_rasa_is_down_the_message_is_kept_for_the_referent_and_the_person_told(
    world: PlanWorld,
) -> None:
    assert world.says("je dois voir pour mon dossier", None) == ["not_understood.no_model"]
    (line,) = world.todos(TodoKind.NOT_UNDERSTOOD)
    assert world.detail(line) == {"reason": "no_model"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("👍", "conversation.affirm"),
        ("❤️", "conversation.thank"),
        ("Bonjour", "conversation.greet_without_plan"),
        ("mon plan", "plan.empty"),
        ("", "not_understood.no_words"),
        (None, "not_understood.no_words"),
        ("\u200b", "not_understood.no_words"),
        ("\x00\x00", "not_understood.no_words"),
        ("🚗🚗🚗", "not_understood.no_words"),
        ("مرحبا كيف حالك", "not_understood.other_script"),
        ("\u202eПривет", "not_understood.other_script"),
        ("a" * 10_000, "not_understood.no_model"),
    ],
)
def test_odd_messages_get_a_clear_answer_without_a_model(
    world: PlanWorld, text: str | None, key: str
) -> None:
    assert world.says(text, None) == [key]


def test_another_alphabet_reaches_the_referent(world: PlanWorld) -> None:
    world.says("Привет", "greet", confidence=0.1)
    assert len(world.todos(TodoKind.NOT_UNDERSTOOD)) == 1


def test_a_button_pressed_twice_is_told_so(world: PlanWorld) -> None:
    (answer,) = world.talk.says("j'y arrive pas", "report_blocked_step")
    world.presses("no")
    again = [late.key for late in world.talk.presses("yes", answer.row.question_id)]
    assert again == ["not_understood.answered_already"]
    assert world.todos(TodoKind.CALL) == []


def test_a_button_of_no_known_question_is_told_so(world: PlanWorld) -> None:
    assert world.presses("yes") == ["not_understood.button_too_old"]
