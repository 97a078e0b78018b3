"""The chain of an alert when nobody reacts: who is told and when, by night, at the weekend, with people missing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions import audit
from actions.audit import ProblemKind
from actions.work import Kit
from storage.queries import escalations
from storage.tables import AuditEvent, Escalation, EscalationStep, StandIn, Structure
from storage.vocabulary import OutboxStatus, StepKind, StepStatus, Urgency
from tests.actions.alert_world import World, a_world, notifications
from tests.builders import local
from tests.fakes import FakeClock


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on Tuesday 24 November 2026 at 10:00."""
    return a_world(engine, kit, clock)


def test_a_danger_at_night_climbs_until_everybody_hears_of_it_in_the_morning(world: World) -> None:
    world.clock.at = local(2026, 11, 24, 23, 30)
    world.writes()
    told = world.story(minutes=10 * 60, every=5)
    assert told[:6] == [
        ("24 23:30", ["Claire", "Karim"]),
        ("24 23:40", ["Claire", "Karim"]),
        ("24 23:50", ["Nadia"]),
        ("25 00:00", ["line"]),
        ("25 00:30", ["line"]),
        ("25 01:00", ["line"]),
    ]
    assert told[-3:] == [
        ("25 08:30", ["line"]),
        ("25 09:00", ["Claire", "Karim", "Nadia", "line"]),
        ("25 09:30", ["line"]),
    ]


@pytest.mark.slow
def test_everybody_is_told_again_each_morning_until_somebody_has_read(world: World) -> None:
    world.clock.at = local(2026, 11, 27, 18, 0)
    world.writes()
    told = world.story(minutes=4 * 24 * 60, every=10)
    mornings = [when for when, names in told if names == ["Claire", "Karim", "Nadia", "line"]]
    assert mornings == ["30 09:00", "01 09:00"]


def test_danger_while_the_clocks_go_back_keeps_real_minutes(world: World) -> None:
    world.clock.at = datetime.fromisoformat("2026-10-25T02:50:00+02:00")
    world.writes()
    assert world.story(minutes=30, every=5) == [
        ("25 02:50", ["Claire", "Karim"]),
        ("25 02:00", ["Claire", "Karim"]),
        ("25 02:10", ["Nadia"]),
        ("25 02:20", ["line"]),
    ]


def test_an_urgency_climbs_through_the_working_day(world: World) -> None:
    world.writes(Urgency.URGENT)
    assert world.story(minutes=7 * 60, every=10) == [
        ("24 10:00", ["Claire"]),
        ("24 11:00", ["Claire"]),
        ("24 12:00", ["Léa"]),
        ("24 13:00", ["Nadia"]),
    ]


def test_an_urgency_on_christmas_day_waits_for_the_next_working_day(world: World) -> None:
    world.clock.at = local(2026, 12, 25, 11, 0)
    world.writes(Urgency.URGENT)
    assert world.told_now() == []
    assert world.story(minutes=3 * 24 * 60, every=30) == [
        ("28 09:00", ["Claire"]),
        ("28 10:00", ["Claire"]),
        ("28 11:00", ["Léa"]),
    ]


def test_an_urgency_that_nobody_read_is_told_to_all_three_the_next_morning(world: World) -> None:
    world.writes(Urgency.URGENT)
    assert world.story(minutes=24 * 60, every=30)[-1] == ("25 09:00", ["Claire", "Léa", "Nadia"])


def test_a_notification_carries_the_number_and_nothing_else(world: World) -> None:
    escalation = world.writes()
    rows = world.do(lambda work: notifications(work.session))
    assert [row.values for row in rows] == [{"reference": escalation.reference}] * 2
    assert {row.reference for row in rows} == {str(escalation.reference)}
    assert escalation.reference >= 1000


def test_the_stand_in_of_an_absent_referent_is_told_in_their_place(world: World) -> None:
    today = date(2026, 11, 24)
    world.do(
        lambda work: work.session.add(
            StandIn(referent_id=world.claire.id, stand_in_id=world.lea.id, starts_on=today, ends_on=today)
        )
    )
    world.writes()
    assert world.told_now() == ["Karim", "Léa"]


def test_recipients_are_resolved_when_a_step_falls_due_and_not_before(world: World) -> None:
    world.clock.at = local(2026, 11, 24, 23, 55)
    world.writes()
    day_after = date(2026, 11, 25)
    world.do(
        lambda work: work.session.add(
            StandIn(
                referent_id=world.claire.id, stand_in_id=world.lea.id, starts_on=day_after, ends_on=day_after
            )
        )
    )
    assert world.story(minutes=10) == [("24 23:55", ["Claire", "Karim"]), ("25 00:05", ["Karim", "Léa"])]


def test_a_stand_in_who_cannot_be_reached_leaves_the_referent_to_be_told(world: World) -> None:
    today = date(2026, 11, 24)
    world.lose(world.lea)
    world.do(
        lambda work: work.session.add(
            StandIn(referent_id=world.claire.id, stand_in_id=world.lea.id, starts_on=today, ends_on=today)
        )
    )
    world.writes()
    assert world.told_now() == ["Claire", "Karim"]


def test_without_anybody_on_call_the_backup_hears_of_danger(world: World) -> None:
    world.lose(world.karim)
    world.writes()
    assert world.told_now() == ["Claire", "Léa"]


def test_a_step_without_recipient_is_skipped_and_the_next_one_comes_at_once(world: World) -> None:
    world.lose(world.claire, world.karim, world.lea)
    world.writes()
    assert world.told_now() == ["Nadia"]
    steps = world.do(lambda work: escalations.steps_of(work.session, world.alert().id))
    assert [step.status for step in steps[:5]] == [StepStatus.SKIPPED] * 4 + [StepStatus.DONE]


def test_a_lead_who_cannot_be_reached_brings_the_line_forward(world: World) -> None:
    world.lose(world.nadia)
    world.writes()
    assert world.story(minutes=60)[2:] == [("24 10:20", ["line"]), ("24 10:50", ["line"])]


def test_an_urgency_without_a_reachable_referent_goes_to_the_backup_at_once(world: World) -> None:
    world.lose(world.claire)
    world.writes(Urgency.URGENT)
    assert world.told_now() == ["Léa"]


def test_without_a_line_everybody_who_can_be_reached_is_told_instead(world: World) -> None:
    world.lose_line()
    world.writes()
    assert world.story(minutes=60)[3:] == [
        ("24 10:30", ["Claire", "Karim", "Léa", "Nadia"]),
        ("24 11:00", ["Claire", "Karim", "Léa", "Nadia"]),
    ]


def test_an_urgency_that_reaches_nobody_of_its_chain_goes_to_the_line(world: World) -> None:
    world.lose(world.claire, world.lea, world.nadia, world.karim)
    world.writes(Urgency.URGENT)
    assert world.told_now() == ["line"]


def test_nobody_reachable_at_all_is_an_error_that_the_auditor_sees(world: World) -> None:
    world.lose(world.claire, world.lea, world.karim, world.nadia)
    world.lose_line()
    world.writes()
    assert world.told_now() == []
    actions = world.do(lambda work: work.session.exec(select(AuditEvent.action)).all())
    assert "alert.nobody_reachable" in actions
    report = world.do(audit.check)
    assert [problem.kind for problem in report.problems] == [ProblemKind.NOBODY_TOLD]
    today = world.clock.now().date()
    assert world.do(lambda work: len(escalations.queue(work.session, world.nadia, today))) == 1


def test_somebody_who_becomes_reachable_again_is_told_within_half_an_hour(world: World) -> None:
    world.lose(world.claire, world.lea, world.karim, world.nadia)
    world.lose_line()
    world.writes()
    world.clock.forward(minutes=5)
    world.gain(world.karim)
    assert world.story(minutes=30) == [("24 10:30", ["Karim"])]


def test_a_member_with_two_roles_is_told_once_in_a_wave(world: World) -> None:
    world.change(world.claire, on_call=True)
    world.writes()
    assert world.told_now() == ["Claire", "Karim"]


def test_a_member_who_has_left_is_not_told(world: World) -> None:
    world.change(world.karim, active=False)
    world.writes()
    assert world.told_now() == ["Claire", "Léa"]


def test_ticking_twice_at_the_same_moment_tells_nobody_twice(world: World) -> None:
    world.writes()
    assert world.tick() == 0
    world.clock.forward(minutes=10)
    assert (world.tick(), world.tick()) == (1, 0)


def test_steps_missed_while_the_server_was_down_run_together_once(world: World) -> None:
    world.writes()
    world.clock.forward(hours=3)
    world.tick()
    assert world.told_now() == ["Claire", "Karim", "Nadia", "line"]
    world.clock.forward(minutes=29)
    assert world.tick() == 0


def test_a_notification_that_could_not_be_delivered_brings_the_next_step_forward(world: World) -> None:
    world.writes(Urgency.URGENT)
    world.fail_notifications()
    world.lose(world.claire)
    world.clock.forward(minutes=1)
    world.tick()
    assert world.told_now() == ["Léa"]


def test_a_notification_that_was_not_even_tried_brings_the_next_step_forward_too(world: World) -> None:
    world.writes(Urgency.URGENT)
    world.do(lambda work: setattr(notifications(work.session)[0], "status", OutboxStatus.CANCELLED))
    world.lose(world.claire)
    world.clock.forward(minutes=1)
    world.tick()
    assert world.told_now() == ["Léa"]


def test_one_notification_that_arrived_is_enough_to_wait(world: World) -> None:
    world.writes()
    world.do(lambda work: setattr(notifications(work.session)[0], "status", OutboxStatus.FAILED))
    world.clock.forward(minutes=1)
    assert world.tick() == 0


def test_an_undelivered_repeat_is_not_hammered(world: World) -> None:
    world.lose(world.claire, world.lea, world.karim, world.nadia)
    world.writes()
    world.fail_notifications()
    world.clock.forward(minutes=1)
    assert world.tick() == 0


def test_one_alert_that_cannot_run_does_not_keep_the_others_waiting(world: World) -> None:
    other = a_world(world.engine, world.kit, world.clock)
    other.writes()
    broken = world.writes()
    world.do(
        lambda work: setattr(
            work.session.get_one(Structure, world.structure.id), "time_zone", "Nowhere/At_all"
        )
    )
    world.clock.forward(minutes=10)
    assert world.tick() == 1
    pending = world.do(lambda work: escalations.pending_steps(work.session, broken.id))
    assert pending[0].due_at == world.clock.now()


def test_every_repeat_freezes_its_own_successor(world: World) -> None:
    world.writes()
    world.story(minutes=30)
    pending = world.do(lambda work: escalations.pending_steps(work.session, world.alert().id))
    repeats = [step for step in pending if step.kind is StepKind.REPEAT]
    assert [step.due_at for step in repeats] == [world.clock.now() + timedelta(minutes=30)]


def test_an_open_alert_always_has_a_step_to_come(world: World) -> None:
    world.writes(Urgency.URGENT)
    for _ in range(100):
        world.clock.forward(hours=1)
        world.tick()
        pending = world.do(lambda work: escalations.pending_steps(work.session, world.alert().id))
        assert pending
        assert pending[0].due_at > world.clock.now()


def test_two_alerts_never_share_a_number(world: World) -> None:
    first, second = world.writes(), a_world(world.engine, world.kit, world.clock).writes()
    assert first.reference != second.reference


def test_the_steps_of_a_round_are_written_down_when_it_opens(world: World) -> None:
    world.writes()
    steps = world.do(lambda work: work.session.exec(select(EscalationStep)).all())
    assert len(steps) == 10
    escalation = world.do(lambda work: work.session.exec(select(Escalation)).one())
    assert {step.round for step in steps} == {escalation.round}
