"""The answer to danger: the right numbers at once, and the truth about what happens to the message.

Numbers come from the dated directory, never from anywhere else. The texts say that a program answers, that it
cannot call for help, who will read and when; never that somebody watches around the clock. They exist in six
languages: the answer comes in that of the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from actions import escalate
from actions.loops import is_a_loop
from actions.work import Turn, Work
from storage.queries import escalations
from storage.tables import ContactPoint, Escalation, Message, Outgoing, Person
from storage.vocabulary import Address, FreinCategory, Lane, Language

SHORTER_WITHIN = timedelta(minutes=15)
"""A second danger this soon gets the same numbers in fewer words."""

SMALL_WORDS_WITHIN = timedelta(hours=1)
"""For how long after a danger a small word is not small talk."""

MOST_PLACES = 2
"""Places that give food, named in one message: more would not be read."""


@dataclass(frozen=True)
class Line:
    """What is answered to one kind of danger: the full text, the shorter one, and the numbers they quote."""

    text_key: str
    shorter: str
    numbers: tuple[str, ...]

    def said_in(self, language: Language) -> Line:
        """The same line in a language: every key but the French ones ends with its code ("danger.food.ar")."""
        if language is Language.FR:
            return self
        return replace(self, text_key=f"{self.text_key}.{language}", shorter=f"{self.shorter}.{language}")


_GENERAL = ("samu", "any_emergency", "silent")
GENERAL = Line("danger.general", "danger.again", (*_GENERAL, "suicide"))

LINES: Mapping[FreinCategory, Line] = {
    FreinCategory.MENTAL_HEALTH: Line("danger.mental_health", "danger.again", (*_GENERAL, "suicide")),
    FreinCategory.SELF_CONFIDENCE: Line("danger.mental_health", "danger.again", (*_GENERAL, "suicide")),
    FreinCategory.VIOLENCE: Line("danger.violence", "danger.violence_again", ("police", "silent")),
    FreinCategory.HOUSING: Line("danger.housing", "danger.housing_again", (*_GENERAL, "shelter")),
    FreinCategory.FAMILY: Line("danger.family", "danger.family_again", (*_GENERAL, "child")),
    FreinCategory.HEALTH: Line("danger.health", "danger.health_again", _GENERAL),
    FreinCategory.ADDICTION: Line("danger.health", "danger.health_again", _GENERAL),
    FreinCategory.FOOD: Line("danger.food", "danger.food_again", _GENERAL),
}
"""The kinds of danger with an answer of their own; every other gets the general one."""

UNKNOWN = Line("danger.unknown_sender", "danger.unknown_sender_again", ("police", *_GENERAL))
"""For somebody nobody knows: these numbers, and those of the kind of danger that was heard."""


def answer(
    work: Work,
    *,
    person: Person | None,
    contact: ContactPoint,
    message: Message,
    frein: FreinCategory | None,
    escalation: Escalation | None,
    language: Language = Language.FR,
) -> None:
    """Answer one message of danger in its language, once: a second call for the same message does nothing.

    Sent to anybody: a person who stopped the messages, who never agreed to anything, or whom nobody knows.
    """
    line = _line(person, frein, language)
    before = set(_answers_since(work, contact, work.now - SHORTER_WITHIN))
    if before and is_a_loop(work, contact):
        # It echoes our own answer, numbers included, and would be answered for ever.
        work.audit("danger.loop", contact, structure_id=escalation.structure_id if escalation else None)
        return
    text_key = line.shorter if before & {line.text_key, line.shorter} else line.text_key
    sent = work.enqueue(
        contact,
        text_key,
        _values(work, line, person) | _who_reads(work, person, escalation),
        key=f"danger/{message.id}",
        lane=Lane.ALERT,
        reply_to=message.id,
        reference=str(escalation.reference) if escalation else None,
    )
    if sent:
        work.audit("danger.answered", escalation, text=text_key)


def answer_small_words(turn: Turn) -> bool:
    """Within an hour of a danger, "ok", "merci" or "svp" get the numbers again, not small talk; whether they did.

    The words join the open alert, so that the referent reads them, and ring nobody anew.
    """
    escalation = escalations.of_person_in_danger(turn.session, turn.person.id)
    if escalation is None or turn.now - escalation.raised_at > SMALL_WORDS_WITHIN:
        return False
    line = _line(turn.person, escalation.frein, _language_now(turn))
    values = _values(turn, line, turn.person) | _who_reads(turn, turn.person, escalation)
    escalate.feed(turn, escalation, turn.message)
    turn.say(line.shorter, urgent=True, **values)
    return True


def answer_plainly(work: Work, contact: ContactPoint, message: Message) -> None:
    """The numbers alone, where the answer itself could not be written."""
    work.enqueue(
        contact, "fallback.alert", {}, key=f"danger/{message.id}", lane=Lane.ALERT, reply_to=message.id
    )


def _line(person: Person | None, frein: FreinCategory | None, language: Language) -> Line:
    line = LINES.get(frein, GENERAL) if frein else GENERAL
    if person is None:
        line = replace(UNKNOWN, numbers=tuple(dict.fromkeys(UNKNOWN.numbers + line.numbers)))
    return line.said_in(language)


def _language_now(turn: Turn) -> Language:
    """The language of the message, or of the last answer to danger: a word like "ok" tells none of its own."""
    if turn.judgement.language is not Language.FR:
        return turn.judgement.language
    answers = _answers_since(turn, turn.contact, turn.now - SMALL_WORDS_WITHIN)
    said = answers[-1].rpartition(".")[2] if answers else None
    return next((language for language in Language if language == said), Language.FR)


def _answers_since(work: Work, contact: ContactPoint, since: datetime) -> list[str]:
    """The text keys of the answers to danger that this address was given since then, the latest last."""
    return list(
        work.session.exec(
            select(Outgoing.text_key)
            .where(
                Outgoing.contact_id == contact.id,
                col(Outgoing.key).startswith("danger/"),
                Outgoing.created_at > since,
            )
            .order_by(col(Outgoing.created_at))
        )
    )


def _values(work: Work, line: Line, person: Person | None) -> dict[str, Any]:
    address = person.address if person else Address.VOUS
    directory = work.kit.emergency
    says = {number: directory.say(number, address) for number in line.numbers}
    numbers = {number: directory.numbers[number].number for number in line.numbers}
    return {"say": says, "number": numbers, "places": _places(work, line)}


def _who_reads(work: Work, person: Person | None, escalation: Escalation | None) -> dict[str, Any]:
    """Who reads it and when; the team, in the structure's hours, while the alert could not be opened."""
    if escalation:
        return escalate.person_values(work, escalation)
    if person:
        return {"who": None} | escalate.reading_hours(work, person.structure_id)
    return NOBODY_READS


NOBODY_READS: dict[str, Any] = {"who": None, "open_now": None}


def _places(work: Work, line: Line) -> list[str]:
    """Where food is given, as the structure entered it: there is no national number."""
    if not line.text_key.startswith("danger.food"):
        return []
    return [place.name for place in work.kit.resources.for_frein(FreinCategory.FOOD)[:MOST_PLACES]]
