"""People as the team enters them: created, edited, given to another referent; their accompaniment ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from actions.errors import Invalid, NotAllowed
from actions.rules.people_csv import MOST_HOURS, USUAL_HOURS, Unreadable, read_name, read_phone
from actions.rules.preference_words import EARLIEST, LATEST
from actions.work import Work
from storage.queries import people
from storage.tables import Accompagnement, Person, Referent, Structure
from storage.vocabulary import Address, Role, SupportStatus


def create_person(
    work: Work,
    by: Referent,
    *,
    first_name: str,
    last_name: str,
    referent: Referent | None = None,
    phone: str | None = None,
    hours: float | None = USUAL_HOURS,
    address: Address = Address.VOUS,
    very_simple: bool = False,
    time_zone: str | None = None,
) -> Person:
    """Enter a person and begin their accompaniment by `referent` (`by`, where none is named).

    `hours` is the weekly target, None for none. Raises Invalid with what is wrong, NotAllowed where `by` may not
    enter people for `referent`.
    """
    supported_by = referent or by
    check_may_assign(by, supported_by)
    structure = work.session.get_one(Structure, by.structure_id)
    person = Person(structure_id=structure.id, first_name="", last_name="", created_at=work.now)
    given = {
        "first_name": first_name,
        "last_name": last_name,
        "phone": phone,
        "address": address,
        "very_simple": very_simple,
        "time_zone": time_zone or structure.time_zone,
    }
    _write(person, given)
    work.session.add(person)
    _begin(work, person, supported_by, hours)
    work.session.flush()
    work.audit("person.created", person, referent=str(supported_by.id))
    return person


def check_may_assign(by: Referent, referent: Referent) -> None:
    """A referent enters their own people; a lead or an administrator, anybody of the structure. Raises NotAllowed."""
    same_team = by.active and referent.active and by.structure_id == referent.structure_id
    if not same_team or (by.role is Role.REFERENT and by.id != referent.id):
        raise NotAllowed


def _begin(work: Work, person: Person, referent: Referent, hours: float | None) -> None:
    today = work.now.astimezone(ZoneInfo(person.time_zone)).date()
    work.session.add(
        Accompagnement(
            structure_id=person.structure_id,
            person_id=person.id,
            referent_id=referent.id,
            started_on=today,
            weekly_hours_target=_hours(hours),
            created_at=work.now,
        )
    )


def _hours(hours: float | None) -> float | None:
    """A target may be lowered, never to nothing: who is exempt keeps a target and an exemption."""
    if hours is not None and not 0 < hours <= MOST_HOURS:
        raise Invalid(f"Les heures par semaine vont de 1 à {MOST_HOURS:g}.")
    return hours


def edit_person(work: Work, by: Referent, person: Person, **changes: Any) -> None:
    """Change what is known of a person: the names of `EDITS`. Raises NotAllowed, and Invalid with what is wrong."""
    check_may_see(work, by, person.id)
    _write(person, changes)
    if person.waking_from >= person.waking_until:
        raise Invalid("L'heure de début vient après l'heure de fin.")
    work.audit("person.edited", person, fields=sorted(changes))


def check_may_see(work: Work, by: Referent, person_id: UUID) -> None:
    """Raises NotAllowed unless this member of the team may see this person today."""
    structure = work.session.get_one(Structure, by.structure_id)
    today = work.now.astimezone(ZoneInfo(structure.time_zone)).date()
    if not by.active or not people.may_see(work.session, by, person_id, today):
        raise NotAllowed


def _write(person: Person, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        try:
            setattr(person, name, EDITS[name](value))
        except Unreadable as wrong:
            raise Invalid(str(wrong)) from None


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise Unreadable("Ce fuseau horaire n'existe pas.")
    return name


def _waking(at: time) -> time:
    if not EARLIEST <= at <= LATEST:
        raise Unreadable(f"Les messages partent entre {EARLIEST.hour} h et {LATEST.hour} h.")
    return at


EDITS: Mapping[str, Callable[[Any], Any]] = {
    "first_name": lambda written: read_name(written, "prénom"),
    "last_name": lambda written: read_name(written, "nom"),
    "phone": lambda written: read_phone(written or ""),
    "address": Address,
    "very_simple": bool,
    "check_ins": bool,
    "time_zone": _zone,
    "waking_from": _waking,
    "waking_until": _waking,
}
"""What the team may change of a person, and how each is checked."""


def set_hours(
    work: Work,
    by: Referent,
    person: Person,
    hours: float | None,
    *,
    exempt_until: date | None = None,
    exempt_reason: str | None = None,
) -> None:
    """Set the weekly target, and until when and why the person is exempt from it. Raises NotAllowed, Invalid."""
    support = _support(work, by, person)
    support.weekly_hours_target, support.exempt_until = _hours(hours), exempt_until
    support.exempt_reason = (exempt_reason or "").strip() or None
    work.audit("support.hours_set", support, exempt=exempt_until is not None)


def change_referent(work: Work, by: Referent, person: Person, referent: Referent) -> None:
    """Give a person to another referent of the structure: they see everything, the former one nothing any more.

    The person's referent, a lead or an administrator may. Raises NotAllowed, Invalid.
    """
    support = _support(work, by, person)
    if not referent.active or referent.structure_id != person.structure_id:
        raise Invalid("Choisissez un membre actif de la même équipe.")
    former, support.referent_id = support.referent_id, referent.id
    work.audit("support.referent_changed", support, former=str(former), referent=str(referent.id))


def end_support(work: Work, by: Referent, person: Person, ended_on: date) -> None:
    """End the accompaniment: nothing proactive is sent any more. Raises NotAllowed, Invalid."""
    support = _support(work, by, person)
    if ended_on < support.started_on:
        raise Invalid("La fin vient avant le début.")
    support.status, support.ended_on = SupportStatus.ENDED, ended_on
    work.audit("support.ended", support)


def _support(work: Work, by: Referent, person: Person) -> Accompagnement:
    check_may_see(work, by, person.id)
    support = people.accompagnement_of(work.session, person.id)
    if support is None:
        raise Invalid("L'accompagnement de cette personne est terminé.")
    return support
