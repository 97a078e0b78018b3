"""A voice message, a photo, a file: the companion cannot read it, says so kindly, and the referent is told."""

from __future__ import annotations

from actions import report_frein
from actions.consent import ask_consent
from actions.work import Turn
from storage.vocabulary import Consent, IncomingKind, TodoKind, Urgency

TEXTS = {
    IncomingKind.VOICE: "unreadable.voice",
    IncomingKind.PHOTO: "unreadable.photo",
    IncomingKind.STICKER: "unreadable.sticker",
    IncomingKind.LOCATION: "unreadable.location",
}


def note(turn: Turn) -> None:
    """Answer by kind and put a line on the to-do list. What was written beside it and is urgent is escalated.

    Nothing of somebody who has not agreed is shown to anybody: they are asked first.
    """
    if turn.person.consent is Consent.GIVEN:
        turn.note(TodoKind.UNREADABLE, incoming=turn.message.kind.value)
        turn.say(TEXTS.get(turn.message.kind, "unreadable.file"))
    else:
        ask_consent(turn)
    if turn.judgement.urgency == Urgency.URGENT:
        report_frein.record(turn)
        report_frein.escalate_aside(turn)
