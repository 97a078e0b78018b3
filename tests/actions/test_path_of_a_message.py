"""The path of one message through both halves: receipt, danger at once, deed, and what must never happen."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from actions import danger, escalate, handlers, report_frein, stop_messages
from actions.handle_message import give_up, handle, read_again
from actions.ports import Incoming
from actions.receive_message import receive
from actions.rules import judge
from actions.rules.urgency import SafetyNet
from actions.work import Kit, Turn, Work
from storage.database import transaction
from storage.tables import ContactPoint, Escalation, Message, Outgoing, Person, Progress, Todo
from storage.vocabulary import ChannelName, Consent, IncomingKind, Intent, Lane, MessageStatus, TodoKind
from tests.builders import Conversation, a_reading
from tests.conftest import Little, little_world
from tests.fakes import FakeClock


def test_a_certain_danger_is_answered_in_the_first_transaction(
    engine_any: Engine, kit: Kit, clock: FakeClock
) -> None:
    little = little_world(engine_any)
    with transaction(engine_any) as session:
        contact = session.exec(select(ContactPoint).where(ContactPoint.person_id == little.person.id)).one()
        incoming = Incoming(
            ChannelName.LOCAL, contact.address or "", "1", clock.now(), text="je dors dehors ce soir"
        )
        receive(Work(session, clock.now(), kit), incoming)
    with transaction(engine_any) as session:
        assert session.exec(select(Escalation)).one().level == 3
        answer = session.exec(select(Outgoing).where(Outgoing.person_id == little.person.id)).one()
        assert answer.lane is Lane.ALERT
        assert answer.text_key.startswith("danger.")


def test_the_same_message_delivered_twice_is_taken_in_once(
    talk: Conversation, engine: Engine, clock: FakeClock
) -> None:
    incoming = Incoming(ChannelName.LOCAL, talk.address, "same", clock.now(), text="bonjour")
    assert talk.sends(incoming, a_reading("greet"))
    assert talk.sends(incoming, a_reading("greet")) == []
    with transaction(engine) as session:
        assert len(session.exec(select(Message)).all()) == 1


def test_a_danger_heard_by_the_model_alone_is_answered_too(talk: Conversation, engine: Engine) -> None:
    answers = talk.says("voilà c'est la fin du chemin", "report_frein", frein="mental_health", urgency=3)
    assert answers[0].key.startswith("danger.")
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3


def test_danger_before_consent_and_after_stop_is_heard(
    talk: Conversation, engine: Engine, little: Little
) -> None:
    talk.says("STOP")
    with transaction(engine) as session:
        session.get_one(Person, little.person.id).consent = Consent.UNASKED
    answers = talk.says("je veux mourir", None)
    assert answers[0].key.startswith("danger.")


def test_a_danger_inside_a_progress_report_with_rasa_down(talk: Conversation, engine: Engine) -> None:
    answers = talk.says("j'ai fait mes 3 candidatures, sinon ce soir je dors dehors", None)
    assert answers[0].key.startswith("danger.")
    with transaction(engine) as session:
        assert session.exec(select(Message)).one().unread_by_model


def test_after_an_answer_to_danger_the_deed_is_done_without_a_cheer(
    talk: Conversation, engine: Engine
) -> None:
    answers = talk.says(
        "j'ai envoyé 3 candidatures mais je dors dehors ce soir",
        "log_progress",
        activity="application",
        frein="housing",
    )
    assert all(answer.key.startswith("danger.") for answer in answers)
    with transaction(engine) as session:
        assert session.exec(select(Progress)).one().count == 3


def test_an_unknown_sender_in_danger_gets_the_numbers_and_the_structure_an_alert(
    engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    stranger = Conversation(engine, kit, clock)
    answers = stranger.says("je veux me tuer", None)
    assert answers[0].key.startswith("danger.")
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().person_id is None


def test_a_message_of_twenty_in_five_minutes_is_not_answered_but_danger_is(
    talk: Conversation, engine: Engine
) -> None:
    for _ in range(25):
        last = talk.says("bonjour")
    assert last == []
    with transaction(engine) as session:
        assert session.exec(select(Todo).where(Todo.kind == TodoKind.NOT_UNDERSTOOD)).one()
    assert talk.says("il me frappe aidez moi", None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a" * 10_000,
        "\x00\x00",
        "👍👍👍",
        "\u200b\u200d",
        "سلام عليكم",
        "\u202eruojnob",
        "Привіт",
        "?",
        "\ud83d",
    ],
)
@pytest.mark.parametrize("intent", ["out_of_scope", None])
def test_odd_text_gets_a_clear_answer_and_is_kept(
    talk: Conversation, engine: Engine, text: str, intent: str | None
) -> None:
    assert talk.says(text, intent, confidence=0.1)
    with transaction(engine) as session:
        message = session.exec(select(Message)).one()
        assert message.body == text
        assert message.status is MessageStatus.HANDLED


@pytest.mark.parametrize(
    "kind", [kind for kind in IncomingKind if kind not in (IncomingKind.TEXT, IncomingKind.CHOICE)]
)
def test_what_cannot_be_read_is_answered_and_shown_to_the_referent(
    talk: Conversation, engine: Engine, clock: FakeClock, kind: IncomingKind
) -> None:
    answers = talk.sends(Incoming(ChannelName.LOCAL, talk.address, "v", clock.now(), kind=kind), None)
    assert answers
    with transaction(engine) as session:
        assert session.exec(select(Todo)).one().kind is TodoKind.UNREADABLE


def test_an_edited_message_is_read_again_for_danger_and_its_deed_is_not_repeated(
    talk: Conversation, engine: Engine, clock: FakeClock
) -> None:
    talk.sends(
        Incoming(ChannelName.LOCAL, talk.address, "e0", clock.now(), text="j'ai fait 2 cv"),
        a_reading("log_progress", activity="cv_letter"),
    )
    edited = Incoming(
        ChannelName.LOCAL,
        talk.address,
        "e1",
        clock.now(),
        text="j'ai fait 2 cv et je vais me tuer",
        edit_of="e0",
    )
    answers = talk.sends(edited, a_reading("log_progress", activity="cv_letter"))
    assert answers[0].key.startswith("danger.")
    with transaction(engine) as session:
        assert len(session.exec(select(Progress)).all()) == 1


def test_a_message_read_while_rasa_was_down_is_judged_again_on_its_return(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    talk.says("voilà, tout est rangé, je pars tranquille", None)
    with transaction(engine) as session:
        message = session.exec(select(Message)).one()
        read_again(
            Work(session, clock.now(), kit),
            message.id,
            a_reading("report_frein", frein="mental_health", urgency=3),
        )
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3
        assert not session.exec(select(Message)).one().unread_by_model


def test_a_message_that_cannot_be_handled_goes_to_a_human(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    with transaction(engine) as session:
        incoming = Incoming(ChannelName.LOCAL, talk.address, "x", clock.now(), text="bonjour")
        receipt = receive(Work(session, clock.now(), kit), incoming)
    with transaction(engine) as session:
        give_up(Work(session, clock.now(), kit), receipt.message_id)
    with transaction(engine) as session:
        assert session.exec(select(Message)).one().status is MessageStatus.FAILED
        assert session.exec(select(Todo)).one().kind is TodoKind.UNREADABLE


def test_the_first_words_of_somebody_who_has_not_agreed_ask_for_consent(
    talk: Conversation, engine: Engine, little: Little
) -> None:
    with transaction(engine) as session:
        session.get_one(Person, little.person.id).consent = Consent.UNASKED
    talk.says("bonjour")
    talk.says("oui je veux bien", "affirm")
    with transaction(engine) as session:
        assert session.get_one(Person, little.person.id).consent is Consent.GIVEN


def _fails(_turn: Turn) -> None:
    raise ValueError("a fault of ours")


def test_a_deed_that_fails_does_not_take_the_alert_back(
    talk: Conversation, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handlers.AFTER_DANGER, Intent.LOG_PROGRESS, _fails)
    monkeypatch.setattr(report_frein, "record", _fails)
    answers = talk.says(
        "deux cv envoyés, et voilà c'est la fin du chemin", "log_progress", frein="mental_health", urgency=3
    )
    assert [answer.key for answer in answers] == ["danger.mental_health"]
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3
        assert session.exec(select(Message)).one().status is MessageStatus.HANDLED


def test_the_numbers_go_out_even_when_no_alert_can_be_opened_and_the_message_is_taken_up_again(
    talk: Conversation, engine: Engine, monkeypatch: pytest.MonkeyPatch, clock: FakeClock, kit: Kit
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(escalate, "open_or_join", _fails_with_words)
        answers = talk.says("je veux mourir", None)
    assert [answer.key for answer in answers] == ["danger.mental_health"]
    with transaction(engine) as session:
        message = session.exec(select(Message)).one()
        assert message.status is MessageStatus.RECEIVED
        assert handle(Work(session, clock.now(), kit), message.id, None)
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3
        assert len(session.exec(select(Outgoing).where(Outgoing.lane == Lane.ALERT)).all()) > 1
        assert len(session.exec(select(Outgoing).where(col(Outgoing.key).startswith("danger/"))).all()) == 1


def _fails_with_words(*_given: object, **_named: object) -> None:
    raise ValueError("a fault of ours")


def test_an_alert_opens_even_when_its_answer_cannot_be_written(
    talk: Conversation, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(danger, "answer", _fails_with_words)
    answers = talk.says("je veux mourir", None)
    assert [answer.key for answer in answers] == ["fallback.alert"]
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3


def test_a_receipt_is_kept_whatever_fails_at_once(
    talk: Conversation, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stop_messages, "stop_now", _fails_with_words)
    assert talk.says("STOP", "stop_messages")
    with transaction(engine) as session:
        assert session.exec(select(Message)).one().body == "STOP"


def test_a_rule_that_trips_over_a_date_does_not_hide_a_danger(
    talk: Conversation, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "find_when", _fails_with_words)
    assert talk.says("le 12 je serai loin", "report_frein", frein="mental_health", urgency=3)
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3


def test_a_net_that_fails_is_a_suspicion_of_danger(
    talk: Conversation, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SafetyNet, "assess", _fails_with_words)
    assert talk.says("bonjour", None)[0].key.startswith("danger.")
    assert talk.says("mon plan", "view_plan")[0].key.startswith("plan.")


def test_an_urgency_in_a_flood_of_messages_is_escalated(talk: Conversation, engine: Engine) -> None:
    for _ in range(21):
        talk.says("bonjour")
    assert talk.says("je suis expulsé vendredi", "report_frein", frein="housing", urgency=2) == []
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 2


def test_what_a_failed_message_says_is_escalated_by_what_the_model_heard(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    with transaction(engine) as session:
        incoming = Incoming(ChannelName.LOCAL, talk.address, "x", clock.now(), text="c'est la fin du chemin")
        receipt = receive(Work(session, clock.now(), kit), incoming)
        model = a_reading("report_frein", frein="mental_health", urgency=3)
        give_up(Work(session, clock.now(), kit), receipt.message_id, model)
    with transaction(engine) as session:
        assert session.exec(select(Escalation)).one().level == 3
        assert session.exec(select(Message)).one().status is MessageStatus.FAILED


def test_a_failed_message_of_somebody_who_has_not_agreed_is_shown_to_nobody(
    talk: Conversation, engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    with transaction(engine) as session:
        session.get_one(Person, little.person.id).consent = Consent.ASKED
        incoming = Incoming(ChannelName.LOCAL, talk.address, "x", clock.now(), text="bonjour")
        receipt = receive(Work(session, clock.now(), kit), incoming)
        give_up(Work(session, clock.now(), kit), receipt.message_id)
    with transaction(engine) as session:
        assert session.exec(select(Todo)).one().message_id is None


def test_a_photo_of_somebody_who_has_not_agreed_is_shown_to_nobody(
    talk: Conversation, engine: Engine, little: Little, clock: FakeClock
) -> None:
    with transaction(engine) as session:
        session.get_one(Person, little.person.id).consent = Consent.UNASKED
    photo = Incoming(
        ChannelName.LOCAL, talk.address, "p", clock.now(), kind=IncomingKind.PHOTO, text="ma carte"
    )
    assert [answer.key for answer in talk.sends(photo, None)] == ["welcome.hello", "consent.ask"]
    with transaction(engine) as session:
        assert session.exec(select(Todo)).all() == []
