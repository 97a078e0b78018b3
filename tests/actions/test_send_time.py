"""The check at the moment of sending, row by row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions.send_time import A_MOMENT, CANCEL, EXPIRE, SEND, Verdict, verdict
from actions.work import Kit, Work
from storage import outbox
from storage.database import transaction
from storage.tables import ContactPoint, Escalation, Outgoing, Person
from storage.vocabulary import ContactStatus, EscalationStatus, Lane, OutboxStatus
from tests.actions.post import Post
from tests.builders import TUESDAY, a_person, local
from tests.conftest import Little, little_world
from tests.fakes import FakeClock

ASK = "nudge.ask"


@pytest.fixture
def post(engine: Engine, kit: Kit, clock: FakeClock) -> Post:
    return Post(engine, kit, clock)


def put(
    post: Post,
    little: Little,
    text_key: str = ASK,
    *,
    lane: Lane = Lane.PROACTIVE,
    key: str = "k",
    values: dict[str, Any] | None = None,
    **columns: Any,
) -> Outgoing:
    def deed(work: Work) -> Outgoing:
        row = work.tell(
            work.session.get_one(Person, little.person.id),
            text_key,
            key=key,
            lane=lane,
            columns=columns,
            **(values or {}),
        )
        assert row is not None
        return row

    return post.do(deed)


def judged(post: Post, row: Outgoing) -> Verdict:
    def deed(work: Work) -> Verdict:
        fresh = work.session.get_one(Outgoing, row.id)
        return verdict(work, fresh, work.session.get_one(ContactPoint, row.contact_id))

    return post.do(deed)


def mark(post: Post, row: Outgoing, status: ContactStatus) -> None:
    with transaction(post.engine) as session:
        session.get_one(ContactPoint, row.contact_id).status = status


def open_alert(session: Session, person: Person, level: int, status: EscalationStatus) -> None:
    session.add(
        Escalation(
            reference=4821,
            structure_id=person.structure_id,
            subject=f"person:{person.id}",
            person_id=person.id,
            level=level,
            status=status,
            opened_at=TUESDAY,
            raised_at=TUESDAY,
        )
    )


@pytest.mark.parametrize("lane", list(Lane))
def test_what_is_too_late_expires_in_every_lane(post: Post, little: Little, lane: Lane) -> None:
    row = put(post, little, lane=lane, not_after=TUESDAY)
    assert judged(post, row) == SEND
    assert judged(post.at(TUESDAY + timedelta(seconds=1)), row) == EXPIRE


@pytest.mark.parametrize("status", [ContactStatus.MUTED, ContactStatus.UNREACHABLE])
def test_an_address_that_may_not_be_written_to_is_not(
    post: Post, little: Little, status: ContactStatus
) -> None:
    rows = [put(post, little, lane=lane, key=lane.value) for lane in (Lane.PROACTIVE, Lane.ANSWER)]
    for row in rows:
        mark(post, row, status)
        assert judged(post, row) == CANCEL


@pytest.mark.parametrize("lane", [Lane.ALERT, Lane.ANSWER])
def test_who_just_wrote_is_answered_even_at_a_muted_address(post: Post, little: Little, lane: Lane) -> None:
    with transaction(post.engine) as session:
        contact = session.exec(select(ContactPoint).where(ContactPoint.person_id == little.person.id)).one()
        contact.status = ContactStatus.MUTED
        row = Outgoing(
            key="answer",
            contact_id=contact.id,
            person_id=little.person.id,
            lane=lane,
            text_key=ASK,
            not_before=TUESDAY,
            created_at=TUESDAY,
            reply_to=uuid4(),
        )

    def deed(work: Work) -> Verdict:
        return verdict(work, row, work.session.get_one(ContactPoint, row.contact_id))

    assert post.do(deed) == SEND


def test_what_became_of_a_danger_is_still_told_within_a_day_of_their_message(
    post: Post, little: Little
) -> None:
    row = put(post, little, lane=Lane.ALERT)
    mark(post, row, ContactStatus.MUTED)
    with transaction(post.engine) as session:
        session.get_one(Person, little.person.id).last_message_at = TUESDAY
    assert judged(post.at(TUESDAY + timedelta(hours=23)), row) == SEND
    assert judged(post.at(TUESDAY + timedelta(hours=25)), row) == CANCEL


def test_an_answer_goes_out_at_night_and_after_stop(post: Post, little: Little) -> None:
    row = put(post, little, lane=Lane.ANSWER)
    with transaction(post.engine) as session:
        session.get_one(Person, little.person.id).stopped_at = TUESDAY
    assert judged(post.at(local(2026, 11, 24, 3)), row) == SEND


@pytest.mark.parametrize(
    ("now", "not_before"),
    [
        (local(2026, 11, 24, 8, 59), local(2026, 11, 24, 9)),
        (local(2026, 11, 24, 19, 30), local(2026, 11, 25, 9)),
        (local(2027, 3, 27, 22), local(2027, 3, 28, 9)),
        (local(2026, 10, 24, 22), local(2026, 10, 25, 9)),
    ],
    ids=["early", "late", "spring night", "autumn night"],
)
def test_outside_waking_hours_it_waits_for_the_morning(
    post: Post, little: Little, now: datetime, not_before: datetime
) -> None:
    row = put(post, little)
    assert judged(post.at(now), row) == Verdict(OutboxStatus.DUE, not_before)


def test_the_hours_are_those_of_where_the_person_lives(post: Post, little: Little) -> None:
    row = put(post, little)
    with transaction(post.engine) as session:
        session.get_one(Person, little.person.id).time_zone = "Indian/Reunion"
    assert judged(post.at(local(2026, 11, 24, 7)), row) == SEND  # ten o'clock there
    assert judged(post.at(local(2026, 11, 24, 17)), row).status is OutboxStatus.DUE  # eight in the evening


def test_what_the_morning_makes_too_late_expires_at_once(post: Post, little: Little) -> None:
    row = put(post, little, not_after=local(2026, 11, 25, 8))
    assert judged(post.at(local(2026, 11, 24, 22)), row) == EXPIRE


def sent_before(post: Post, little: Little, *days_ago: float, text_key: str = ASK) -> None:
    """Other proactive messages sent so many days before Tuesday; each differs by its time of sending."""
    for days in days_ago:
        row = put(post, little, text_key, key=f"before/{days}")
        with transaction(post.engine) as session:
            earlier = session.get_one(Outgoing, row.id)
            earlier.status, earlier.sent_at = OutboxStatus.SENT, TUESDAY - timedelta(days=days)


def test_the_fourth_in_a_week_waits_until_the_first_leaves_it(post: Post, little: Little) -> None:
    sent_before(post, little, 2, 3, 6.5)
    row = put(post, little)
    assert judged(post.at(TUESDAY), row) == Verdict(OutboxStatus.DUE, TUESDAY + timedelta(hours=12))


def test_the_third_in_a_week_is_sent(post: Post, little: Little) -> None:
    sent_before(post, little, 2, 3, 7.5)
    assert judged(post, put(post, little)) == SEND


def test_reminders_and_news_of_appointments_neither_count_nor_are_counted(post: Post, little: Little) -> None:
    values = {"starts_at": TUESDAY + timedelta(days=1), "who": None, "modality": "on_site"}
    sent_before(post, little, 2, 3, 4)
    assert judged(post, put(post, little, "reminder.eve", values=values)) == SEND
    assert judged(post, put(post, little, "appointment.cancelled", key="c", values=values)) == SEND
    with transaction(post.engine) as session:
        for row in session.exec(select(Outgoing).where(Outgoing.text_key == ASK)):
            row.text_key = "reminder.eve"
    assert judged(post, put(post, little, key="k2")) == SEND


def test_three_that_are_due_together_do_not_pass_the_cap_together(post: Post, little: Little) -> None:
    sent_before(post, little, 2, 3)
    for number, text_key in enumerate((ASK, "check_in.ask", "check_in.going_well")):
        put(post, little, text_key, key=f"now/{number}")
    assert len(post.at(TUESDAY).deliver()) == 1


@pytest.mark.parametrize(
    ("level", "status", "expected"),
    [
        (3, EscalationStatus.OPEN, CANCEL),
        (3, EscalationStatus.ACKNOWLEDGED, CANCEL),
        (3, EscalationStatus.CLOSED, SEND),
        (2, EscalationStatus.OPEN, SEND),
    ],
)
def test_while_a_danger_is_open_nothing_proactive_but_reminders(
    post: Post, little: Little, level: int, status: EscalationStatus, expected: Verdict
) -> None:
    with transaction(post.engine) as session:
        open_alert(session, little.person, level, status)
    assert judged(post, put(post, little)) == expected
    values = {"starts_at": TUESDAY + timedelta(days=1), "who": None, "modality": "on_site"}
    assert judged(post, put(post, little, "reminder.eve", key="r", values=values)) == SEND


def test_the_same_words_are_not_sent_twice_within_a_day(post: Post, little: Little) -> None:
    sent_before(post, little, 0.9)
    assert judged(post, put(post, little)) == CANCEL


def test_the_same_words_may_be_sent_again_a_day_later_and_others_at_once(post: Post, little: Little) -> None:
    sent_before(post, little, 1.1)
    assert judged(post, put(post, little)) == SEND
    values = {"starts_at": TUESDAY + timedelta(days=2), "who": None, "modality": "on_site"}
    moved = values | {"starts_at": TUESDAY + timedelta(days=3)}
    first = put(post, little, "reminder.early", key="r1", values=values)
    with transaction(post.engine) as session:
        sent = session.get_one(Outgoing, first.id)
        sent.status, sent.sent_at = OutboxStatus.SENT, TUESDAY
    assert judged(post, put(post, little, "reminder.early", key="r2", values=values)) == CANCEL
    assert judged(post, put(post, little, "reminder.early", key="r3", values=moved)) == SEND


def test_a_reminder_whose_appointment_was_erased_is_not_sent(post: Post, little: Little) -> None:
    values = {"starts_at": TUESDAY + timedelta(days=1), "who": None, "modality": "on_site"}
    row = put(post, little, "reminder.eve", values=values, guard="appointment")
    assert judged(post, row) == CANCEL


def test_a_referent_is_written_to_whatever_the_hour(post: Post, little: Little) -> None:
    row = post.do(
        lambda work: work.notify(
            little.referent, "staff.digest", key="d", lane=Lane.PROACTIVE, alerts=0, lines=1
        )
    )
    assert row is not None
    assert judged(post.at(local(2026, 11, 24, 3)), row) == SEND


def test_somebody_elses_messages_do_not_count(post: Post, little: Little) -> None:
    sent_before(post, little, 2, 3, 4)
    with transaction(post.engine) as session:
        other = a_person(session, little.referent, first_name="Bilal")
    assert judged(post, put(post, Little(little.structure, little.referent, other))) == SEND


def test_the_verdict_is_the_same_on_both_databases(engine_any: Engine, kit: Kit, clock: FakeClock) -> None:
    little = little_world(engine_any)
    post = Post(engine_any, kit, clock)
    sent_before(post, little, 2, 3, 6.5)
    assert judged(post, put(post, little)) == Verdict(OutboxStatus.DUE, TUESDAY + timedelta(hours=12))


@pytest.mark.postgresql
def test_two_workers_cannot_pass_the_cap_side_by_side(
    postgresql_engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    little = little_world(postgresql_engine)
    post = Post(postgresql_engine, kit, clock)
    sent_before(post, little, 2, 3)
    for text_key in (ASK, "check_in.ask"):
        put(post, little, text_key, key=text_key)

    def claim_one(work: Work) -> Verdict:
        [row] = outbox.claim_due(work.session, work.now, 1)
        decided = verdict(work, row, work.session.get_one(ContactPoint, row.contact_id))
        row.status = decided.status or row.status
        row.not_before = decided.not_before or row.not_before
        return decided

    with transaction(postgresql_engine) as first:
        assert claim_one(Work(first, clock.now(), kit)) == SEND
        with transaction(postgresql_engine) as second:
            put_off = claim_one(Work(second, clock.forward(seconds=1), kit))
        assert put_off == Verdict(OutboxStatus.DUE, clock.now() + A_MOMENT)
    clock.forward(seconds=10)
    assert post.do(claim_one) == Verdict(OutboxStatus.DUE, TUESDAY + timedelta(days=4))
