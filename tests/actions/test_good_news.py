"""Good news: shared, and ending only the step that it clearly ends."""

import pytest

from storage.vocabulary import Activity, DemarcheStatus, TodoKind
from tests.actions.plan_world import PlanWorld


def test_a_job_ends_the_step_that_looked_for_one(world: PlanWorld) -> None:
    step = world.step("Trouver un emploi en cuisine", Activity.JOB)
    (answer,) = world.talk.says("j'ai eu le CDI !!", "share_good_news", activity="job")
    assert (answer.key, answer.values) == ("news.job", {"title": "Trouver un emploi en cuisine"})
    assert world.again(step).status is DemarcheStatus.DONE
    (line,) = world.todos(TodoKind.GOOD_NEWS)
    assert line.subject_id == step.id


def test_an_interview_obtained_is_no_interview_passed(world: PlanWorld) -> None:
    step = world.step("Passer un entretien d'embauche", Activity.JOB_INTERVIEW)
    assert world.says("j'ai un entretien jeudi !", "share_good_news", activity="job_interview") == [
        "news.job_interview"
    ]
    assert world.again(step).status is DemarcheStatus.TO_DO


def test_the_licence_does_not_end_the_bus_pass(world: PlanWorld) -> None:
    step = world.step("Demander la carte de bus", Activity.MOBILITY_STEP)
    assert world.says("j'ai eu mon permis !", "share_good_news", activity="mobility_step") == ["news.good"]
    assert world.again(step).status is DemarcheStatus.TO_DO


def test_the_licence_ends_the_licence(world: PlanWorld) -> None:
    step = world.step("Passer le permis", Activity.MOBILITY_STEP)
    world.says("j'ai eu mon permis !", "share_good_news", activity="mobility_step")
    assert world.again(step).status is DemarcheStatus.DONE


@pytest.mark.parametrize("activity", [None, *(activity.value for activity in Activity)])
def test_every_kind_of_news_has_its_answer_and_reaches_the_referent(
    world: PlanWorld, activity: str | None
) -> None:
    (key,) = world.says("super nouvelle", "share_good_news", activity=activity)
    assert key.startswith("news.")
    assert len(world.todos(TodoKind.GOOD_NEWS)) == 1
