"""What the person says of an appointment: the one meant, the deed, and what the referent is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from actions import remind
from actions.work import Kit
from storage import outbox
from storage.database import transaction
from storage.tables import Appointment, Participation, Todo
from storage.vocabulary import (
    Lane,
    OutboxStatus,
    ParticipationAnswer,
    ParticipationStatus,
    TodoKind,
)
from tests.actions.post import Post
from tests.builders import Answer, Conversation, a_person, an_appointment, local
from tests.conftest import Little
from tests.fakes import FakeClock

TODAY = local(2026, 11, 24, 14)
WEDNESDAY = local(2026, 11, 25, 14)
THURSDAY = local(2026, 11, 26, 9)
IN_DECEMBER = local(2026, 12, 10, 14)


@pytest.fixture
def post(engine: Engine, kit: Kit, clock: FakeClock) -> Post:
    return Post(engine, kit, clock)


def planned(post: Post, little: Little, *starts: datetime, **columns: Any) -> list[UUID]:
    with transaction(post.engine) as session:
        return [an_appointment(session, little.person, start, **columns).id for start in starts]


def keys(answers: list[Answer]) -> list[str]:
    return [answer.key for answer in answers]


def the_line(post: Post, kind: TodoKind) -> Todo:
    [line] = [line for line in post.todos() if line.kind is kind]
    return line


def test_who_comes_is_thanked_with_the_moment(post: Post, little: Little, talk: Conversation) -> None:
    [wednesday] = planned(post, little, WEDNESDAY)
    [answer] = talk.says("je serai là demain", "confirm_appointment")
    assert answer.key == "appointment.confirmed"
    assert answer.values["starts_at"] == WEDNESDAY
    assert post.participation(wednesday).answer is ParticipationAnswer.CONFIRMED
    assert post.participation(wednesday).answered_at == post.clock.now()
    assert post.todos() == []


def test_who_cannot_come_is_excused_the_referent_knows_and_another_date_is_offered(
    post: Post, little: Little, talk: Conversation
) -> None:
    [wednesday] = planned(post, little, WEDNESDAY)
    assert keys(talk.says("je peux pas venir demain", "cancel_appointment")) == ["appointment.declined"]
    changed = post.participation(wednesday)
    assert (changed.status, changed.answer) == (ParticipationStatus.EXCUSED, ParticipationAnswer.DECLINED)
    line = the_line(post, TodoKind.CANCELLED_APPOINTMENT)
    assert line.subject_id == wednesday
    assert outbox.unpack(line.detail)["starts_at"] == WEDNESDAY


def test_cancelling_withdraws_the_reminder_that_waits(post: Post, little: Little, talk: Conversation) -> None:
    planned(post, little, THURSDAY)
    post.at(local(2026, 11, 25, 17, 30)).do(remind.remind)
    talk.says("je peux pas venir jeudi", "cancel_appointment")
    assert [row.status for row in post.outbox("reminder.")] == [OutboxStatus.CANCELLED]
    assert post.deliver() == []


@pytest.mark.parametrize("reply", ["oui", "Une autre date", "1", "plutôt vendredi"])
def test_the_offer_of_another_date_can_be_taken_in_several_ways(
    post: Post, little: Little, talk: Conversation, reply: str
) -> None:
    planned(post, little, WEDNESDAY)
    talk.says("je peux pas venir demain", "cancel_appointment")
    assert keys(talk.says(reply, "affirm")) == ["appointment.requested"]
    wish = outbox.unpack(the_line(post, TodoKind.APPOINTMENT_REQUEST).detail)["wish_on"]
    assert wish == (date(2026, 11, 27) if "vendredi" in reply else None)


@pytest.mark.parametrize("reply", ["non", "non merci", "2"])
def test_the_offer_of_another_date_can_be_refused(
    post: Post, little: Little, talk: Conversation, reply: str
) -> None:
    planned(post, little, WEDNESDAY)
    talk.says("je peux pas venir demain", "cancel_appointment")
    assert keys(talk.says(reply, "deny")) == ["appointment.no_other_date"]
    assert [line.kind for line in post.todos()] == [TodoKind.CANCELLED_APPOINTMENT]


def test_who_cancelled_and_comes_after_all_is_not_promised_the_place(
    post: Post, little: Little, talk: Conversation
) -> None:
    [wednesday] = planned(post, little, WEDNESDAY)
    talk.says("je peux pas venir demain", "cancel_appointment")
    assert keys(talk.says("finalement je viens", "confirm_appointment")) == ["appointment.wants_back"]
    assert post.participation(wednesday).status is ParticipationStatus.EXCUSED
    assert outbox.unpack(the_line(post, TodoKind.APPOINTMENT_REQUEST).detail)["reason"] == "wants_it_back"


def test_a_day_later_the_place_is_asked_back_without_a_question_open(
    post: Post, little: Little, talk: Conversation
) -> None:
    planned(post, little, THURSDAY)
    talk.says("je peux pas venir jeudi", "cancel_appointment")
    talk.clock.forward(hours=25)
    assert keys(talk.says("finalement je viens", "confirm_appointment")) == ["appointment.wants_back"]


def test_a_move_is_a_request_with_the_wish_and_the_old_hour_holds(
    post: Post, little: Little, talk: Conversation
) -> None:
    [thursday] = planned(post, little, THURSDAY)
    [answer] = talk.says("on peut décaler à vendredi 15h ?", "reschedule_appointment")
    assert answer.key == "appointment.move_asked"
    assert answer.values["starts_at"] == THURSDAY
    assert post.participation(thursday).answer is ParticipationAnswer.MOVE_ASKED
    line = the_line(post, TodoKind.MOVE_REQUEST)
    assert line.subject_id == thursday
    assert outbox.unpack(line.detail)["wish_at"] == local(2026, 11, 27, 15)


def test_who_is_late_today_makes_the_referents_phone_ring_without_content(
    post: Post, little: Little, talk: Conversation
) -> None:
    [today] = planned(post, little, TODAY)
    assert keys(talk.says("je serai en retard", "report_late")) == ["appointment.late_noted"]
    assert post.participation(today).answer is ParticipationAnswer.LATE
    assert the_line(post, TodoKind.LATE).subject_id == today
    [ring] = post.outbox("appointment.staff_today")
    assert (ring.referent_id, ring.lane, ring.values) == (little.referent.id, Lane.ANSWER, {})


def test_news_of_another_day_waits_on_the_list(post: Post, little: Little, talk: Conversation) -> None:
    planned(post, little, THURSDAY)
    talk.says("je serai en retard jeudi", "report_late")
    assert post.outbox("appointment.staff_today") == []


def test_a_missed_appointment_is_to_be_rebooked_and_stays_to_be_settled(
    post: Post, little: Little, talk: Conversation
) -> None:
    older, monday = planned(post, little, local(2026, 11, 17, 9), local(2026, 11, 23, 9))
    assert keys(talk.says("j'ai raté le rdv désolé", "report_missed_appointment")) == [
        "appointment.missed_noted"
    ]
    assert the_line(post, TodoKind.MISSED_APPOINTMENT).subject_id == monday
    assert post.participation(monday).status is ParticipationStatus.UNKNOWN
    talk.says("j'ai raté le rdv de mardi dernier", "report_missed_appointment")
    assert {line.subject_id for line in post.todos()} == {older, monday}


def test_without_a_past_appointment_the_missed_one_is_left_to_a_human(
    post: Post, little: Little, talk: Conversation
) -> None:
    planned(post, little, local(2026, 11, 2, 9))
    assert keys(talk.says("j'ai raté le rdv", "report_missed_appointment")) == ["appointment.none_fits"]
    assert the_line(post, TodoKind.MISSED_APPOINTMENT).subject_id is None


def test_an_appointment_asked_for_is_passed_on_with_the_next_one_recalled(
    post: Post, little: Little, talk: Conversation
) -> None:
    assert keys(talk.says("je voudrais un rdv vendredi", "request_appointment")) == ["appointment.requested"]
    planned(post, little, IN_DECEMBER)
    [answer] = talk.says("je voudrais un rdv plus tôt", "request_appointment")
    assert answer.key == "appointment.requested_besides"
    assert answer.values["starts_at"] == IN_DECEMBER
    lines = [line for line in post.todos() if line.kind is TodoKind.APPOINTMENT_REQUEST]
    assert sorted(str(outbox.unpack(line.detail)["wish_on"]) for line in lines) == ["2026-11-27", "None"]


@pytest.mark.parametrize(
    ("intent", "kind"),
    [
        ("confirm_appointment", TodoKind.MESSAGE),
        ("cancel_appointment", TodoKind.CANCELLED_APPOINTMENT),
        ("reschedule_appointment", TodoKind.MOVE_REQUEST),
        ("report_late", TodoKind.LATE),
    ],
)
def test_where_nothing_fits_it_says_so_and_a_human_reads_it(
    post: Post, talk: Conversation, intent: str, kind: TodoKind
) -> None:
    assert keys(talk.says("pour le rdv", intent)) == ["appointment.none_fits"]
    line = the_line(post, kind)
    assert line.subject_id is None
    assert line.message_id is not None


def test_a_day_without_an_appointment_is_not_taken_for_another(
    post: Post, little: Little, talk: Conversation
) -> None:
    [thursday] = planned(post, little, THURSDAY)
    [answer] = talk.says("je peux pas venir vendredi", "cancel_appointment")
    assert answer.key == "appointment.none_fits_but"
    assert answer.values["starts_at"] == THURSDAY
    assert post.participation(thursday).status is ParticipationStatus.UNKNOWN


def test_where_two_fit_it_asks_and_a_number_answers(post: Post, little: Little, talk: Conversation) -> None:
    thursday, december = planned(post, little, THURSDAY, IN_DECEMBER)
    [question] = talk.says("je ne pourrai pas venir", "cancel_appointment")
    assert question.key == "appointment.which"
    assert keys(talk.says("2", "out_of_scope")) == ["appointment.declined"]
    assert post.participation(thursday).status is ParticipationStatus.UNKNOWN
    assert post.participation(december).status is ParticipationStatus.EXCUSED


def test_the_choices_name_the_day_and_a_label_or_a_button_answers_with_the_wish_kept(
    post: Post, little: Little, talk: Conversation
) -> None:
    thursday, december = planned(post, little, THURSDAY, IN_DECEMBER)
    talk.says("on peut décaler à lundi ?", "reschedule_appointment")
    assert keys(talk.says("jeudi 10 décembre à 14 h", "out_of_scope")) == ["appointment.move_asked"]
    assert post.participation(december).answer is ParticipationAnswer.MOVE_ASKED
    assert outbox.unpack(the_line(post, TodoKind.MOVE_REQUEST).detail)["wish_on"] == date(2026, 11, 30)
    talk.says("je viendrai", "confirm_appointment")
    assert keys(talk.presses(str(thursday))) == ["appointment.confirmed"]
    assert post.participation(thursday).answer is ParticipationAnswer.CONFIRMED


def test_a_choice_made_after_the_appointment_was_cancelled_is_told_so(
    post: Post, little: Little, talk: Conversation
) -> None:
    thursday, _ = planned(post, little, THURSDAY, IN_DECEMBER)
    talk.says("je viendrai", "confirm_appointment")
    with transaction(post.engine) as session:
        chosen = session.get_one(Participation, thursday)
        session.get_one(Appointment, chosen.appointment_id).cancelled_at = post.clock.now()
    assert keys(talk.presses(str(thursday))) == ["appointment.is_off"]
    assert post.participation(thursday).answer is ParticipationAnswer.NONE


def reminded(post: Post, talk: Conversation) -> UUID:
    """The eve's reminder is written and sent; returns its question."""
    post.at(local(2026, 11, 25, 17, 30)).do(remind.remind)
    assert post.deliver() == ["reminder.eve"]
    [row] = post.outbox("reminder.")
    assert row.question_id is not None
    return row.question_id


@pytest.mark.parametrize(
    ("reply", "intent", "answered", "answer"),
    [
        ("oui", "affirm", "appointment.confirmed", ParticipationAnswer.CONFIRMED),
        ("ok pour demain", "confirm_appointment", "appointment.confirmed", ParticipationAnswer.CONFIRMED),
        ("je peux pas", "cancel_appointment", "appointment.declined", ParticipationAnswer.DECLINED),
        ("plutôt vendredi", "affirm", "appointment.move_asked", ParticipationAnswer.MOVE_ASKED),
        ("je serai en retard demain", "report_late", "appointment.late_noted", ParticipationAnswer.LATE),
    ],
)
def test_a_reminder_is_answered_in_ones_own_words(
    post: Post,
    little: Little,
    talk: Conversation,
    reply: str,
    intent: str,
    answered: str,
    answer: ParticipationAnswer,
) -> None:
    [thursday] = planned(post, little, THURSDAY)
    reminded(post, talk)
    assert keys(talk.says(reply, intent)) == [answered]
    assert post.participation(thursday).answer is answer


def test_the_date_in_a_reply_to_a_reminder_is_the_wish(
    post: Post, little: Little, talk: Conversation
) -> None:
    planned(post, little, THURSDAY)
    reminded(post, talk)
    [answer] = talk.says("plutôt vendredi", "view_appointments")
    assert answer.values["wish_on"] == date(2026, 11, 27)
    assert outbox.unpack(the_line(post, TodoKind.MOVE_REQUEST).detail)["wish_on"] == date(2026, 11, 27)


def test_a_reminder_is_about_its_own_appointment_whatever_else_is_planned(
    post: Post, little: Little, talk: Conversation
) -> None:
    thursday, later = planned(post, little, THURSDAY, THURSDAY + timedelta(hours=5))
    reminded_rows = post.at(local(2026, 11, 25, 17, 30)).do(remind.remind)
    assert reminded_rows == 2
    post.deliver()
    question = next(row.question_id for row in post.outbox("reminder.") if row.subject_id == thursday)
    assert keys(talk.presses("confirm", question)) == ["appointment.confirmed"]
    assert post.participation(thursday).answer is ParticipationAnswer.CONFIRMED
    assert post.participation(later).answer is ParticipationAnswer.NONE


def test_a_reminder_answered_in_other_words_no_longer_waits_for_a_yes(
    post: Post, little: Little, talk: Conversation
) -> None:
    [thursday] = planned(post, little, THURSDAY)
    reminded(post, talk)
    talk.says("je serai en retard demain", "report_late")
    talk.says("oui", "affirm")
    assert post.participation(thursday).answer is ParticipationAnswer.LATE


def test_a_button_pressed_after_a_move_confirms_nothing_and_shows_the_new_hour(
    post: Post, little: Little, talk: Conversation
) -> None:
    [thursday] = planned(post, little, THURSDAY)
    question = reminded(post, talk)
    moved_to = THURSDAY + timedelta(days=1)
    with transaction(post.engine) as session:
        told = session.get_one(Participation, thursday)
        session.get_one(Appointment, told.appointment_id).starts_at = moved_to
    [answer] = talk.presses("confirm", question)
    assert answer.key == "appointment.has_moved"
    assert answer.values["starts_at"] == moved_to
    assert post.participation(thursday).answer is ParticipationAnswer.NONE
    assert keys(talk.says("oui", "affirm")) == ["appointment.confirmed"]


def test_a_button_pressed_after_the_appointment_changes_nothing(
    post: Post, little: Little, talk: Conversation
) -> None:
    [thursday] = planned(post, little, THURSDAY)
    question = reminded(post, talk)
    talk.clock.at = THURSDAY + timedelta(hours=3)
    assert keys(talk.presses("cancel", question)) == ["appointment.already_over"]
    assert post.participation(thursday).status is ParticipationStatus.UNKNOWN


@pytest.mark.parametrize(
    ("choice", "answered"),
    [
        ("cancel", "appointment.declined_before"),
        ("confirm", "appointment.wants_back"),
        ("move", "appointment.requested"),
    ],
)
def test_who_had_cancelled_in_words_and_then_presses_a_button_is_understood(
    post: Post, little: Little, talk: Conversation, choice: str, answered: str
) -> None:
    [thursday] = planned(post, little, THURSDAY)
    question = reminded(post, talk)
    with transaction(post.engine) as session:
        session.get_one(Participation, thursday).status = ParticipationStatus.EXCUSED
    assert keys(talk.presses(choice, question)) == [answered]


def test_a_cancelling_in_a_message_of_danger_is_done_without_a_word_about_it(
    post: Post, little: Little, talk: Conversation
) -> None:
    [wednesday] = planned(post, little, WEDNESDAY)
    said = talk.says("je viens pas demain, je vais en finir ce soir", "cancel_appointment", urgency=3)
    assert not [key for key in keys(said) if key.startswith("appointment.")]
    assert post.participation(wednesday).status is ParticipationStatus.EXCUSED


def test_in_danger_nothing_is_asked_back_when_two_fit(post: Post, little: Little, talk: Conversation) -> None:
    planned(post, little, THURSDAY, IN_DECEMBER)
    said = talk.says("annulez mon rdv, je vais en finir ce soir", "cancel_appointment", urgency=3)
    assert not [key for key in keys(said) if key.startswith("appointment.")]
    assert the_line(post, TodoKind.CANCELLED_APPOINTMENT).subject_id is None


def test_somebody_elses_appointment_cannot_be_touched(post: Post, little: Little, talk: Conversation) -> None:
    with transaction(post.engine) as session:
        other = a_person(session, little.referent, first_name="Bilal")
        theirs = an_appointment(session, other, THURSDAY).id
    planned(post, little, THURSDAY, IN_DECEMBER)
    talk.says("je viendrai", "confirm_appointment")
    talk.presses(str(theirs))
    assert post.participation(theirs).answer is ParticipationAnswer.NONE
