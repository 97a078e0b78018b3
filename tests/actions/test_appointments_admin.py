"""The referent's side of appointments, and what the person hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions import appointments_admin as admin
from actions import remind
from actions.errors import Invalid, NotAllowed
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import Accompagnement, Appointment, Participation, Person
from storage.vocabulary import (
    AttachmentKind,
    Lane,
    OutboxStatus,
    ParticipationAnswer,
    ParticipationStatus,
    SupportStatus,
    TodoKind,
    TodoOutcome,
)
from tests.actions.post import Post
from tests.builders import Conversation, a_person, a_referent, a_structure, an_appointment, local
from tests.conftest import Little
from tests.fakes import FakeClock

FRIDAY = local(2026, 11, 27, 14)
MONDAY = local(2026, 11, 30, 10)


@pytest.fixture
def post(engine: Engine, kit: Kit, clock: FakeClock) -> Post:
    return Post(engine, kit, clock)


def created(post: Post, little: Little, starts_at: datetime = FRIDAY) -> Appointment:
    return post.do(lambda work: admin.create(work, little.referent, [little.person], starts_at))


def moved(post: Post, little: Little, appointment: Appointment, starts_at: datetime) -> None:
    post.do(lambda work: admin.move(work, little.referent, _fresh(work, appointment), starts_at))


def cancelled(post: Post, little: Little, appointment: Appointment) -> None:
    post.do(lambda work: admin.cancel(work, little.referent, _fresh(work, appointment)))


def _fresh(work: Work, appointment: Appointment) -> Appointment:
    return work.session.get_one(Appointment, appointment.id)


def only_participation(post: Post) -> Participation:
    return post.look(lambda session: session.exec(select(Participation)).one())


def test_who_is_invited_is_told_at_once_and_can_answer(
    post: Post, little: Little, talk: Conversation
) -> None:
    created(post, little)
    assert post.deliver() == ["appointment.new"]
    [row] = post.outbox("appointment.new")
    assert row.lane is Lane.PROACTIVE
    assert row.attachment is AttachmentKind.APPOINTMENT_ICS
    assert [answer.key for answer in talk.says("oui", "affirm")] == ["appointment.confirmed"]


def test_a_second_click_makes_no_second_appointment(post: Post, little: Little) -> None:
    given = uuid4()
    for _ in range(2):
        post.do(
            lambda work: admin.create(
                work, little.referent, [little.person], FRIDAY, appointment_id=given, title="Point du plan"
            )
        )
    assert only_participation(post).appointment_id == given
    assert len(post.outbox("appointment.")) == 1


def test_everybody_at_a_workshop_is_told(post: Post, little: Little) -> None:
    with transaction(post.engine) as session:
        other = a_person(session, little.referent, first_name="Bilal")
    post.do(lambda work: admin.create(work, little.referent, [little.person, other], FRIDAY))
    assert post.deliver() == ["appointment.new", "appointment.new"]


def test_nobody_makes_an_appointment_for_people_they_may_not_see(post: Post, little: Little) -> None:
    with transaction(post.engine) as session:
        stranger = a_referent(session, a_structure(session, name="Ailleurs (exemple)"))
        colleague = a_referent(session, little.structure)
    for outsider in (stranger, colleague):
        with pytest.raises(NotAllowed):
            post.do(lambda work, who=outsider: admin.create(work, who, [little.person], FRIDAY))  # type: ignore[misc]  # bound now


def test_nobody_changes_the_appointment_of_another(post: Post, little: Little) -> None:
    appointment = created(post, little)
    with transaction(post.engine) as session:
        colleague = a_referent(session, little.structure)
    with pytest.raises(NotAllowed):
        post.do(lambda work: admin.move(work, colleague, _fresh(work, appointment), MONDAY))
    with pytest.raises(NotAllowed):
        post.do(lambda work: admin.cancel(work, colleague, _fresh(work, appointment)))


@pytest.mark.parametrize(
    ("starts_at", "minutes"), [(local(2026, 11, 24, 9), 45), (FRIDAY, 0)], ids=["past", "no duration"]
)
def test_what_makes_no_sense_is_refused(
    post: Post, little: Little, starts_at: datetime, minutes: int
) -> None:
    with pytest.raises(Invalid):
        post.do(lambda work: admin.create(work, little.referent, [little.person], starts_at, minutes=minutes))
    with pytest.raises(Invalid):
        post.do(lambda work: admin.create(work, little.referent, [], FRIDAY))


def test_a_move_is_told_forgets_the_old_answer_and_closes_the_request(
    post: Post, little: Little, talk: Conversation
) -> None:
    appointment = created(post, little)
    post.deliver()
    talk.says("on peut décaler à lundi ?", "reschedule_appointment")
    moved(post, little, appointment, MONDAY)
    assert only_participation(post).answer is ParticipationAnswer.NONE
    [line] = post.todos()
    assert (line.kind, line.outcome) == (TodoKind.MOVE_REQUEST, TodoOutcome.OVERTAKEN)
    assert post.deliver() == ["appointment.moved"]
    assert [answer.key for answer in talk.says("oui", "affirm")] == ["appointment.confirmed"]


def test_who_had_excused_themselves_is_expected_again_at_the_new_hour(post: Post, little: Little) -> None:
    appointment = created(post, little)
    with transaction(post.engine) as session:
        only = session.exec(select(Participation)).one()
        only.status, only.answer = ParticipationStatus.EXCUSED, ParticipationAnswer.DECLINED
    moved(post, little, appointment, MONDAY)
    assert only_participation(post).status is ParticipationStatus.UNKNOWN


def test_the_same_hour_is_no_move(post: Post, little: Little) -> None:
    appointment = created(post, little)
    moved(post, little, appointment, FRIDAY)
    assert [row.text_key for row in post.outbox()] == ["appointment.new"]


def test_two_moves_are_two_pieces_of_news_and_only_the_last_is_sent(post: Post, little: Little) -> None:
    appointment = created(post, little)
    moved(post, little, appointment, MONDAY)
    moved(post, little, appointment, MONDAY + timedelta(hours=1))
    assert post.deliver() == ["appointment.moved"]
    [sent] = [row for row in post.outbox() if row.status is OutboxStatus.SENT]
    assert sent.key.endswith("/2")


def test_a_cancelling_is_told_and_withdraws_the_reminder(post: Post, little: Little) -> None:
    appointment = created(post, little)
    post.at(local(2026, 11, 26, 17, 30)).do(remind.remind)
    cancelled(post, little, appointment)
    assert only_participation(post).status is ParticipationStatus.REVOKED
    assert post.deliver() == ["appointment.cancelled"]
    assert [row.status for row in post.outbox("reminder.")] == [OutboxStatus.CANCELLED]


def test_cancelling_twice_tells_once(post: Post, little: Little) -> None:
    appointment = created(post, little)
    cancelled(post, little, appointment)
    cancelled(post, little, appointment)
    assert len(post.outbox("appointment.cancelled")) == 1


def test_who_had_said_no_is_not_told_of_the_cancelling(post: Post, little: Little) -> None:
    appointment = created(post, little)
    with transaction(post.engine) as session:
        session.exec(select(Participation)).one().status = ParticipationStatus.EXCUSED
    cancelled(post, little, appointment)
    assert post.outbox("appointment.cancelled") == []


def test_a_cancelled_appointment_cannot_be_moved(post: Post, little: Little) -> None:
    appointment = created(post, little)
    cancelled(post, little, appointment)
    with pytest.raises(Invalid):
        moved(post, little, appointment, MONDAY)


def test_news_after_stop_becomes_a_call_to_make(post: Post, little: Little) -> None:
    appointment = created(post, little)
    post.deliver()
    with transaction(post.engine) as session:
        session.get_one(Person, little.person.id).stopped_at = post.clock.now()
    moved(post, little, appointment, MONDAY)
    assert post.deliver() == []
    [line] = post.todos()
    assert (line.kind, line.detail["reason"]) == (TodoKind.CALL, "news_not_told")


def test_news_for_somebody_without_an_address_becomes_a_call_to_make(post: Post, little: Little) -> None:
    with transaction(post.engine) as session:
        unbound = a_person(session, little.referent, bound=False)
        participation = an_appointment(session, unbound, FRIDAY)
        appointment = session.get_one(Appointment, participation.appointment_id)
    cancelled(post, little, appointment)
    assert [line.kind for line in post.todos(unbound)] == [TodoKind.CALL]


def test_news_in_the_evening_waits_for_the_morning(post: Post, little: Little) -> None:
    appointment = created(post, little)
    post.deliver()
    post.at(local(2026, 11, 24, 21))
    moved(post, little, appointment, MONDAY)
    assert post.deliver() == []
    assert post.at(local(2026, 11, 25, 8, 59)).deliver() == []
    assert post.at(local(2026, 11, 25, 9)).deliver() == ["appointment.moved"]


def test_news_that_would_come_too_late_in_the_morning_is_told_at_once(post: Post, little: Little) -> None:
    appointment = created(post, little, local(2026, 11, 25, 9, 30))
    post.deliver()
    post.at(local(2026, 11, 24, 21))
    cancelled(post, little, appointment)
    assert post.deliver() == ["appointment.cancelled"]


def test_a_move_far_ahead_of_an_appointment_of_tomorrow_morning_is_told_at_once(
    post: Post, little: Little
) -> None:
    appointment = created(post, little, local(2026, 11, 25, 9, 30))
    post.deliver()
    post.at(local(2026, 11, 24, 21))
    moved(post, little, appointment, MONDAY)
    assert post.deliver() == ["appointment.moved"]


def test_news_is_told_during_a_pause(post: Post, little: Little) -> None:
    appointment = created(post, little)
    post.deliver()
    with transaction(post.engine) as session:
        session.exec(select(Accompagnement)).one().status = SupportStatus.PAUSED
    cancelled(post, little, appointment)
    assert post.deliver() == ["appointment.cancelled"]


@pytest.mark.parametrize("status", [ParticipationStatus.SEEN, ParticipationStatus.NOSHOW])
def test_what_became_of_it_is_written_down_and_leaves_the_list(
    post: Post, little: Little, status: ParticipationStatus
) -> None:
    created(post, little)
    post.at(local(2026, 11, 28, 9)).do(remind.ask_what_became)
    participation_id = only_participation(post).id
    post.do(
        lambda work: admin.settle(
            work, little.referent, work.session.get_one(Participation, participation_id), status
        )
    )
    assert only_participation(post).status is status
    [line] = post.todos()
    assert (line.outcome, line.closed_by) == (TodoOutcome.DONE, little.referent.id)


def test_the_future_cannot_be_settled_except_by_an_excuse(post: Post, little: Little) -> None:
    created(post, little)
    participation_id = only_participation(post).id

    def settled_as(status: ParticipationStatus) -> None:
        post.do(
            lambda work: admin.settle(
                work, little.referent, work.session.get_one(Participation, participation_id), status
            )
        )

    for status in (ParticipationStatus.SEEN, ParticipationStatus.UNKNOWN):
        with pytest.raises(Invalid):
            settled_as(status)
    settled_as(ParticipationStatus.EXCUSED)
    assert only_participation(post).status is ParticipationStatus.EXCUSED
