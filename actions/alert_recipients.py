"""Who an escalation step is for, at the moment it falls due: the addresses to write to, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.work import Work
from storage.queries import people
from storage.tables import ContactPoint, Escalation, Referent, Structure
from storage.vocabulary import Recipient, Role


def resolve(work: Work, escalation: Escalation, recipient: Recipient) -> list[ContactPoint]:
    """The addresses of those a step is for, now. Empty when nobody there can be reached."""
    if recipient is Recipient.STRUCTURE_LINE:
        line = people.line_of_structure(work.session, escalation.structure_id)
        return [line] if line else []
    return _addresses(work, MEMBERS[recipient](work, escalation))


def everybody(work: Work, escalation: Escalation) -> list[ContactPoint]:
    """The last resort: the line, and all who may open the alert and can be reached."""
    found = [address for recipient in Recipient for address in resolve(work, escalation, recipient)]
    found += _addresses(work, _team(work, escalation, Referent.role == Role.ADMIN))
    return list({address.id: address for address in found}.values())


def reader(work: Work, escalation: Escalation) -> Referent | None:
    """Who reads this person's alerts today: their referent, or whoever stands in. None for an unknown sender."""
    present = _referent(work, escalation)
    return present[0] if present else None


def _addresses(work: Work, members: Iterable[Referent]) -> list[ContactPoint]:
    found = (people.contact_of_referent(work.session, member.id) for member in members if member.active)
    return [address for address in found if address]


def _referent(work: Work, escalation: Escalation) -> list[Referent]:
    """The referent, or their stand-in while they are away and the stand-in can be reached."""
    owner = people.referent_of(work.session, escalation.person_id) if escalation.person_id else None
    return [_present(work, escalation, owner)] if owner else []


def _present(work: Work, escalation: Escalation, member: Referent) -> Referent:
    stand_in = people.stand_in_of(work.session, member.id, today_of(work, escalation))
    return stand_in if stand_in and _addresses(work, [stand_in]) else member


def today_of(work: Work, escalation: Escalation) -> date:
    """The local day of the structure."""
    structure = work.session.get_one(Structure, escalation.structure_id)
    return work.now.astimezone(ZoneInfo(structure.time_zone)).date()


def _backup(work: Work, escalation: Escalation) -> list[Referent]:
    owner = people.referent_of(work.session, escalation.person_id) if escalation.person_id else None
    backup = work.session.get(Referent, owner.backup_id) if owner and owner.backup_id else None
    return [_present(work, escalation, backup)] if backup else []


def _on_call(work: Work, escalation: Escalation) -> Sequence[Referent]:
    """The members on call; where none of them can be reached, the referent's own backup."""
    on_call = _team(work, escalation, col(Referent.on_call).is_(True))
    return on_call if _addresses(work, on_call) else _backup(work, escalation)


def _leads(work: Work, escalation: Escalation) -> Sequence[Referent]:
    return _team(work, escalation, Referent.role == Role.LEAD)


def _team(work: Work, escalation: Escalation, condition: object) -> Sequence[Referent]:
    return work.session.exec(
        select(Referent).where(
            Referent.structure_id == escalation.structure_id,
            condition,  # type: ignore[arg-type]  # a comparison of columns
        )
    ).all()


MEMBERS = {
    Recipient.REFERENT: _referent,
    Recipient.ON_CALL: _on_call,
    Recipient.BACKUP: _backup,
    Recipient.LEAD: _leads,
}
