"""The second half of the path of a message: one transaction from its reading to its deed.

The message is leased and has been read by the model, or not (`model` is None while Rasa is down).
"""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from actions import (
    edited_message,
    escalate,
    handlers,
    not_understood,
    report_frein,
    unknown_sender,
    unreadable,
)
from actions.consent import ask_consent
from actions.ports import Choice
from actions.receive_message import is_a_loop, raise_danger
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


def handle(work: Work, message_id: UUID, model: ModelReading | None) -> None:
    """Judge, decide, do, mark handled. Does nothing for a message that was handled meanwhile."""
    message = work.session.get_one(Message, message_id, with_for_update=True)
    if message.status is not MessageStatus.RECEIVED:
        return
    contact = work.session.get_one(ContactPoint, message.contact_id)
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    judgement = _read(work, message, person, model)
    if person is None:
        _from_nobody_known(work, contact, message, judgement)
    else:
        work.actor = f"person:{person.id}"
        _take_turn(_turn(work, person, contact, message, judgement, model))
    inbox.settle(message, MessageStatus.HANDLED, work.now)


def _read(work: Work, message: Message, person: Person | None, model: ModelReading | None) -> Judgement:
    text = message.body or ""
    zone = ZoneInfo(person.time_zone if person else "Europe/Paris")
    judgement = judge(text, hear(text, work.kit.net), model, message.sent_at, zone)
    message.intent, message.confidence = judgement.intent, judgement.confidence
    message.frein, message.urgency = judgement.frein, judgement.urgency
    message.activity, message.source = judgement.activity, judgement.source
    message.unread_by_model = model is None and message.kind is IncomingKind.TEXT
    return judgement


def _from_nobody_known(work: Work, contact: ContactPoint, message: Message, judgement: Judgement) -> None:
    if judgement.urgency == Urgency.DANGER:
        raise_danger(work, None, contact, message, judgement.frein)
    elif not is_a_loop(work, contact):
        unknown_sender.answer(work, contact, message)


def _turn(
    work: Work,
    person: Person,
    contact: ContactPoint,
    message: Message,
    judgement: Judgement,
    model: ModelReading | None,
) -> Turn:
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


def _take_turn(turn: Turn) -> None:
    """Do what one message asks. Danger comes before everything, and before any guard."""
    if turn.judgement.urgency == Urgency.DANGER:
        _danger(turn)
    elif is_a_loop(turn, turn.contact):
        turn.todo(
            TodoKind.NOT_UNDERSTOOD, turn.person, key=f"loop/{turn.contact.id}/{turn.now:%F}", reason="loop"
        )
    elif turn.message.edit_of:
        edited_message.note(turn)
    elif turn.message.kind not in (IncomingKind.TEXT, IncomingKind.CHOICE):
        unreadable.note(turn)
    elif not unknown_sender.code_from_bound(turn, turn.contact, turn.message):
        _converse(turn)


def _danger(turn: Turn) -> None:
    """Answer the danger, then do quietly what else the message asked for."""
    raise_danger(turn, turn.person, turn.contact, turn.message, turn.judgement.frein)
    report_frein.record(turn)
    if turn.message.edit_of:
        edited_message.note(turn)
    elif turn.model and turn.person.consent is Consent.GIVEN and turn.model.confidence >= _floor(turn):
        deed = handlers.AFTER_DANGER.get(Intent(turn.model.intent))
        if deed:
            turn.quiet = True
            deed(turn)


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
    _do(turn, decision)
    if decision.route is not Intent.REPORT_FREIN:
        _hear_an_aside(turn)


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


def give_up(work: Work, message_id: UUID) -> None:
    """After five failures: the message goes to a human as it is, and the person is told so.

    What the net suspected counts as danger, since nobody could read the message.
    """
    message = work.session.get_one(Message, message_id)
    contact = work.session.get_one(ContactPoint, message.contact_id)
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    if message.net_level == Urgency.DANGER:
        raise_danger(work, person, contact, message, hear(message.body or "", work.kit.net).frein)
    if person:
        work.todo(TodoKind.UNREADABLE, person, key=f"failed/{message.id}", message=message, reason="failed")
        work.tell(person, "path.failed", key=f"failed/{message.id}", lane=Lane.ANSWER)
    inbox.settle(message, MessageStatus.FAILED, work.now)


def read_again(work: Work, message_id: UUID, model: ModelReading) -> None:
    """A message that no model had read is judged again, for urgency only: its deed is not repeated."""
    message = work.session.get_one(Message, message_id)
    contact = work.session.get_one(ContactPoint, message.contact_id)
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    before = message.urgency or 0
    judgement = _read(work, message, person, model)
    if judgement.urgency <= before:
        message.urgency = before
    elif judgement.urgency == Urgency.DANGER:
        raise_danger(work, person, contact, message, judgement.frein)
    elif judgement.urgency == Urgency.URGENT and person:
        frein = FreinCategory(judgement.frein) if judgement.frein else None
        escalate.open_or_join(
            work, person=person, contact=contact, message=message, level=Urgency.URGENT, frein=frein
        )
