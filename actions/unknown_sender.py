"""Somebody we do not know writes: a code binds them, anything else is asked for its code. Nothing personal before.

Danger was heard before, on the path of the message.
"""

from __future__ import annotations

from sqlmodel import col, select

from actions import consent
from actions.invitations import Outcome, Redemption, find, redeem
from actions.rules.codes import normalise
from actions.work import Work
from storage.queries import people
from storage.tables import ContactPoint, Message, Outgoing, Person, Structure
from storage.vocabulary import ContactStatus, IncomingKind, Lane, TodoKind

ASK_CODE = "unknown.ask_code"
REFUSALS = {
    Outcome.WRONG: "code.wrong",
    Outcome.USED: "code.used",
    Outcome.EXPIRED: "code.expired",
    Outcome.TOO_MANY: "code.too_many",
    Outcome.TAKEN: "code.taken",
    Outcome.ALREADY: "code.already",
}


def answer(work: Work, contact: ContactPoint, message: Message) -> None:
    """Try the code of the message, if it holds one; else ask for it, once an hour at most."""
    code = _code(message)
    if code:
        _answer_code(work, contact, message, code)
    elif contact.status is ContactStatus.MUTED:
        work.audit("unknown.silent", contact)
    else:
        _ask_code(work, contact)
        _tell_structure(work, contact, message)


def _code(message: Message) -> str | None:
    return normalise(message.body or "") if message.kind is IncomingKind.TEXT else None


def _answer_code(work: Work, contact: ContactPoint, message: Message, code: str) -> None:
    redemption = redeem(work, contact, code)
    if redemption.outcome is Outcome.BOUND:
        _welcome(work, contact, message, redemption)
    else:
        _say(work, contact, message, REFUSALS[redemption.outcome])


def _welcome(work: Work, contact: ContactPoint, message: Message, redemption: Redemption) -> None:
    whose = redemption.whose
    if isinstance(whose, Person):
        message.person_id = whose.id
        consent.welcome(work, whose, contact, message)
    else:
        _say(
            work, contact, message, "code.line_bound" if isinstance(whose, Structure) else "code.staff_bound"
        )


def _say(work: Work, contact: ContactPoint, message: Message, text_key: str) -> None:
    work.enqueue(
        contact, text_key, {}, key=f"code/{message.id}/{text_key}", lane=Lane.ANSWER, reply_to=message.id
    )


def _ask_code(work: Work, contact: ContactPoint) -> None:
    """Ask for the code unless that was done within the hour: two machines must not talk to each other."""
    asked = select(Outgoing).where(
        Outgoing.contact_id == contact.id,
        Outgoing.text_key == ASK_CODE,
        col(Outgoing.created_at) > work.now - work.kit.policy.ask_code_every,
    )
    if work.session.exec(asked).first() is None:
        work.enqueue(
            contact, ASK_CODE, {}, key=f"{ASK_CODE}/{contact.id}/{work.now.isoformat()}", lane=Lane.ANSWER
        )


def _tell_structure(work: Work, contact: ContactPoint, message: Message) -> None:
    """Perhaps a person with a new number: a human looks, once a day for each sender."""
    structure = people.structure_of_newcomers(work.session)
    work.audit("unknown.message", contact, structure_id=structure.id if structure else None)
    if structure and message.kind is IncomingKind.TEXT and not (message.body or "").startswith("/"):
        work.todo(
            TodoKind.UNKNOWN_SENDER,
            None,
            key=f"unknown/{contact.id}/{work.now:%F}",
            structure_id=structure.id,
            message=message,
            subject_id=contact.id,
            channel=contact.channel.value,
        )


def code_from_bound(work: Work, contact: ContactPoint, message: Message) -> bool:
    """Whether the message of somebody we know is an invitation code; if so it is answered here.

    A second person on the same phone is refused without a name, and the code stays usable elsewhere.
    """
    code = _code(message)
    if code is None or find(work, code) is None:
        return False
    _answer_code(work, contact, message, code)
    return True
