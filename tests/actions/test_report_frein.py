"""Obstacles: recorded once, seen by the referent, escalated when urgent, never named on a screen."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.work import Kit
from storage.database import transaction
from storage.tables import Escalation
from storage.vocabulary import Consent, FreinCategory, FreinStatus, TodoKind
from tests.actions.plan_world import PlanWorld
from tests.builders import an_appointment, local
from tests.conftest import little_world
from tests.fakes import FakeClock

SECRET = ("violence", "addiction", "justice", "mental_health", "health")


def test_an_obstacle_is_recorded_and_a_place_is_offered(
    engine_any: Engine, kit: Kit, clock: FakeClock
) -> None:
    world = PlanWorld(engine_any, kit, clock, little_world(engine_any))
    (answer,) = world.talk.says("ma voiture est en panne", "report_frein", frein="mobility", urgency=1)
    assert answer.key == "frein.noted_with_place"
    assert answer.values["place"] == kit.resources.for_frein(FreinCategory.MOBILITY)[0].name
    (frein,) = world.freins()
    assert (frein.category, frein.urgency, frein.status) == (FreinCategory.MOBILITY, 1, FreinStatus.OPEN)
    (line,) = world.todos(TodoKind.FREIN)
    assert (line.subject_id, line.message_id) == (frein.id, answer.row.reply_to)


def test_told_again_it_keeps_its_row_its_line_and_the_worst_urgency(world: PlanWorld) -> None:
    world.says("ma voiture est en panne", "report_frein", frein="mobility", urgency=1)
    world.clock.forward(days=2)
    (answer,) = world.talk.says("toujours pas de voiture", "report_frein", frein="mobility", urgency=0)
    (frein,) = world.freins()
    assert (frein.urgency, frein.told_at, frein.message_id) == (1, world.clock.now(), answer.row.reply_to)
    (line,) = world.todos(TodoKind.FREIN)
    assert line.message_id == answer.row.reply_to


def test_the_next_meeting_with_the_referent_is_named_and_no_other(world: PlanWorld) -> None:
    with transaction(world.engine) as session:
        an_appointment(session, world.little.person, local(2026, 11, 25, 14), referent_id=None)
        an_appointment(session, world.little.person, local(2026, 11, 26, 14))
    values = world.hears("plus de voiture", "report_frein", frein="mobility", urgency=1)
    assert values["next_at"] == local(2026, 11, 26, 14)


@pytest.mark.parametrize("frein", SECRET)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_no_answer_gives_a_secret_away(world: PlanWorld, frein: str, level: int) -> None:
    answers = world.talk.says("je dois te dire quelque chose", "report_frein", frein=frein, urgency=level)
    assert [answer.key for answer in answers] == ["frein.urgent" if level == 2 else "frein.noted"]
    assert frein not in str(answers[0].values)
    assert "place" not in answers[0].values


def test_level_two_opens_an_alert_and_says_who_reads_it_and_when(world: PlanWorld) -> None:
    world.clock.at = local(2026, 11, 24, 20)
    (answer,) = world.talk.says("plus rien à manger cette semaine", "report_frein", frein="food", urgency=2)
    assert answer.key == "frein.urgent"
    assert (answer.values["who"], answer.values["open_now"]) == ("Claire", False)
    assert answer.values["next_at"] == local(2026, 11, 25, 9)
    with transaction(world.engine) as session:
        assert session.exec(select(Escalation)).one().level == 2
    assert world.freins()[0].urgency == 2
    assert world.todos(TodoKind.FREIN) == []


def test_an_urgent_obstacle_beside_something_else_is_escalated_after_the_deed(world: PlanWorld) -> None:
    keys = world.says(
        "2 candidatures, et on me coupe l'électricité vendredi",
        "log_progress",
        activity="application",
        frein="money",
        urgency=2,
    )
    assert keys == ["progress.logged", "frein.urgent"]
    assert len(world.progress()) == 1
    assert world.freins()[0].category is FreinCategory.MONEY


def test_an_obstacle_named_in_passing_is_recorded_without_a_word(world: PlanWorld) -> None:
    keys = world.says("bonjour, plus de voiture", "greet", frein="mobility", urgency=1)
    assert keys == ["conversation.greet_without_plan"]
    assert len(world.todos(TodoKind.FREIN)) == 1


def test_what_was_not_understood_is_asked_and_the_answer_keeps_the_first_message(world: PlanWorld) -> None:
    (answer,) = world.talk.says("j'ai un souci", "report_frein", urgency=1)
    assert answer.key == "frein.which"
    assert world.presses("money") == ["frein.noted_with_place"]
    (frein,) = world.freins()
    assert (frein.category, frein.urgency, frein.message_id) == (FreinCategory.MONEY, 1, answer.row.reply_to)


def test_it_can_be_something_else(world: PlanWorld) -> None:
    world.says("j'ai un souci", "report_frein")
    assert world.says("autre chose", "deny") == ["frein.noted_with_place"]
    assert world.freins()[0].category is FreinCategory.OTHER


def test_without_consent_nothing_is_kept_that_is_not_urgent(world: PlanWorld) -> None:
    world.set_person(consent=Consent.ASKED)
    world.says("plus de voiture", "report_frein", frein="mobility", urgency=1)
    assert world.freins() == []
    assert world.todos() == []
