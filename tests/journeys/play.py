"""Plays a journey on the whole application: path, jobs, delivery, with the clock of the file.

Whatever goes wrong inside (a failing job, a sentence that cannot be rendered, an alert that does not move) is logged
as an error by the application, and is an error of the journey.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, func, select
from structlog.testing import capture_logs

from actions.ports import Incoming
from actions.work import Kit, Work
from bot.deliver import Delivery
from bot.nlu_client import NluClient
from bot.path import Path
from bot.worker import Worker
from storage.database import transaction
from storage.tables import EscalationStep, Outgoing, Person, Referent
from storage.vocabulary import ChannelName, IncomingKind, OutboxStatus, StepStatus
from tests.apps import an_app
from tests.fakes import FakeClock
from tests.journeys import deeds, effects
from tests.journeys.stage import Cast, StageNlu, StagePhone
from tests.journeys.story import PARIS, Journey, Line, moment

ASLEEP = (time(21), time(7, 30))
"""At night nothing is looked for every hour: only what is known to fall due."""

DIGEST = "staff.digest"
TYPING_SECONDS = 20

_keys = count(1)


class Failed(AssertionError):
    """A line did not go as the file says. Carries one sentence for each difference."""


@dataclass(frozen=True)
class Spoken:
    """One thing said on the stage, for the transcript: who to whom, the words, and the text key if it was ours."""

    at: datetime
    who: str
    words: str
    key: str | None = None


class Play:
    """One journey under way. `real` is the client of the real Rasa; without it the readings of the file are given."""

    def __init__(self, journey: Journey, engine: Engine, kit: Kit, real: NluClient | None = None) -> None:
        self.journey, self._engine = journey, engine
        self.clock = FakeClock(journey.at)
        self._nlu = StageNlu(real)
        self._nlu.down = journey.rasa == "down"
        self._phone = StagePhone(self.clock)
        self._app = an_app(engine, kit, self.clock, nlu=self._nlu, channels={ChannelName.LOCAL: self._phone})
        self._path, self._delivery = Path(self._app), Delivery(self._app)
        self._worker = Worker(self._app, self._path, self._delivery)
        with transaction(engine) as session:
            self.cast = Cast(session, journey)
        self._codes: dict[str, str] = {}
        self.spoken: list[Spoken] = []
        self._verbs: Mapping[str, Callable[[Line], Awaitable[None]]] = {
            "says": self._says,
            "presses": self._presses,
            "sends": self._sends,
            "wait": self._wait,
            "referent": self._referent,
            "phone": self._change_phone,
            "rasa": self._change_rasa,
        }

    async def run(self) -> None:
        """Every line, in order. Raises Failed."""
        try:
            for line in self.journey.lines:
                await self.line(line)
        finally:
            self._app.threads.shutdown()

    async def line(self, line: Line) -> None:
        """One line. One that the real Rasa is known to miss must go wrong; then it goes on as the file says."""
        if line.reading:
            self._nlu.give(self._words(line.what), line.reading)
        if self._nlu.real and line.known_miss:
            with self._undone():
                wrong = await self._differences(line)
            if not wrong:
                raise Failed(f"{self._place(line)} is read rightly now: take its known_miss out")
        self._nlu.as_given = not self._nlu.real or bool(line.known_miss or line.as_given)
        await self._check(line)
        self._nlu.as_given = not self._nlu.real

    async def _check(self, line: Line) -> None:
        wrong = await self._differences(line)
        if wrong:
            raise Failed("\n  ".join([self._place(line), *wrong]))

    def _place(self, line: Line) -> str:
        return f"{self.journey.file.name}, line {line.number} ({line.verb}: {line.what!r})"

    async def _differences(self, line: Line) -> list[str]:
        """Play the line; one sentence for each thing that is not as the file says."""
        before = len(self._phone.sent)
        with capture_logs() as logs:
            await self._verbs[line.verb](line)
        wrong = [f"the log says {log}" for log in logs if log["log_level"] == "error"]
        told = await self._app.look(lambda work: self._told(work, before))
        people = {name: keys for name, keys in told.items() if not self.cast.is_team(name)}
        staff = {name: keys for name, keys in told.items() if self.cast.is_team(name)}
        wrong += [
            f"to {name}: {keys}, not {line.told.get(name, [])}" for name, keys in _differ(people, line.told)
        ]
        wrong += [
            f"to {name}: {keys}, not {line.staff.get(name, [])}" for name, keys in _differ(staff, line.staff)
        ]
        person = next(iter(self.cast.people.values()), None)
        wrong += await self._app.look(lambda work: effects.check(work, person, line.effects))
        return wrong

    def _told(self, work: Work, before: int) -> dict[str, list[str]]:
        """What was sent since, by name, as text keys."""
        told: dict[str, list[str]] = {}
        for number, (address, parcel) in enumerate(self._phone.sent[before:], before + 1):
            query = select(Outgoing.text_key).where(Outgoing.provider_key == f"fake-{number}")
            key = work.session.exec(query).one()
            name = self.cast.name_at(address)
            self.spoken.append(Spoken(self._phone.times[number - 1], f"→ {name}", parcel.text, key))
            if key != DIGEST:
                told.setdefault(name, []).append(key)
        return told

    async def _says(self, line: Line) -> None:
        self.clock.forward(seconds=TYPING_SECONDS)
        words = self._words(line.what)
        self.spoken.append(Spoken(self.clock.now(), line.by or "", words))
        await self._receives(line, text=words)

    def _words(self, what: str) -> str:
        return what.format(**self._codes) if what.startswith("{") else what

    async def _sends(self, line: Line) -> None:
        await self._receives(line, kind=IncomingKind(line.what))

    async def _presses(self, line: Line) -> None:
        self.clock.forward(seconds=TYPING_SECONDS)
        choice, question_id = self._button(line)
        self.spoken.append(Spoken(self.clock.now(), line.by or "", f"[{choice}]"))
        await self._receives(line, kind=IncomingKind.CHOICE, choice=choice, question_id=question_id)

    def _button(self, line: Line) -> tuple[str, UUID | None]:
        """The last button with this id (for the team: "open", whatever the alert's number) on their screen."""
        for address, parcel in reversed(self._phone.sent):
            if address == self._address(line):
                for choice in parcel.choices:
                    if choice.id.split(":")[0] == line.what:
                        return choice.id, parcel.question_id
        raise Failed(f"{self._place(line)}: there is no such button")

    async def _receives(self, line: Line, **what: Any) -> None:
        incoming = Incoming(
            ChannelName.LOCAL, self._address(line), f"journey-{next(_keys)}", self.clock.now(), **what
        )
        await self._path.accept(incoming)
        await self._path.settled()
        await self._delivery.deliver_due()

    def _address(self, line: Line) -> str:
        name = line.by or next(iter(self.cast.people), "inconnu")
        return self.cast.addresses.get(name, name)

    async def _wait(self, line: Line) -> None:
        until = line.what.get("until")
        end = moment(until) if until else self.clock.now() + timedelta(**line.what)
        while self.clock.now() < end:
            self.clock.at = await self._app.look(lambda work: self._next_stop(work, end))
            await self._worker.tick()

    def _next_stop(self, work: Work, end: datetime) -> datetime:
        now = self.clock.now()
        return min([end, _regular_stop(now), *_known_stops(work, now)])

    async def _referent(self, line: Line) -> None:
        by = self.cast.team[line.by or "Claire"]
        about = line.what.get("about", next(iter(self.cast.people), None))

        def deed(work: Work) -> str | None:
            referent = work.session.get_one(Referent, by.id)
            person = work.session.get_one(Person, self.cast.people[about].id) if about else None
            return deeds.do(deeds.Desk(work, referent, person, line.what))

        code = await self._app.do(deed, f"referent:{by.id}")
        if code:
            self._codes["code"] = code
        done = ", ".join(f"{name} {what}" for name, what in line.what.items())
        self.spoken.append(Spoken(self.clock.now(), by.first_name, f"({done})"))
        await self._delivery.deliver_due()

    async def _change_phone(self, line: Line) -> None:
        {"blocked": self._phone.blocked.add, "back": self._phone.blocked.discard}[line.what](
            self._address(line)
        )

    async def _change_rasa(self, line: Line) -> None:
        self._nlu.down = line.what == "down"

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """What happens inside did not happen."""
        sent, spoken = len(self._phone.sent), len(self.spoken)
        saved = sqlite3.connect(":memory:")
        _copy(self._engine, lambda live: live.backup(saved))
        try:
            yield
        finally:
            _copy(self._engine, saved.backup)
            saved.close()
            del self._phone.sent[sent:], self._phone.times[sent:], self.spoken[spoken:]


def _copy(engine: Engine, do: Callable[[sqlite3.Connection], None]) -> None:
    pooled = engine.raw_connection()
    live = pooled.driver_connection
    assert isinstance(live, sqlite3.Connection)
    do(live)
    pooled.close()


def _differ(
    actual: Mapping[str, list[str]], expected: Mapping[str, list[str]]
) -> list[tuple[str, list[str]]]:
    names = dict.fromkeys([*actual, *expected])
    return [(name, actual.get(name, [])) for name in names if actual.get(name, []) != expected.get(name, [])]


def _regular_stop(now: datetime) -> datetime:
    """The next half past an hour, when the eve's reminders go; at night, half past seven in the morning."""
    local = now.astimezone(PARIS)
    if ASLEEP[1] <= local.time() < ASLEEP[0]:
        half_past = local.replace(minute=30, second=0, microsecond=0)
        return half_past if half_past > local else half_past + timedelta(hours=1)
    morning = local.date() + timedelta(days=local.time() >= ASLEEP[0])
    return datetime.combine(morning, ASLEEP[1], PARIS)


def _known_stops(work: Work, now: datetime) -> list[datetime]:
    """When a step of an alert or a message is known to fall due."""
    steps = select(func.min(EscalationStep.due_at)).where(
        EscalationStep.status == StepStatus.DUE, EscalationStep.due_at > now
    )
    rows = select(func.min(Outgoing.not_before)).where(
        col(Outgoing.status) == OutboxStatus.DUE, Outgoing.not_before > now
    )
    return [found for query in (steps, rows) if (found := work.session.exec(query).one())]
