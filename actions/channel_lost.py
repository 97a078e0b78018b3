"""An address that no longer answers: nothing more is sent there, and a human is told."""

from __future__ import annotations

from actions.work import Work
from storage.tables import ContactPoint, Person, Referent
from storage.vocabulary import ContactStatus, TodoKind


def channel_lost(work: Work, contact: ContactPoint) -> None:
    """Mute a blocked or dead address and put it on the to-do list, once a day at most.

    A person's goes to their referent; a member's, whom alerts no longer reach, to the lead and whoever is on call.
    The next message from there makes it active again; one that its holder muted stays muted.
    """
    if contact.status is ContactStatus.ACTIVE:
        contact.status = ContactStatus.UNREACHABLE
    work.audit("contact.lost", contact, channel=contact.channel.value)
    person = work.session.get(Person, contact.person_id) if contact.person_id else None
    member = work.session.get(Referent, contact.referent_id) if contact.referent_id else None
    structure_id = member.structure_id if member else contact.structure_id
    if person is None and structure_id is None:
        return
    work.todo(
        TodoKind.CHANNEL_LOST,
        person,
        key=f"channel_lost/{contact.id}/{work.now:%F}",
        structure_id=structure_id,
        subject_id=contact.id,
        channel=contact.channel.value,
        member=member.full_name if member else None,
    )
