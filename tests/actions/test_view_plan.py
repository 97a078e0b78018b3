"""Where the person stands, and what to do now."""

from datetime import date

from storage.vocabulary import Activity, DemarcheStatus, TodoKind
from tests.actions.plan_world import PlanWorld


def test_the_plan_shows_open_steps_with_their_count_and_the_week(world: PlanWorld) -> None:
    world.step("Envoyer 10 candidatures", Activity.APPLICATION, target_count=10)
    world.step("Refaire mon CV", Activity.CV_LETTER, due_on=date(2026, 11, 27))
    world.step("Atelier logement", Activity.WORKSHOP, status=DemarcheStatus.DONE)
    world.says("3 candidatures, 2h", "log_progress", activity="application")
    values = world.hears("où j'en suis ?", "view_plan")
    shown = [(step["title"], step["status"], step["done"]) for step in values["steps"]]
    assert shown == [("Refaire mon CV", "to_do", 0), ("Envoyer 10 candidatures", "in_progress", 3)]
    assert values["steps"][0]["due_on"] == date(2026, 11, 27)
    assert values["week_done"] == ["3 candidatures"]
    assert (values["week_hours"], values["week_target"], values["more"]) == (2.0, 15.0, 0)


def test_no_more_than_four_steps_are_shown_and_the_rest_is_counted(world: PlanWorld) -> None:
    for number in range(6):
        world.step(f"Étape {number}")
    values = world.hears("mon plan", "view_plan")
    assert len(values["steps"]) == 4
    assert values["more"] == 2


def test_somebody_exempt_sees_no_target(world: PlanWorld) -> None:
    world.step("Refaire mon CV", Activity.CV_LETTER)
    world.set_support(exempt_until=date(2026, 12, 31))
    assert world.hears("mon plan", "view_plan")["week_target"] is None


def test_last_week_is_not_this_week(world: PlanWorld) -> None:
    world.step("Formation en ligne", Activity.TRAINING)
    world.says("vendredi dernier 4h de formation", "log_progress", activity="training")
    assert world.hears("mon plan", "view_plan")["week_hours"] == 0


def test_the_next_step_comes_with_a_first_move(world: PlanWorld) -> None:
    world.step("Envoyer 10 candidatures", Activity.APPLICATION, target_count=10)
    world.step("Refaire mon CV", Activity.CV_LETTER, due_on=date(2026, 11, 27))
    values = world.hears("je fais quoi ?", "ask_next_step")
    assert (values["title"], values["due_on"], values["blocked"]) == (
        "Refaire mon CV",
        date(2026, 11, 27),
        False,
    )
    assert values["first_move"].startswith("Commencez")


def test_a_step_without_an_activity_has_a_first_move_too(world: PlanWorld) -> None:
    world.step("Aller voir la mer")
    assert world.hears("la suite ?", "ask_next_step")["first_move"]


def test_a_finished_plan_is_congratulated_and_the_referent_asked_once_a_day(world: PlanWorld) -> None:
    world.step("Refaire mon CV", Activity.CV_LETTER, status=DemarcheStatus.DONE)
    assert world.says("je fais quoi ?", "ask_next_step") == ["plan.all_done"]
    assert world.says("mon plan", "view_plan") == ["plan.all_done"]
    (line,) = world.todos(TodoKind.MESSAGE)
    assert world.detail(line) == {"reason": "plan_finished"}


def test_an_empty_plan_says_so(world: PlanWorld) -> None:
    assert world.says("mon plan", "view_plan") == ["plan.empty"]
    assert len(world.todos(TodoKind.MESSAGE)) == 1
