"""Files that go with a message, made at send time from what is then true."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions.appointment_ics import appointment_ics
from actions.export import data_export
from actions.work import Work
from bot.channels.base import Attachment
from storage.tables import Outgoing, Participation, Person
from storage.vocabulary import AttachmentKind


def attach(work: Work, row: Outgoing) -> Attachment | None:
    """The file of this row, or None where it has none or its subject is gone."""
    return MAKERS[row.attachment](work, row) if row.attachment else None


def _ics(work: Work, row: Outgoing) -> Attachment | None:
    participation = work.session.get(Participation, row.subject_id)
    if participation is None:
        return None
    return Attachment("rendez-vous.ics", "text/calendar", appointment_ics(work, participation))


def _export(work: Work, row: Outgoing) -> Attachment | None:
    person = work.session.get(Person, row.person_id)
    if person is None:
        return None
    return Attachment("mes-donnees.html", "text/html", data_export(work, person).encode())


MAKERS: Mapping[AttachmentKind, Callable[[Work, Outgoing], Attachment | None]] = {
    AttachmentKind.APPOINTMENT_ICS: _ics,
    AttachmentKind.DATA_EXPORT: _export,
}
