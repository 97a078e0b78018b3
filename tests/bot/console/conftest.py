"""A small team on the console: Claire follows Awa, Léa follows Robert, Nadia leads, Admin administers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions.receive_message import raise_danger
from actions.work import Kit, Work
from storage.queries import people
from storage.tables import (
    Accompagnement,
    ContactPoint,
    Escalation,
    Frein,
    Message,
    Person,
    Progress,
    Referent,
    Todo,
)
from storage.vocabulary import Activity, DemarcheStatus, FreinCategory, IncomingKind, Role, TodoKind
from tests.apps import an_app
from tests.bot.console.site import Site
from tests.builders import TUESDAY, a_person, a_referent, a_step, a_structure, an_appointment
from tests.fakes import FakeClock


@dataclass
class Team:
    """Who is there."""

    claire: Referent
    lea: Referent
    nadia: Referent
    admin: Referent
    awa: Person
    robert: Person
    alert: Escalation
    line: Todo


@pytest.fixture
def site(engine: Engine, kit: Kit, clock: FakeClock) -> Iterator[Site]:
    """The web application, not in demonstration mode."""
    app = an_app(engine, kit, clock)
    yield Site(app)
    app.threads.shutdown()


@pytest.fixture
def team(site: Site) -> Team:
    """The team, with all that a person's page can show."""
    return site.do(a_team)


def a_team(work: Work) -> Team:
    """Build it."""
    session = work.session
    structure = a_structure(session)
    claire = a_referent(session, structure)
    lea = a_referent(session, structure, first_name="Léa")
    nadia = a_referent(session, structure, first_name="Nadia", role=Role.LEAD)
    admin = a_referent(session, structure, first_name="Ada", role=Role.ADMIN)
    awa, robert = a_person(session, claire), a_person(session, lea, first_name="Robert")
    _fill(work, awa)
    line = work.todo(TodoKind.MESSAGE, awa, key="line", message=a_message(session, awa, "appelez-moi svp"))
    assert line
    return Team(claire, lea, nadia, admin, awa, robert, _alert(work, awa), line)


def _fill(work: Work, person: Person) -> None:
    session = work.session
    step = a_step(session, person, "Envoyer 10 candidatures", Activity.APPLICATION, target_count=10)
    a_step(session, person, "Refaire le CV", Activity.CV_LETTER, status=DemarcheStatus.DONE)
    proposed = a_step(session, person, "Passer le code", status=DemarcheStatus.PROPOSED)
    work.todo(TodoKind.PROPOSED_STEP, person, key="proposed", subject_id=proposed.id)
    for days, hours in ((0, 2.5), (0, None), (14, 3.0)):
        session.add(
            Progress(
                person_id=person.id,
                accompagnement_id=step.accompagnement_id,
                demarche_id=step.id,
                activity=Activity.APPLICATION,
                count=2,
                hours=hours,
                done_on=date(2026, 11, 24) - timedelta(days=days),
                week_on=date(2026, 11, 23) - timedelta(days=days),
                created_at=TUESDAY,
            )
        )
    an_appointment(session, person, TUESDAY + timedelta(days=2))
    an_appointment(session, person, TUESDAY + timedelta(days=5), title="Atelier")
    past = an_appointment(session, person, TUESDAY - timedelta(days=3))
    work.todo(TodoKind.APPOINTMENT_TO_SETTLE, person, key="settle", subject_id=past.id)
    for category in (FreinCategory.HOUSING, FreinCategory.MONEY):
        session.add(
            Frein(person_id=person.id, category=category, urgency=1, opened_at=TUESDAY, told_at=TUESDAY)
        )
    support = people.accompagnement_of(session, person.id)
    assert isinstance(support, Accompagnement)
    support.exempt_until, support.exempt_reason = date(2026, 12, 24), "garde d'enfant"


def a_message(session: Session, person: Person, words: str) -> Message:
    """Something the person wrote."""
    contact = people.contact_of_person(session, person.id)
    assert isinstance(contact, ContactPoint)
    message = Message(
        contact_id=contact.id,
        person_id=person.id,
        channel_key=words,
        kind=IncomingKind.TEXT,
        sent_at=TUESDAY,
        received_at=TUESDAY,
    )
    message.body = words
    session.add(message)
    session.flush()
    return message


def _alert(work: Work, person: Person) -> Escalation:
    message = a_message(work.session, person, "je dors dehors <b>ce soir</b>")
    contact = work.session.get_one(ContactPoint, message.contact_id)
    raise_danger(work, person, contact, message, FreinCategory.HOUSING.value)
    return work.session.exec(select(Escalation)).one()
