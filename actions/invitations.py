"""Invitations: a code shown once, by which a chat or a number is bound to a person, to a referent or as a line.

The line of a structure is nobody's in particular: its invitation names neither a person nor a referent.

The code is kept only as a keyed digest. It serves once, for seven days; after five wrong tries within a day a
sender is refused, right code or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select

from actions.rules.codes import generate, normalise, spelled
from actions.work import Work
from storage.sealing import blind_index
from storage.tables import ContactPoint, Invitation, Message, Outgoing, Person, Referent, Structure
from storage.vocabulary import ContactStatus, OutboxStatus, TodoKind

Invited = Person | Referent | Structure
"""Whom a code is for; with a structure, its line is meant."""


class Outcome(StrEnum):
    """What became of a code. ALREADY: the sender was bound by it before; TAKEN: the sender is somebody else's."""

    BOUND = "bound"
    ALREADY = "already"
    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"
    TOO_MANY = "too_many"
    TAKEN = "taken"


@dataclass(frozen=True)
class Redemption:
    """The outcome, and whose code it was where somebody was bound by it."""

    outcome: Outcome
    whose: Invited | None = None


def create(work: Work, whom: Invited, by: Referent | None = None) -> str:
    """Make a code for `whom` and return it as it is shown, once; earlier unused codes stop working."""
    _revoke_earlier(work, whom)
    code = generate()
    invitation = Invitation(
        structure_id=whom.id if isinstance(whom, Structure) else whom.structure_id,
        person_id=whom.id if isinstance(whom, Person) else None,
        referent_id=whom.id if isinstance(whom, Referent) else None,
        code_index=_index(code),
        created_at=work.now,
        expires_at=work.now + work.kit.policy.invitation_open_for,
    )
    work.session.add(invitation)
    work.session.flush()
    work.audit("invitation.created", invitation, whom=str(whom.id), by=str(by.id) if by else None)
    return spelled(code)


def _index(code: str) -> str:
    return blind_index(f"invitation/{code}")


def _revoke_earlier(work: Work, whom: Invited) -> None:
    live = select(Invitation).where(
        _owned(Invitation, whom), col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None)
    )
    for invitation in work.session.exec(live):
        invitation.revoked_at = work.now


def _owned(table: type[Invitation | ContactPoint], whose: Invited) -> ColumnElement[bool]:
    """The rows of `table` that are somebody's; those of a structure are its line's, and name nobody."""
    if isinstance(whose, Person):
        return col(table.person_id) == whose.id
    if isinstance(whose, Referent):
        return col(table.referent_id) == whose.id
    nobody = (col(table.person_id).is_(None), col(table.referent_id).is_(None))
    return and_(col(table.structure_id) == whose.id, *nobody)


def redeem(work: Work, contact: ContactPoint, code: str) -> Redemption:
    """Bind `contact` to whom `code` invites, or say why not. Only a binding consumes the code."""
    if _tried_too_often(work, contact):
        work.audit("invitation.refused", contact, outcome=Outcome.TOO_MANY.value)
        return Redemption(Outcome.TOO_MANY)
    invitation = find(work, code)
    redemption = _judge(work, contact, invitation)
    if redemption.outcome in {Outcome.WRONG, Outcome.USED, Outcome.EXPIRED}:
        contact.code_tries += 1
    elif invitation and redemption.whose:
        _bind(work, contact, invitation, redemption.whose)
    if redemption.outcome is not Outcome.BOUND:
        work.audit("invitation.refused", contact, outcome=redemption.outcome.value)
    return redemption


def find(work: Work, code: str) -> Invitation | None:
    """The invitation of a code, live or not, locked so that two senders cannot both use it."""
    canonical = normalise(code)
    if canonical is None:
        return None
    query = select(Invitation).where(Invitation.code_index == _index(canonical)).with_for_update()
    return work.session.exec(query).one_or_none()


def _tried_too_often(work: Work, contact: ContactPoint) -> bool:
    policy = work.kit.policy
    if contact.code_tries_since is None or work.now - contact.code_tries_since >= policy.code_tries_within:
        contact.code_tries, contact.code_tries_since = 0, work.now
    return contact.code_tries >= policy.code_tries


def _judge(work: Work, contact: ContactPoint, invitation: Invitation | None) -> Redemption:
    if invitation is None:
        return Redemption(Outcome.WRONG)
    whose = _invited(work, invitation)
    mine = _is_of(contact, whose)
    if invitation.used_at:
        return Redemption(Outcome.ALREADY if mine else Outcome.USED)
    if invitation.revoked_at or invitation.expires_at <= work.now:
        return Redemption(Outcome.EXPIRED)
    if not mine and (contact.person_id or contact.referent_id or contact.structure_id):
        _tell_of_shared_phone(work, invitation, whose)
        return Redemption(Outcome.TAKEN)
    return Redemption(Outcome.BOUND, whose)


def _invited(work: Work, invitation: Invitation) -> Invited:
    if invitation.person_id:
        return work.session.get_one(Person, invitation.person_id)
    if invitation.referent_id:
        return work.session.get_one(Referent, invitation.referent_id)
    return work.session.get_one(Structure, invitation.structure_id)


def _is_of(contact: ContactPoint, whose: Invited) -> bool:
    """Whether an address is somebody's. A stranger's is nobody's, and so not the line's either."""
    if isinstance(whose, Structure):
        owners = (contact.person_id, contact.referent_id, contact.structure_id)
        return owners == (None, None, whose.id)
    return whose.id in (contact.person_id, contact.referent_id)


def _tell_of_shared_phone(work: Work, invitation: Invitation, whose: Invited) -> None:
    """Two people on one phone: a human finds another way for the second."""
    if isinstance(whose, Person):
        work.todo(
            TodoKind.CALL,
            whose,
            key=f"shared_phone/{invitation.id}",
            subject_id=invitation.id,
            reason="shared_phone",
        )


def _bind(work: Work, contact: ContactPoint, invitation: Invitation, whose: Invited) -> None:
    _leave_earlier(work, contact, invitation, whose)
    contact.person_id, contact.referent_id = invitation.person_id, invitation.referent_id
    contact.structure_id = whose.id if isinstance(whose, Structure) else None
    contact.status, contact.bound_at = ContactStatus.ACTIVE, work.now
    contact.code_tries, contact.code_tries_since = 0, None
    invitation.used_at = work.now
    work.session.flush()
    work.audit(
        "contact.bound",
        contact,
        structure_id=invitation.structure_id,
        owner=str(whose.id),
        channel=contact.channel.value,
    )


def _leave_earlier(work: Work, contact: ContactPoint, invitation: Invitation, whose: Invited) -> None:
    """A new address on a channel replaces the old one: an old number may be in somebody else's hands.

    What was due at the old address follows to the new one.
    """
    earlier = select(ContactPoint).where(
        _owned(ContactPoint, whose),
        ContactPoint.channel == contact.channel,
        ContactPoint.id != contact.id,
    )
    for old in work.session.exec(earlier).all():
        old.person_id = old.referent_id = old.structure_id = None
        _forward(work, old, contact)
        work.audit("contact.left", old, structure_id=invitation.structure_id)


def _forward(work: Work, old: ContactPoint, new: ContactPoint) -> None:
    due = select(Outgoing).where(Outgoing.contact_id == old.id, Outgoing.status == OutboxStatus.DUE)
    for row in work.session.exec(due).all():
        values = row.values
        row.contact_id = new.id
        row.values = values  # sealed for its contact point: sealed anew


def unbind_wrong_number(work: Work, contact: ContactPoint, person: Person, message: Message) -> None:
    """Somebody else holds this address: nothing of the person is sent there any more, and a human is told."""
    contact.person_id = None
    contact.status = ContactStatus.MUTED
    message.person_id = None
    due = select(Outgoing).where(Outgoing.contact_id == contact.id, Outgoing.status == OutboxStatus.DUE)
    for row in work.session.exec(due).all():
        row.status = OutboxStatus.CANCELLED
    work.audit("contact.wrong_number", contact, structure_id=person.structure_id, person=str(person.id))
    work.todo(
        TodoKind.CHANNEL_LOST,
        person,
        key=f"wrong_number/{contact.id}/{work.now:%F}",
        subject_id=contact.id,
        channel=contact.channel.value,
        reason="wrong_number",
    )
