"""The weekly question, the word after a silence, and the line for the referent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions import check_in
from actions.work import Kit
from storage.database import transaction
from storage.tables import Accompagnement, Escalation, Person
from storage.vocabulary import (
    Consent,
    EscalationStatus,
    OutboxStatus,
    SupportStatus,
    TodoKind,
)
from tests.actions.post import Post
from tests.builders import TUESDAY, Conversation, a_person, local
from tests.conftest import Little, little_world
from tests.fakes import FakeClock

FRIDAY = local(2026, 11, 27, 15)
HEARD_AT = TUESDAY - timedelta(days=1)
TEN_DAYS_ON = HEARD_AT + timedelta(days=10)  # Thursday 3 December, 10:00 in Paris


@pytest.fixture
def post(engine: Engine, kit: Kit, clock: FakeClock) -> Post:
    return Post(engine, kit, clock)


def change(post: Post, deed: Callable[[Session], None]) -> None:
    with transaction(post.engine) as session:
        deed(session)


def the_person(**columns: object) -> Callable[[Session], None]:
    def deed(session: Session) -> None:
        for name, value in columns.items():
            setattr(session.exec(select(Person)).one(), name, value)

    return deed


def paused(session: Session) -> None:
    session.exec(select(Accompagnement)).one().status = SupportStatus.PAUSED


def in_danger(session: Session) -> None:
    person = session.exec(select(Person)).one()
    session.add(
        Escalation(
            reference=4821,
            structure_id=person.structure_id,
            subject=f"person:{person.id}",
            person_id=person.id,
            level=3,
            status=EscalationStatus.ACKNOWLEDGED,
            opened_at=TUESDAY,
            raised_at=TUESDAY,
        )
    )


def test_on_friday_afternoon_the_person_is_asked_how_it_goes(post: Post, little: Little) -> None:
    assert post.at(FRIDAY - timedelta(minutes=1)).do(check_in.check_in) == 0
    post.at(FRIDAY)
    assert [post.do(check_in.check_in), post.do(check_in.check_in)] == [1, 0]
    assert post.deliver() == ["check_in.ask"]


def test_it_is_asked_once_a_week(post: Post, little: Little) -> None:
    asked = []
    for hour in range(24 * 15):
        post.at(FRIDAY + timedelta(hours=hour)).do(check_in.check_in)
        asked += post.deliver()
    assert asked == ["check_in.ask"] * 3


def test_friday_is_that_of_where_the_person_lives(post: Post, little: Little) -> None:
    change(post, the_person(time_zone="Pacific/Noumea"))
    assert post.at(FRIDAY).do(check_in.check_in) == 0
    assert post.at(local(2026, 11, 27, 5)).do(check_in.check_in) == 1  # 15:00 in Nouméa
    assert post.deliver() == ["check_in.ask"]


def test_who_only_reads_in_the_morning_is_asked_in_the_morning(post: Post, little: Little) -> None:
    change(post, the_person(waking_until=local(2026, 1, 1, 13).time()))
    assert post.at(local(2026, 11, 27, 11, 30)).do(check_in.check_in) == 1
    assert post.deliver() == ["check_in.ask"]


@pytest.mark.parametrize(
    "changed",
    [
        the_person(check_ins=False),
        the_person(stopped_at=TUESDAY),
        the_person(consent=Consent.ASKED),
        paused,
    ],
    ids=["fewer messages", "stop", "no consent", "pause"],
)
def test_who_does_not_want_it_or_is_away_is_not_asked(
    post: Post, little: Little, changed: Callable[[Session], None]
) -> None:
    change(post, changed)
    assert post.at(FRIDAY).do(check_in.check_in) == 0
    assert post.at(TEN_DAYS_ON).do(check_in.nudge) == 0


def test_nobody_is_asked_how_it_goes_while_a_danger_is_open(post: Post, little: Little) -> None:
    change(post, in_danger)
    post.at(FRIDAY).do(check_in.check_in)
    assert post.deliver() == []
    assert [row.status for row in post.outbox("check_in.")] == [OutboxStatus.CANCELLED]


def test_two_workers_at_once_ask_each_person_once(engine_any: Engine, kit: Kit, clock: FakeClock) -> None:
    little = little_world(engine_any)
    with transaction(engine_any) as session:
        for _ in range(9):
            a_person(session, little.referent)
    post = Post(engine_any, kit, clock).at(FRIDAY)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: post.do(check_in.check_in), range(4)))
    post.do(check_in.check_in)
    assert len(post.outbox("check_in.ask")) == 10


def asked(post: Post) -> None:
    post.at(FRIDAY).do(check_in.check_in)
    assert post.deliver() == ["check_in.ask"]


def test_who_is_well_is_answered_warmly_and_nobody_is_told(
    post: Post, little: Little, talk: Conversation
) -> None:
    asked(post)
    assert [answer.key for answer in talk.presses("going_well")] == ["check_in.going_well"]
    assert post.todos() == []


@pytest.mark.parametrize(("reply", "told"), [("2", []), ("pas bien", [TodoKind.MOOD])])
def test_who_is_not_well_is_heard_and_offered_a_call(
    post: Post, little: Little, talk: Conversation, reply: str, told: list[TodoKind]
) -> None:
    asked(post)
    [answer] = talk.says(reply, "out_of_scope")
    assert answer.key == ("check_in.not_well" if told else "check_in.so_so")
    assert [line.kind for line in post.todos()] == told
    talk.says("oui", "affirm")
    assert TodoKind.CALL in [line.kind for line in post.todos()]


def test_free_words_are_taken_for_what_they_say(post: Post, little: Little, talk: Conversation) -> None:
    asked(post)
    assert [
        answer.key for answer in talk.says("j'ai envoyé 3 CV", "log_progress", activity="application")
    ] != []
    assert not [key for key in (row.text_key for row in post.outbox("check_in.")) if key != "check_in.ask"]


def test_ten_silent_days_bring_one_word_and_no_second(post: Post, little: Little) -> None:
    assert post.at(TEN_DAYS_ON - timedelta(minutes=1)).do(check_in.nudge) == 0
    assert post.at(TEN_DAYS_ON).do(check_in.nudge) == 1
    assert post.deliver() == ["nudge.ask"]
    assert post.at(TEN_DAYS_ON + timedelta(days=10)).do(check_in.nudge) == 0


def test_a_new_silence_brings_a_new_word(post: Post, little: Little, talk: Conversation) -> None:
    post.at(TEN_DAYS_ON).do(check_in.nudge)
    post.deliver()
    talk.clock.forward(days=1)
    talk.says("ça va merci", "report_mood_good")
    assert post.at(talk.clock.at + timedelta(days=9, hours=23)).do(check_in.nudge) == 0
    assert post.at(talk.clock.at + timedelta(hours=1)).do(check_in.nudge) == 1


def test_a_nudge_written_at_night_is_sent_in_the_morning(post: Post, little: Little) -> None:
    post.at(local(2026, 12, 3, 22)).do(check_in.nudge)
    assert post.deliver() == []
    assert post.at(local(2026, 12, 4, 9)).deliver() == ["nudge.ask"]


@pytest.mark.parametrize("days", [0, 1], ids=["the same day", "the day after"])
def test_nobody_is_nudged_right_after_a_check_in(post: Post, little: Little, days: int) -> None:
    change(post, the_person(last_message_at=FRIDAY - timedelta(days=10)))
    asked(post)
    assert post.at(FRIDAY + timedelta(days=days)).do(check_in.nudge) == 0
    assert post.at(FRIDAY + timedelta(days=2, minutes=1)).do(check_in.nudge) == 1


def test_who_never_wrote_counts_from_the_day_they_agreed(post: Post, little: Little) -> None:
    change(post, the_person(last_message_at=None, consent_at=TUESDAY))
    assert post.at(TUESDAY + timedelta(days=9)).do(check_in.nudge) == 0
    assert post.at(TUESDAY + timedelta(days=12)).do(check_in.nudge) == 1


def test_three_silent_weeks_are_a_line_for_the_referent_once(post: Post, little: Little) -> None:
    after = HEARD_AT + timedelta(days=21)
    assert post.at(after - timedelta(minutes=1)).do(check_in.note_silence) == 0
    post.at(after)
    assert [post.do(check_in.note_silence), post.do(check_in.note_silence)] == [1, 0]
    assert [line.kind for line in post.todos()] == [TodoKind.SILENCE]
    assert post.at(after + timedelta(days=30)).do(check_in.note_silence) == 0


def test_a_silence_is_told_for_somebody_without_an_address_too(post: Post, little: Little) -> None:
    with transaction(post.engine) as session:
        a_person(session, little.referent, bound=False)
    assert post.at(HEARD_AT + timedelta(days=21)).do(check_in.note_silence) == 2


@pytest.mark.slow
def test_weeks_of_silence_stay_under_the_weekly_cap(post: Post, little: Little) -> None:
    sent: list[datetime] = []
    for hour in range(24 * 7 * 5):
        post.at(TUESDAY + timedelta(hours=hour))
        for job in (check_in.check_in, check_in.nudge):
            post.do(job)
        sent += [post.clock.now()] * len(post.deliver())
    assert len(sent) == 6  # five Fridays and one nudge
    for at in sent:
        assert sum(at <= other < at + timedelta(days=7) for other in sent) <= 3


def test_keys_of_people_are_walked_through_page_by_page(
    post: Post, little: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_in, "BATCH", 2)
    with transaction(post.engine) as session:
        for _ in range(4):
            a_person(session, little.referent, id=uuid4())
    post.at(FRIDAY)
    assert sum(post.do(check_in.check_in) for _ in range(4)) == 5
