"""The worker: ticks over the table of jobs, the inbox and the outbox. It holds no state worth keeping.

APScheduler only ticks. What is due is in the database, claimed with unique keys and row locks, so that any number
of replicas may tick. One interval job without a grace time (the default of one second drops late ticks silently),
coalesced, in a memory store (a shared one would run the jobs twice).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import structlog
from actions.jobs import JOBS, Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from actions import audit
from bot.bootstrap import App
from bot.deliver import Delivery
from bot.path import Path, where

log = structlog.get_logger()
TICK_SECONDS = 10
HEARTBEAT_TIMEOUT_SECONDS = 5


class Worker:
    """Runs what is due. `tick` may also be called by hand: the simulator does when it moves time."""

    def __init__(self, app: App, path: Path, delivery: Delivery) -> None:
        self._app, self._path, self._delivery = app, path, delivery
        self._ran_at: dict[str, datetime] = {}

    def scheduler(self) -> AsyncIOScheduler:
        """A scheduler with the one tick; the caller starts it and shuts it down."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(
            self.tick,
            "interval",
            seconds=TICK_SECONDS,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        return scheduler

    async def tick(self, *, all_jobs: bool = False) -> None:
        """Run the jobs whose cadence has come round, sweep the inbox, deliver, prove that alerts move."""
        for job in JOBS:
            if all_jobs or self._is_due(job):
                await self._run(job)
        await self._guarded("sweep", self._path.sweep)
        await self._guarded("deliver", self._delivery.deliver_due)
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
