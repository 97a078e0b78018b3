"""The referent's side of the plan."""

from datetime import date
from uuid import UUID

import pytest

from actions import plan_admin
from actions.errors import Invalid, NotAllowed, Settled
from actions.work import Work
from storage.database import transaction
from storage.tables import Demarche, Frein, Person, Progress, Referent, Structure
from storage.vocabulary import (
    Activity,
    DemarcheStatus,
    FreinStatus,
    ProgressStatus,
    SupportStatus,
    TodoKind,
)
from tests.actions.plan_world import PlanWorld
from tests.builders import a_referent


def create(world: PlanWorld, title: str = "Refaire mon CV", target: int | None = None) -> Demarche:
    def deed(work: Work, referent: Referent) -> Demarche:
        person = work.session.get_one(Person, world.little.person.id)
        return plan_admin.create_step(
            work,
            referent,
            person,
            title,
            activity=Activity.CV_LETTER,
            target_count=target,
            due_on=date(2026, 12, 1),
        )

    return world.as_referent(deed)


def test_a_step_is_created_to_do(world: PlanWorld) -> None:
    step = world.again(create(world, "  Refaire   mon CV "))
    assert (step.title, step.status, step.due_on) == (
        "Refaire mon CV",
        DemarcheStatus.TO_DO,
        date(2026, 12, 1),
    )
    assert not step.created_by_person


@pytest.mark.parametrize(("title", "target"), [("   ", None), ("CV", 0), ("CV", -3)])
def test_an_empty_title_or_a_count_of_nothing_is_refused(
    world: PlanWorld, title: str, target: int | None
) -> None:
    with pytest.raises(Invalid):
        create(world, title, target)


def test_without_a_running_support_no_step_can_be_created(world: PlanWorld) -> None:
    world.set_support(status=SupportStatus.ENDED)
    with pytest.raises((Invalid, NotAllowed)):
        create(world)


def test_a_step_is_edited_done_and_taken_up_again(world: PlanWorld) -> None:
    made = create(world)
    world.as_referent(
        lambda work, referent: plan_admin.edit_step(
            work, referent, work.session.get_one(Demarche, made.id), "Écrire une lettre"
        )
    )
    edited = world.again(made)
    assert (edited.title, edited.activity, edited.due_on) == ("Écrire une lettre", None, None)
    world.as_referent(
        lambda work, referent: plan_admin.mark_done(work, referent, work.session.get_one(Demarche, made.id))
    )
    assert (world.again(made).status, world.again(made).done_on) == (DemarcheStatus.DONE, date(2026, 11, 24))
    with pytest.raises(Settled):
        world.as_referent(
            lambda work, referent: plan_admin.cancel_step(
                work, referent, work.session.get_one(Demarche, made.id)
            )
        )
    world.as_referent(
        lambda work, referent: plan_admin.reopen_step(work, referent, work.session.get_one(Demarche, made.id))
    )
    assert (world.again(made).status, world.again(made).done_on) == (DemarcheStatus.TO_DO, None)


def test_a_cancelled_step_leaves_the_plan_and_keeps_what_was_reported(world: PlanWorld) -> None:
    step = world.step("Formation", Activity.TRAINING)
    world.says("2h de formation", "log_progress", activity="training")
    world.as_referent(
        lambda work, referent: plan_admin.cancel_step(work, referent, work.session.get_one(Demarche, step.id))
    )
    assert world.again(step).status is DemarcheStatus.CANCELLED
    assert world.progress()[0].demarche_id == step.id
    assert world.says("mon plan", "view_plan") == ["plan.empty"]


def settle(world: PlanWorld, entry_id: UUID, *, accept: bool) -> None:
    deed = plan_admin.validate_progress if accept else plan_admin.refuse_progress
    world.as_referent(lambda work, referent: deed(work, referent, work.session.get_one(Progress, entry_id)))


def test_what_was_validated_no_longer_changes(world: PlanWorld) -> None:
    world.says("2h de formation", "log_progress", activity="training")
    entry = world.progress()[0]
    settle(world, entry.id, accept=True)
    settled = world.progress()[0]
    assert (settled.status, settled.settled_by) == (ProgressStatus.VALIDATED, world.little.referent.id)
    with pytest.raises(Settled):
        settle(world, entry.id, accept=False)


def test_the_weeks_line_closes_with_its_last_entry(world: PlanWorld) -> None:
    world.says("2h de formation", "log_progress", activity="training")
    world.clock.forward(hours=1)
    world.says("3h de bénévolat", "log_progress", activity="volunteering")
    first, second = world.progress()
    settle(world, first.id, accept=True)
    assert len(world.todos(TodoKind.HOURS_TO_VALIDATE)) == 1
    settle(world, second.id, accept=False)
    assert world.todos(TodoKind.HOURS_TO_VALIDATE) == []


def test_refused_items_no_longer_count_towards_the_target(world: PlanWorld) -> None:
    world.step("Envoyer 10 candidatures", Activity.APPLICATION, target_count=10)
    world.says("4 candidatures", "log_progress", activity="application")
    settle(world, world.progress()[0].id, accept=False)
    assert world.hears("encore 2 candidatures", "log_progress", activity="application")["total"] == 2


def test_somebody_elses_referent_may_do_nothing(world: PlanWorld) -> None:
    step = world.step("Refaire mon CV")
    with transaction(world.engine) as session:
        other = a_referent(session, session.get_one(Structure, world.little.structure.id))
        work = Work(session, world.clock.now(), world.kit)
        for deed in (plan_admin.mark_done, plan_admin.cancel_step, plan_admin.reopen_step):
            with pytest.raises(NotAllowed):
                deed(work, other, session.get_one(Demarche, step.id))
    assert world.again(step).status is DemarcheStatus.TO_DO


def test_an_obstacle_that_is_over_is_closed_and_told_again_opens_anew(world: PlanWorld) -> None:
    world.says("plus de voiture", "report_frein", frein="mobility", urgency=1)
    (frein,) = world.freins()
    world.as_referent(
        lambda work, referent: plan_admin.close_frein(work, referent, work.session.get_one(Frein, frein.id))
    )
    world.clock.forward(days=3)
    world.says("voiture encore en panne", "report_frein", frein="mobility", urgency=1)
    assert [row.status for row in world.freins()] == [FreinStatus.CLOSED, FreinStatus.OPEN]
