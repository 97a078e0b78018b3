"""An address that no longer answers: whose it was decides who is told."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import select

from actions.channel_lost import channel_lost
from actions.work import Kit, Work
from storage.database import transaction
from storage.queries import people, todos
from storage.tables import ContactPoint, Todo
from storage.vocabulary import ContactStatus, Role, TodoKind
from tests.builders import TUESDAY, a_referent
from tests.conftest import Little
from tests.fakes import FakeClock


def test_a_member_whom_alerts_no_longer_reach_is_a_line_for_the_lead(
    engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    with transaction(engine) as session:
        lead = a_referent(session, little.structure, first_name="Nadia", role=Role.LEAD)
        contact = people.contact_of_referent(session, little.referent.id)
        assert contact
        for _ in range(2):
            channel_lost(Work(session, clock.now(), kit), contact)
    with transaction(engine) as session:
        line = session.exec(select(Todo)).one()
        assert (line.kind, line.person_id) == (TodoKind.CHANNEL_LOST, None)
        assert line.detail["member"] == little.referent.full_name
        assert [seen.id for seen in todos.lines_for(session, lead, TUESDAY.date())] == [line.id]


def test_a_stranger_who_blocks_the_bot_is_nobodys_line(
    engine: Engine, kit: Kit, clock: FakeClock, little: Little
) -> None:
    with transaction(engine) as session:
        contact = session.exec(select(ContactPoint).where(ContactPoint.person_id == little.person.id)).one()
        contact.person_id = None
        channel_lost(Work(session, clock.now(), kit), contact)
    with transaction(engine) as session:
        assert session.get_one(ContactPoint, contact.id).status is ContactStatus.UNREACHABLE
        assert session.exec(select(Todo)).all() == []
