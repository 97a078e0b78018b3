"""An address that no longer answers: nothing more is sent there, and a human is told."""

from __future__ import annotations

from actions.work import Work
from storage.tables import ContactPoint, Person
from storage.vocabulary import ContactStatus, TodoKind


def channel_lost(work: Work, contact: ContactPoint) -> None:
    """Mute a blocked or dead address and put it on the referent's to-do list, once a day at most.

    The person's next message from there makes it active again; one they muted themselves stays muted.
    """
    if contact.status is ContactStatus.ACTIVE:
        contact.status = ContactStatus.UNREACHABLE
    work.audit("contact.lost", contact, channel=contact.channel.value)
    if contact.person_id is None:
        return
    person = work.session.get_one(Person, contact.person_id)
    work.todo(
        TodoKind.CHANNEL_LOST,
        person,
        key=f"channel_lost/{contact.id}/{work.now:%F}",
        subject_id=contact.id,
        channel=contact.channel.value,
    )
