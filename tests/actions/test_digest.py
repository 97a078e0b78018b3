"""The morning digest: figures only, on working days, once, and not to those who are away."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions import digest
from actions.work import Kit, Work
from storage import outbox
from storage.tables import Outgoing, Person, Referent, StandIn
from storage.vocabulary import Lane, TodoKind
from tests.actions.alert_world import World, a_world
from tests.builders import local
from tests.fakes import FakeClock


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on Wednesday 25 November 2026 at 08:00, with an alert and two lines about Awa from the day before."""
    world = a_world(engine, kit, clock)
    world.writes()
    world.do(lambda work: fill(work, world))
    clock.at = local(2026, 11, 25, 8, 0)
    return world


def fill(work: Work, world: World) -> None:
    """Two lines about Awa."""
    awa = work.session.get_one(Person, world.awa.id)
    work.todo(TodoKind.MESSAGE, awa, key="message/1")
    work.todo(TodoKind.MOOD, awa, key="mood/1")


def sent(world: World) -> dict[str, dict[str, object]]:
    """What each member was sent, by first name."""
    rows = world.do(
        lambda work: [
            (work.session.get_one(Referent, row.referent_id).first_name, row.values)
            for row in work.session.exec(select(Outgoing).where(Outgoing.text_key == "staff.digest"))
        ]
    )
    return dict(rows)


def test_each_member_with_something_waiting_is_sent_figures_and_no_name(world: World) -> None:
    world.do(digest.send_digests)
    assert sent(world) == {
        "Claire": {"alerts": 1, "lines": 2},
        "Karim": {"alerts": 1, "lines": 0},
        "Léa": {"alerts": 1, "lines": 0},
        "Nadia": {"alerts": 1, "lines": 2},
    }


def test_a_digest_is_sent_once_a_day(world: World) -> None:
    assert world.do(digest.send_digests) == 4
    world.clock.forward(minutes=5)
    assert world.do(digest.send_digests) == 0


@pytest.mark.parametrize(
    "moment",
    [
        local(2026, 11, 25, 7, 59),
        local(2026, 11, 25, 12, 0),
        local(2026, 11, 28, 8, 0),
        local(2026, 12, 25, 8, 0),
    ],
)
def test_no_digest_before_eight_after_noon_at_the_weekend_or_on_a_holiday(
    world: World, moment: datetime
) -> None:
    world.clock.at = moment
    assert world.do(digest.send_digests) == 0


def test_an_absent_referent_is_left_in_peace_and_the_stand_in_counts_for_both(world: World) -> None:
    today = date(2026, 11, 25)
    world.do(
        lambda work: work.session.add(
            StandIn(referent_id=world.claire.id, stand_in_id=world.lea.id, starts_on=today, ends_on=today)
        )
    )
    world.do(digest.send_digests)
    assert "Claire" not in sent(world)
    assert sent(world)["Léa"] == {"alerts": 1, "lines": 2}


def test_nobody_is_written_to_about_nothing(engine: Engine, kit: Kit, clock: FakeClock) -> None:
    world = a_world(engine, kit, clock)
    clock.at = local(2026, 11, 25, 8, 0)
    assert world.do(digest.send_digests) == 0


def test_a_digest_waits_behind_alerts_and_is_dropped_after_noon(world: World) -> None:
    world.do(digest.send_digests)
    row = world.do(lambda work: outbox.find(work.session, f"digest/{world.claire.id}/2026-11-25"))
    assert row is not None
    assert (row.lane, row.not_after) == (Lane.PROACTIVE, local(2026, 11, 25, 12, 0))


def test_what_comes_up_after_eight_waits_for_the_next_morning(
    engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    world = a_world(engine, kit, clock)
    clock.at = local(2026, 11, 25, 10, 0)
    world.do(lambda work: fill(work, world))
    clock.forward(minutes=10)
    assert world.do(digest.send_digests) == 0
    clock.at = local(2026, 11, 26, 8, 0)
    assert world.do(digest.send_digests) == 2
