"""The second half of the path of a message: one transaction from its reading to its deed.

The message is leased and has been read by the model, or not (`model` is None while Rasa is down).
"""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from actions import (
    danger,
    edited_message,
    escalate,
    handlers,
    not_understood,
    report_frein,
    unknown_sender,
    unreadable,
)
from actions.attempt import attempt
from actions.consent import ask_consent
from actions.loops import is_a_loop
from actions.ports import Choice
from actions.receive_message import answer_the_team, is_of_the_team, raise_danger
from actions.rules.dialogue import Asked, Decision, Special, decide
from actions.rules.judge import hear, judge
from actions.rules.reading import Judgement, ModelReading
from actions.work import Turn, Work
from storage import inbox
from storage.queries import people, questions
from storage.tables import ContactPoint, Message, Person, Question, Structure
from storage.vocabulary import (
    Consent,
    FreinCategory,
    IncomingKind,
    Intent,
    Lane,
    MessageStatus,
    TodoKind,
    Urgency,
)


def handle(work: Work, message_id: UUID, model: ModelReading | None) -> bool:
    """Judge, decide, do, mark handled; False when it stays in the queue, to be taken up again.

    Does nothing for a message that was handled meanwhile.
    """
    message = work.session.get_one(Message, message_id, with_for_update={"key_share": True})
    if message.status is not MessageStatus.RECEIVED:
        return True
    contact = work.session.get_one(ContactPoint, message.contact_id)
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    done = True
    if is_of_the_team(contact):
        answer_the_team(work, contact, message)
    else:
        judgement = _read(work, message, person, model)
        done = (
            _take_turn(_turn(work, person, contact, message, judgement, model))
            if person
            else _from_nobody_known(work, contact, message, judgement)
        )
    if done:
        inbox.settle(message, MessageStatus.HANDLED, work.now)
    return done


def words_of(message: Message) -> str:
    """What a model can read of a message: its text, or what was written beside a photo. Empty for a button."""
    words: str = message.body or ""
    return words if words.strip(" \t\r\n/") and message.kind is not IncomingKind.CHOICE else ""


def _read(work: Work, message: Message, person: Person | None, model: ModelReading | None) -> Judgement:
    text = message.body or ""
    zone = ZoneInfo(person.time_zone if person else "Europe/Paris")
    judgement = judge(text, hear(text, work.kit.net), model, message.sent_at, zone)
    message.intent, message.confidence = judgement.intent, judgement.confidence
    message.frein, message.urgency = judgement.frein, judgement.urgency
    message.activity, message.source = judgement.activity, judgement.source
    message.unread_by_model = model is None and words_of(message) != ""
    return judgement


def _from_nobody_known(work: Work, contact: ContactPoint, message: Message, judgement: Judgement) -> bool:
    if judgement.urgency == Urgency.DANGER:
        return raise_danger(work, None, contact, message, judgement.frein, judgement.language)
    if not is_a_loop(work, contact):
        unknown_sender.answer(work, contact, message)
    return True


def _turn(
    work: Work,
    person: Person,
    contact: ContactPoint,
    message: Message,
    judgement: Judgement,
    model: ModelReading | None,
) -> Turn:
    work.actor = f"person:{person.id}"
    return Turn(
        session=work.session,
        now=work.now,
        kit=work.kit,
        actor=work.actor,
        person=person,
        structure=work.session.get_one(Structure, person.structure_id),
        contact=contact,
        message=message,
        text=message.body or "",
        judgement=judgement,
        model=model,
        accompagnement=people.accompagnement_of(work.session, person.id),
        question=_question(work, person, message),
        choice=message.choice,
    )


def _question(work: Work, person: Person, message: Message) -> Question | None:
    if message.question_id:
        return questions.of_person(work.session, message.question_id, person.id)
    return questions.awaited(work.session, person.id, work.now)


def _take_turn(turn: Turn) -> bool:
    """Do what one message asks. Danger comes before everything, and before any guard."""
    if turn.judgement.urgency == Urgency.DANGER:
        return _danger(turn)
    if is_a_loop(turn, turn.contact):
        _leave_unanswered(turn)
    elif turn.message.edit_of:
        edited_message.note(turn)
    elif turn.message.kind not in (IncomingKind.TEXT, IncomingKind.CHOICE):
        unreadable.note(turn)
    elif not unknown_sender.code_from_bound(turn, turn.contact, turn.message):
        _converse(turn)
    return True


def _leave_unanswered(turn: Turn) -> None:
    """A machine seems to be writing: a human is told, and what is urgent is heard all the same."""
    key = f"loop/{turn.contact.id}/{turn.now:%F}"
    turn.todo(TodoKind.NOT_UNDERSTOOD, turn.person, key=key, reason="loop")
    turn.quiet = True
    _hear_an_aside(turn)


def _danger(turn: Turn) -> bool:
    """Answer the danger, then do quietly what else the message asked for; whether the alert is open.

    What else fails is left undone: it must not take the alert back with it, and the referent reads the message there.
    """
    judgement = turn.judgement
    if not raise_danger(turn, turn.person, turn.contact, turn.message, judgement.frein, judgement.language):
        return False
    attempt(turn, "frein_of_danger", lambda: report_frein.record(turn))
    if turn.message.edit_of:
        attempt(turn, "edit_of_danger", lambda: edited_message.note(turn))
        return True
    deed = _deed_after_danger(turn)
    if deed:
        turn.quiet = True
        attempt(turn, "deed_after_danger", lambda: deed(turn))
    return True


def _deed_after_danger(turn: Turn) -> handlers.Handler | None:
    if turn.message.kind is not IncomingKind.TEXT or turn.person.consent is not Consent.GIVEN:
        return None
    if turn.model is None or turn.model.confidence < _floor(turn):
        return None
    return handlers.AFTER_DANGER.get(turn.model.intent)


def _converse(turn: Turn) -> None:
    decision = decide(
        turn.judgement,
        turn.text,
        consent=turn.person.consent,
        asked=_asked(turn.question),
        choice=turn.choice,
        understood_from=_floor(turn),
    )
    turn.choice = decision.choice
    if decision.route is not Special.NOT_UNDERSTOOD:
        turn.person.misunderstood_in_a_row = 0
    calm = turn.judgement.urgency < Urgency.URGENT
    if calm and decision.route in SMALL_WORDS and danger.answer_small_words(turn):
        return
    _do(turn, decision)
    if decision.route is not Intent.REPORT_FREIN:
        _hear_an_aside(turn)


SMALL_WORDS = frozenset(
    {
        Intent.GREET,
        Intent.GOODBYE,
        Intent.THANK,
        Intent.AFFIRM,
        Intent.DENY,
        Intent.OUT_OF_SCOPE,
        Special.NOT_UNDERSTOOD,
    }
)
"""Routes that get no small talk in the hour after a danger."""


def _floor(turn: Turn) -> float:
    return turn.kit.policy.understood_from


def _asked(question: Question | None) -> Asked | None:
    if question is None:
        return None
    listed = question.details.get("choices", [])
    return Asked(question.kind, tuple(Choice(item["id"], item["label"]) for item in listed))


def _do(turn: Turn, decision: Decision) -> None:
    route = decision.route
    if route is Special.ASK_CONSENT:
        ask_consent(turn)
    elif isinstance(route, Special):
        not_understood.not_understood(turn)
    elif isinstance(route, Intent):
        handlers.INTENTS[route](turn)
    elif turn.question and turn.question.answered_at is None:
        turn.question.answered_at = turn.now
        handlers.ANSWERS[route](turn)
    else:
        not_understood.too_late(turn)
    if turn.then:
        intent, again = turn.then
        handlers.INTENTS[intent](again)


def _hear_an_aside(turn: Turn) -> None:
    """An obstacle named beside something else is recorded; when it is urgent, it is also escalated."""
    if turn.judgement.urgency >= Urgency.FOLLOW_UP and turn.judgement.frein:
        report_frein.record(turn)
    if turn.judgement.urgency == Urgency.URGENT:
        report_frein.escalate_aside(turn)


def give_up(work: Work, message_id: UUID, model: ModelReading | None = None) -> bool:
    """After five failures: the message goes to a human as it is, and the person is told so. Always True.

    What was heard in it is escalated all the same; what the net suspected counts in full when no model answers.
    """
    message = work.session.get_one(Message, message_id, with_for_update={"key_share": True})
    if message.status is not MessageStatus.RECEIVED:
        return True
    contact = work.session.get_one(ContactPoint, message.contact_id)
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    judgement = _read(work, message, person, model)
    _escalate(work, person, contact, message, judgement)
    if person:
        shown = message if person.consent is Consent.GIVEN else None
        work.todo(TodoKind.UNREADABLE, person, key=f"failed/{message.id}", message=shown, reason="failed")
        work.tell(person, "path.failed", key=f"failed/{message.id}", lane=Lane.ANSWER)
    inbox.settle(message, MessageStatus.FAILED, work.now)
    return True


def _escalate(
    work: Work, person: Person | None, contact: ContactPoint, message: Message, judgement: Judgement
) -> bool:
    """Raise the danger, or the urgency, that was heard in a message whose deed is not done; False where that failed."""
    if judgement.urgency == Urgency.DANGER:
        return raise_danger(work, person, contact, message, judgement.frein, judgement.language)
    if judgement.urgency < Urgency.URGENT or person is None:
        return True
    frein = FreinCategory(judgement.frein) if judgement.frein else None
    return attempt(
        work,
        "open_alert",
        lambda: escalate.open_or_join(
            work, person=person, contact=contact, message=message, level=Urgency.URGENT, frein=frein
        ),
    ).done


def read_again(work: Work, message_id: UUID, model: ModelReading) -> None:
    """A message that no model had read is judged again, for urgency only: its deed is not repeated."""
    message = work.session.get_one(Message, message_id)
    contact = work.session.get_one(ContactPoint, message.contact_id)
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    before = message.urgency or 0
    judgement = _read(work, message, person, model)
    if judgement.urgency > before:
        message.unread_by_model = not _escalate(work, person, contact, message, judgement)
    if judgement.urgency < before or message.unread_by_model:
        message.urgency = before
