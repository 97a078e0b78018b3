"""Each class of data goes at its term: there the moment before, gone the moment after."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions.policy import Policy
from actions.purge import CLASSES, purge
from actions.sign_in import open_session
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import (
    Appointment,
    AuditEvent,
    ConsoleSession,
    ContactPoint,
    Escalation,
    Invitation,
    Message,
    Outgoing,
    Person,
    Progress,
    Question,
    Referent,
    Todo,
)
from storage.vocabulary import EscalationStatus, MessageStatus, OutboxStatus, TodoStatus
from tests.actions.full_life import FullLife
from tests.builders import TUESDAY, a_contact

Look = Callable[[Session], Any]


@pytest.fixture
def life(engine_any: Engine, kit: Kit) -> FullLife:
    made = FullLife(engine_any, kit)
    with transaction(made.engine) as session:
        session.exec(select(Message)).one().status = MessageStatus.HANDLED
        for row in session.exec(select(Outgoing)):
            row.status, row.sent_at = OutboxStatus.SENT, TUESDAY
        line = session.exec(select(Todo)).one()
        line.status, line.closed_at = TodoStatus.CLOSED, TUESDAY
        open_session(made.work(session), session.get_one(Referent, made.referent.id))
        session.add(Message(**_stranger(session)))
    return made


def _stranger(session: Session) -> dict[str, Any]:
    contact = a_contact(session, address="nobody", bound_at=None)
    return {
        "contact_id": contact.id,
        "channel_key": "1",
        "sent_at": TUESDAY,
        "received_at": TUESDAY,
        "status": MessageStatus.HANDLED,
    }


def _purge(life: FullLife, term: timedelta) -> int:
    with transaction(life.engine) as session:
        return purge(Work(session, TUESDAY + term, life.kit))


def _bodies(session: Session) -> Any:
    return [message.body for message in session.exec(select(Message)) if message.body_sealed]


def _outbox_values(session: Session) -> Any:
    return [row.key for row in session.exec(select(Outgoing)) if row.values_sealed]


def _questions(session: Session) -> Any:
    return [row.id for row in session.exec(select(Question)) if row.choices_sealed]


def _todo_words(session: Session) -> Any:
    return [row.id for row in session.exec(select(Todo)) if row.detail_sealed]


def _strangers(session: Session) -> Any:
    return [one.id for one in session.exec(select(ContactPoint)) if one.address == "nobody"]


def _all(table: Any) -> Look:
    return lambda session: session.exec(select(table)).all()


DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("term", "look"),
    [
        pytest.param(90 * DAY, _bodies, id="bodies"),
        pytest.param(7 * DAY, _outbox_values, id="outbox values"),
        pytest.param(91 * DAY, _questions, id="questions (open for a day)"),
        pytest.param(90 * DAY, _todo_words, id="words of closed lines"),
        pytest.param(14 * DAY, _all(Invitation), id="invitations (open for seven days)"),
        pytest.param(DAY / 2, _all(ConsoleSession), id="console sessions"),
        pytest.param(90 * DAY, _strangers, id="strangers"),
    ],
)
def test_a_class_is_there_until_its_term_and_gone_after(life: FullLife, term: timedelta, look: Look) -> None:
    _purge(life, term - SECOND)
    with transaction(life.engine) as session:
        assert look(session)
    assert _purge(life, term + SECOND) > 0
    with transaction(life.engine) as session:
        assert not look(session)


def test_the_record_goes_two_years_after_the_last_contact(life: FullLife) -> None:
    with transaction(life.engine) as session:
        session.get_one(Person, life.person.id).last_message_at = TUESDAY + 30 * DAY
        session.get_one(Person, life.other.id).last_message_at = TUESDAY
    _purge(life, 730 * DAY + 2 * DAY + SECOND)
    with transaction(life.engine) as session:
        assert session.get(Person, life.person.id)
        assert session.get(Person, life.other.id) is None
    _purge(life, 760 * DAY + SECOND)
    with transaction(life.engine) as session:
        assert session.exec(select(Person)).all() == []
        assert session.exec(select(Progress)).all() == []


def test_an_appointment_in_between_is_a_contact_too(life: FullLife) -> None:
    with transaction(life.engine) as session:
        for appointment in session.exec(select(Appointment)):
            appointment.starts_at = TUESDAY + 300 * DAY
    _purge(life, 740 * DAY)
    with transaction(life.engine) as session:
        assert session.get(Person, life.person.id)


def test_appointments_go_after_two_years(life: FullLife) -> None:
    with transaction(life.engine) as session:
        for person in session.exec(select(Person)):
            person.last_message_at = TUESDAY + 700 * DAY
    _purge(life, 732 * DAY + SECOND)
    with transaction(life.engine) as session:
        assert session.exec(select(Appointment)).all() == []
        assert len(session.exec(select(Person)).all()) == 2


def test_the_audit_log_goes_after_three_years(life: FullLife) -> None:
    _purge(life, 1095 * DAY - SECOND)
    with transaction(life.engine) as session:
        oldest = select(AuditEvent).where(AuditEvent.at == TUESDAY)
        assert session.exec(oldest).all()
    _purge(life, 1095 * DAY + SECOND)
    with transaction(life.engine) as session:
        assert session.exec(oldest).all() == []


def test_the_words_of_an_open_alert_stay_until_it_is_closed(life: FullLife) -> None:
    with transaction(life.engine) as session:
        session.get_one(Escalation, life.alert.id).status = EscalationStatus.OPEN
    _purge(life, 100 * DAY)
    with transaction(life.engine) as session:
        assert _bodies(session)
        session.get_one(Escalation, life.alert.id).status = EscalationStatus.CLOSED
    _purge(life, 100 * DAY)
    with transaction(life.engine) as session:
        assert not _bodies(session)


def test_an_open_line_of_the_to_do_list_keeps_its_words(life: FullLife) -> None:
    with transaction(life.engine) as session:
        session.exec(select(Todo)).one().status = TodoStatus.OPEN
    _purge(life, 100 * DAY)
    with transaction(life.engine) as session:
        assert _todo_words(session)


def test_the_alert_of_a_stranger_keeps_them_for_two_years_after_its_closing(life: FullLife) -> None:
    with transaction(life.engine) as session:
        alert = session.get_one(Escalation, life.alert.id)
        stranger = next(one for one in session.exec(select(ContactPoint)) if one.address == "nobody")
        alert.person_id, alert.contact_id = None, stranger.id
    _purge(life, 100 * DAY)
    with transaction(life.engine) as session:
        assert _strangers(session)
    _purge(life, 730 * DAY + SECOND)
    with transaction(life.engine) as session:
        assert session.get(Escalation, life.alert.id) is None
        assert not _strangers(session)


def test_purging_again_finds_nothing_more(life: FullLife) -> None:
    assert _purge(life, 100 * DAY) > 0
    assert _purge(life, 100 * DAY) == 0


def test_every_class_has_its_own_name() -> None:
    assert len({kept.name for kept in CLASSES}) == len(CLASSES)


def test_the_document_shows_the_terms_of_the_policy() -> None:
    page = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    shown = {
        name: int(days) for name, days in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", page, re.MULTILINE)
    }
    assert shown == {kept.name: kept.term(Policy()).days for kept in CLASSES}
