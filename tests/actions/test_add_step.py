"""A step proposed by the person waits for the referent."""

from datetime import date

from storage.vocabulary import Activity, DemarcheStatus, SupportStatus, TodoKind
from tests.actions.plan_world import PlanWorld


def test_the_step_is_proposed_with_what_was_said_of_it(world: PlanWorld) -> None:
    values = world.hears(
        "rajoute 5 candidatures à envoyer avant vendredi", "add_step", activity="application"
    )
    (step,) = world.steps()
    assert (step.status, step.created_by_person) == (DemarcheStatus.PROPOSED, True)
    assert (step.activity, step.target_count, step.due_on) == (Activity.APPLICATION, 5, date(2026, 11, 27))
    assert step.title == "5 candidatures à envoyer avant vendredi"
    assert values["who"] == "Claire"
    (line,) = world.todos(TodoKind.PROPOSED_STEP)
    assert line.subject_id == step.id


def test_a_bare_wish_asks_for_the_step_and_takes_the_next_words_for_it(world: PlanWorld) -> None:
    assert world.says("je veux ajouter quelque chose", "add_step") == ["step.what_to_add"]
    assert world.says("trouver une nounou", "find_resource", frein="family") == ["step.proposed"]
    assert [step.title for step in world.steps()] == ["Trouver une nounou"]


def test_no_words_add_nothing(world: PlanWorld) -> None:
    world.says("ajouter une étape", "add_step")
    assert world.says("👍", "affirm") == ["step.nothing_to_add"]
    assert world.steps() == []


def test_an_hour_later_the_next_words_are_no_longer_taken_for_a_step(world: PlanWorld) -> None:
    world.says("ajouter une étape", "add_step")
    world.clock.forward(hours=1, minutes=1)
    assert world.says("mon plan", "view_plan") == ["plan.empty"]
    assert world.steps() == []


def test_what_is_in_the_plan_is_not_proposed_twice(world: PlanWorld) -> None:
    world.step("Trouver une nounou")
    assert world.says("rajoute trouver une NOUNOU", "add_step") == ["step.in_plan_already"]
    assert len(world.steps()) == 1


def test_without_a_running_support_the_wish_goes_to_the_team(world: PlanWorld) -> None:
    world.set_support(status=SupportStatus.ENDED)
    assert world.says("rajoute le permis", "add_step") == ["talk.without_support"]
    assert world.steps() == []
