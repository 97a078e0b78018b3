"""First contact: the introduction, the yes, the no, and the way back."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.purge import purge
from actions.work import Kit, Work
from bot.texts.gsm import segments
from bot.texts.render import FrenchTexts, Reader
from storage.database import transaction
from storage.tables import Message, Person, Todo
from storage.vocabulary import ChannelName, Consent, TodoKind
from tests.actions.newcomer import Newcomer, keys
from tests.builders import Conversation
from tests.fakes import FakeClock


@pytest.fixture
def newcomer(engine_any: Engine, kit: Kit, clock: FakeClock) -> Newcomer:
    invited = Newcomer(engine_any, kit, clock)
    invited.phone.says(invited.code)
    return invited


def consent_of(newcomer: Newcomer) -> Consent:
    with transaction(newcomer.engine) as session:
        return session.get_one(Person, newcomer.person.id).consent


def test_the_introduction_says_robot_who_reads_what_and_the_numbers(texts: FrenchTexts) -> None:
    for channel in (ChannelName.SMS, ChannelName.TELEGRAM):
        hello = texts.render("welcome.hello", {}, Reader(referent="Claire"), channel)
        ask = texts.render("consent.ask", {}, Reader(referent="Claire"), channel)
        assert all(word in hello for word in ("robot", "Claire", "15", "17", "112", "114", "urgence"))
        assert all(word in ask for word in ("Claire", "rendez-vous", "alerte", "Pas le reste", "accord"))


def test_by_sms_the_introduction_takes_two_messages_of_two_segments(texts: FrenchTexts) -> None:
    for key in ("welcome.hello", "consent.ask"):
        assert segments(texts.render(key, {}, Reader(), ChannelName.SMS)) <= 2


def test_yes_is_agreed_to(newcomer: Newcomer) -> None:
    assert keys(newcomer.phone.says("oui", "affirm")) == ["consent.given"]
    assert consent_of(newcomer) is Consent.GIVEN


def test_the_button_is_a_yes_too(newcomer: Newcomer) -> None:
    assert keys(newcomer.phone.presses("yes")) == ["consent.given"]


def test_yes_is_understood_while_rasa_is_down(newcomer: Newcomer) -> None:
    assert keys(newcomer.phone.says("1", None)) == ["consent.given"]


def test_a_refusal_is_respected_and_the_referent_learns_of_it(newcomer: Newcomer) -> None:
    assert keys(newcomer.phone.says("non", "deny")) == ["consent.refused"]
    assert consent_of(newcomer) is Consent.REFUSED
    with transaction(newcomer.engine) as session:
        assert session.exec(select(Todo).where(Todo.kind == TodoKind.CONSENT_REFUSED)).one()
    assert keys(newcomer.phone.says("mon plan", "view_plan")) == ["consent.refused_reminder"]


def test_whoever_refused_comes_back_by_writing_oui(newcomer: Newcomer) -> None:
    newcomer.phone.says("non", "deny")
    newcomer.clock.forward(days=40)
    assert keys(newcomer.phone.says("OUI !", None)) == ["consent.given"]
    assert consent_of(newcomer) is Consent.GIVEN


def test_nothing_else_is_done_before_a_yes(newcomer: Newcomer) -> None:
    assert keys(newcomer.phone.says("j'ai envoyé 3 CV", "log_progress")) == ["consent.again"]
    assert consent_of(newcomer) is Consent.ASKED


def test_the_words_of_who_refused_are_gone_the_same_day(newcomer: Newcomer) -> None:
    newcomer.phone.says("non merci je veux pas", "deny")
    with transaction(newcomer.engine) as session:
        purge(Work(session, newcomer.clock.now(), newcomer.kit))
    with transaction(newcomer.engine) as session:
        bodies = session.exec(select(Message.body_sealed).where(Message.person_id == newcomer.person.id))
        assert set(bodies) == {None}


def test_a_danger_told_before_consent_is_kept_for_the_alert(newcomer: Newcomer) -> None:
    newcomer.phone.says("non", "deny")
    newcomer.phone.says("je vais me tuer ce soir", None)
    with transaction(newcomer.engine) as session:
        purge(Work(session, newcomer.clock.now(), newcomer.kit))
    with transaction(newcomer.engine) as session:
        kept = [message.body for message in session.exec(select(Message)) if message.body]
    assert "je vais me tuer ce soir" in kept


def test_privacy_copy_and_erasure_may_be_asked_for_before_consent(newcomer: Newcomer) -> None:
    newcomer.clock.forward(minutes=1)
    assert keys(newcomer.phone.says("vous gardez quoi", "ask_privacy")) == ["privacy.view"]
    assert keys(newcomer.phone.says("mes données", "export_data")) == ["export.here"]
    assert keys(newcomer.phone.says("effacez tout", "delete_data")) == ["delete.ask"]
    assert keys(newcomer.phone.says("oui", "affirm")) == ["delete.planned"]


def test_a_person_bound_by_hand_is_introduced_at_their_first_message(
    engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    newcomer = Newcomer(engine, kit, clock)
    newcomer.phone.says(newcomer.code)
    with transaction(engine) as session:
        session.get_one(Person, newcomer.person.id).consent = Consent.UNASKED
    phone = Conversation(engine, kit, clock, newcomer.person)
    assert keys(phone.says("bonjour")) == ["welcome.hello", "consent.ask"]
