"""STOP and REPRENDRE, as keywords and in the person's own words."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import Accompagnement, Outgoing, Person, Todo
from storage.vocabulary import Consent, Lane, OutboxStatus, SupportStatus, TodoKind
from tests.actions.newcomer import keys
from tests.builders import Conversation
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


@pytest.mark.parametrize("word", ["STOP", "stop", "Arrêt", "ARRET", "désinscrire", " Stop ! "])
def test_the_keyword_stops_at_once_without_any_model(talking: Conversation, world: Little, word: str) -> None:
    assert keys(talking.says(word, None)) == ["stop.done"]
    assert person_of(talking, world).stopped_at == talking.clock.now()


def test_what_was_about_to_be_sent_is_cancelled_and_the_referent_is_told(
    talking: Conversation, world: Little
) -> None:
    with transaction(talking.engine) as session:
        work = Work(session, talking.clock.now(), talking.kit)
        work.tell(session.get_one(Person, world.person.id), "resume.done", key="waiting")
    talking.says("STOP", None)
    with transaction(talking.engine) as session:
        waiting = session.exec(select(Outgoing).where(Outgoing.key == "waiting")).one()
        assert (waiting.lane, waiting.status) == (Lane.PROACTIVE, OutboxStatus.CANCELLED)
        assert session.exec(select(Todo).where(Todo.kind == TodoKind.PREFERENCE)).one().detail == {
            "wish": "stop"
        }


def test_it_is_stopped_in_own_words_too(talking: Conversation, world: Little) -> None:
    assert keys(talking.says("arrêtez de m'écrire svp", "stop_messages")) == ["stop.done"]
    assert person_of(talking, world).stopped_at is not None


def test_stop_twice_makes_one_line_for_the_referent(talking: Conversation) -> None:
    talking.says("STOP", None)
    assert keys(talking.says("STOP", None)) == ["stop.done"]
    with transaction(talking.engine) as session:
        assert len(session.exec(select(Todo)).all()) == 1


def test_after_stop_an_answer_still_comes(talking: Conversation) -> None:
    talking.says("STOP", None)
    assert keys(talking.says("vous gardez quoi sur moi ?", "ask_privacy")) == ["privacy.view"]


@pytest.mark.parametrize("word", ["REPRENDRE", "reprendre", "/start"])
def test_the_keyword_resumes_at_once_without_any_model(
    talking: Conversation, world: Little, word: str
) -> None:
    talking.says("STOP", None)
    assert keys(talking.says(word, None)) == ["resume.done"]
    assert person_of(talking, world).stopped_at is None


def test_resuming_what_never_stopped_says_so(talking: Conversation) -> None:
    assert keys(talking.says("REPRENDRE", None)) == ["resume.already"]


def test_reprendre_ends_a_pause_too(talking: Conversation) -> None:
    talking.says("on fait une pause", "pause_support")
    assert keys(talking.says("REPRENDRE", None)) == ["resume.support"]
    with transaction(talking.engine) as session:
        assert session.exec(select(Accompagnement)).one().status is SupportStatus.ACTIVE


def test_reprendre_before_consent_asks_for_it_and_ends_the_stop(talking: Conversation, world: Little) -> None:
    talking.says("STOP", None)
    with transaction(talking.engine) as session:
        session.get_one(Person, world.person.id).consent = Consent.ASKED
    assert keys(talking.says("REPRENDRE", None)) == ["consent.again"]
    assert person_of(talking, world).stopped_at is None


def test_danger_after_stop_is_still_answered(talking: Conversation) -> None:
    talking.says("STOP", None)
    assert talking.says("je vais me tuer ce soir", None)[0].key.startswith("danger.")
