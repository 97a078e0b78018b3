"""What the person asks about their appointments."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from actions.appointment_ics import appointment_ics
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import Appointment
from storage.vocabulary import AttachmentKind, Modality, ParticipationStatus
from tests.actions.post import Post
from tests.builders import Conversation, an_appointment, local
from tests.conftest import Little
from tests.fakes import FakeClock

THURSDAY = local(2026, 11, 26, 14)


@pytest.fixture
def post(engine: Engine, kit: Kit, clock: FakeClock) -> Post:
    return Post(engine, kit, clock)


def appointment(engine: Engine, little: Little, starts_at: datetime = THURSDAY, **columns: Any) -> UUID:
    with transaction(engine) as session:
        return an_appointment(session, little.person, starts_at, **columns).id


def test_without_an_appointment_it_says_so(talk: Conversation) -> None:
    assert [answer.key for answer in talk.says("c'est quand mon rdv ?", "view_appointments")] == [
        "appointment.none_planned"
    ]


def test_three_appointments_are_listed_and_the_others_counted(
    engine: Engine, little: Little, talk: Conversation
) -> None:
    for week in range(5):
        appointment(engine, little, THURSDAY + timedelta(weeks=week))
    [answer] = talk.says("mes rdv", "view_appointments")
    assert answer.key == "appointment.list"
    assert [one["starts_at"] for one in answer.values["appointments"]] == [
        THURSDAY + timedelta(weeks=week) for week in range(3)
    ]
    assert answer.values["others"] == 2


def test_what_was_cancelled_declined_or_is_over_is_not_listed(
    engine: Engine, little: Little, talk: Conversation, clock: FakeClock
) -> None:
    with transaction(engine) as session:
        an_appointment(session, little.person, THURSDAY, cancelled_at=clock.now())
        declined = an_appointment(session, little.person, THURSDAY + timedelta(hours=2))
        declined.status = ParticipationStatus.EXCUSED
        an_appointment(session, little.person, clock.now() - timedelta(hours=2))
    assert [answer.key for answer in talk.says("mes rdv", "view_appointments")] == [
        "appointment.none_planned"
    ]


def test_one_that_is_going_on_is_still_listed(engine: Engine, little: Little, talk: Conversation) -> None:
    appointment(engine, little, talk.clock.now() - timedelta(minutes=20))
    assert talk.says("mes rdv", "view_appointments")[0].key == "appointment.list"


def test_details_of_the_next_one_come_with_a_calendar_file(
    engine: Engine, little: Little, talk: Conversation
) -> None:
    participation_id = appointment(engine, little)
    [answer] = talk.says("c'est où ?", "ask_appointment_details")
    assert answer.key == "appointment.details"
    assert answer.values["place"] == "12 rue de l'Exemple, bureau 3"
    assert answer.values["who"] == "Claire"
    assert (answer.row.attachment, answer.row.subject_id) == (
        AttachmentKind.APPOINTMENT_ICS,
        participation_id,
    )


def test_details_are_those_of_the_day_named_and_another_day_gets_the_list(
    engine: Engine, little: Little, talk: Conversation
) -> None:
    appointment(engine, little)
    appointment(engine, little, local(2026, 12, 3, 9))
    [named] = talk.says("le rdv du 3 décembre c'est où ?", "ask_appointment_details")
    assert named.values["starts_at"] == local(2026, 12, 3, 9)
    [other] = talk.says("le rdv du 4 décembre c'est où ?", "ask_appointment_details")
    assert other.key == "appointment.list"


def test_nothing_that_is_said_of_an_appointment_tells_what_it_is_about(
    engine: Engine, little: Little, talk: Conversation
) -> None:
    appointment(engine, little, title="Consultation addictologie")
    said = talk.says("mes rdv", "view_appointments") + talk.says("c'est où ?", "ask_appointment_details")
    said += talk.says("je viens", "confirm_appointment")
    assert len(said) == 3
    assert "addictologie" not in str([answer.values for answer in said])


def test_the_calendar_file_gives_the_instant_in_utc_and_a_stable_uid(post: Post, little: Little) -> None:
    participation_id = appointment(post.engine, little)
    raw = post.do(lambda work: appointment_ics(work, post.participation(participation_id)))
    assert b"DTSTART:20261126T130000Z" in raw
    assert b"DURATION:PT45M" in raw
    assert f"UID:{participation_id}@filrouge".encode() in raw
    assert b"SEQUENCE:0" in raw
    assert b"Point du plan" not in raw


@pytest.mark.parametrize(
    ("starts_at", "utc"),
    [
        (local(2026, 3, 29, 9), b"DTSTART:20260329T070000Z"),  # the morning after the change in spring
        (local(2026, 10, 25, 9), b"DTSTART:20261025T080000Z"),  # and in autumn
    ],
)
def test_the_calendar_file_is_right_on_the_days_the_clock_changes(
    post: Post, little: Little, starts_at: datetime, utc: bytes
) -> None:
    participation_id = appointment(post.engine, little, starts_at)
    assert utc in post.do(lambda work: appointment_ics(work, post.participation(participation_id)))


def test_a_move_raises_the_sequence_and_a_cancelled_one_says_so(post: Post, little: Little) -> None:
    participation_id = appointment(post.engine, little)

    def change(work: Work) -> bytes:
        participation = post.participation(participation_id)
        changed = work.session.get_one(Appointment, participation.appointment_id)
        changed.revision, changed.cancelled_at = 3, work.now
        work.session.flush()
        return appointment_ics(work, participation)

    raw = post.do(change)
    assert b"SEQUENCE:3" in raw
    assert b"STATUS:CANCELLED" in raw


def test_a_phone_appointment_has_no_address_in_the_calendar(post: Post, little: Little) -> None:
    participation_id = appointment(post.engine, little, modality=Modality.PHONE)
    raw = post.do(lambda work: appointment_ics(work, post.participation(participation_id)))
    assert "LOCATION:par téléphone".encode() in raw
