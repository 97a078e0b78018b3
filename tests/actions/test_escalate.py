"""What people do to an alert: a message joins it, somebody opens it, reads it, closes it, forgets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from actions import escalate
from actions.errors import Invalid, NotAllowed, Settled
from actions.work import Kit, Work
from storage.database import transaction
from storage.queries import escalations
from storage.tables import (
    AuditEvent,
    ContactPoint,
    Escalation,
    EscalationMessage,
    Message,
    Outgoing,
    Person,
    Referent,
    StandIn,
    Structure,
)
from storage.vocabulary import ContactStatus, EscalationStatus, FreinCategory, OutboxStatus, Role, Urgency
from tests.actions.alert_world import World, a_message, a_world, notifications
from tests.builders import a_contact, a_referent, a_structure, local
from tests.fakes import FakeClock


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on Tuesday 24 November 2026 at 10:00."""
    return a_world(engine, kit, clock)


def on_alert(world: World, deed: Callable[..., Any], *rest: Any) -> Any:
    """Do something to the one alert, in a transaction of its own."""
    return world.do(lambda work: deed(work, work.session.exec(select(Escalation)).one(), *rest))


def said_to_awa(world: World) -> list[str]:
    """The keys of what was put in the outbox for Awa."""
    return world.do(
        lambda work: list(
            work.session.exec(
                select(Outgoing.text_key)
                .where(Outgoing.person_id == world.awa.id)
                .order_by(col(Outgoing.created_at))
            )
        )
    )


def test_a_further_message_of_danger_joins_the_open_alert_and_tells_again(world: World) -> None:
    first = world.writes()
    world.clock.forward(minutes=3)
    second = world.writes()
    assert (second.id, second.round) == (first.id, 2)
    assert world.told_now() == ["Claire", "Karim"]


def test_a_further_message_does_not_put_off_the_lead(world: World) -> None:
    world.writes()
    told = world.story(minutes=15, every=5)
    world.writes()
    told += world.story(minutes=10, every=5)
    assert ("24 10:20", ["Nadia"]) in told


def test_a_message_after_the_acknowledgement_starts_a_new_round(world: World) -> None:
    world.writes()
    world.clock.forward(minutes=2)
    on_alert(world, escalate.acknowledge, world.claire)
    assert world.story(minutes=120, every=10) == []
    world.writes()
    alert = world.alert()
    assert (alert.status, alert.acknowledged_by, alert.round) == (EscalationStatus.OPEN, None, 2)
    assert world.story(minutes=20, every=10) == [
        ("24 12:02", ["Claire", "Karim"]),
        ("24 12:12", ["Claire", "Karim"]),
        ("24 12:22", ["Nadia"]),
    ]


def test_the_same_message_twice_changes_nothing(world: World) -> None:
    _, message = world.do(lambda work: world.feed(work, world.message(work.session)))
    before = world.do(lambda work: len(notifications(work.session)))
    world.clock.forward(minutes=1)
    again, _ = world.do(lambda work: world.feed(work, work.session.get_one(Message, message.id)))
    assert again.round == 1
    assert world.do(lambda work: len(notifications(work.session))) == before
    assert world.do(lambda work: len(work.session.exec(select(EscalationMessage)).all())) == 1


def test_the_same_message_read_as_worse_raises_the_level(world: World) -> None:
    world.clock.at = local(2026, 11, 24, 22, 0)
    _, message = world.do(lambda work: world.feed(work, world.message(work.session), Urgency.URGENT))
    assert world.told_now() == []
    again, _ = world.do(lambda work: world.feed(work, work.session.get_one(Message, message.id)))
    assert again.level == Urgency.DANGER
    assert world.told_now() == ["Claire", "Karim"]
    assert world.do(lambda work: len(work.session.exec(select(EscalationMessage)).all())) == 1


def test_a_message_whose_alert_was_closed_opens_no_other(world: World) -> None:
    _, message = world.do(lambda work: world.feed(work, world.message(work.session)))
    on_alert(world, escalate.close, world.claire, "Appelée, elle est en sécurité.")
    world.do(lambda work: world.feed(work, work.session.get_one(Message, message.id)))
    assert world.alert().status is EscalationStatus.CLOSED


def test_a_new_danger_after_the_closing_opens_a_new_alert(world: World) -> None:
    first = world.writes()
    on_alert(world, escalate.close, world.claire, "Appelée, elle est en sécurité.")
    world.clock.forward(hours=1)
    second = world.writes()
    assert second.id != first.id
    assert world.told_now() == ["Claire", "Karim"]


def test_danger_turns_an_urgency_into_a_danger(world: World) -> None:
    world.writes(Urgency.URGENT, FreinCategory.MONEY)
    world.clock.forward(minutes=1)
    joined = world.writes(Urgency.DANGER, FreinCategory.MENTAL_HEALTH)
    assert (joined.level, joined.frein) == (Urgency.DANGER, FreinCategory.MENTAL_HEALTH)
    assert world.told_now() == ["Claire", "Karim"]


def test_an_urgency_does_not_lower_a_danger(world: World) -> None:
    world.writes(Urgency.DANGER, FreinCategory.VIOLENCE)
    world.clock.forward(minutes=1)
    joined = world.writes(Urgency.URGENT, FreinCategory.MONEY)
    assert (joined.level, joined.frein) == (Urgency.DANGER, FreinCategory.VIOLENCE)


def test_opening_an_alert_keeps_what_was_just_noted_of_the_person(world: World) -> None:
    def note_and_open(work: Work) -> None:
        work.session.get_one(Person, world.awa.id).last_message_at = work.now
        world.feed(work, world.message(work.session))

    world.do(note_and_open)
    awa = world.do(lambda work: work.session.get_one(Person, world.awa.id))
    assert awa.last_message_at == world.clock.now()


def test_a_machine_that_writes_in_a_loop_does_not_ring_each_time(world: World) -> None:
    for _ in range(30):
        world.writes()
    assert world.alert().round < world.kit.policy.loop_messages
    assert world.do(lambda work: len(work.session.exec(select(EscalationMessage)).all())) == 30


def test_an_unknown_sender_in_danger_rings_the_line_of_the_structure(world: World) -> None:
    world.do(open_for_stranger)
    alert = world.alert()
    assert (alert.person_id, alert.structure_id) == (None, world.structure.id)
    assert world.told_now() == ["Karim", "line"]


def open_for_stranger(work: Work) -> Escalation | None:
    """Somebody nobody knows writes something that worries."""
    contact = a_contact(work.session)
    message = a_message(work.session, contact, work.now)
    return escalate.open_or_join(
        work, person=None, contact=contact, message=message, level=Urgency.DANGER, frein=None
    )


def test_without_any_structure_there_is_nobody_to_alert(engine: Engine, kit: Kit, clock: FakeClock) -> None:
    with transaction(engine) as session:
        assert open_for_stranger(Work(session, clock.now(), kit)) is None


def test_opening_it_holds_the_chain_for_ten_minutes(world: World) -> None:
    world.writes()
    world.clock.forward(minutes=5)
    on_alert(world, escalate.hold, world.karim)
    assert world.story(minutes=15) == [("24 10:15", ["Claire", "Karim"]), ("24 10:20", ["Nadia"])]


def test_the_same_person_cannot_hold_an_alert_over_and_over(world: World) -> None:
    world.writes()
    on_alert(world, escalate.hold, world.karim)
    world.clock.forward(minutes=9)
    on_alert(world, escalate.hold, world.karim)
    assert world.alert().held_until == world.clock.now() + timedelta(minutes=1)
    world.clock.forward(minutes=2)
    on_alert(world, escalate.hold, world.karim)
    world.tick()
    assert world.told_now() == ["Claire", "Karim"]


def test_somebody_else_may_hold_it_once_the_first_has_let_it_go(world: World) -> None:
    world.writes()
    on_alert(world, escalate.hold, world.karim)
    with pytest.raises(Settled):
        on_alert(world, escalate.hold, world.claire)
    world.clock.forward(minutes=10)
    on_alert(world, escalate.hold, world.claire)
    assert world.alert().held_by == world.claire.id


def test_a_further_message_breaks_the_hold(world: World) -> None:
    world.writes()
    on_alert(world, escalate.hold, world.karim)
    world.clock.forward(minutes=1)
    world.writes()
    assert world.told_now() == ["Claire", "Karim"]
    on_alert(world, escalate.hold, world.karim)
    assert world.alert().held_by == world.karim.id


def test_an_acknowledgement_stops_the_steps_and_what_was_not_sent_yet(world: World) -> None:
    world.writes()
    on_alert(world, escalate.acknowledge, world.karim)
    alert = world.alert()
    assert (alert.status, alert.acknowledged_by) == (EscalationStatus.ACKNOWLEDGED, world.karim.id)
    assert alert.closed_at is None
    assert world.do(lambda work: escalations.pending_steps(work.session, alert.id)) == []
    rows = world.do(lambda work: notifications(work.session))
    assert {row.status for row in rows} == {OutboxStatus.CANCELLED}


def test_the_person_is_told_who_read_their_message_and_when(world: World) -> None:
    world.writes()
    world.clock.forward(minutes=7)
    on_alert(world, escalate.acknowledge, world.karim)
    seen = world.do(
        lambda work: work.session.exec(select(Outgoing).where(Outgoing.text_key == "alert.seen")).one()
    )
    assert seen.person_id == world.awa.id
    assert seen.values == {"who": "Karim", "at": {"$at": world.clock.now().isoformat()}}
    assert seen.reply_to is not None


def test_the_person_is_told_even_after_they_stopped_the_messages(world: World) -> None:
    world.writes()
    world.do(lambda work: mute(work, world))
    on_alert(world, escalate.acknowledge, world.claire)
    assert said_to_awa(world) == ["alert.seen"]


def mute(work: Work, world: World) -> None:
    """Awa wrote STOP."""
    _address(work, world).status = ContactStatus.MUTED


def test_nothing_is_told_at_an_address_that_is_not_the_persons_any_more(world: World) -> None:
    world.writes()
    world.do(lambda work: setattr(_address(work, world), "person_id", None))
    on_alert(world, escalate.acknowledge, world.claire)
    assert said_to_awa(world) == []


def test_what_became_of_it_is_told_at_the_address_the_person_has_now(world: World) -> None:
    world.writes()
    world.do(lambda work: setattr(_address(work, world), "person_id", None))
    new = world.do(lambda work: a_contact(work.session, person_id=world.awa.id).id)
    on_alert(world, escalate.acknowledge, world.claire)
    seen = world.do(
        lambda work: work.session.exec(select(Outgoing).where(Outgoing.text_key == "alert.seen")).one()
    )
    assert seen.contact_id == new


def _address(work: Work, world: World) -> ContactPoint:
    return work.session.exec(select(ContactPoint).where(ContactPoint.person_id == world.awa.id)).one()


def test_an_alert_read_twice_is_told_once_for_each_message(world: World) -> None:
    world.writes()
    on_alert(world, escalate.acknowledge, world.claire)
    world.clock.forward(hours=4)
    world.do(escalate.raise_forgotten)
    on_alert(world, escalate.acknowledge, world.claire)
    assert said_to_awa(world) == ["alert.seen"]
    world.clock.forward(minutes=1)
    world.writes()
    world.clock.forward(minutes=1)
    on_alert(world, escalate.acknowledge, world.claire)
    assert said_to_awa(world) == ["alert.seen", "alert.seen"]


def test_the_second_to_acknowledge_sees_that_it_was_done(world: World) -> None:
    world.writes()
    on_alert(world, escalate.acknowledge, world.claire)
    with pytest.raises(Settled):
        on_alert(world, escalate.acknowledge, world.karim)
    assert world.alert().acknowledged_by == world.claire.id


def test_a_held_alert_can_be_read_by_somebody_else(world: World) -> None:
    world.writes()
    on_alert(world, escalate.hold, world.karim)
    on_alert(world, escalate.acknowledge, world.claire)
    assert world.alert().acknowledged_by == world.claire.id


def test_only_a_note_closes(world: World) -> None:
    world.writes()
    with pytest.raises(Invalid):
        on_alert(world, escalate.close, world.claire, "  \n")
    on_alert(world, escalate.close, world.claire, " Vue à 11 h, sa sœur est avec elle. ")
    alert = world.alert()
    assert (alert.status, alert.note) == (EscalationStatus.CLOSED, "Vue à 11 h, sa sœur est avec elle.")
    assert said_to_awa(world) == ["alert.taken_up"]
    with pytest.raises(Settled):
        on_alert(world, escalate.close, world.karim, "Une autre note.")


def test_a_note_on_an_unread_alert_also_counts_as_having_read_it(world: World) -> None:
    world.writes()
    on_alert(world, escalate.close, world.nadia, "Appelée.")
    assert world.alert().acknowledged_by == world.nadia.id
    world.clock.forward(minutes=1)
    assert world.story(minutes=60, every=10) == []


def test_the_note_is_sealed_in_the_database(world: World) -> None:
    world.writes()
    on_alert(world, escalate.close, world.claire, "canari-de-la-note")
    sealed = world.alert().note_sealed
    assert sealed is not None
    assert b"canari" not in sealed


def test_an_alert_read_without_a_note_is_raised_again_after_four_hours(world: World) -> None:
    world.writes()
    on_alert(world, escalate.acknowledge, world.claire)
    world.clock.forward(hours=3, minutes=59)
    assert world.do(escalate.raise_forgotten) == 0
    world.clock.forward(minutes=1)
    assert world.do(escalate.raise_forgotten) == 1
    assert world.told_now() == ["Claire", "Karim"]
    assert world.alert().status is EscalationStatus.OPEN
    assert world.do(escalate.raise_forgotten) == 0


def test_one_forgotten_alert_that_cannot_be_raised_keeps_none_of_the_others(world: World) -> None:
    other = a_world(world.engine, world.kit, world.clock)
    for one in (world, other):
        escalation = one.writes()
        one.do(partial(_read, escalation.id, one.claire))
    broken = world.structure.id
    world.do(lambda work: setattr(work.session.get_one(Structure, broken), "time_zone", "Nowhere/At_all"))
    world.clock.forward(hours=4)
    assert world.do(escalate.raise_forgotten) == 1


def _read(escalation_id: UUID, referent: Referent, work: Work) -> None:
    escalate.acknowledge(work, work.session.get_one(Escalation, escalation_id), referent)


def test_a_closed_alert_is_never_raised_again(world: World) -> None:
    world.writes()
    on_alert(world, escalate.close, world.claire, "Appelée.")
    world.clock.forward(hours=5)
    assert world.do(escalate.raise_forgotten) == 0


@pytest.mark.parametrize("deed", [escalate.hold, escalate.acknowledge])
def test_somebody_from_another_structure_may_not_touch_it(world: World, deed: Callable[..., None]) -> None:
    world.writes()
    stranger = world.do(lambda work: a_referent(work.session, a_structure(work.session), role=Role.ADMIN))
    with pytest.raises(NotAllowed):
        on_alert(world, deed, stranger)


def test_each_member_opens_the_alerts_that_are_theirs(world: World) -> None:
    world.writes(Urgency.URGENT)
    other = world.do(lambda work: a_referent(work.session, world.structure, first_name="Omar"))
    may = {member.first_name: sees(world, member) for member in (*team(world), other)}
    assert may == {"Claire": True, "Léa": True, "Karim": False, "Nadia": True, "Omar": False}
    world.writes(Urgency.DANGER)
    assert sees(world, world.karim)
    today = date(2026, 11, 24)
    world.do(
        lambda work: work.session.add(
            StandIn(referent_id=world.claire.id, stand_in_id=other.id, starts_on=today, ends_on=today)
        )
    )
    assert sees(world, other)


def team(world: World) -> tuple[Referent, ...]:
    """The four of the team."""
    return world.claire, world.lea, world.karim, world.nadia


def sees(world: World, member: Referent) -> bool:
    """Whether the alert is in this member's queue."""
    today = date(2026, 11, 24)
    return bool(world.do(lambda work: escalations.queue(work.session, member, today)))


def test_the_queue_shows_the_oldest_unread_alert_first(world: World) -> None:
    first = world.writes()
    on_alert(world, escalate.acknowledge, world.claire)
    world.clock.forward(minutes=1)
    world.do(open_for_stranger)
    queue = world.do(lambda work: escalations.queue(work.session, world.nadia, date(2026, 11, 24)))
    assert [alert.status for alert in queue] == [EscalationStatus.OPEN, EscalationStatus.ACKNOWLEDGED]
    assert queue[1].id == first.id


def test_a_person_is_told_truly_who_reads_and_when(world: World) -> None:
    world.writes(Urgency.URGENT)
    values = on_alert(world, escalate.person_values)
    assert (values["who"], values["open_now"]) == ("Claire", True)
    assert (values["from_at"], values["until_at"]) == (local(2026, 11, 24, 9), local(2026, 11, 24, 17, 30))
    world.clock.at = local(2026, 11, 27, 20, 0)
    values = on_alert(world, escalate.person_values)
    assert (values["open_now"], values["next_at"]) == (False, local(2026, 11, 30, 9))


def test_the_stand_in_is_named_while_the_referent_is_away(world: World) -> None:
    world.writes(Urgency.URGENT)
    today = date(2026, 11, 24)
    world.do(
        lambda work: work.session.add(
            StandIn(referent_id=world.claire.id, stand_in_id=world.lea.id, starts_on=today, ends_on=today)
        )
    )
    assert on_alert(world, escalate.person_values)["who"] == "Léa"


def test_every_change_of_an_alert_is_in_the_audit_log_without_a_word_of_anybody(world: World) -> None:
    world.writes()
    on_alert(world, escalate.hold, world.karim)
    on_alert(world, escalate.acknowledge, world.karim)
    on_alert(world, escalate.close, world.karim, "Une note que le journal ne contient pas.")
    events = world.do(lambda work: work.session.exec(select(AuditEvent)).all())
    actions = {event.action for event in events}
    assert actions >= {"alert.opened", "alert.step_done", "alert.held", "alert.acknowledged", "alert.closed"}
    assert not any("note" in str(event.facts) for event in events)
