"""The to-do list: a line is closed in one tap, and what was decided goes back to the person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from actions import todo
from actions.errors import Invalid, NotAllowed, Settled
from actions.work import Kit, Work
from storage import outbox
from storage.queries import todos
from storage.queries.people import accompagnement_of
from storage.tables import (
    Accompagnement,
    Appointment,
    ContactPoint,
    Demarche,
    Outgoing,
    Participation,
    Person,
    Progress,
    Referent,
    StandIn,
    Todo,
)
from storage.vocabulary import (
    ContactStatus,
    DemarcheStatus,
    Lane,
    ParticipationAnswer,
    ParticipationStatus,
    ProgressStatus,
    SupportStatus,
    TodoKind,
    TodoOutcome,
    TodoStatus,
)
from tests.actions.alert_world import World, a_world
from tests.builders import a_person, a_referent, a_step, a_structure, an_appointment, local
from tests.fakes import FakeClock

TODAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 16)


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on Tuesday 24 November 2026 at 10:00."""
    return a_world(engine, kit, clock)


def a_line(work: Work, world: World, kind: TodoKind, **columns: Any) -> Todo:
    """A line about Awa."""
    awa = work.session.get_one(Person, world.awa.id)
    key = f"{kind.value}/{len(work.session.exec(select(Todo)).all())}"
    line = work.todo(kind, awa, key=key, **columns)
    assert line is not None
    return line


def settle(
    world: World,
    line: Todo,
    outcome: TodoOutcome,
    reply: str | None = None,
    by: Referent | None = None,
) -> Outgoing | None:
    """Close a line in one tap."""
    return world.do(
        lambda work: todo.close(
            work,
            work.session.get_one(Todo, line.id),
            work.session.get_one(Referent, (by or world.claire).id),
            outcome,
            reply,
        )
    )


def of_kind(world: World, kind: TodoKind, **columns: Any) -> Todo:
    """A line about Awa, in a transaction of its own."""
    return world.do(lambda work: a_line(work, world, kind, **columns))


def test_a_reply_goes_back_to_the_person_in_the_referents_own_words(world: World) -> None:
    line = of_kind(world, TodoKind.QUESTION)
    answer = settle(world, line, TodoOutcome.REPLIED, "  Oui, tu gardes ton RSA. ")
    assert answer is not None
    assert (answer.text_key, answer.lane, answer.person_id) == ("todo.replied", Lane.ANSWER, world.awa.id)
    assert answer.values["reply"] == "Oui, tu gardes ton RSA."
    kept = world.do(lambda work: work.session.get_one(Todo, line.id))
    assert (kept.status, kept.outcome, kept.closed_by) == (
        TodoStatus.CLOSED,
        TodoOutcome.REPLIED,
        world.claire.id,
    )
    assert kept.reply == "Oui, tu gardes ton RSA."


def test_an_empty_reply_is_not_sent(world: World) -> None:
    line = of_kind(world, TodoKind.QUESTION)
    with pytest.raises(Invalid):
        settle(world, line, TodoOutcome.REPLIED, "  ")
    assert world.do(lambda work: work.session.get_one(Todo, line.id)).status is TodoStatus.OPEN


def test_a_line_is_settled_once(world: World) -> None:
    line = of_kind(world, TodoKind.MESSAGE)
    settle(world, line, TodoOutcome.DONE)
    with pytest.raises(Settled):
        settle(world, line, TodoOutcome.REPLIED, "Trop tard.")


@pytest.mark.slow
@pytest.mark.parametrize("outcome", [TodoOutcome.ACCEPTED, TodoOutcome.REFUSED, TodoOutcome.REPLIED])
@pytest.mark.parametrize("kind", list(TodoKind))
def test_a_decision_about_any_kind_of_line_reaches_the_person(
    world: World, kind: TodoKind, outcome: TodoOutcome
) -> None:
    line = of_kind(world, kind, week_on=MONDAY)
    answer = settle(world, line, outcome, "Je t'appelle." if outcome is TodoOutcome.REPLIED else None)
    assert answer is not None
    assert answer.person_id == world.awa.id


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (TodoKind.MESSAGE, "todo.seen"),
        (TodoKind.COMPLAINT, "todo.seen"),
        (TodoKind.UNREADABLE, "todo.seen"),
        (TodoKind.CALL, None),
        (TodoKind.MOOD, None),
        (TodoKind.LATE, None),
    ],
)
def test_a_line_done_says_only_what_a_human_saw(world: World, kind: TodoKind, told: str | None) -> None:
    answer = settle(world, of_kind(world, kind), TodoOutcome.DONE)
    assert (answer.text_key if answer else None) == told


def test_words_added_to_a_line_that_is_done_are_passed_on(world: World) -> None:
    answer = settle(world, of_kind(world, TodoKind.MOOD), TodoOutcome.DONE, "Courage, on se voit jeudi.")
    assert answer is not None
    assert answer.text_key == "todo.replied"


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [
        (TodoOutcome.ACCEPTED, DemarcheStatus.TO_DO, "todo.step_accepted"),
        (TodoOutcome.REFUSED, DemarcheStatus.CANCELLED, "todo.step_refused"),
        (TodoOutcome.REPLIED, DemarcheStatus.PROPOSED, "todo.replied"),
    ],
)
def test_a_proposed_step_enters_the_plan_or_not(
    world: World, outcome: TodoOutcome, status: DemarcheStatus, told: str
) -> None:
    def propose(work: Work) -> Todo:
        awa = work.session.get_one(Person, world.awa.id)
        step = a_step(work.session, awa, "Visiter un salon", status=DemarcheStatus.PROPOSED)
        return a_line(work, world, TodoKind.PROPOSED_STEP, subject_id=step.id)

    answer = settle(world, world.do(propose), outcome, "On en parle jeudi.")
    assert answer is not None
    assert answer.text_key == told
    assert world.do(lambda work: work.session.exec(select(Demarche)).one()).status is status


def test_a_step_already_begun_is_left_as_it_is(world: World) -> None:
    def propose(work: Work) -> Todo:
        awa = work.session.get_one(Person, world.awa.id)
        step = a_step(work.session, awa, "Visiter un salon", status=DemarcheStatus.DONE)
        return a_line(work, world, TodoKind.PROPOSED_STEP, subject_id=step.id)

    settle(world, world.do(propose), TodoOutcome.REFUSED)
    assert world.do(lambda work: work.session.exec(select(Demarche)).one()).status is DemarcheStatus.DONE


def declare_hours(work: Work, world: World) -> Todo:
    """Two entries of hours in one week, one without hours, one of another week; and the line that asks."""
    support = accompagnement_of(work.session, world.awa.id)
    assert support is not None
    for hours, week in ((2.0, MONDAY), (3.5, MONDAY), (None, MONDAY), (7.0, MONDAY - timedelta(days=7))):
        work.session.add(
            Progress(
                person_id=world.awa.id,
                accompagnement_id=support.id,
                hours=hours,
                done_on=week,
                week_on=week,
                created_at=work.now,
            )
        )
    return a_line(work, world, TodoKind.HOURS_TO_VALIDATE, week_on=MONDAY, hours=5.5)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(TodoOutcome.ACCEPTED, ProgressStatus.VALIDATED), (TodoOutcome.REFUSED, ProgressStatus.REFUSED)],
)
def test_the_hours_of_a_week_are_settled_together(
    world: World, outcome: TodoOutcome, status: ProgressStatus
) -> None:
    answer = settle(world, world.do(lambda work: declare_hours(work, world)), outcome)
    assert answer is not None
    assert outbox.unpack(answer.values) == {"who": "Claire", "reply": None, "hours": 5.5, "week_on": MONDAY}
    entries = world.do(
        lambda work: work.session.exec(
            select(Progress).order_by(col(Progress.week_on), col(Progress.hours))
        ).all()
    )
    by_hours = {entry.hours: entry for entry in entries}
    assert (by_hours[2.0].status, by_hours[3.5].status) == (status, status)
    assert by_hours[2.0].settled_by == world.claire.id
    assert (by_hours[None].status, by_hours[7.0].status) == (ProgressStatus.DECLARED, ProgressStatus.DECLARED)


def ask_to_move(work: Work, world: World) -> Todo:
    """Awa asked to move an appointment."""
    awa = work.session.get_one(Person, world.awa.id)
    participation = an_appointment(work.session, awa, local(2026, 11, 26, 14))
    participation.answer = ParticipationAnswer.MOVE_ASKED
    return a_line(work, world, TodoKind.MOVE_REQUEST, subject_id=participation.id)


def test_a_refused_move_leaves_the_appointment_and_says_when_it_is(world: World) -> None:
    answer = settle(world, world.do(lambda work: ask_to_move(work, world)), TodoOutcome.REFUSED)
    assert answer is not None
    assert answer.text_key == "todo.move_refused"
    assert outbox.unpack(answer.values)["starts_at"] == local(2026, 11, 26, 14)
    participation = world.do(lambda work: work.session.exec(select(Participation)).one())
    assert participation.answer is ParticipationAnswer.NONE


@pytest.mark.parametrize(
    "status", [ParticipationStatus.SEEN, ParticipationStatus.EXCUSED, ParticipationStatus.NOSHOW]
)
def test_a_past_appointment_is_settled_in_one_tap(world: World, status: ParticipationStatus) -> None:
    def past(work: Work) -> Todo:
        awa = work.session.get_one(Person, world.awa.id)
        participation = an_appointment(work.session, awa, local(2026, 11, 23, 14))
        return a_line(work, world, TodoKind.APPOINTMENT_TO_SETTLE, subject_id=participation.id)

    line = world.do(past)

    def say(work: Work) -> None:
        kept = work.session.get_one(Todo, line.id)
        todo.settle_appointment(work, kept, work.session.get_one(Referent, world.claire.id), status)

    world.do(say)
    participation = world.do(lambda work: work.session.exec(select(Participation)).one())
    assert participation.status is status
    assert world.do(lambda work: work.session.get_one(Todo, line.id)).status is TodoStatus.CLOSED
    with pytest.raises(Settled):
        world.do(say)


def test_a_line_that_is_not_about_an_appointment_cannot_be_settled_as_one(world: World) -> None:
    line = of_kind(world, TodoKind.MESSAGE)
    with pytest.raises(Invalid):
        world.do(
            lambda work: todo.settle_appointment(
                work, work.session.get_one(Todo, line.id), world.claire, ParticipationStatus.SEEN
            )
        )


def test_a_postponement_that_is_refused_gives_the_old_day_back(world: World) -> None:
    def postpone(work: Work) -> Todo:
        awa = work.session.get_one(Person, world.awa.id)
        step = a_step(work.session, awa, "Faire mon CV", due_on=date(2026, 12, 4))
        return a_line(
            work,
            world,
            TodoKind.POSTPONED_STEP,
            subject_id=step.id,
            was=date(2026, 11, 27),
            until=date(2026, 12, 4),
        )

    settle(world, world.do(postpone), TodoOutcome.REFUSED)
    assert world.do(lambda work: work.session.exec(select(Demarche)).one()).due_on == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("kind", "before", "outcome", "after"),
    [
        (TodoKind.PAUSE, SupportStatus.PAUSED, TodoOutcome.ACCEPTED, SupportStatus.PAUSED),
        (TodoKind.PAUSE, SupportStatus.PAUSED, TodoOutcome.REFUSED, SupportStatus.ACTIVE),
        (TodoKind.LEAVE, SupportStatus.LEAVING, TodoOutcome.ACCEPTED, SupportStatus.ENDED),
        (TodoKind.LEAVE, SupportStatus.LEAVING, TodoOutcome.REFUSED, SupportStatus.ACTIVE),
        (TodoKind.LEAVE, SupportStatus.LEAVING, TodoOutcome.DONE, SupportStatus.LEAVING),
    ],
)
def test_a_human_decides_about_a_pause_or_a_departure(
    world: World, kind: TodoKind, before: SupportStatus, outcome: TodoOutcome, after: SupportStatus
) -> None:
    def ask(work: Work) -> Todo:
        support = accompagnement_of(work.session, world.awa.id)
        assert support is not None
        support.status = before
        return a_line(work, world, kind)

    settle(world, world.do(ask), outcome)
    support = world.do(lambda work: work.session.exec(select(Accompagnement)).one())
    assert support.status is after
    assert (support.ended_on is not None) is (after is SupportStatus.ENDED)


def test_a_person_without_an_address_is_not_told(world: World) -> None:
    line = of_kind(world, TodoKind.QUESTION)

    def mute(work: Work) -> None:
        contact = work.session.exec(select(ContactPoint).where(ContactPoint.person_id == world.awa.id)).one()
        contact.status = ContactStatus.MUTED

    world.do(mute)
    assert settle(world, line, TodoOutcome.REPLIED, "Oui.") is None


def test_somebody_elses_line_may_not_be_settled(world: World) -> None:
    line = of_kind(world, TodoKind.MESSAGE)
    with pytest.raises(NotAllowed):
        settle(world, line, TodoOutcome.DONE, by=world.karim)
    stranger = world.do(lambda work: a_referent(work.session, a_structure(work.session)))
    with pytest.raises(NotAllowed):
        settle(world, line, TodoOutcome.DONE, by=stranger)


def test_each_member_sees_the_lines_that_are_theirs_oldest_first(world: World) -> None:
    def fill(work: Work) -> None:
        a_line(work, world, TodoKind.MESSAGE)
        work.now += timedelta(minutes=1)
        other = a_person(work.session, work.session.get_one(Referent, world.lea.id))
        work.todo(TodoKind.MOOD, other, key="mood/other")
        work.now += timedelta(minutes=1)
        work.todo(TodoKind.UNKNOWN_SENDER, None, key="unknown/1", structure_id=world.structure.id)

    world.do(fill)
    kinds = {
        member.first_name: kinds_for(world, member)
        for member in (world.claire, world.lea, world.karim, world.nadia)
    }
    assert kinds == {
        "Claire": [TodoKind.MESSAGE],
        "Léa": [TodoKind.MOOD],
        "Karim": [TodoKind.UNKNOWN_SENDER],
        "Nadia": [TodoKind.MESSAGE, TodoKind.MOOD, TodoKind.UNKNOWN_SENDER],
    }
    world.do(
        lambda work: work.session.add(
            StandIn(referent_id=world.claire.id, stand_in_id=world.karim.id, starts_on=TODAY, ends_on=TODAY)
        )
    )
    assert kinds_for(world, world.karim) == [TodoKind.MESSAGE, TodoKind.UNKNOWN_SENDER]


def kinds_for(world: World, member: Referent) -> list[TodoKind]:
    """What is on a member's list today."""
    return [line.kind for line in world.do(lambda work: todos.lines_for(work.session, member, TODAY))]


def test_an_appointment_that_was_cancelled_is_not_said_to_stand(world: World) -> None:
    line = world.do(lambda work: ask_to_move(work, world))

    def cancel(work: Work) -> None:
        work.session.exec(select(Appointment)).one().cancelled_at = datetime(2026, 11, 24, tzinfo=UTC)

    world.do(cancel)
    answer = settle(world, line, TodoOutcome.REFUSED)
    assert answer is not None
    assert answer.values["starts_at"] is None
