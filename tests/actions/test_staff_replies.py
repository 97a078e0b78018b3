"""What the team answers to an alert: "je l'ouvre", by button or in words, from a referent or from the line."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions import escalate, staff_replies
from actions.work import Kit, Work
from storage import outbox
from storage.tables import AuditEvent, ContactPoint, Escalation, Outgoing, Referent
from storage.vocabulary import Urgency
from tests.actions.alert_world import World, a_message, a_world
from tests.builders import a_referent, a_structure
from tests.fakes import FakeClock


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on Tuesday 24 November 2026 at 10:00."""
    return a_world(engine, kit, clock)


def replies(
    world: World, member: Referent | None, text: str | None, choice: str | None = None, level: int = 0
) -> Outgoing | None:
    """A member (None: the structure's line) writes something; what they are answered."""

    def write(work: Work) -> Outgoing | None:
        owner = (
            ContactPoint.referent_id == member.id
            if member
            else ContactPoint.structure_id == world.structure.id
        )
        contact = work.session.exec(select(ContactPoint).where(owner)).one()
        message = a_message(work.session, contact, work.now)
        message.body, message.choice, message.net_level = text, choice, level
        staff_replies.answer(work, contact, message)
        return outbox.find(work.session, f"staff/{message.id}")

    return world.do(write)


def key_of(answer: Outgoing | None) -> str | None:
    """The text key of an answer."""
    return answer.text_key if answer else None


def test_the_button_holds_the_alert(world: World) -> None:
    escalation = world.writes()
    answer = replies(world, world.karim, None, f"open:{escalation.reference}")
    assert key_of(answer) == "staff.held"
    assert world.alert().held_by == world.karim.id


@pytest.mark.parametrize(
    "text",
    ["Je l'ouvre", "j'ouvre", "ok", "1", "OK j'y vais", "vu !", "{reference}", "j'ouvre la {reference}"],
)
def test_the_same_is_said_in_words_by_sms(world: World, text: str) -> None:
    escalation = world.writes()
    answer = replies(world, world.karim, text.format(reference=escalation.reference))
    assert key_of(answer) == "staff.held"


def test_words_without_a_number_mean_the_last_alert_this_member_was_told_of(world: World) -> None:
    world.writes()
    world.clock.forward(minutes=1)
    other = a_world(world.engine, world.kit, world.clock)
    other.writes()
    answer = replies(world, world.claire, "je l'ouvre")
    assert answer is not None
    mine = world.do(
        lambda work: work.session.exec(
            select(Escalation).where(Escalation.structure_id == world.structure.id)
        ).one()
    )
    assert answer.values["reference"] == mine.reference


def test_the_line_of_the_structure_can_hold_an_alert_too(world: World) -> None:
    world.writes()
    world.story(minutes=30, every=10)
    assert key_of(replies(world, None, "je l'ouvre")) == "staff.held"
    alert = world.alert()
    assert (alert.held_by, alert.held_until is not None) == (None, True)


def test_who_comes_second_is_told_who_opens_it(world: World) -> None:
    world.writes()
    replies(world, world.karim, "je l'ouvre")
    answer = replies(world, world.claire, "je l'ouvre")
    assert answer is not None
    assert (answer.text_key, answer.values["who"]) == ("staff.held_by_other", "Karim")


def test_who_held_it_and_did_not_read_it_is_told_that_it_still_waits(world: World) -> None:
    world.writes()
    replies(world, world.karim, "je l'ouvre")
    world.clock.forward(minutes=11)
    assert key_of(replies(world, world.karim, "je l'ouvre")) == "staff.still_unread"


def test_an_alert_already_read_or_closed_says_so(world: World) -> None:
    escalation = world.writes()
    world.do(
        lambda work: escalate.acknowledge(work, work.session.get_one(Escalation, escalation.id), world.claire)
    )
    answer = replies(world, world.karim, str(escalation.reference))
    assert answer is not None
    assert (answer.text_key, answer.values["who"]) == ("staff.already_read", "Claire")
    world.do(
        lambda work: escalate.close(
            work, work.session.get_one(Escalation, escalation.id), world.claire, "Appelée."
        )
    )
    assert key_of(replies(world, world.karim, str(escalation.reference))) == "staff.closed"


def test_an_alert_of_another_structure_does_not_exist(world: World) -> None:
    escalation = world.writes()
    stranger = world.do(lambda work: a_referent(work.session, a_structure(work.session)))
    answer = replies(world, stranger, None, f"open:{escalation.reference}")
    assert key_of(answer) == "staff.no_such_alert"
    assert world.alert().held_until is None


def test_a_colleague_who_does_not_follow_the_person_cannot_hold_their_urgency(world: World) -> None:
    escalation = world.writes(Urgency.URGENT)
    assert key_of(replies(world, world.karim, str(escalation.reference))) == "staff.no_such_alert"
    assert world.alert().held_until is None


def test_small_talk_is_answered_once_a_day(world: World) -> None:
    assert key_of(replies(world, world.claire, "Je suis absente jusqu'au 3 décembre.")) == "staff.only_alerts"
    assert replies(world, world.claire, "Je suis absente jusqu'au 3 décembre.") is None
    world.clock.forward(days=1)
    assert key_of(replies(world, world.claire, "Bonjour")) == "staff.only_alerts"


def test_a_member_in_danger_gets_the_numbers(world: World) -> None:
    answer = replies(world, world.claire, "un message inventé", level=Urgency.DANGER)
    assert key_of(answer) == "staff.danger"


def test_a_voice_message_of_a_member_is_answered_without_an_error(world: World) -> None:
    assert key_of(replies(world, world.claire, None)) == "staff.only_alerts"


def test_the_hold_is_written_down_under_the_name_of_who_holds(world: World) -> None:
    world.writes()
    replies(world, world.karim, "je l'ouvre")
    held = world.do(
        lambda work: work.session.exec(select(AuditEvent).where(AuditEvent.action == "alert.held")).one()
    )
    assert held.actor == f"referent:{world.karim.id}"
