"""Pausing, coming back, and leaving, which is never a simple exit."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.pause_support import end_pauses
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import Accompagnement, Person, Todo
from storage.vocabulary import SupportStatus, TodoKind, TodoStatus
from tests.actions.newcomer import keys
from tests.builders import Conversation, local
from tests.conftest import little_world
from tests.fakes import FakeClock


@pytest.fixture
def talking(engine_any: Engine, kit: Kit, clock: FakeClock) -> Conversation:
    return Conversation(engine_any, kit, clock, little_world(engine_any).person)


def support(talking: Conversation) -> Accompagnement:
    with transaction(talking.engine) as session:
        return session.exec(select(Accompagnement)).one()


def line(talking: Conversation, kind: TodoKind) -> Todo:
    with transaction(talking.engine) as session:
        return session.exec(select(Todo).where(Todo.kind == kind)).one()


def test_a_pause_holds_until_the_day_that_was_said(talking: Conversation) -> None:
    answer = talking.says("mettez moi en pause jusqu'au 15 janvier", "pause_support")[0]
    assert (answer.key, answer.values) == ("pause.done", {"until": date(2027, 1, 15)})
    assert (support(talking).status, support(talking).paused_until) == (
        SupportStatus.PAUSED,
        date(2027, 1, 15),
    )
    assert line(talking, TodoKind.PAUSE).status is TodoStatus.OPEN


def test_a_pause_without_a_day_has_no_end(talking: Conversation) -> None:
    assert talking.says("pause svp", "pause_support")[0].values == {"until": None}
    assert support(talking).paused_until is None


def test_a_pause_ends_on_its_day(talking: Conversation) -> None:
    talking.says("mettez moi en pause jusqu'au 15 janvier", "pause_support")
    for day, ended in ((14, 0), (15, 1), (15, 0)):
        talking.clock.at = talking.clock.at.replace(year=2027, month=1, day=day)
        with transaction(talking.engine) as session:
            assert end_pauses(Work(session, talking.clock.now(), talking.kit)) == ended
    assert support(talking).status is SupportStatus.ACTIVE


@pytest.mark.parametrize("zone", ["Pacific/Tahiti", "Pacific/Noumea"])
def test_a_pause_ends_when_its_day_begins_where_the_person_lives(talking: Conversation, zone: str) -> None:
    with transaction(talking.engine) as session:
        session.exec(select(Person)).one().time_zone = zone
    talking.says("mettez moi en pause jusqu'au 15 janvier", "pause_support")
    midnight = local(2027, 1, 15, zone=ZoneInfo(zone))
    for moment, ended in ((midnight - timedelta(minutes=1), 0), (midnight, 1)):
        with transaction(talking.engine) as session:
            assert end_pauses(Work(session, moment, talking.kit)) == ended


def test_coming_back_after_a_pause_tells_the_referent(talking: Conversation) -> None:
    talking.says("pause svp", "pause_support")
    assert keys(talking.says("je veux reprendre", "resume_support")) == ["resume.support"]
    assert support(talking).status is SupportStatus.ACTIVE
    assert line(talking, TodoKind.RESUME).detail == {"was": "paused"}


def test_coming_back_after_the_end_is_passed_on_and_promises_nothing(talking: Conversation) -> None:
    with transaction(talking.engine) as session:
        session.exec(select(Accompagnement)).one().status = SupportStatus.ENDED
    assert keys(talking.says("je peux revenir ?", "resume_support")) == ["resume.asked"]
    assert support(talking).status is SupportStatus.ENDED
    assert line(talking, TodoKind.RESUME).detail == {"was": "ended"}


def test_wanting_to_leave_asks_a_human_to_call_before_any_answer(talking: Conversation) -> None:
    assert keys(talking.says("j'arrête tout", "leave_programme", urgency=1)) == ["leave.ask"]
    assert line(talking, TodoKind.LEAVE).detail == {"said": "asked"}
    assert support(talking).status is SupportStatus.ACTIVE


@pytest.mark.parametrize(
    ("answer", "text_key", "said", "status"),
    [
        ("je veux arrêter", "leave.leave", "leave", SupportStatus.LEAVING),
        ("2", "leave.leave", "leave", SupportStatus.LEAVING),
        ("je continue", "leave.stay", "stay", SupportStatus.ACTIVE),
        ("je veux en parler", "leave.talk", "talk", SupportStatus.ACTIVE),
    ],
)
def test_whatever_is_answered_the_line_stays_open_for_a_human(
    talking: Conversation, answer: str, text_key: str, said: str, status: SupportStatus
) -> None:
    talking.says("j'arrête tout", "leave_programme", urgency=1)
    assert keys(talking.says(answer, "affirm")) == [text_key]
    assert support(talking).status is status
    kept = line(talking, TodoKind.LEAVE)
    assert (kept.detail, kept.status) == ({"said": said}, TodoStatus.OPEN)


def test_who_said_they_leave_and_comes_back_is_active_again(talking: Conversation) -> None:
    talking.says("j'arrête tout", "leave_programme", urgency=1)
    talking.says("je veux arrêter", "affirm")
    assert keys(talking.says("finalement je reviens", "resume_support")) == ["resume.support"]
    assert support(talking).status is SupportStatus.ACTIVE
