"""The minutes after a danger: small words are no answer to an older question, and get no cheer."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from actions import escalate
from actions.handle_message import read_again
from actions.work import Kit, Work
from storage.database import transaction
from storage.queries import escalations
from storage.tables import Escalation, Message, Outgoing, Participation, Question
from storage.vocabulary import OutboxStatus, ParticipationAnswer, QuestionKind
from tests.builders import TUESDAY, Conversation, a_reading, an_appointment
from tests.conftest import Little
from tests.fakes import FakeClock


def _remind(engine: Engine, kit: Kit, clock: FakeClock, little: Little) -> None:
    with transaction(engine) as session:
        participation = an_appointment(session, little.person, TUESDAY + timedelta(days=2))
        work = Work(session, clock.now(), kit)
        question = work.ask(
            little.person.id,
            QuestionKind.REMINDER,
            subject_id=participation.id,
            expires_at=TUESDAY + timedelta(days=2),
        )
        row = work.tell(
            little.person,
            "conversation.deny",
            key="reminder/test",
            columns={"question_id": question.id},
        )
        assert row
        row.status, row.sent_at = OutboxStatus.SENT, clock.now()
    clock.forward(minutes=5)


def test_a_small_word_after_danger_does_not_answer_an_older_reminder(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    _remind(engine, kit, clock, little)
    talk.says("il est en bas il va me tuer", "report_frein", frein="violence", urgency=3)
    clock.forward(minutes=1)
    answers = talk.says("svp", "affirm")
    with transaction(engine) as session:
        assert session.exec(select(Participation)).one().answer is ParticipationAnswer.NONE
    assert [answer.key for answer in answers] == ["danger.violence_again"]


def test_a_button_of_the_older_reminder_still_counts(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    _remind(engine, kit, clock, little)
    talk.says("je veux mourir", "report_frein", frein="mental_health", urgency=3)
    with transaction(engine) as session:
        question = session.exec(select(Question)).one()
        question.details = {"choices": [{"id": "confirm", "label": "Oui"}]}
    talk.presses("confirm", question.id)
    with transaction(engine) as session:
        assert session.exec(select(Participation)).one().answer is ParticipationAnswer.CONFIRMED


@pytest.mark.parametrize("intent", ["affirm", "deny", "thank", "greet", "out_of_scope", "goodbye", None])
def test_small_words_after_danger_get_the_numbers_again_and_reach_the_referent(
    talk: Conversation, engine: Engine, clock: FakeClock, intent: str | None
) -> None:
    talk.says("je veux mourir", "report_frein", frein="mental_health", urgency=3)
    clock.forward(minutes=2)
    answers = talk.says("ok", intent)
    assert [answer.key for answer in answers] == ["danger.again"]
    with transaction(engine) as session:
        escalation = session.exec(select(Escalation)).one()
        assert [message.body for message in escalations.messages_of(session, escalation.id)] == [
            "je veux mourir",
            "ok",
        ]
        assert escalation.round == 1


def test_an_hour_after_danger_small_words_are_small_words_again(talk: Conversation, clock: FakeClock) -> None:
    talk.says("je veux mourir", "report_frein", frein="mental_health", urgency=3)
    clock.forward(minutes=61)
    assert [answer.key for answer in talk.says("merci", "thank")] == ["conversation.thank"]


def test_once_a_human_has_closed_the_alert_small_words_are_small_words_again(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    talk.says("je veux mourir", "report_frein", frein="mental_health", urgency=3)
    with transaction(engine) as session:
        escalation = session.exec(select(Escalation)).one()
        escalate.close(Work(session, clock.now(), kit), escalation, little.referent, "Appelée, en sécurité.")
    clock.forward(minutes=2)
    assert "conversation.thank" in [answer.key for answer in talk.says("merci", "thank")]


def test_a_clear_wish_after_danger_is_done(talk: Conversation, clock: FakeClock) -> None:
    talk.says("je veux mourir", "report_frein", frein="mental_health", urgency=3)
    clock.forward(minutes=2)
    assert talk.says("c'est quand mon rendez-vous", "view_appointments")[0].key.startswith("appointment.")


def test_an_older_question_does_not_come_back_once_the_latest_is_answered(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    with transaction(engine) as session:
        work = Work(session, clock.now(), kit)
        for number, kind in enumerate((QuestionKind.CONFIRM_DELETE, QuestionKind.CHECK_IN)):
            question = work.ask(little.person.id, kind)
            row = work.tell(
                little.person, "conversation.deny", key=f"q{number}", columns={"question_id": question.id}
            )
            assert row
            row.status, row.sent_at = OutboxStatus.SENT, clock.now() + timedelta(seconds=number)
        question.answered_at = clock.now()
    clock.forward(minutes=1)
    talk.says("oui", "affirm")
    with transaction(engine) as session:
        kinds = {question.kind: question.answered_at for question in session.exec(select(Question))}
        assert kinds[QuestionKind.CONFIRM_DELETE] is None
        assert not session.exec(select(Outgoing).where(Outgoing.text_key == "delete.accepted")).all()


def test_what_is_urgent_after_a_danger_is_no_small_word_and_rings_again(
    talk: Conversation, engine: Engine, clock: FakeClock
) -> None:
    talk.says("je veux mourir", "report_frein", frein="mental_health", urgency=3)
    clock.forward(minutes=2)
    talk.says("il a dit qu'il repasse demain", "out_of_scope", confidence=0.2, frein="violence", urgency=2)
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().round == 2


def test_words_shown_with_an_alert_while_rasa_was_down_ring_once_they_are_heard_as_danger(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    talk.says("je veux mourir", None)
    clock.forward(minutes=2)
    talk.says("le chat est chez la voisine", None)
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().round == 1
        message = session.exec(select(Message).order_by(col(Message.received_at).desc())).first()
        assert message
        model = a_reading("report_frein", frein="mental_health", urgency=3)
        read_again(Work(session, clock.now(), kit), message.id, model)
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().round == 2
