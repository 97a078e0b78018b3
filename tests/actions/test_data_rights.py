"""What is kept, a copy, and erasure: asked for in a conversation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.erase import erase_due
from actions.ports import Incoming
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import Escalation, Person, Todo
from storage.vocabulary import AttachmentKind, ChannelName, EscalationStatus, TodoKind
from tests.actions.newcomer import keys
from tests.builders import Conversation, a_contact, a_reading
from tests.conftest import Little, little_world
from tests.fakes import FakeClock


@pytest.fixture
def world(engine_any: Engine) -> Little:
    return little_world(engine_any)


@pytest.fixture
def talking(engine_any: Engine, kit: Kit, clock: FakeClock, world: Little) -> Conversation:
    return Conversation(engine_any, kit, clock, world.person)


def asked_at(talking: Conversation, world: Little) -> object:
    with transaction(talking.engine) as session:
        return session.get_one(Person, world.person.id).deletion_asked_at


def test_privacy_is_told_with_the_terms_of_the_policy(talking: Conversation) -> None:
    answer = talking.says("vous gardez quoi ?", "ask_privacy")[0]
    assert (answer.key, answer.values) == ("privacy.view", {"bodies_days": 90, "record_years": 2})


def test_the_copy_comes_as_a_file_once_a_day(talking: Conversation) -> None:
    answer = talking.says("je veux mes données", "export_data")[0]
    assert (answer.key, answer.row.attachment) == ("export.here", AttachmentKind.DATA_EXPORT)
    assert keys(talking.says("encore", "export_data")) == ["export.already"]
    talking.clock.forward(hours=24)
    assert keys(talking.says("encore", "export_data")) == ["export.here"]


def test_by_sms_the_referent_hands_the_copy_over(talking: Conversation, world: Little) -> None:
    with transaction(talking.engine) as session:
        a_contact(session, channel=ChannelName.SMS, address="+33600000001", person_id=world.person.id)
    incoming = Incoming(ChannelName.SMS, "+33600000001", "1", talking.clock.now(), text="mes données")
    talking.sends(incoming, a_reading("export_data"))
    with transaction(talking.engine) as session:
        line = session.exec(select(Todo)).one()
        assert (line.kind, line.detail) == (TodoKind.MESSAGE, {"reason": "export"})


def test_erasure_is_asked_once_then_planned_within_the_hour(talking: Conversation, world: Little) -> None:
    assert keys(talking.says("effacez tout", "delete_data")) == ["delete.ask"]
    answer = talking.says("oui", "affirm")[0]
    assert (answer.key, answer.values) == ("delete.planned", {"at": talking.clock.now() + timedelta(hours=1)})
    assert asked_at(talking, world) == talking.clock.now()
    with transaction(talking.engine) as session:
        assert session.exec(select(Todo).where(Todo.kind == TodoKind.DELETION)).one()


def test_a_no_keeps_everything(talking: Conversation, world: Little) -> None:
    talking.says("effacez tout", "delete_data")
    assert keys(talking.says("non", "deny")) == ["delete.kept"]
    assert asked_at(talking, world) is None


@pytest.mark.parametrize(("words", "intent"), [("annuler", None), ("1", None), ("non finalement", "deny")])
def test_within_the_hour_it_can_be_called_off(
    talking: Conversation, world: Little, words: str, intent: str | None
) -> None:
    talking.says("effacez tout", "delete_data")
    talking.says("oui", "affirm")
    talking.clock.forward(minutes=30)
    assert keys(talking.says(words, intent)) == ["delete.cancelled"]
    assert asked_at(talking, world) is None


def test_calling_it_off_takes_the_line_off_the_list(talking: Conversation) -> None:
    talking.says("effacez tout", "delete_data")
    talking.says("oui", "affirm")
    talking.says("annuler", None)
    with transaction(talking.engine) as session:
        line = session.exec(select(Todo).where(Todo.kind == TodoKind.DELETION)).one()
        assert line.outcome == "overtaken"


def test_asking_again_does_not_start_the_hour_again(talking: Conversation, world: Little) -> None:
    talking.says("effacez tout", "delete_data")
    talking.says("oui", "affirm")
    first = asked_at(talking, world)
    talking.clock.forward(minutes=30)
    assert keys(talking.says("effacez tout", "delete_data")) == ["delete.planned"]
    assert asked_at(talking, world) == first


def test_after_the_hour_nobody_is_known_there_any_more(talking: Conversation, world: Little) -> None:
    talking.says("effacez tout", "delete_data")
    talking.says("oui", "affirm")
    later = talking.clock.forward(hours=1)
    with transaction(talking.engine) as session:
        assert erase_due(Work(session, later, talking.kit)) == 1
        assert session.get(Person, world.person.id) is None
    assert keys(talking.says("bonjour")) == ["unknown.ask_code"]


def test_with_an_open_danger_alert_the_person_is_told_why_it_waits(
    talking: Conversation, world: Little
) -> None:
    talking.says("je vais me tuer ce soir", None)
    talking.clock.forward(minutes=1)
    talking.says("effacez tout", "delete_data")
    talking.clock.forward(minutes=1)
    assert keys(talking.says("oui", "affirm")) == ["delete.waits_for_alert"]
    later = talking.clock.forward(hours=2)
    with transaction(talking.engine) as session:
        assert erase_due(Work(session, later, talking.kit)) == 0
        session.exec(select(Escalation)).one().status = EscalationStatus.CLOSED
    with transaction(talking.engine) as session:
        assert erase_due(Work(session, later, talking.kit)) == 1
