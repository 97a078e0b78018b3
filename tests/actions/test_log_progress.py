"""Something done is written down: on the right step, in the right week, and answered with the figure."""

from datetime import date

from sqlalchemy import Engine

from actions.plan_admin import validate_progress
from actions.work import Kit
from storage.tables import Progress
from storage.vocabulary import Activity, DemarcheStatus, ProgressStatus, SupportStatus, TodoKind
from tests.actions.plan_world import PlanWorld
from tests.builders import local
from tests.conftest import little_world
from tests.fakes import FakeClock

MONDAY = date(2026, 11, 23)


def test_a_report_is_declared_on_its_step_and_answered_with_the_figure(
    engine_any: Engine, kit: Kit, clock: FakeClock
) -> None:
    world = PlanWorld(engine_any, kit, clock, little_world(engine_any))
    step = world.step("Envoyer 10 candidatures", Activity.APPLICATION, target_count=10)
    world.says("j'ai envoyé 4 candidatures", "log_progress", activity="application")
    clock.forward(hours=2)
    (answer,) = world.talk.says("j'ai envoyé 3 candidatures", "log_progress", activity="application")
    assert answer.key == "progress.of_target"
    assert (answer.values["what"], answer.values["total"], answer.values["target"]) == (
        "3 candidatures",
        7,
        10,
    )
    first, second = world.progress()
    assert (first.count, second.count, second.hours) == (4, 3, None)
    assert second.demarche_id == step.id
    assert second.message_id == answer.row.reply_to
    assert second.status is ProgressStatus.DECLARED
    assert (second.done_on, second.week_on) == (date(2026, 11, 24), MONDAY)
    assert world.again(step).status is DemarcheStatus.IN_PROGRESS
    assert world.todos() == []


def test_reaching_the_count_ends_the_step(world: PlanWorld) -> None:
    step = world.step("Envoyer 3 candidatures", Activity.APPLICATION, target_count=3)
    assert world.says("4 candidatures envoyées", "log_progress", activity="application") == [
        "progress.step_done"
    ]
    again = world.again(step)
    assert (again.status, again.done_on) == (DemarcheStatus.DONE, date(2026, 11, 24))


def test_i_have_finished_ends_a_step_without_a_count(world: PlanWorld) -> None:
    step = world.step("Refaire mon CV", Activity.CV_LETTER)
    assert world.says("j'ai fini mon CV", "log_progress", activity="cv_letter") == ["progress.step_done"]
    assert world.again(step).status is DemarcheStatus.DONE


def test_a_step_done_at_once_asks_whether_it_is_over(world: PlanWorld) -> None:
    step = world.step("Refaire mon CV", Activity.CV_LETTER)
    assert world.says("j'ai avancé sur mon CV", "log_progress", activity="cv_letter") == [
        "progress.is_it_over"
    ]
    assert world.again(step).status is DemarcheStatus.IN_PROGRESS
    assert world.says("oui", "affirm") == ["progress.step_done"]
    assert world.again(step).status is DemarcheStatus.DONE


def test_not_yet_leaves_the_step_open(world: PlanWorld) -> None:
    step = world.step("Refaire mon CV", Activity.CV_LETTER)
    world.says("j'ai avancé sur mon CV", "log_progress", activity="cv_letter")
    assert world.presses("no") == ["progress.not_over"]
    assert world.again(step).status is DemarcheStatus.IN_PROGRESS


def test_its_finished_alone_ends_the_step_reported_on_last(world: PlanWorld) -> None:
    step = world.step("Formation en ligne", Activity.TRAINING)
    world.says("j'ai fait 2h de formation en ligne", "log_progress", activity="training")
    world.clock.forward(hours=3)
    assert world.says("ça y est c'est fini", "log_progress") == ["progress.step_done"]
    assert world.again(step).status is DemarcheStatus.DONE
    assert len(world.progress()) == 1


def test_a_number_of_them_belongs_to_the_step_reported_on_last(world: PlanWorld) -> None:
    step = world.step("Envoyer 10 candidatures", Activity.APPLICATION, target_count=10)
    assert world.says("j'ai postulé", "log_progress", activity="application") == ["progress.how_many"]
    world.clock.forward(minutes=1)
    assert world.says("j'en ai fait 2", "log_progress") == ["progress.of_target"]
    assert world.progress()[-1].demarche_id == step.id


def test_two_steps_that_fit_are_asked_about_and_the_answer_is_recorded_there(world: PlanWorld) -> None:
    world.step("Candidatures en vente", Activity.APPLICATION)
    kitchen = world.step("Candidatures en cuisine", Activity.APPLICATION)
    (answer,) = world.talk.says("j'ai envoyé 2 candidatures hier", "log_progress", activity="application")
    assert answer.key == "progress.which_step"
    assert world.progress() == []
    assert world.presses(str(kitchen.id)) == ["progress.logged"]
    (entry,) = world.progress()
    assert (entry.demarche_id, entry.count, entry.done_on) == (kitchen.id, 2, date(2026, 11, 23))
    assert entry.message_id == answer.row.reply_to


def test_something_else_is_recorded_without_a_step(world: PlanWorld) -> None:
    world.step("Candidatures en vente", Activity.APPLICATION)
    world.step("Candidatures en cuisine", Activity.APPLICATION)
    world.says("j'ai envoyé 2 candidatures", "log_progress", activity="application")
    assert world.says("Autre chose", "deny") == ["progress.logged"]
    assert world.progress()[0].demarche_id is None


def test_what_no_step_foresees_is_recorded_all_the_same(world: PlanWorld) -> None:
    assert world.says("je suis allé à un salon de l'emploi", "log_progress", activity="company_visit") == [
        "progress.logged"
    ]
    (entry,) = world.progress()
    assert (entry.demarche_id, entry.activity, entry.count) == (None, Activity.COMPANY_VISIT, None)


def test_hours_are_credited_to_the_local_week_and_await_validation_on_one_line(world: PlanWorld) -> None:
    values = world.hears("2h30 de formation ce matin", "log_progress", activity="training")
    assert (values["hours"], values["week_hours"], values["week_target"]) == (2.5, 2.5, 15.0)
    world.clock.forward(hours=1)
    values = world.hears("j'ai fait 3 heures de bénévolat", "log_progress", activity="volunteering")
    assert values["week_hours"] == 5.5
    (line,) = world.todos(TodoKind.HOURS_TO_VALIDATE)
    assert world.detail(line) == {"week_on": MONDAY, "hours": 5.5}


def test_hours_told_on_a_monday_morning_before_dawn_in_reunion_go_to_the_new_week(
    world: PlanWorld,
) -> None:
    world.set_person(time_zone="Indian/Reunion")
    world.clock.at = local(2026, 11, 29, 22)
    world.says("1h de code", "log_progress", activity="mobility_step")
    (entry,) = world.progress()
    assert (entry.done_on, entry.week_on) == (date(2026, 11, 30), date(2026, 11, 30))


def test_hours_of_last_week_are_credited_there_and_not_shown_as_this_week(world: PlanWorld) -> None:
    values = world.hears("vendredi dernier j'ai fait 4h de formation", "log_progress", activity="training")
    assert values["week_hours"] is None
    (entry,) = world.progress()
    assert (entry.done_on, entry.week_on) == (date(2026, 11, 20), date(2026, 11, 16))


def test_somebody_exempt_is_not_shown_a_target(world: PlanWorld) -> None:
    world.set_support(exempt_until=date(2026, 12, 31))
    values = world.hears("2h de formation", "log_progress", activity="training")
    assert (values["week_hours"], values["week_target"]) == (2.0, None)


def test_the_same_figures_minutes_later_are_counted_again_only_if_the_person_says_so(
    world: PlanWorld,
) -> None:
    world.says("3 candidatures", "log_progress", activity="application")
    world.clock.forward(minutes=2)
    assert world.says("j'ai envoyé 3 candidatures", "log_progress", activity="application") == [
        "progress.same_or_more"
    ]
    assert world.presses("same") == ["progress.counted_once"]
    assert len(world.progress()) == 1
    assert world.says("j'ai envoyé 3 candidatures", "log_progress", activity="application") == [
        "progress.same_or_more"
    ]
    assert world.presses("more") == ["progress.logged"]
    assert len(world.progress()) == 2


def test_three_more_are_three_more(world: PlanWorld) -> None:
    world.says("3 candidatures", "log_progress", activity="application")
    world.clock.forward(minutes=2)
    assert world.says("encore 3 candidatures", "log_progress", activity="application") == ["progress.logged"]
    assert len(world.progress()) == 2


def test_two_different_formalities_within_minutes_are_two(world: PlanWorld) -> None:
    world.says("j'ai appelé la CAF", "log_progress", activity="admin_step")
    world.clock.forward(minutes=2)
    world.says("j'ai envoyé mon dossier à la mairie", "log_progress", activity="admin_step")
    assert len(world.progress()) == 2


def test_after_a_danger_the_progress_is_recorded_without_a_word(world: PlanWorld) -> None:
    world.step("Candidatures en vente", Activity.APPLICATION)
    world.step("Candidatures en cuisine", Activity.APPLICATION)
    keys = world.says(
        "j'ai envoyé 2 candidatures mais je veux mourir",
        "log_progress",
        activity="application",
        urgency=3,
        frein="mental_health",
    )
    assert all(key.startswith("danger.") for key in keys)
    (entry,) = world.progress()
    assert (entry.demarche_id, entry.count) == (None, 2)


def test_a_step_the_referent_has_not_accepted_stays_proposed(world: PlanWorld) -> None:
    step = world.step("Passer le permis", Activity.MOBILITY_STEP, status=DemarcheStatus.PROPOSED)
    world.says("j'ai fini le permis", "log_progress", activity="mobility_step")
    assert world.again(step).status is DemarcheStatus.PROPOSED
    assert world.progress()[0].demarche_id == step.id


def test_a_step_set_aside_moves_again(world: PlanWorld) -> None:
    step = world.step("Formation cariste", Activity.TRAINING, status=DemarcheStatus.STANDBY)
    world.says("2h de formation cariste", "log_progress", activity="training")
    assert world.again(step).status is DemarcheStatus.IN_PROGRESS


def test_a_health_step_is_not_named_on_a_lock_screen(world: PlanWorld) -> None:
    world.step("Rendez-vous chez le cardiologue", Activity.HEALTH_STEP)
    values = world.hears("j'ai vu le cardiologue, c'est fait", "log_progress", activity="health_step")
    assert values["title"] is None
    assert values["what"] == "démarche personnelle"


def test_without_a_running_support_the_words_go_to_the_team(world: PlanWorld) -> None:
    world.set_support(status=SupportStatus.ENDED)
    assert world.says("2 candidatures", "log_progress", activity="application") == ["talk.without_support"]
    assert world.progress() == []
    assert len(world.todos(TodoKind.MESSAGE)) == 1


def test_a_day_to_come_is_taken_for_today(world: PlanWorld) -> None:
    world.says("j'ai fait 2h de formation, suite le 30 novembre", "log_progress", activity="training")
    assert world.progress()[0].done_on <= date(2026, 11, 24)


def test_hours_told_after_the_line_was_closed_open_another(world: PlanWorld) -> None:
    world.says("2h de formation", "log_progress", activity="training")
    (entry,) = world.progress()
    world.as_referent(
        lambda work, referent: validate_progress(work, referent, work.session.get_one(Progress, entry.id))
    )
    assert world.todos() == []
    world.clock.forward(hours=1)
    world.says("1h de formation", "log_progress", activity="training")
    (line,) = world.todos(TodoKind.HOURS_TO_VALIDATE)
    assert world.detail(line)["hours"] == 3.0


def test_a_step_can_be_chosen_by_its_number_a_day_later(world: PlanWorld) -> None:
    sales = world.step("Candidatures en vente", Activity.APPLICATION)
    kitchen = world.step("Candidatures en cuisine", Activity.APPLICATION)
    (answer,) = world.talk.says("j'ai envoyé 2 candidatures", "log_progress", activity="application")
    offered = [choice["id"] for choice in world.question(answer).details["choices"]]
    assert set(offered) == {str(sales.id), str(kitchen.id), "other"}
    world.clock.forward(hours=23)
    assert world.says("2", "out_of_scope") == ["progress.logged"]
    (entry,) = world.progress()
    assert (str(entry.demarche_id), entry.done_on) == (offered[1], date(2026, 11, 24))
