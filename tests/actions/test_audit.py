"""The auditor is shown each fault and has to find it; the chain of the log shows what was touched."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from actions import audit, danger, escalate
from actions.audit import ProblemKind
from actions.work import Kit, Work
from storage.database import transaction
from storage.queries import escalations
from storage.tables import AuditDigest, AuditEvent, ContactPoint, Escalation, Message, Person
from storage.vocabulary import MessageStatus, OutboxStatus, StepStatus, Urgency
from tests.actions.alert_world import World, a_world, notifications
from tests.fakes import FakeClock


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on Tuesday 24 November 2026 at 10:00."""
    return a_world(engine, kit, clock)


def kinds(world: World) -> list[ProblemKind]:
    """What the auditor finds now."""
    return [problem.kind for problem in world.do(audit.check).problems]


def deliver(world: World) -> None:
    """Everything in the outbox goes out."""
    world.do(mark_notified)


def mark_notified(work: Work) -> None:
    """The provider took every notification."""
    for row in notifications(work.session):
        row.status = OutboxStatus.SENT


def handled(work: Work, world: World) -> Message:
    """A message of Awa's that was dealt with."""
    message = world.message(work.session)
    message.status = MessageStatus.HANDLED
    return message


def open_alert(world: World) -> Escalation:
    """An alert whose message was handled and whose notifications arrived."""
    escalation, _ = world.do(lambda work: world.feed(work, handled(work, world)))
    deliver(world)
    return escalation


def test_an_alert_that_moves_is_no_problem(world: World) -> None:
    open_alert(world)
    for _ in range(30):
        world.clock.forward(minutes=1)
        world.tick()
        deliver(world)
        assert world.do(audit.check).ok


def test_an_alert_without_a_step_to_come_is_found(world: World) -> None:
    escalation = open_alert(world)

    def lose(work: Work) -> None:
        for step in escalations.pending_steps(work.session, escalation.id):
            step.status = StepStatus.CANCELLED

    world.do(lose)
    assert kinds(world) == [ProblemKind.NO_STEP]


def test_a_step_that_nobody_ran_is_found_after_two_minutes(world: World) -> None:
    open_alert(world)
    world.clock.forward(minutes=12)
    assert kinds(world) == []
    world.clock.forward(seconds=1)
    assert kinds(world) == [ProblemKind.STEP_OVERDUE]


def test_a_held_alert_is_no_problem_while_it_is_held(world: World) -> None:
    escalation = open_alert(world)
    world.clock.forward(minutes=9)
    world.do(lambda work: escalate.hold(work, work.session.get_one(Escalation, escalation.id), world.karim))
    world.clock.forward(minutes=10)
    assert kinds(world) == []
    world.clock.forward(minutes=3)
    assert kinds(world) == [ProblemKind.STEP_OVERDUE]


def test_an_alert_whose_notifications_all_failed_is_found(world: World) -> None:
    open_alert(world)
    world.fail_notifications()
    assert kinds(world) == [ProblemKind.NOBODY_TOLD]


def test_an_alert_that_waits_in_the_outbox_is_found(world: World) -> None:
    world.do(lambda work: world.feed(work, handled(work, world)))
    world.clock.forward(minutes=3)
    assert kinds(world) == [ProblemKind.ALERT_NOT_SENT] * 2


def test_a_message_that_nobody_handles_is_found(world: World) -> None:
    world.do(lambda work: world.message(work.session))
    assert kinds(world) == []
    world.clock.forward(minutes=3)
    assert kinds(world) == [ProblemKind.MESSAGE_WAITING]


def test_a_forgotten_alert_that_is_not_raised_again_is_found(world: World) -> None:
    escalation = open_alert(world)
    world.do(
        lambda work: escalate.acknowledge(work, work.session.get_one(Escalation, escalation.id), world.claire)
    )
    world.do(mark_everything_sent)
    world.clock.forward(hours=4, minutes=1)
    assert kinds(world) == []
    world.clock.forward(minutes=2)
    assert kinds(world) == [ProblemKind.NOT_RAISED_AGAIN]


def mark_everything_sent(work: Work) -> None:
    """Nothing waits in the outbox."""
    work.session.execute(text("UPDATE outbox SET status = 'sent' WHERE status = 'due'"))


def unread_danger(work: Work, world: World) -> Message:
    """A message that the net took for danger while the model was down."""
    message = handled(work, world)
    message.net_level, message.unread_by_model = Urgency.DANGER, True
    return message


def test_a_suspected_danger_that_got_no_answer_is_found(world: World) -> None:
    world.do(lambda work: unread_danger(work, world))
    world.clock.forward(minutes=3)
    assert kinds(world) == [ProblemKind.DANGER_UNANSWERED]


def test_a_suspected_danger_that_was_answered_is_no_problem(world: World) -> None:
    def answered(work: Work) -> None:
        escalation, message = world.feed(work, unread_danger(work, world))
        person = work.session.get_one(Person, world.awa.id)
        contact = work.session.get_one(ContactPoint, message.contact_id)
        danger.answer(
            work, person=person, contact=contact, message=message, frein=None, escalation=escalation
        )

    world.do(answered)
    world.do(mark_everything_sent)
    world.clock.forward(minutes=3)
    assert kinds(world) == []


def test_a_problem_names_the_alert_by_its_number(world: World) -> None:
    escalation = open_alert(world)
    world.clock.forward(minutes=30)
    assert f"alerte {escalation.reference}" in str(world.do(audit.check).problems[0])


DAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def write_log(session: Session, kit: Kit, days: int) -> None:
    """Two lines a day."""
    for offset in range(days):
        work = Work(session, DAY + timedelta(days=offset), kit)
        work.audit("test.happened", number=offset, share=0.5)
        work.audit("test.happened_again", word="é")
    session.flush()


@pytest.fixture
def sealed(engine_any: Engine, kit: Kit) -> Engine:
    """Three days of the log, sealed, on both databases."""
    with transaction(engine_any) as session:
        write_log(session, kit, 3)
    with transaction(engine_any) as session:
        assert audit.seal_days(Work(session, DAY + timedelta(days=3), kit)) == 3
    return engine_any


def broken(engine: Engine) -> list[str]:
    """The days found to be touched."""
    with transaction(engine) as session:
        return audit.verify_chain(session)


def test_an_untouched_log_verifies(sealed: Engine) -> None:
    assert broken(sealed) == []


def test_days_are_sealed_once_and_only_when_they_are_over(sealed: Engine, kit: Kit) -> None:
    with transaction(sealed) as session:
        assert audit.seal_days(Work(session, DAY + timedelta(days=3, hours=10), kit)) == 0
        with pytest.raises(ValueError, match="not over"):
            audit.seal_day(Work(session, DAY + timedelta(days=3), kit), date(2026, 11, 27))


def test_a_day_without_a_line_is_sealed_too(sealed: Engine, kit: Kit) -> None:
    with transaction(sealed) as session:
        assert audit.seal_days(Work(session, DAY + timedelta(days=5), kit)) == 2
    assert broken(sealed) == []


def test_a_line_that_was_deleted_is_found(sealed: Engine) -> None:
    with transaction(sealed) as session:
        session.delete(session.exec(select(AuditEvent).order_by(text("id"))).all()[2])
    assert broken(sealed) == ["Journal d’audit modifié : 25/11/2026"]


def test_a_line_that_was_added_afterwards_is_found(sealed: Engine, kit: Kit) -> None:
    with transaction(sealed) as session:
        Work(session, DAY, kit).audit("test.slipped_in")
    assert broken(sealed) == ["Journal d’audit modifié : 24/11/2026"]


def test_a_seal_that_was_made_anew_breaks_the_next_link(sealed: Engine, kit: Kit) -> None:
    with transaction(sealed) as session:
        session.delete(session.get_one(AuditDigest, date(2026, 11, 24)))
    assert broken(sealed) == ["Journal d’audit modifié : 25/11/2026"]


def test_a_day_purged_at_the_end_of_its_term_keeps_its_link(sealed: Engine) -> None:
    with transaction(sealed) as session:
        for line in session.exec(select(AuditEvent).where(AuditEvent.at < DAY + timedelta(hours=12))):
            session.delete(line)
    assert broken(sealed) == []


def test_the_log_refuses_to_be_rewritten(sealed: Engine) -> None:
    rewrite = text("UPDATE audit_event SET action = 'test.rewritten'")
    with transaction(sealed) as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(rewrite)
