"""How the person feels: rejoice, or listen. What is worrying becomes a line of the to-do list, tiredness does not."""

from __future__ import annotations

from actions.pass_on import offer_human
from actions.work import Turn
from storage.vocabulary import TodoKind, Urgency


def report_mood_good(turn: Turn) -> None:
    """Be glad with them."""
    turn.say("mood.good")


def report_mood_bad(turn: Turn) -> None:
    """Listen, name one small thing, offer a call. An urgent message is answered by its own alert."""
    if turn.judgement.urgency == Urgency.NONE:
        turn.say("mood.tired")
        return
    turn.note(TodoKind.MOOD)
    if turn.judgement.urgency >= Urgency.URGENT:
        turn.say("mood.heard")
        return
    offer_human(turn, "mood.low")
