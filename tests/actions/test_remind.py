"""Reminders, calls before appointments, and past appointments to settle."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions import appointments_admin as admin
from actions import remind
from actions.work import Kit
from storage import outbox
from storage.database import transaction
from storage.tables import Accompagnement, Appointment, Frein, Outgoing, Participation, Person, Question
from storage.vocabulary import (
    Consent,
    FreinCategory,
    FreinStatus,
    OutboxStatus,
    ParticipationAnswer,
    ParticipationStatus,
    SupportStatus,
    TodoKind,
)
from tests.actions.post import Post
from tests.builders import Conversation, a_person, an_appointment, local
from tests.conftest import Little, little_world
from tests.fakes import FakeClock

FRIDAY = local(2026, 11, 27, 14)
EARLY = local(2026, 11, 23, 11)
EVE = local(2026, 11, 26, 17, 30)


@pytest.fixture
def post(engine: Engine, kit: Kit, clock: FakeClock) -> Post:
    return Post(engine, kit, clock)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def planned(post: Post, little: Little, starts_at: datetime = FRIDAY, **columns: Any) -> UUID:
    with transaction(post.engine) as session:
        return an_appointment(session, little.person, starts_at, **columns).id


def change(post: Post, deed: Callable[[Session], None]) -> None:
    with transaction(post.engine) as session:
        deed(session)


def test_an_appointment_is_recalled_four_days_and_one_day_before(post: Post, little: Little) -> None:
    planned(post, little)
    sent = []
    moment = local(2026, 11, 22, 0)
    while moment < FRIDAY:
        post.at(moment).do(remind.remind)
        sent += [(moment, key) for key in post.deliver()]
        moment += timedelta(minutes=30)
    assert sent == [(EARLY, "reminder.early"), (EVE, "reminder.eve")]


def test_a_job_run_twice_writes_one_row_and_one_question(post: Post, little: Little) -> None:
    planned(post, little)
    post.at(EVE)
    assert [post.do(remind.remind), post.do(remind.remind)] == [1, 0]
    assert len(post.outbox("reminder.")) == 1
    assert len(post.look(lambda session: session.exec(select(Question)).all())) == 1


def test_the_question_waits_until_the_appointment(post: Post, little: Little) -> None:
    participation_id = planned(post, little)
    post.at(EVE).do(remind.remind)
    [question] = post.look(lambda session: list(session.exec(select(Question))))
    assert (question.subject_id, question.expires_at) == (participation_id, FRIDAY)
    assert [choice["id"] for choice in question.details["choices"]] == ["confirm", "cancel", "move"]


def test_a_reminder_tells_when_and_with_whom_and_nothing_else(post: Post, little: Little) -> None:
    planned(post, little, title="Consultation addictologie")
    post.at(EVE).do(remind.remind)
    [row] = post.outbox("reminder.")
    assert outbox.unpack(row.values) == {"starts_at": FRIDAY, "who": "Claire", "modality": "on_site"}


def test_the_eves_reminder_is_of_no_use_two_hours_before(post: Post, little: Little) -> None:
    planned(post, little)
    post.at(EVE).do(remind.remind)
    assert post.at(FRIDAY - timedelta(minutes=119)).deliver() == []
    assert [row.status for row in post.outbox("reminder.")] == [OutboxStatus.EXPIRED]


def test_an_appointment_entered_late_has_the_eves_reminder_only(post: Post, little: Little) -> None:
    planned(post, little, created_at=local(2026, 11, 25, 10))
    assert post.at(local(2026, 11, 25, 10, 30)).do(remind.remind) == 0
    post.at(EVE).do(remind.remind)
    assert post.deliver() == ["reminder.eve"]


def test_one_entered_after_the_eves_moment_is_recalled_in_the_morning_if_there_is_time(
    post: Post, little: Little
) -> None:
    planned(post, little, created_at=local(2026, 11, 26, 21))
    post.at(local(2026, 11, 26, 21)).do(remind.remind)
    assert post.deliver() == []
    assert post.at(local(2026, 11, 27, 9)).deliver() == ["reminder.eve"]


def test_one_entered_within_two_hours_is_not_recalled(post: Post, little: Little) -> None:
    planned(post, little, created_at=FRIDAY - timedelta(minutes=90))
    assert post.at(FRIDAY - timedelta(minutes=80)).do(remind.remind) == 0


def test_news_of_it_told_after_the_eves_moment_replaces_the_reminder(post: Post, little: Little) -> None:
    post.at(local(2026, 11, 26, 18))
    post.do(lambda work: admin.create(work, little.referent, [little.person], FRIDAY))
    assert post.do(remind.remind) == 0
    assert post.deliver() == ["appointment.new"]


def test_news_told_days_before_does_not_replace_the_eves_reminder(post: Post, little: Little) -> None:
    post.do(lambda work: admin.create(work, little.referent, [little.person], FRIDAY))
    post.deliver()
    post.at(EVE).do(remind.remind)
    assert post.deliver() == ["reminder.eve"]


@pytest.mark.parametrize(
    ("zone", "starts_at", "eve"),
    [
        ("Indian/Reunion", utc(27, 4), utc(26, 13, 30)),
        ("America/Martinique", utc(27, 18), utc(26, 21, 30)),
        ("Pacific/Marquesas", utc(27, 18), utc(27, 3)),
    ],
)
def test_the_eve_is_that_of_where_the_person_lives(
    post: Post, little: Little, zone: str, starts_at: datetime, eve: datetime
) -> None:
    change(post, lambda session: setattr(session.get_one(Person, little.person.id), "time_zone", zone))
    planned(post, little, starts_at)
    assert post.at(eve - timedelta(minutes=1)).do(remind.remind) == 0
    assert post.at(eve).do(remind.remind) == 1
    assert post.deliver() == ["reminder.eve"]


@pytest.mark.parametrize(
    ("starts_at", "eve"),
    [
        (local(2027, 3, 29, 9), local(2027, 3, 28, 17, 30)),
        (local(2026, 10, 26, 9), local(2026, 10, 25, 17, 30)),
    ],
    ids=["spring", "autumn"],
)
def test_on_the_days_the_clock_changes_the_reminder_keeps_its_hour(
    post: Post, little: Little, starts_at: datetime, eve: datetime
) -> None:
    planned(post, little, starts_at, created_at=starts_at - timedelta(days=20))
    assert post.at(eve - timedelta(minutes=1)).do(remind.remind) == 0
    assert post.at(eve).do(remind.remind) == 1
    assert post.deliver() == ["reminder.eve"]


def _cancel(session: Session) -> None:
    session.exec(select(Appointment)).one().cancelled_at = EVE


def _move(session: Session) -> None:
    session.exec(select(Appointment)).one().starts_at = FRIDAY + timedelta(days=3)


def _excuse(session: Session) -> None:
    session.exec(select(Participation)).one().status = ParticipationStatus.EXCUSED


def _decline(session: Session) -> None:
    session.exec(select(Participation)).one().answer = ParticipationAnswer.DECLINED


def _stop(session: Session) -> None:
    session.exec(select(Person)).one().stopped_at = EVE


def _withdraw_consent(session: Session) -> None:
    session.exec(select(Person)).one().consent = Consent.REFUSED


def _pause(session: Session) -> None:
    session.exec(select(Accompagnement)).one().status = SupportStatus.PAUSED


CHANGES = [_cancel, _move, _excuse, _decline, _stop, _withdraw_consent, _pause]


@pytest.mark.parametrize("changed", CHANGES)
def test_what_changed_between_the_writing_and_the_sending_is_honoured(
    post: Post, little: Little, changed: Callable[[Session], None]
) -> None:
    planned(post, little)
    post.at(EVE).do(remind.remind)
    change(post, changed)
    assert post.deliver() == []
    assert [row.status for row in post.outbox("reminder.")] == [OutboxStatus.CANCELLED]


@pytest.mark.parametrize("changed", [change for change in CHANGES if change is not _move])
def test_what_changed_before_the_writing_means_no_reminder(
    post: Post, little: Little, changed: Callable[[Session], None]
) -> None:
    planned(post, little)
    change(post, changed)
    assert post.at(EVE).do(remind.remind) == 0


def test_a_stop_received_before_the_send_is_honoured(post: Post, little: Little, talk: Conversation) -> None:
    planned(post, little)
    post.at(EVE).do(remind.remind)
    talk.says("STOP", "stop_messages")
    assert post.deliver() == []


def test_a_moved_appointment_is_recalled_anew(post: Post, little: Little) -> None:
    participation_id = planned(post, little)
    post.at(EVE).do(remind.remind)
    post.deliver()
    monday = local(2026, 11, 30, 10)

    def move(session: Session) -> None:
        told = session.get_one(Participation, participation_id)
        moved = session.get_one(Appointment, told.appointment_id)
        moved.starts_at, moved.moved_at = monday, EVE

    change(post, move)
    assert post.at(local(2026, 11, 29, 17, 30)).do(remind.remind) == 1
    assert post.deliver() == ["reminder.eve"]


def test_who_asked_to_move_and_got_no_answer_is_told_that_the_hour_holds(post: Post, little: Little) -> None:
    planned(post, little)
    change(
        post,
        lambda session: setattr(
            session.exec(select(Participation)).one(), "answer", ParticipationAnswer.MOVE_ASKED
        ),
    )
    post.at(EVE).do(remind.remind)
    assert post.deliver() == ["reminder.still_holds"]


def test_who_confirmed_is_still_recalled_on_the_eve(post: Post, little: Little) -> None:
    planned(post, little)
    change(
        post,
        lambda session: setattr(
            session.exec(select(Participation)).one(), "answer", ParticipationAnswer.CONFIRMED
        ),
    )
    post.at(EVE).do(remind.remind)
    assert post.deliver() == ["reminder.eve"]


def test_a_long_list_is_written_in_portions(post: Post, little: Little) -> None:
    with transaction(post.engine) as session:
        for _ in range(5):
            an_appointment(session, a_person(session, little.referent), FRIDAY)
    few = Post(
        post.engine, replace(post.kit, policy=replace(post.kit.policy, reminders_per_run=2)), post.clock
    )
    few.at(EVE)
    assert [few.do(remind.remind) for _ in range(4)] == [2, 2, 1, 0]


def test_two_workers_at_once_write_one_reminder_each_person(
    engine_any: Engine, kit: Kit, clock: FakeClock
) -> None:
    little = little_world(engine_any)
    with transaction(engine_any) as session:
        for _ in range(10):
            an_appointment(session, a_person(session, little.referent), FRIDAY)
    post = Post(engine_any, kit, clock).at(EVE)
    with ThreadPoolExecutor(4) as workers:
        written = list(workers.map(lambda _: post.do(remind.remind), range(4)))
    assert sum(written) == 10
    assert len(post.outbox("reminder.")) == 10
    assert len(post.look(lambda session: session.exec(select(Question)).all())) == 10


def _homeless(session: Session, person: Person, status: FreinStatus = FreinStatus.OPEN) -> None:
    session.add(
        Frein(
            person_id=person.id,
            category=FreinCategory.HOUSING,
            urgency=1,
            status=status,
            opened_at=EARLY,
            told_at=EARLY,
        )
    )


def test_who_has_no_housing_is_also_called_on_the_working_day_before(post: Post, little: Little) -> None:
    planned(post, little, local(2026, 11, 30, 10))  # a Monday
    change(post, lambda session: _homeless(session, little.person))
    assert post.at(local(2026, 11, 27, 8, 59)).do(remind.call_the_homeless) == 0
    post.at(local(2026, 11, 27, 9))
    assert [post.do(remind.call_the_homeless), post.do(remind.call_the_homeless)] == [1, 0]
    [line] = post.todos()
    assert (line.kind, line.detail["reason"]) == (TodoKind.CALL, "housing")


def test_who_has_housing_again_is_not_called(post: Post, little: Little) -> None:
    planned(post, little)
    change(post, lambda session: _homeless(session, little.person, FreinStatus.CLOSED))
    assert post.at(local(2026, 11, 26, 9)).do(remind.call_the_homeless) == 0


def test_a_call_is_asked_for_even_after_stop(post: Post, little: Little) -> None:
    planned(post, little)
    change(post, lambda session: _homeless(session, little.person))
    change(post, _stop)
    assert post.at(local(2026, 11, 26, 9)).do(remind.call_the_homeless) == 1


def test_a_past_appointment_is_to_be_settled_once_the_next_morning(post: Post, little: Little) -> None:
    participation_id = planned(post, little)
    assert post.at(local(2026, 11, 28, 7, 59)).do(remind.ask_what_became) == 0
    post.at(local(2026, 11, 28, 8))
    assert [post.do(remind.ask_what_became), post.do(remind.ask_what_became)] == [1, 0]
    [line] = post.todos()
    assert (line.kind, line.subject_id) == (TodoKind.APPOINTMENT_TO_SETTLE, participation_id)


@pytest.mark.parametrize("status", [status for status in ParticipationStatus if status != "unknown"])
def test_what_is_known_needs_no_settling(post: Post, little: Little, status: ParticipationStatus) -> None:
    planned(post, little)
    change(post, lambda session: setattr(session.exec(select(Participation)).one(), "status", status))
    assert post.at(local(2026, 11, 28, 9)).do(remind.ask_what_became) == 0


def test_two_workers_at_once_ask_once_what_became_of_each(
    engine_any: Engine, kit: Kit, clock: FakeClock
) -> None:
    little = little_world(engine_any)
    with transaction(engine_any) as session:
        for _ in range(5):
            an_appointment(session, a_person(session, little.referent), FRIDAY)
    post = Post(engine_any, kit, clock).at(local(2026, 11, 28, 9))
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: post.do(remind.ask_what_became), range(4)))
    assert len(post.todos()) == 5


def test_a_person_without_an_address_leaves_no_question_behind(post: Post, little: Little) -> None:
    with transaction(post.engine) as session:
        an_appointment(session, a_person(session, little.referent, bound=False), FRIDAY)
    assert post.at(EVE).do(remind.remind) == 0
    assert post.look(lambda session: session.exec(select(Question)).all()) == []
    assert post.look(lambda session: session.exec(select(Outgoing)).all()) == []
