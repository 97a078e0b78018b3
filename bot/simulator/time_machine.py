"""Moving the demonstration's time forward: every job runs at each stop, as if the hours had passed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from actions.work import Work
from bot.bootstrap import App
from bot.demo_clock import DemonstrationClock
from bot.worker import Worker
from storage.tables import EscalationStep, Outgoing
from storage.vocabulary import OutboxStatus, StepStatus

ZONE = ZoneInfo("Europe/Paris")
STOP_EVERY = timedelta(minutes=30)
FARTHEST = timedelta(days=8)
MORNING = time(9, 30)


class TimeMachine:
    """Moves the clock of a demonstration, and lets the worker do what falls due on the way."""

    def __init__(self, app: App, worker: Worker) -> None:
        self._app, self._worker = app, worker

    async def move(self, to: str) -> bool:
        """Move to the next "event" (a message that nobody asked for), by an "hour", or to the next "day".

        Returns whether something was sent on the way.
        """
        clock = self._app.clock
        if not isinstance(clock, DemonstrationClock):
            return False
        start, before = clock.now(), await self._sent()
        end = {"event": start + FARTHEST, "hour": start + timedelta(hours=1), "day": _next_morning(start)}[to]
        while clock.now() < end:
            clock.move_to(await self._next_stop(clock.now(), end))
            await self._worker.tick()
            if to == "event" and await self._sent() > before:
                break
        return await self._sent() > before

    async def _next_stop(self, now: datetime, end: datetime) -> datetime:
        """The next instant at which something is known to fall due, half an hour away at most."""
        known = await self._app.look(_next_due)
        stops = [now + STOP_EVERY, end, *(moment for moment in known if moment > now)]
        return min(stops)

    async def _sent(self) -> int:
        return await self._app.look(_count_sent)


def _next_due(work: Work) -> list[datetime]:
    steps = select(func.min(EscalationStep.due_at)).where(
        EscalationStep.status == StepStatus.DUE, EscalationStep.due_at > work.now
    )
    rows = select(func.min(Outgoing.not_before)).where(
        Outgoing.status == OutboxStatus.DUE, Outgoing.not_before > work.now
    )
    return [moment for query in (steps, rows) if (moment := work.session.exec(query).one())]


def _count_sent(work: Work) -> int:
    return work.session.exec(
        select(func.count()).select_from(Outgoing).where(col(Outgoing.status) == OutboxStatus.SENT)
    ).one()


def _next_morning(now: datetime) -> datetime:
    local = now.astimezone(ZONE)
    return datetime.combine(local.date() + timedelta(days=1), MORNING, ZONE)
