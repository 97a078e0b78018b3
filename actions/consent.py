"""Consent: the introduction, the question, and what a yes or a no changes.

The first message says that a machine writes (AI Act, article 50), who reads what, and what it is not. Danger is
heard before any consent, on the path of the message.
"""

from __future__ import annotations

from uuid import UUID

from actions.ports import Choice
from actions.rules.dialogue import WORDS_OF_YES
from actions.rules.folding import fold
from actions.work import Turn, Work
from storage.tables import ContactPoint, Message, Person
from storage.vocabulary import Consent, Lane, QuestionKind, TodoKind


def welcome(work: Work, person: Person, contact: ContactPoint, message: Message) -> None:
    """Greet a person whose address has just been bound: introduce the companion and ask for consent.

    Who agreed before, on another address, is only told that this one is theirs now.
    """
    if person.consent is Consent.GIVEN:
        _write(work, contact, message, "welcome.back", 1)
        return
    introduce(work, person, contact, message)


def introduce(work: Work, person: Person, contact: ContactPoint, message: Message) -> None:
    """Say what the companion is and who reads what; then, in a message of its own, ask for consent."""
    person.consent = Consent.ASKED
    _write(work, contact, message, "welcome.hello", 1)
    question = work.ask(
        person.id,
        QuestionKind.CONSENT,
        _yes_or_no(work, person),
        expires_at=work.now + work.kit.policy.consent_open_for,
    )
    _write(work, contact, message, "consent.ask", 2, question_id=question.id)
    work.audit("consent.asked", person)


def _yes_or_no(work: Work, person: Person) -> tuple[Choice, Choice]:
    label = work.kit.texts.label
    return Choice("yes", label("choice.yes", person.address)), Choice(
        "no", label("choice.no", person.address)
    )


def _write(
    work: Work,
    contact: ContactPoint,
    message: Message,
    text_key: str,
    position: int,
    *,
    question_id: UUID | None = None,
) -> None:
    """Put one message of the welcome in the outbox; those of one welcome leave in the order of `position`."""
    work.enqueue(
        contact,
        text_key,
        {},
        key=f"welcome/{message.id}/{position}",
        lane=Lane.ANSWER,
        reply_to=message.id,
        question_id=question_id,
    )


def ask_consent(turn: Turn) -> None:
    """Somebody who has not agreed writes: introduce, ask again, or remind of the way back."""
    person = turn.person
    if person.consent is Consent.UNASKED:
        introduce(turn, person, turn.contact, turn.message)
    elif person.consent is Consent.REFUSED and fold(turn.text).strip(" .!?") in WORDS_OF_YES:
        _agree(turn)
    elif person.consent is Consent.REFUSED:
        turn.say("consent.refused_reminder")
    else:
        _ask_again(turn)


def _ask_again(turn: Turn) -> None:
    turn.pose(
        QuestionKind.CONSENT,
        "consent.again",
        _yes_or_no(turn, turn.person),
        open_for=turn.kit.policy.consent_open_for,
    )


def answer_consent(turn: Turn) -> None:
    """Take the yes or the no."""
    if turn.choice == "yes":
        _agree(turn)
    elif turn.choice == "no":
        _refuse(turn)
    else:
        _ask_again(turn)


def _agree(turn: Turn) -> None:
    turn.person.consent, turn.person.consent_at = Consent.GIVEN, turn.now
    turn.audit("consent.given", turn.person)
    turn.say("consent.given")


def _refuse(turn: Turn) -> None:
    """A refusal is respected: nothing but danger is read, and the referent learns that the companion is silent."""
    turn.person.consent, turn.person.consent_at = Consent.REFUSED, turn.now
    turn.audit("consent.refused", turn.person)
    turn.note(TodoKind.CONSENT_REFUSED)
    turn.say("consent.refused")
