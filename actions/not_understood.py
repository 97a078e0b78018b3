"""Nothing was understood: ask what was meant, be honest when no model answers, and offer the human before long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from actions.pass_on import offer_human
from actions.ports import Choice
from actions.rules.amounts import find_count, find_hours
from actions.rules.judge import COUNTED
from actions.rules.reading import Judgement
from actions.rules.small_talk import Shape, plain_intent, shape_of
from actions.rules.when import find_when
from actions.which_step import OTHER
from actions.who_reads import who_reads
from actions.work import Turn
from storage.tables import Message
from storage.vocabulary import IncomingKind, Intent, QuestionKind, TodoKind

MOST_CHOICES = 3
LEAST_CONFIDENCE = 0.05
"""Below it a guess of the model would surprise the person."""

NOT_OFFERED = frozenset(
    {
        Intent.GREET,
        Intent.GOODBYE,
        Intent.THANK,
        Intent.AFFIRM,
        Intent.DENY,
        Intent.ASK_BOT_IDENTITY,
        Intent.OUT_OF_SCOPE,
        Intent.REPORT_MOOD_GOOD,
        Intent.STOP_MESSAGES,
        Intent.DELETE_DATA,
        Intent.LEAVE_PROGRAMME,
    }
)
"""Intents never proposed: nothing to do for them, or too grave to be a slip of the finger."""


def not_understood(turn: Turn) -> None:
    """Answer a message that no intent and no awaited answer explains."""
    if turn.message.kind is IncomingKind.CHOICE:
        turn.say("not_understood.button_too_old")
    elif plain := plain_intent(turn.text):
        turn.person.misunderstood_in_a_row = 0
        turn.then = plain, replace(turn, judgement=replace(turn.judgement, intent=plain.value))
    elif shape_of(turn.text) is not Shape.WORDS:
        _no_french_words(turn)
    elif turn.model is None:
        turn.note(TodoKind.NOT_UNDERSTOOD, reason="no_model")
        turn.say("not_understood.no_model", **who_reads(turn))
    else:
        _not_yet(turn)


def _no_french_words(turn: Turn) -> None:
    """An empty message, signs alone, or an alphabet that the companion does not read."""
    if shape_of(turn.text) is not Shape.OTHER_SCRIPT:
        turn.say("not_understood.no_words")
        return
    turn.note(TodoKind.NOT_UNDERSTOOD, reason="other_script")
    turn.say("not_understood.other_script", **who_reads(turn))


def _not_yet(turn: Turn) -> None:
    turn.person.misunderstood_in_a_row += 1
    if turn.person.misunderstood_in_a_row >= turn.kit.policy.misunderstandings_before_human:
        turn.person.misunderstood_in_a_row = 0
        offer_human(turn, "not_understood.offer_human", wants="message", **who_reads(turn))
    else:
        _ask_what_was_meant(turn)


def _ask_what_was_meant(turn: Turn) -> None:
    guesses = _guesses(turn)
    if not guesses:
        turn.say("not_understood.say_otherwise")
        return
    turn.pose(
        QuestionKind.CHOOSE_INTENT,
        "not_understood.did_you_mean",
        [*(_choice(turn, intent) for intent in guesses), turn.label(OTHER)],
        subject_id=turn.message.id,
        details={"activity": turn.model.activity if turn.model else None},
    )


def _guesses(turn: Turn) -> Sequence[Intent]:
    ranking = turn.model.ranking if turn.model else ()
    likely = [Intent(name) for name, confidence in ranking if confidence >= LEAST_CONFIDENCE]
    return [intent for intent in likely if intent not in NOT_OFFERED][:MOST_CHOICES]


def _choice(turn: Turn, intent: Intent) -> Choice:
    return Choice(intent.value, turn.kit.texts.label(f"intent.{intent.value}", turn.person.address))


def answer_choose_intent(turn: Turn) -> None:
    """The person said what they had meant: their first message is taken for that. Something else: ask for other words."""
    subject = turn.question.subject_id if turn.question else None
    message = turn.session.get(Message, subject) if subject else None
    if turn.choice in (None, OTHER) or message is None:
        turn.person.misunderstood_in_a_row = 1
        turn.say("not_understood.say_otherwise")
        return
    intent = Intent(turn.choice)
    turn.then = (
        intent,
        replace(
            turn,
            message=message,
            text=message.body or "",
            judgement=_judgement(turn, message, intent),
            question=None,
            choice=None,
        ),
    )


def _judgement(turn: Turn, message: Message, intent: Intent) -> Judgement:
    """The first message as it was judged then, with this intent and the details that go with it."""
    text = message.body or ""
    details = turn.question.details if turn.question else {}
    counted = intent in COUNTED
    activity = details.get("activity") if counted else None
    return replace(
        turn.judgement,
        intent=intent.value,
        confidence=1.0,
        frein=message.frein,
        urgency=message.urgency or 0,
        activity=activity,
        count=find_count(text, activity) if counted else None,
        hours=find_hours(text) if counted else None,
        when=find_when(text, message.sent_at, ZoneInfo(turn.person.time_zone), intent=intent.value),
    )


def too_late(turn: Turn) -> None:
    """The question was already answered."""
    turn.say("not_understood.answered_already")
