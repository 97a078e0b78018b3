"""A message was changed after it was sent: the new words are shown to the referent, the deed is not repeated."""

from __future__ import annotations

from actions import report_frein
from actions.work import Turn
from storage.vocabulary import Consent, TodoKind, Urgency


def note(turn: Turn) -> None:
    """Show the new words, and escalate what has become urgent. Danger has already been answered by the path."""
    if turn.person.consent is Consent.GIVEN:
        turn.note(TodoKind.EDITED_MESSAGE, subject_id=turn.message.edit_of)
    if turn.judgement.urgency == Urgency.DANGER:
        return
    if turn.person.consent is Consent.GIVEN:
        turn.say("edited.noted")
    if turn.judgement.urgency == Urgency.URGENT:
        report_frein.record(turn)
        report_frein.escalate_aside(turn)
