"""The schema on both databases: time is honest, words are kept within the vocabulary, constraints do the work."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Event

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.pool import QueuePool
from sqlmodel import select

from storage.database import alembic_config, transaction
from storage.tables import AuditEvent, Message, Person, Structure
from storage.vocabulary import Role
from tests.builders import TUESDAY, a_contact, a_person, a_referent, a_structure


def test_the_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    command.check(alembic_config(str(engine.url)))


def test_an_instant_comes_back_aware_and_in_utc(engine_any: Engine) -> None:
    reunion = timezone(timedelta(hours=4))
    with transaction(engine_any) as session:
        session.add(Structure(name="A", created_at=datetime(2026, 11, 24, 13, 0, tzinfo=reunion)))
    with transaction(engine_any) as session:
        assert session.exec(select(Structure)).one().created_at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_naive_datetime_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="naive"), transaction(engine) as session:
        session.add(Structure(name="A", created_at=datetime(2026, 11, 24)))  # noqa: DTZ001  (the point)


def test_a_word_outside_the_vocabulary_is_refused_by_the_database(engine_any: Engine) -> None:
    with transaction(engine_any) as session:
        a_referent(session, a_structure(session), role=Role.LEAD)
    with pytest.raises(DBAPIError), transaction(engine_any) as session:
        session.connection().execute(text("UPDATE referent SET role = 'king'"))


def test_rows_of_several_tables_may_be_written_in_any_order(engine_any: Engine) -> None:
    with transaction(engine_any) as session:
        a_person(session, a_referent(session, a_structure(session)))
    with transaction(engine_any) as session:
        assert session.exec(select(Person)).one().first_name == "Awa"


def test_a_foreign_key_to_nobody_is_refused_at_the_commit(engine_any: Engine) -> None:
    with transaction(engine_any) as session:
        person = a_person(session, a_referent(session, a_structure(session)))
    with pytest.raises(IntegrityError), transaction(engine_any) as session:
        person.structure_id = person.id
        session.add(person)


def test_the_same_message_cannot_be_received_twice(engine_any: Engine) -> None:
    with transaction(engine_any) as session:
        contact = a_contact(session)
        session.add(Message(contact_id=contact.id, channel_key="7", sent_at=TUESDAY, received_at=TUESDAY))
    with pytest.raises(IntegrityError), transaction(engine_any) as session:
        session.add(Message(contact_id=contact.id, channel_key="7", sent_at=TUESDAY, received_at=TUESDAY))


def test_a_line_of_the_audit_log_cannot_be_changed(engine_any: Engine) -> None:
    with transaction(engine_any) as session:
        session.add(AuditEvent(at=TUESDAY, actor="system", action="test.written"))
    with pytest.raises(DBAPIError, match="append-only"), transaction(engine_any) as session:
        session.connection().execute(text("UPDATE audit_event SET actor = 'nobody'"))


def test_what_fails_in_a_transaction_leaves_nothing(engine: Engine) -> None:
    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted), transaction(engine) as session:
        a_structure(session)
        raise Interrupted
    with transaction(engine) as session:
        assert session.exec(select(Structure)).all() == []


def test_writers_of_one_process_line_up_before_they_open_a_connection(engine: Engine) -> None:
    # SQLite's own waiting sleeps longer each time it looks: a danger's answer would wait with it.
    began = Event()

    def write() -> None:
        began.set()
        with transaction(engine) as session:
            session.execute(text("SELECT 1"))

    pool = engine.pool
    assert isinstance(pool, QueuePool)
    with ThreadPoolExecutor(1) as threads:
        with transaction(engine) as session:
            session.execute(text("SELECT 1"))
            waiting = threads.submit(write)
            assert began.wait(5)
            with pytest.raises(TimeoutError):
                waiting.result(0.1)
            assert pool.checkedout() == 1
        waiting.result(5)
