"""The worker: cadences, one failing job among others, ticks that wait for nobody, and the outside heartbeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine
from structlog.testing import capture_logs

from actions import jobs
from actions.jobs import JOBS, Job
from actions.work import Work
from bot import worker as worker_module
from bot.worker import TICK_SECONDS, Worker
from storage.vocabulary import Lane
from tests.apps import FakeNlu
from tests.bot.conftest import Edge, MakeEdge
from tests.fakes import FakeClock


def a_worker(edge: Edge) -> Worker:
    """A worker of this application."""
    return Worker(edge.app, edge.path, edge.delivery)


class Counted:
    """A job that counts its runs, and fails while told so."""

    def __init__(self, name: str, every: timedelta, *, failing: bool = False) -> None:
        self.runs = 0
        self._failing = failing
        self.job = Job(name, self._run, every, "A test.", "Never.")

    def _run(self, _work: Work) -> int:
        self.runs += 1
        if self._failing:
            raise RuntimeError("canari")
        return 1


async def test_each_job_runs_at_its_own_cadence(
    edge: Edge, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, slow = Counted("quick", jobs.TICK), Counted("slow", jobs.HOUR)
    monkeypatch.setattr(worker_module, "JOBS", (quick.job, slow.job))
    worker = a_worker(edge)
    for _ in range(6 * 60 + 1):
        await worker.run_jobs()
        clock.forward(seconds=TICK_SECONDS)
    assert (quick.runs, slow.runs) == (361, 2)


async def test_a_job_that_fails_keeps_no_other_from_running_and_is_tried_again(
    edge: Edge, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = Counted("broken", jobs.TICK, failing=True), Counted("sound", jobs.TICK)
    monkeypatch.setattr(worker_module, "JOBS", (broken.job, sound.job))
    worker = a_worker(edge)
    with capture_logs() as logs:
        await worker.run_jobs()
        clock.forward(seconds=TICK_SECONDS)
        await worker.run_jobs()
    assert (broken.runs, sound.runs) == (2, 2)
    failed = [log for log in logs if log["event"] == "job.failed"]
    assert [log["job"] for log in failed] == ["broken", "broken"]
    assert "canari" not in str(logs)


async def test_every_real_job_runs_on_an_empty_world(edge: Edge) -> None:
    with capture_logs() as logs:
        await a_worker(edge).tick()
    assert [log for log in logs if log["log_level"] == "error"] == []


async def test_the_scheduler_drops_no_late_tick_and_doubles_none(edge: Edge) -> None:
    scheduler = a_worker(edge).scheduler()
    scheduler.start(paused=True)
    ticks = scheduler.get_jobs()
    assert sorted(tick.func.__name__ for tick in ticks) == ["prove", "run_jobs", "sweep"]
    for tick in ticks:
        assert tick.misfire_grace_time is None
        assert (tick.coalesce, tick.max_instances) == (True, 1)
        assert isinstance(tick.trigger, IntervalTrigger)
    scheduler.shutdown(wait=False)


async def test_jobs_do_not_wait_for_a_rasa_that_hangs(
    engine: Engine, make_edge: MakeEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(FakeNlu):
        async def is_ready(self) -> bool:
            await asyncio.Event().wait()
            return True

    counted = Counted("counted", jobs.TICK)
    monkeypatch.setattr(worker_module, "JOBS", (counted.job,))
    worker = a_worker(make_edge(engine, nlu=Hanging()))
    sweep = asyncio.create_task(worker.sweep())
    await asyncio.wait_for(worker.run_jobs(), 5)
    assert counted.runs == 1
    assert not sweep.done()
    sweep.cancel()


@asynccontextmanager
async def a_heartbeat() -> AsyncIterator[tuple[str, list[str]]]:
    """An outside service that counts the pings it gets; gives its address and the list of them."""
    pings: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pings.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/beat", pings


async def test_the_heartbeat_is_pinged_only_while_every_urgency_moves(
    engine: Engine, make_edge: MakeEdge, clock: FakeClock
) -> None:
    async with a_heartbeat() as (url, pings):
        edge = make_edge(engine, heartbeat_url=url)
        worker = a_worker(edge)
        await worker.prove()
        assert pings == ["GET /beat HTTP/1.1"]
        edge.notify(1, Lane.ALERT, "staff.alert", reference=4821)
        clock.forward(minutes=30)
        with capture_logs() as logs:
            await worker.prove()
        assert len(pings) == 1
        (told,) = [log for log in logs if log["event"] == "audit.problems"]
        assert "alert_not_sent" in str(told["problems"])
        await edge.delivery.deliver_due()
        await worker.prove()
        assert len(pings) == 2


async def test_a_heartbeat_that_cannot_be_reached_stops_nothing(engine: Engine, make_edge: MakeEdge) -> None:
    edge = make_edge(engine, heartbeat_url="http://127.0.0.1:1/beat")
    with capture_logs() as logs:
        await a_worker(edge).tick()
    assert [log["job"] for log in logs if log["event"] == "job.failed"] == ["audit"]


def test_every_job_says_why_it_exists_and_how_late_is_too_late() -> None:
    assert all(job.why and job.too_late for job in JOBS)
    assert len({job.name for job in JOBS}) == len(JOBS)
