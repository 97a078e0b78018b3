"""Every intent does something, whoever says it and whatever else is in the message: nobody is left without an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions.work import Kit
from storage.database import transaction
from storage.tables import Accompagnement, ContactPoint, Message, Person
from storage.vocabulary import (
    Activity,
    Consent,
    ContactStatus,
    FreinCategory,
    Intent,
    MessageStatus,
    SupportStatus,
)
from tests.apps import without_waiting_for_disks
from tests.builders import TUESDAY, Conversation, a_step, an_appointment
from tests.conftest import little_world
from tests.fakes import FakeClock

Situation = Callable[[Session, Person], None]


def _plain(session: Session, person: Person) -> None:
    """Nothing planned, nothing to come."""


def _busy(session: Session, person: Person) -> None:
    for number in (1, 2):
        a_step(session, person, f"Envoyer des CV {number}", Activity.APPLICATION, target_count=5)
        an_appointment(session, person, TUESDAY + timedelta(days=number))
        an_appointment(session, person, TUESDAY - timedelta(days=number))


def _without_support(session: Session, person: Person) -> None:
    _busy(session, person)
    session.exec(select(Accompagnement)).one().status = SupportStatus.ENDED


def _stopped(session: Session, person: Person) -> None:
    person.stopped_at = TUESDAY
    session.exec(select(Accompagnement)).one().status = SupportStatus.PAUSED


def _refused(session: Session, person: Person) -> None:
    person.consent = Consent.REFUSED


def _referent_unreachable(session: Session, person: Person) -> None:
    for contact in session.exec(select(ContactPoint).where(ContactPoint.person_id != person.id)):
        contact.status = ContactStatus.UNREACHABLE


SITUATIONS = [
    (_plain, 0),
    (_busy, 0),
    (_without_support, 0),
    (_refused, 0),
    (_without_support, 2),
    (_stopped, 2),
    (_busy, 3),
    (_referent_unreachable, 3),
]


@pytest.mark.slow
@pytest.mark.parametrize(("situation", "urgency"), SITUATIONS)
def test_every_intent_is_answered_in_every_situation(
    engine: Engine,
    kit: Kit,
    clock: FakeClock,
    situation: Situation,
    urgency: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    without_waiting_for_disks(engine)
    little = little_world(engine)
    talk = Conversation(engine, kit, clock, little.person)
    with transaction(engine) as session:
        situation(session, session.get_one(Person, little.person.id))
    unanswered = []
    for intent in Intent:
        clock.forward(minutes=30)
        frein = FreinCategory.HOUSING.value if urgency or intent is Intent.REPORT_FREIN else None
        text = f"j'ai fait 2 choses pour {intent.value} jeudi à 10h"
        if not talk.says(text, intent.value, frein=frein, urgency=urgency, activity="application"):
            unanswered.append(intent.value)
    assert unanswered == []
    with transaction(engine) as session:
        statuses = {message.status for message in session.exec(select(Message))}
        assert statuses == {MessageStatus.HANDLED}
    assert "failed" not in capsys.readouterr().out
