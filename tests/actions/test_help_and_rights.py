"""Where to find help, and what is sure about rights: from reviewed files, else from the referent."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from actions.directory import DATA, ResourceDirectory, load_resources, load_rights
from actions.work import Kit
from storage.vocabulary import FreinCategory, TodoKind
from tests.actions.plan_world import PlanWorld
from tests.conftest import Little
from tests.fakes import FakeClock

DEMO = DATA / "resources_demo.yaml"


@pytest.mark.parametrize("frein", list(FreinCategory))
def test_the_demonstration_directory_covers_every_obstacle_with_invented_places(frein: FreinCategory) -> None:
    places = load_resources(DEMO).for_frein(frein)
    assert places
    assert all("01 99 00 00" in place.how or "0" not in place.how.replace("10", "") for place in places)


def test_every_reviewed_answer_has_a_source_a_date_and_a_length_fit_for_a_phone() -> None:
    texts = load_rights().texts
    assert len({text.id for text in texts}) == len(texts) >= 10
    for text in texts:
        assert text.source.startswith("Code ")
        assert text.as_of <= date(2026, 11, 24)
        assert len(text.say) <= 200


def test_two_places_at_most_are_named(world: PlanWorld) -> None:
    values = world.hears("où trouver à manger ?", "find_resource", frein="food")
    assert [place["name"] for place in values["places"]] == [
        place.name for place in load_resources(DEMO).for_frein(FreinCategory.FOOD)[:2]
    ]
    assert world.todos() == []


def test_without_a_subject_one_is_asked_and_the_answer_names_places(world: PlanWorld) -> None:
    assert world.says("où trouver de l'aide ?", "find_resource") == ["resource.which_subject"]
    assert world.presses("housing") == ["resource.found"]
    assert world.freins() == []


def test_an_empty_directory_passes_the_question_on(
    world: PlanWorld, kit: Kit, clock: FakeClock, little: Little
) -> None:
    bare = PlanWorld(world.engine, replace(kit, resources=ResourceDirectory(())), clock, little)
    assert bare.says("où trouver à manger ?", "find_resource", frein="food") == ["resource.none"]
    (line,) = bare.todos(TodoKind.QUESTION)
    assert bare.detail(line) == {"frein": "food"}


def test_a_sure_answer_comes_with_its_source_and_date(world: PlanWorld) -> None:
    (answer,) = world.talk.says("c'est quoi la RQTH ?", "ask_rights")
    assert answer.key == "rights.answer"
    assert "L5213-1" in answer.values["source"]
    assert isinstance(answer.values["as_of"], date)
    assert world.todos() == []


def test_any_other_question_goes_to_the_referent(world: PlanWorld) -> None:
    keys = world.says("je garde le RSA si je fais la formation ?", "ask_rights")
    assert keys == ["rights.passed_on"]
    assert len(world.todos(TodoKind.QUESTION)) == 1


def test_a_directory_with_an_unknown_obstacle_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "places.yaml"
    file.write_text("- {name: X, freins: [nothing], how: y, as_of: 2026-01-01}", encoding="utf-8")
    with pytest.raises(ValueError, match="nothing"):
        load_resources(file)
