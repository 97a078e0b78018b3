"""Passing words on to a human: a message for the referent, a call asked for, a complaint."""

from __future__ import annotations

from typing import Any

from actions.rules.wishes import asks_for_call, carries_message
from actions.who_reads import who_reads
from actions.work import Turn, find_todo
from storage.queries import people
from storage.tables import Message
from storage.vocabulary import QuestionKind, TodoKind, TodoStatus


def talk_to_referent(turn: Turn) -> None:
    """Pass the wish on at once, with the words that came with it; where none came, invite some."""
    by_phone = asks_for_call(turn.text)
    turn.note(TodoKind.MESSAGE, wants="call" if by_phone else "message")
    if by_phone:
        turn.say("talk.call_asked", **who_reads(turn))
    elif carries_message(turn.text, *_names(turn)):
        turn.say("talk.passed_on", **who_reads(turn))
    else:
        turn.pose(
            QuestionKind.MESSAGE_FOR_REFERENT,
            "talk.what_to_say",
            [turn.label("nothing_more")],
            subject_id=turn.message.id,
            open_for=turn.kit.policy.free_words_open_for,
            **who_reads(turn),
        )


def _names(turn: Turn) -> list[str]:
    referent = people.referent_of(turn.session, turn.person.id)
    return [referent.first_name, referent.last_name] if referent else []


def answer_message_for_referent(turn: Turn) -> None:
    """The words to pass on: they join the line of the wish, or open one where it was closed meanwhile."""
    if turn.choice is not None:
        turn.say("talk.nothing_more", **who_reads(turn))
        return
    asked = turn.question.subject_id if turn.question else None
    line = find_todo(turn.session, f"{TodoKind.MESSAGE}/{asked}") if asked else None
    if line and line.status is TodoStatus.OPEN:
        line.message_id = turn.message.id
    else:
        turn.note(TodoKind.MESSAGE, wants="message")
    turn.say("talk.passed_on", **who_reads(turn))


def complain(turn: Turn) -> None:
    """Thank for it, defend nothing, pass it on to the team."""
    turn.note(TodoKind.COMPLAINT)
    turn.say("talk.complaint", **who_reads(turn))


def offer_human(turn: Turn, text_key: str, *, wants: str = "call", **values: Any) -> None:
    """Offer the human: a call, or to pass this message on (`wants` "message")."""
    turn.pose(
        QuestionKind.OFFER_HUMAN,
        text_key,
        [turn.label("yes"), turn.label("no")],
        subject_id=turn.message.id,
        details={"wants": wants},
        **values,
    )


def answer_offer_human(turn: Turn) -> None:
    """A human was offered: pass the first message on, or ask for a call, if the answer is yes."""
    if turn.choice != "yes":
        turn.say("talk.no_human")
        return
    details = turn.question.details if turn.question else {}
    message = _first_message(turn)
    call = details.get("wants") == "call"
    kind = TodoKind.CALL if call else TodoKind.MESSAGE
    turn.todo(kind, turn.person, key=f"{kind}/{message.id}", message=message, wants=details.get("wants"))
    turn.say("talk.call_asked" if call else "talk.passed_on", **who_reads(turn))


def _first_message(turn: Turn) -> Message:
    """The message that the question was about; this one where it is gone."""
    subject = turn.question.subject_id if turn.question else None
    found = turn.session.get(Message, subject) if subject else None
    return found or turn.message


def without_support(turn: Turn) -> None:
    """Nobody's support is running for this person: their words go to the team as they are."""
    turn.note(TodoKind.MESSAGE, reason="no_support")
    turn.say("talk.without_support", **who_reads(turn))
