"""A step put off or blocked: moved, set aside, told to the referent, nobody blamed."""

from datetime import date

from storage.vocabulary import Activity, DemarcheStatus, SupportStatus, TodoKind
from tests.actions.plan_world import PlanWorld


def test_a_step_put_off_takes_the_day_that_was_said(world: PlanWorld) -> None:
    step = world.step("Refaire mon CV", Activity.CV_LETTER, due_on=date(2026, 11, 25))
    world.step("Candidatures en vente", Activity.APPLICATION)
    values = world.hears("mon CV je le ferai lundi", "postpone_step", activity="cv_letter")
    assert values == {"title": "Refaire mon CV", "until": date(2026, 11, 30)}
    assert world.again(step).due_on == date(2026, 11, 30)
    (line,) = world.todos(TodoKind.POSTPONED_STEP)
    assert line.subject_id == step.id
    assert world.detail(line) == {
        "title": "Refaire mon CV",
        "was": date(2026, 11, 25),
        "until": date(2026, 11, 30),
    }


def test_without_a_day_the_step_keeps_its_own_and_the_referent_is_told(world: PlanWorld) -> None:
    step = world.step("Refaire mon CV", Activity.CV_LETTER, due_on=date(2026, 11, 25))
    assert world.says("pas maintenant svp", "postpone_step") == ["step.postponed_without_date"]
    assert world.again(step).due_on == date(2026, 11, 25)
    assert len(world.todos(TodoKind.POSTPONED_STEP)) == 1


def test_which_of_several_steps_is_asked_and_the_first_message_stays_linked(world: PlanWorld) -> None:
    world.step("Refaire mon CV", Activity.CV_LETTER)
    caf = world.step("Dossier CAF", Activity.ADMIN_STEP)
    (answer,) = world.talk.says("je le fais vendredi", "postpone_step")
    assert answer.key == "step.which_to_postpone"
    assert world.presses(str(caf.id)) == ["step.postponed"]
    assert world.again(caf).due_on == date(2026, 11, 27)
    (line,) = world.todos(TodoKind.POSTPONED_STEP)
    assert line.message_id == answer.row.reply_to


def test_nothing_planned_is_put_off_all_the_same(world: PlanWorld) -> None:
    assert world.says("je le fais vendredi", "postpone_step") == ["step.postponed"]
    assert len(world.todos(TodoKind.POSTPONED_STEP)) == 1


def test_a_blocked_step_is_set_aside_and_a_call_is_offered(world: PlanWorld) -> None:
    step = world.step("Dossier CAF", Activity.ADMIN_STEP)
    (answer,) = world.talk.says(
        "le dossier caf je n'y arrive pas", "report_blocked_step", activity="admin_step"
    )
    assert answer.key == "step.blocked"
    assert world.again(step).status is DemarcheStatus.STANDBY
    (line,) = world.todos(TodoKind.BLOCKED_STEP)
    assert (line.subject_id, line.message_id) == (step.id, answer.row.reply_to)
    assert world.says("oui", "affirm") == ["talk.call_asked"]
    assert [line.message_id for line in world.todos(TodoKind.CALL)] == [answer.row.reply_to]


def test_no_call_is_made_of_a_no(world: PlanWorld) -> None:
    world.says("j'y arrive pas", "report_blocked_step")
    assert world.says("non merci", "deny") == ["talk.no_human"]
    assert world.todos(TodoKind.CALL) == []


def test_an_urgent_blockage_is_told_without_a_question_and_its_alert_follows(world: PlanWorld) -> None:
    keys = world.says("je suis bloqué, expulsion jeudi", "report_blocked_step", frein="housing", urgency=2)
    assert keys == ["step.blocked_noted", "frein.urgent"]


def test_a_proposed_step_that_is_blocked_stays_proposed(world: PlanWorld) -> None:
    step = world.step("Dossier CAF", Activity.ADMIN_STEP, status=DemarcheStatus.PROPOSED)
    world.says("le dossier caf ça bloque", "report_blocked_step", activity="admin_step")
    assert world.again(step).status is DemarcheStatus.PROPOSED


def test_a_blocked_report_without_support_still_reaches_the_team(world: PlanWorld) -> None:
    world.set_support(status=SupportStatus.ENDED)
    assert world.says("j'y arrive pas", "report_blocked_step") == ["step.blocked"]
    assert len(world.todos(TodoKind.BLOCKED_STEP)) == 1
