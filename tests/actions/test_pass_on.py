"""Words passed on to a human, said truthfully: who reads, and from when."""

from datetime import date

from storage.database import transaction
from storage.tables import Message, StandIn, Structure, Todo
from storage.vocabulary import TodoKind, TodoStatus
from tests.actions.plan_world import PlanWorld
from tests.builders import a_referent, local


def test_words_that_came_with_the_wish_are_passed_on_at_once(world: PlanWorld) -> None:
    (answer,) = world.talk.says("dites à Claire que je suis libre mardi après-midi", "talk_to_referent")
    assert answer.key == "talk.passed_on"
    assert (answer.values["who"], answer.values["open_now"]) == ("Claire", True)
    (line,) = world.todos(TodoKind.MESSAGE)
    assert line.message_id == answer.row.reply_to


def test_in_the_evening_the_next_opening_is_told(world: PlanWorld) -> None:
    world.clock.at = local(2026, 11, 27, 19)
    values = world.hears("dites à Claire que je suis libre mardi après-midi", "talk_to_referent")
    assert (values["open_now"], values["at"]) == (False, local(2026, 11, 30, 9))


def test_whoever_stands_in_is_named(world: PlanWorld) -> None:
    with transaction(world.engine) as session:
        structure = session.get_one(Structure, world.little.structure.id)
        other = a_referent(session, structure, first_name="Noé")
        day = date(2026, 11, 24)
        session.add(
            StandIn(referent_id=world.little.referent.id, stand_in_id=other.id, starts_on=day, ends_on=day)
        )
    assert world.hears("dites que je suis libre mardi après-midi", "talk_to_referent")["who"] == "Noé"


def test_a_bare_wish_is_passed_on_and_the_words_that_follow_join_it(world: PlanWorld) -> None:
    assert world.says("je veux parler à ma référente", "talk_to_referent") == ["talk.what_to_say"]
    assert len(world.todos(TodoKind.MESSAGE)) == 1
    assert world.says("c'est pour mon contrat", "report_frein", frein="work") == ["talk.passed_on"]
    (line,) = world.todos(TodoKind.MESSAGE)
    with transaction(world.engine) as session:
        assert session.get_one(Message, line.message_id).body == "c'est pour mon contrat"


def test_a_wish_already_settled_gets_a_line_of_its_own_for_the_words(world: PlanWorld) -> None:
    world.says("je veux parler à ma référente", "talk_to_referent")
    (line,) = world.todos()
    with transaction(world.engine) as session:
        session.get_one(Todo, line.id).status = TodoStatus.CLOSED
    world.says("c'est pour mon contrat", "talk_to_referent")
    assert len(world.todos(TodoKind.MESSAGE)) == 1


def test_nothing_more_to_say_leaves_the_wish_passed_on(world: PlanWorld) -> None:
    world.says("je veux parler à ma référente", "talk_to_referent")
    assert world.presses("nothing_more") == ["talk.nothing_more"]
    assert len(world.todos(TodoKind.MESSAGE)) == 1


def test_a_call_asked_for_says_so_to_the_referent(world: PlanWorld) -> None:
    assert world.says("rappelez-moi svp", "talk_to_referent") == ["talk.call_asked"]
    (line,) = world.todos(TodoKind.MESSAGE)
    assert world.detail(line) == {"wants": "call"}


def test_a_complaint_is_thanked_for_and_passed_on(world: PlanWorld) -> None:
    assert world.says("vous servez à rien", "complain") == ["talk.complaint"]
    assert len(world.todos(TodoKind.COMPLAINT)) == 1
