"""How people want to be written to: granted at once, or passed on."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.work import Kit
from storage.database import transaction
from storage.tables import Person, Todo
from storage.vocabulary import Address, TodoKind
from tests.actions.newcomer import keys
from tests.builders import Conversation, local
from tests.conftest import Little, little_world
from tests.fakes import FakeClock


@pytest.fixture
def world(engine_any: Engine) -> Little:
    return little_world(engine_any)


@pytest.fixture
def talking(engine_any: Engine, kit: Kit, clock: FakeClock, world: Little) -> Conversation:
    return Conversation(engine_any, kit, clock, world.person)


def person_of(talking: Conversation, world: Little) -> Person:
    with transaction(talking.engine) as session:
        return session.get_one(Person, world.person.id)


@pytest.mark.parametrize(
    ("words", "text_key", "column", "value"),
    [
        ("tu peux me tutoyer", "preference.tu", "address", Address.TU),
        ("je préfère le vouvoiement", "preference.vous", "address", Address.VOUS),
        ("plus simple les messages", "preference.simple", "very_simple", True),
        ("remettez les messages normaux", "preference.plain", "very_simple", False),
        ("moins de messages", "preference.fewer", "check_ins", False),
        ("plus souvent stp", "preference.more", "check_ins", True),
    ],
)
def test_a_wish_is_granted_at_once(
    talking: Conversation, world: Little, words: str, text_key: str, column: str, value: object
) -> None:
    assert keys(talking.says(words, "change_preferences")) == [text_key]
    assert getattr(person_of(talking, world), column) == value


def test_hours_are_set_and_said_back_as_instants_of_the_day(talking: Conversation, world: Little) -> None:
    answer = talking.says("entre 10h et 12h svp", "change_preferences")[0]
    assert answer.values == {"begins": local(2026, 11, 24, 10), "ends": local(2026, 11, 24, 12)}
    person = person_of(talking, world)
    assert (person.waking_from, person.waking_until) == (time(10), time(12))


def test_one_end_of_the_hours_leaves_the_other_unless_they_would_cross(
    talking: Conversation, world: Little
) -> None:
    talking.says("pas avant 10h", "change_preferences")
    assert person_of(talking, world).waking_until == time(19, 30)
    talking.says("après 20h seulement", "change_preferences")
    person = person_of(talking, world)
    assert (person.waking_from, person.waking_until) == (time(20), time(22))


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("parle moi en arabe", "language"),
        ("j'ai changé de numéro", "contact"),
        ("pas de messages le dimanche", "other"),
    ],
)
def test_what_only_a_human_can_do_is_passed_on(talking: Conversation, words: str, wish: str) -> None:
    assert keys(talking.says(words, "change_preferences")) == [f"preference.{wish}"]
    with transaction(talking.engine) as session:
        line = session.exec(select(Todo).where(Todo.kind == TodoKind.PREFERENCE)).one()
        assert (line.detail, line.message_id is not None) == ({"wish": wish}, True)


def test_two_wishes_in_one_message_are_both_heard(talking: Conversation, world: Little) -> None:
    answers = talking.says("je lis pas bien le français, écrivez en turc", "change_preferences")
    assert keys(answers) == ["preference.simple", "preference.language"]
    assert person_of(talking, world).very_simple


def test_without_a_wish_in_the_words_it_is_asked_with_choices(talking: Conversation, world: Little) -> None:
    assert keys(talking.says("changer mes réglages", "change_preferences")) == ["preference.ask"]
    assert keys(talking.says("me tutoyer", None)) == ["preference.tu"]
    assert person_of(talking, world).address is Address.TU


def test_choosing_the_hours_asks_for_a_part_of_the_day(talking: Conversation, world: Little) -> None:
    talking.says("réglages", "change_preferences")
    talking.clock.forward(minutes=1)
    assert keys(talking.says("4", None)) == ["preference.ask_hours"]
    talking.clock.forward(minutes=1)
    assert keys(talking.says("le soir", None)) == ["preference.hours"]
    person = person_of(talking, world)
    assert (person.waking_from, person.waking_until) == (time(18), time(21))


def test_something_else_goes_to_the_referent(talking: Conversation) -> None:
    talking.says("réglages", "change_preferences")
    assert keys(talking.says("autre chose", None)) == ["preference.other"]
