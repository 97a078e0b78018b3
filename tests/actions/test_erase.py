"""Erasure: within the day, everything, and nothing of anybody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel, func, select

from actions.erase import erase_due
from actions.purge import SCRUB_HOUR_UTC, purge
from actions.work import Kit
from storage.database import make_engine, reading, transaction
from storage.queries import people
from storage.tables import (
    Accompagnement,
    Appointment,
    AuditEvent,
    ContactPoint,
    Demarche,
    Escalation,
    EscalationMessage,
    EscalationStep,
    Frein,
    Invitation,
    Message,
    Outgoing,
    Participation,
    Person,
    Progress,
    Question,
    Todo,
)
from storage.vocabulary import ChannelName, EscalationStatus, MessageStatus, TodoKind
from tests.actions.full_life import FIRST_NAME, LAST_NAME, WORDS, FullLife
from tests.builders import TUESDAY

LEFT: dict[type[SQLModel], int] = {
    Person: 1,
    Accompagnement: 1,
    Appointment: 1,
    Participation: 1,
    Message: 0,
    Question: 0,
    Outgoing: 0,
    Progress: 0,
    Demarche: 0,
    Frein: 0,
    Invitation: 0,
    Escalation: 0,
    EscalationStep: 0,
    EscalationMessage: 0,
    Todo: 1,
}
"""Rows left of each table once the person is gone: those of the other person, and the line that says so."""


@pytest.fixture
def life(engine_any: Engine, kit: Kit) -> FullLife:
    made = FullLife(engine_any, kit)
    made.ask_erasure()
    return made


def count(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def test_nothing_is_erased_within_the_hour_of_second_thoughts(life: FullLife) -> None:
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, minutes=59)) == 0
        assert session.get(Person, life.person.id)


def test_everything_of_the_person_goes_and_the_other_person_stays(life: FullLife) -> None:
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 1
    with transaction(life.engine) as session:
        assert {table: count(session, table) for table in LEFT} == LEFT
        assert session.get(Person, life.other.id)
        addresses = {contact.address for contact in session.exec(select(ContactPoint))}
        assert f"local-{WORDS}" not in addresses


def test_the_audit_log_stays_and_names_nobody(life: FullLife) -> None:
    with transaction(life.engine) as session:
        before = count(session, AuditEvent)
        erase_due(life.work(session, hours=1))
    with transaction(life.engine) as session:
        events = session.exec(select(AuditEvent)).all()
        assert len(events) > before
        assert any(one.action == "person.erased" for one in events)
        written = " ".join(one.model_dump_json() for one in events)
    assert not any(name in written for name in (FIRST_NAME, LAST_NAME, WORDS))


def test_the_team_learns_that_somebody_is_gone_not_who(life: FullLife) -> None:
    with transaction(life.engine) as session:
        erase_due(life.work(session, hours=1))
    with transaction(life.engine) as session:
        line = session.exec(select(Todo)).one()
        assert (line.kind, line.person_id, line.detail) == (TodoKind.DELETION, None, {"done": True})


def test_an_open_danger_alert_delays_the_erasure_until_a_human_has_closed_it(life: FullLife) -> None:
    with transaction(life.engine) as session:
        session.get_one(Escalation, life.alert.id).status = EscalationStatus.ACKNOWLEDGED
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=5)) == 0
        session.get_one(Escalation, life.alert.id).status = EscalationStatus.CLOSED
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=6)) == 1


def test_erasing_twice_erases_once(life: FullLife) -> None:
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 1
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 0


def test_words_that_nobody_has_heard_yet_delay_the_erasure(life: FullLife) -> None:
    with transaction(life.engine) as session:
        message = session.exec(select(Message)).one()
        message.status = MessageStatus.RECEIVED
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 0
        session.exec(select(Message)).one().status = MessageStatus.HANDLED
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 1


def test_an_open_alert_from_the_address_before_it_was_bound_delays_the_erasure_too(life: FullLife) -> None:
    with transaction(life.engine) as session:
        alert = session.get_one(Escalation, life.alert.id)
        alert.person_id, alert.status = None, EscalationStatus.OPEN
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=5)) == 0


def test_what_somebody_else_wrote_from_the_same_address_before_is_left_alone(life: FullLife) -> None:
    """Mobile numbers are given out again: the address of the person erased was the other one's once."""
    with transaction(life.engine) as session:
        message = session.exec(select(Message)).one()
        theirs = Message(
            contact_id=life.contact.id,
            person_id=life.other.id,
            channel_key="theirs",
            sent_at=TUESDAY,
            received_at=TUESDAY,
            status=MessageStatus.HANDLED,
        )
        theirs.body = "écrit par quelqu'un d'autre"
        session.add(theirs)
        session.flush()
        alert = Escalation(
            reference=4822,
            structure_id=life.structure.id,
            subject=f"person:{life.other.id}",
            person_id=life.other.id,
            contact_id=life.contact.id,
            level=3,
            opened_at=TUESDAY,
            raised_at=TUESDAY,
        )
        session.add(alert)
        session.flush()
        session.add(EscalationMessage(escalation_id=alert.id, message_id=theirs.id, joined_at=TUESDAY))
        life.work(session).todo(TodoKind.MESSAGE, life.other, key="their line", message=theirs)
        kept = [alert.id, theirs.id, message.id]
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 1
    with transaction(life.engine) as session:
        assert session.get(Escalation, kept[0])
        assert session.get_one(Message, kept[1]).body == "écrit par quelqu'un d'autre"
        assert session.get(Message, kept[2]) is None
        assert session.exec(select(Todo).where(Todo.key == "their line")).one()
        contact = session.get_one(ContactPoint, life.contact.id)
        assert (contact.person_id, contact.address) == (None, None)
        assert people.contact_at(session, ChannelName.LOCAL, f"local-{WORDS}") is None


def test_an_address_that_the_person_left_long_ago_goes_too(life: FullLife) -> None:
    with transaction(life.engine) as session:
        session.get_one(ContactPoint, life.contact.id).person_id = None
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 1
    with transaction(life.engine) as session:
        assert session.get(ContactPoint, life.contact.id) is None


def test_an_alert_of_whoever_has_that_address_now_is_left_alone(life: FullLife) -> None:
    with transaction(life.engine) as session:
        session.get_one(ContactPoint, life.contact.id).person_id = None
        alert = Escalation(
            reference=4823,
            structure_id=life.structure.id,
            subject=f"contact:{life.contact.id}",
            contact_id=life.contact.id,
            level=3,
            opened_at=TUESDAY,
            raised_at=TUESDAY,
        )
        session.add(alert)
        kept = alert.id
    with transaction(life.engine) as session:
        assert erase_due(life.work(session, hours=1)) == 1
    with transaction(life.engine) as session:
        assert session.get(Escalation, kept)
        assert session.get_one(ContactPoint, life.contact.id).address == f"local-{WORDS}"


def _files(engine: Engine) -> list[Path]:
    database = Path(make_url(str(engine.url)).database or "")
    return [file for file in database.parent.glob(f"{database.name}*") if file.is_file()]


def test_the_names_are_found_in_the_file_before_and_nowhere_after(engine: Engine, kit: Kit) -> None:
    life = FullLife(engine, kit)
    life.ask_erasure()
    traces = [name.encode() for name in (FIRST_NAME, LAST_NAME, WORDS)]
    before = b"".join(file.read_bytes() for file in _files(engine))
    assert LAST_NAME.encode() in before  # this test can find what it looks for
    with transaction(engine) as session:
        erase_due(life.work(session, hours=1))
    after = {file.name: file.read_bytes() for file in _files(engine)}
    assert {name: [trace for trace in traces if trace in content] for name, content in after.items()} == {
        name: [] for name in after
    }


def test_a_busy_database_is_scrubbed_by_the_purge_of_the_night(engine: Engine, kit: Kit) -> None:
    life = FullLife(engine, kit)
    life.ask_erasure()
    impatient = make_engine(str(engine.url))
    event.listen(impatient, "connect", lambda made, _: made.execute("PRAGMA busy_timeout=50"))
    with reading(engine) as held:
        held.exec(select(Person)).all()  # a reader that keeps the old pages alive
        with transaction(impatient) as session:
            erase_due(life.work(session, hours=1))
        assert any(LAST_NAME.encode() in file.read_bytes() for file in _files(engine))
    night = TUESDAY.replace(hour=SCRUB_HOUR_UTC) + timedelta(days=1)
    with transaction(engine) as session:
        purge(life.work(session, seconds=(night - TUESDAY).total_seconds()))
    assert not any(LAST_NAME.encode() in file.read_bytes() for file in _files(engine))
    impatient.dispose()
