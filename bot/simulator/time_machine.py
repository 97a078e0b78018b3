"""Moving the demonstration's time forward: every job runs at each stop, as if the hours had passed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import func, select

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

    async def move(self, to: str, person_id: UUID) -> bool:
        """Move to the next message that this person did not ask for ("event"), by ten "minutes", an "hour" or a "day".

        A day ends the next morning. Returns whether the person was sent something on the way.
        """
        clock = self._app.clock
        if not isinstance(clock, DemonstrationClock):
            return False
        start, before = clock.now(), await self._sent(person_id)
        end = {
            "event": start + FARTHEST,
            "minutes": start + timedelta(minutes=10),
            "hour": start + timedelta(hours=1),
            "day": _next_morning(start),
        }[to]
        while clock.now() < end:
            clock.move_to(await self._next_stop(clock.now(), end))
            await self._worker.tick()
            if to == "event" and await self._sent(person_id) > before:
                break
        return await self._sent(person_id) > before

    async def _next_stop(self, now: datetime, end: datetime) -> datetime:
        """The next instant at which something is known to fall due, half an hour away at most."""
        known = await self._app.look(_next_due)
        stops = [now + STOP_EVERY, end, *(moment for moment in known if moment > now)]
        return min(stops)

    async def _sent(self, person_id: UUID) -> int:
        return await self._app.look(lambda work: _count_sent(work, person_id))


def _next_due(work: Work) -> list[datetime]:
    steps = select(func.min(EscalationStep.due_at)).where(
        EscalationStep.status == StepStatus.DUE, EscalationStep.due_at > work.now
    )
    rows = select(func.min(Outgoing.not_before)).where(
        Outgoing.status == OutboxStatus.DUE, Outgoing.not_before > work.now
    )
    return [moment for query in (steps, rows) if (moment := work.session.exec(query).one())]


def _count_sent(work: Work, person_id: UUID) -> int:
    sent = select(func.count()).where(Outgoing.person_id == person_id, Outgoing.status == OutboxStatus.SENT)
    return work.session.exec(sent).one()


def _next_morning(now: datetime) -> datetime:
    local = now.astimezone(ZONE)
    return datetime.combine(local.date() + timedelta(days=1), MORNING, ZONE)
