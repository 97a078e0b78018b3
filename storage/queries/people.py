"""People, their accompaniment, and the addresses of anybody."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from storage.sealing import blind_index
from storage.tables import Accompagnement, ContactPoint, Person, Referent, StandIn, Structure
from storage.vocabulary import ChannelName, ContactStatus, SupportStatus


def contact_at(session: Session, channel: ChannelName, address: str) -> ContactPoint | None:
    """The contact point at `address` on `channel`, whoever it belongs to."""
    return session.exec(
        select(ContactPoint).where(
            ContactPoint.channel == channel, ContactPoint.address_index == address_index(channel, address)
        )
    ).one_or_none()


def address_index(channel: ChannelName, address: str) -> str:
    """The keyed digest under which an address is kept."""
    return blind_index(f"{channel.value}/{address}")


def accompagnement_of(session: Session, person_id: UUID) -> Accompagnement | None:
    """The current accompaniment of a person: the newest that has not ended."""
    return session.exec(
        select(Accompagnement)
        .where(Accompagnement.person_id == person_id, Accompagnement.status != SupportStatus.ENDED)
        .order_by(col(Accompagnement.created_at).desc())
    ).first()


def referent_of(session: Session, person_id: UUID) -> Referent | None:
    """The referent of a person's current accompaniment, present or not."""
    accompagnement = accompagnement_of(session, person_id)
    return session.get(Referent, accompagnement.referent_id) if accompagnement else None


def contact_of_person(session: Session, person_id: UUID) -> ContactPoint | None:
    """The address to write to a person at: the active one bound last."""
    return _newest(session, ContactPoint.person_id == person_id)


def contact_of_referent(session: Session, referent_id: UUID) -> ContactPoint | None:
    """The address to write to a referent at: the active one bound last."""
    return _newest(session, ContactPoint.referent_id == referent_id)


def line_of_structure(session: Session, structure_id: UUID) -> ContactPoint | None:
    """The structure's line: the address that belongs to nobody in particular."""
    return _newest(
        session,
        ContactPoint.structure_id == structure_id,
        col(ContactPoint.person_id).is_(None),
        col(ContactPoint.referent_id).is_(None),
    )


def _newest(session: Session, *conditions: object) -> ContactPoint | None:
    return session.exec(
        select(ContactPoint)
        .where(*conditions, ContactPoint.status == ContactStatus.ACTIVE)  # type: ignore[arg-type]  # columns
        .order_by(col(ContactPoint.bound_at).desc().nulls_last())
    ).first()


def stood_in_for(session: Session, referent_id: UUID, today: date) -> list[UUID]:
    """The referents whose people `referent_id` answers for today."""
    rows = session.exec(
        select(StandIn.referent_id).where(
            StandIn.stand_in_id == referent_id, StandIn.starts_on <= today, StandIn.ends_on >= today
        )
    )
    return list(rows)


def stand_in_of(session: Session, referent_id: UUID, today: date) -> Referent | None:
    """Who stands in for `referent_id` today, if they are away."""
    return session.exec(
        select(Referent)
        .join(StandIn, col(StandIn.stand_in_id) == col(Referent.id))
        .where(StandIn.referent_id == referent_id, StandIn.starts_on <= today, StandIn.ends_on >= today)
    ).first()


def people_seen_by(session: Session, referent: Referent, today: date) -> list[Person]:
    """The people a referent may see: their own and those they stand in for; a lead or admin, the structure's."""
    query = select(Person).where(Person.structure_id == referent.structure_id)
    if referent.role.value == "referent":
        covered = [referent.id, *stood_in_for(session, referent.id, today)]
        theirs = select(Accompagnement.person_id).where(
            col(Accompagnement.referent_id).in_(covered), Accompagnement.status != SupportStatus.ENDED
        )
        query = query.where(col(Person.id).in_(theirs))
    return list(session.exec(query.order_by(col(Person.last_name), col(Person.first_name))))


def may_see(session: Session, referent: Referent, person_id: UUID, today: date) -> bool:
    """Whether `referent` may see this person."""
    return any(person.id == person_id for person in people_seen_by(session, referent, today))


def structure_of_newcomers(session: Session) -> Structure | None:
    """The structure that hears unknown senders: the oldest one of this installation."""
    return session.exec(select(Structure).order_by(col(Structure.created_at))).first()
