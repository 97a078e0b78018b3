"""Questions about rights and rules: a reviewed answer with its source and date, or the referent. Never a decision."""

from __future__ import annotations

from actions.rules.rights import find_answer
from actions.who_reads import who_reads
from actions.work import Turn
from storage.vocabulary import TodoKind


def ask_rights(turn: Turn) -> None:
    """Give what is sure in general; anything else is a question for the referent."""
    texts = {text.id: text for text in turn.kit.rights.texts}
    found = find_answer(turn.text, {text.id: text.words for text in texts.values()})
    if found is None:
        turn.note(TodoKind.QUESTION)
        turn.say("rights.passed_on", **who_reads(turn))
        return
    answer = texts[found]
    turn.say("rights.answer", answer=answer.say, source=answer.source, as_of=answer.as_of)
