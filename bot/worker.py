"""The worker: ticks over the table of jobs, the inbox and the outbox. It holds no state worth keeping.

APScheduler only ticks. What is due is in the database, claimed with unique keys and row locks, so that any number
of replicas may tick. Interval jobs without a grace time (the default of one second drops late ticks silently),
coalesced, in a memory store (a shared one would run the jobs twice).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from actions import audit
from actions.jobs import JOBS, Job
from bot.bootstrap import App
from bot.deliver import Delivery
from bot.path import Path, where

log = structlog.get_logger()
TICK_SECONDS = 10
HEARTBEAT_TIMEOUT_SECONDS = 5


class Worker:
    """Runs what is due, by its scheduler; `tick` does it all by hand."""

    def __init__(self, app: App, path: Path, delivery: Delivery) -> None:
        self._app, self._path, self._delivery = app, path, delivery
        self._ran_at: dict[str, datetime] = {}

    def scheduler(self) -> AsyncIOScheduler:
        """A scheduler with the three ticks; the caller starts it and shuts it down.

        None waits for another, nor for delivery: a slow Rasa, a slow heartbeat or thousands of reminders on their way
        out must not put off the next step of an alert.
        """
        scheduler = AsyncIOScheduler(timezone="UTC")
        for tick in (self.run_jobs, self.sweep, self.prove):
            scheduler.add_job(
                tick,
                "interval",
                seconds=TICK_SECONDS,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        return scheduler

    async def tick(self) -> None:
        """Everything in turn, whatever its cadence, and deliver: by hand, when the simulator moves time."""
        await self.run_jobs(all_jobs=True)
        await self.sweep()
        await self._guarded("deliver", self._delivery.deliver_due)
        await self.prove()

    async def run_jobs(self, *, all_jobs: bool = False) -> None:
        """Run the jobs whose cadence has come round, and have delivery look."""
        for job in JOBS:
            if all_jobs or self._is_due(job):
                await self._run(job)
        self._app.wake_delivery.set()

    async def sweep(self) -> None:
        """Take up the messages that were left behind."""
        await self._guarded("sweep", self._path.sweep)
        self._app.wake_delivery.set()

    async def prove(self) -> None:
        """Prove that alerts move: ping the outside heartbeat when all is well, else say what is stuck."""
        await self._guarded("audit", self._prove)

    def _is_due(self, job: Job) -> bool:
        ran_at = self._ran_at.get(job.name)
        return ran_at is None or self._app.clock.now() - ran_at >= job.every

    async def _run(self, job: Job) -> None:
        self._ran_at[job.name] = self._app.clock.now()
        await self._guarded(job.name, lambda: self._app.do(job.run))

    async def _guarded(self, name: str, deed: Callable[[], Awaitable[object]]) -> None:
        """One failing job must not keep the others from running; it is tried again at its next turn."""
        try:
            await deed()
        except Exception as error:
            log.error("job.failed", job=name, **where(error))

    async def _prove(self) -> None:
        report = await self._app.look(audit.check)
        if report.problems:
            log.error("audit.problems", problems=[str(problem) for problem in report.problems])
        elif self._app.settings.heartbeat_url:
            async with httpx.AsyncClient(timeout=HEARTBEAT_TIMEOUT_SECONDS) as client:
                await client.get(self._app.settings.heartbeat_url)
