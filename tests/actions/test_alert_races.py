"""Two at once, on both databases: two messages, two referents, two workers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions import escalate, todo
from actions.errors import Settled
from actions.work import Kit, Work
from storage.tables import Escalation, EscalationMessage, Message, Outgoing, Person, Referent, Todo
from storage.vocabulary import TodoKind, TodoOutcome
from tests.actions.alert_world import World, a_world, notifications
from tests.fakes import FakeClock

TOGETHER = 4


@pytest.fixture
def world(engine_any: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on SQLite and on PostgreSQL."""
    return a_world(engine_any, kit, clock)


def all_at_once(world: World, deed: Callable[[Work], str]) -> list[str]:
    """Run the deed in several transactions that begin together; what each came to, sorted."""
    barrier = Barrier(TOGETHER)

    def run(_: int) -> str:
        barrier.wait()
        try:
            return world.do(deed)
        except Settled:
            return "settled"

    with ThreadPoolExecutor(TOGETHER) as pool:
        return sorted(pool.map(run, range(TOGETHER)))


def test_of_several_who_acknowledge_at_once_one_is_first(world: World) -> None:
    world.writes()

    def acknowledge(work: Work) -> str:
        alert = work.session.exec(select(Escalation)).one()
        escalate.acknowledge(work, alert, work.session.get_one(Referent, world.claire.id))
        return "first"

    assert all_at_once(world, acknowledge) == ["first"] + ["settled"] * (TOGETHER - 1)
    told = world.do(
        lambda work: work.session.exec(select(Outgoing).where(Outgoing.text_key == "alert.seen")).all()
    )
    assert len(told) == 1


def test_several_workers_that_tick_at_once_tell_everybody_once(world: World) -> None:
    world.writes()
    world.clock.forward(minutes=10)
    moved = all_at_once(world, lambda work: str(escalate.run_due(work)))
    assert moved == ["0"] * (TOGETHER - 1) + ["1"]
    assert world.told_now() == ["Claire", "Karim"]


def test_several_messages_at_once_open_one_alert(world: World) -> None:
    keys = [world.do(lambda work: world.message(work.session)).id for _ in range(TOGETHER)]
    waiting = iter(keys)

    def join(work: Work) -> str:
        world.feed(work, work.session.get_one(Message, next(waiting)))
        return "joined"

    assert all_at_once(world, join) == ["joined"] * TOGETHER
    assert world.alert().round == TOGETHER
    assert len(world.do(lambda work: work.session.exec(select(EscalationMessage)).all())) == TOGETHER


def test_a_message_that_joins_while_somebody_acknowledges_is_never_lost(world: World) -> None:
    world.writes()
    message = world.do(lambda work: world.message(work.session))
    world.clock.forward(minutes=1)
    turns = iter(["join", "acknowledge"] * (TOGETHER // 2))

    def either(work: Work) -> str:
        if next(turns) == "join":
            world.feed(work, work.session.get_one(Message, message.id))
        else:
            alert = work.session.exec(select(Escalation)).one()
            escalate.acknowledge(work, alert, work.session.get_one(Referent, world.claire.id))
        return "done"

    all_at_once(world, either)
    assert world.alert().round == 2
    assert world.told_now() == ["Claire", "Karim"]
    assert len(world.do(lambda work: notifications(work.session))) == 4


def test_of_several_who_settle_a_line_at_once_one_is_first(world: World) -> None:
    def add(work: Work) -> Todo | None:
        return work.todo(TodoKind.MESSAGE, work.session.get_one(Person, world.awa.id), key="line/1")

    world.do(add)

    def settle(work: Work) -> str:
        line = work.session.exec(select(Todo)).one()
        referent = work.session.get_one(Referent, world.claire.id)
        todo.close(work, line, referent, TodoOutcome.REPLIED, "Je t'appelle demain.")
        return "first"

    assert all_at_once(world, settle) == ["first"] + ["settled"] * (TOGETHER - 1)
