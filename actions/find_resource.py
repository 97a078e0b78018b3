"""Where to find help: from the structure's directory, never from anywhere else."""

from __future__ import annotations

from actions.ports import Choice
from actions.who_reads import who_reads
from actions.work import Turn
from storage.tables import Message
from storage.vocabulary import FreinCategory, QuestionKind, TodoKind

MOST_PLACES = 2
OFFERED = (
    FreinCategory.HOUSING,
    FreinCategory.MOBILITY,
    FreinCategory.MONEY,
    FreinCategory.FAMILY,
    FreinCategory.HEALTH,
)
"""The subjects offered when none was understood: the most frequent ones that are no secret on a lock screen."""


def find_resource(turn: Turn) -> None:
    """Name the places that help with what the person spoke of, or ask for the subject."""
    if turn.judgement.frein:
        name_places(turn, FreinCategory(turn.judgement.frein), turn.message)
    else:
        ask_subject(turn, "resource.which_subject", of="resource")


def ask_subject(turn: Turn, text_key: str, *, of: str) -> None:
    """Ask what it is about. `of` says what the answer is for."""
    turn.pose(
        QuestionKind.CHOOSE_FREIN,
        text_key,
        [*(_choice(turn, frein) for frein in (*OFFERED, FreinCategory.OTHER))],
        subject_id=turn.message.id,
        details={"of": of},
    )


def _choice(turn: Turn, frein: FreinCategory) -> Choice:
    return Choice(frein.value, turn.kit.texts.label(f"frein.{frein.value}", turn.person.address))


def name_places(turn: Turn, frein: FreinCategory, message: Message) -> None:
    """Give two places at most; where the directory has none, the question goes to the referent."""
    places = turn.kit.resources.for_frein(frein)[:MOST_PLACES]
    if places:
        turn.say("resource.found", places=[{"name": place.name, "how": place.how} for place in places])
        return
    turn.todo(
        TodoKind.QUESTION,
        turn.person,
        key=f"{TodoKind.QUESTION}/{message.id}",
        message=message,
        frein=frein.value,
    )
    turn.say("resource.none", **who_reads(turn))
