"""Invitations: a code shown once, by which a chat or a number is bound to a person or to a referent.

The code is kept only as a keyed digest. It serves once, for seven days; after five wrong tries within a day a
sender is refused, right code or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from actions.rules.codes import generate, normalise, spelled
from actions.work import Work
from storage.sealing import blind_index
from storage.tables import ContactPoint, Invitation, Message, Outgoing, Person, Referent
from storage.vocabulary import ContactStatus, OutboxStatus, TodoKind


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
    person: Person | None = None
    referent: Referent | None = None


def create(work: Work, whom: Person | Referent, by: Referent | None = None) -> str:
    """Make a code for `whom` and return it as it is shown, once; earlier unused codes stop working."""
    _revoke_earlier(work, whom)
    code = generate()
    invitation = Invitation(
        structure_id=whom.structure_id,
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


def _revoke_earlier(work: Work, whom: Person | Referent) -> None:
    owner = Invitation.person_id if isinstance(whom, Person) else Invitation.referent_id
    live = select(Invitation).where(
        owner == whom.id, col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None)
    )
    for invitation in work.session.exec(live):
        invitation.revoked_at = work.now


def redeem(work: Work, contact: ContactPoint, code: str) -> Redemption:
    """Bind `contact` to whom `code` invites, or say why not. Only a binding consumes the code."""
    if _tried_too_often(work, contact):
        work.audit("invitation.refused", contact, outcome=Outcome.TOO_MANY.value)
        return Redemption(Outcome.TOO_MANY)
    invitation = find(work, code)
    redemption = _judge(work, contact, invitation)
    if redemption.outcome in {Outcome.WRONG, Outcome.USED, Outcome.EXPIRED}:
        contact.code_tries += 1
    elif invitation and redemption.outcome is Outcome.BOUND:
        _bind(work, contact, invitation, redemption)
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
    mine = (contact.person_id, contact.referent_id) == (invitation.person_id, invitation.referent_id)
    if invitation.used_at:
        return Redemption(Outcome.ALREADY if mine else Outcome.USED)
    if invitation.revoked_at or invitation.expires_at <= work.now:
        return Redemption(Outcome.EXPIRED)
    person = work.session.get(Person, invitation.person_id) if invitation.person_id else None
    if not mine and (contact.person_id or contact.referent_id or contact.structure_id):
        _tell_of_shared_phone(work, invitation, person)
        return Redemption(Outcome.TAKEN)
    referent = work.session.get(Referent, invitation.referent_id) if invitation.referent_id else None
    return Redemption(Outcome.BOUND, person, referent)


def _tell_of_shared_phone(work: Work, invitation: Invitation, person: Person | None) -> None:
    """Two people on one phone: a human finds another way for the second."""
    if person:
        work.todo(
            TodoKind.CALL,
            person,
            key=f"shared_phone/{invitation.id}",
            subject_id=invitation.id,
            reason="shared_phone",
        )


def _bind(work: Work, contact: ContactPoint, invitation: Invitation, whose: Redemption) -> None:
    _leave_earlier(work, contact, invitation)
    contact.person_id, contact.referent_id = invitation.person_id, invitation.referent_id
    contact.status, contact.bound_at = ContactStatus.ACTIVE, work.now
    contact.code_tries, contact.code_tries_since = 0, None
    invitation.used_at = work.now
    owner = whose.person or whose.referent
    work.session.flush()
    work.audit(
        "contact.bound",
        contact,
        structure_id=invitation.structure_id,
        owner=str(owner.id) if owner else None,
        channel=contact.channel.value,
    )


def _leave_earlier(work: Work, contact: ContactPoint, invitation: Invitation) -> None:
    """A new address on a channel replaces the old one: an old number may be in somebody else's hands.

    What was due at the old address follows to the new one.
    """
    owned = (
        ContactPoint.person_id == invitation.person_id
        if invitation.person_id
        else ContactPoint.referent_id == invitation.referent_id
    )
    earlier = select(ContactPoint).where(
        owned, ContactPoint.channel == contact.channel, ContactPoint.id != contact.id
    )
    for old in work.session.exec(earlier).all():
        old.person_id = old.referent_id = None
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
