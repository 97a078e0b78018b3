"""Delivery: claims what is due in the outbox, renders it for its channel, sends it, records what happened.

At least once: a crash between the provider's yes and our commit repeats one message and never loses one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from actions.attempt import attempt
from actions.channel_lost import channel_lost
from actions.ports import Choice
from actions.send_time import verdict
from actions.staff_replies import STAFF_CHOICES
from actions.work import Work
from bot.attachments import attach
from bot.bootstrap import App
from bot.channels.base import Parcel, RateLimited, Rejected, Temporary, Unreachable
from bot.path import where
from bot.texts.render import Reader
from storage import outbox
from storage.queries import people
from storage.tables import ContactPoint, Outgoing, Person, Question, Referent, Structure
from storage.vocabulary import ChannelName, Lane, OutboxStatus

log = structlog.get_logger()

ALERTS = (Lane.ALERT,)
OTHERS = (Lane.ANSWER, Lane.PROACTIVE)
EVERY_LANE = tuple(Lane)
BATCH = 50
MAX_ATTEMPTS = 150
"""A day and a night at one attempt every ten minutes: a provider's outage must not lose an answer."""
MAX_FAULTS = 10
"""Attempts after an error nobody foresaw: it may hide a message that was sent."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
ALERT_PAUSE = timedelta(seconds=30)
"""The longest pause of an alert: when the provider is back, somebody in danger is not kept waiting."""
ALERT_ATTEMPTS = 2880
"""The same day and night at that pace."""
MOST_DOUBLINGS = 10
"""Far beyond the longest pause already, and nowhere near what a timedelta can hold."""
FALLBACK = {
    Lane.ALERT: "fallback.alert",
    Lane.ANSWER: "fallback.answer",
    Lane.PROACTIVE: "fallback.proactive",
}


class Fault(Temporary):
    """An error that the channel did not name."""


@dataclass(frozen=True)
class Envelope:
    """One claimed row, ready to go."""

    row_id: UUID
    contact_id: UUID
    channel: ChannelName
    address: str
    parcel: Parcel


class Delivery:
    """Sends what is due. Several may run side by side: rows are leased."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def run(self) -> None:
        """Send whenever somebody put something in the outbox, until cancelled. The worker wakes it besides.

        Alerts have a round of their own: one never waits for a slow reminder.
        """
        rounds = {ALERTS: asyncio.Event(), OTHERS: asyncio.Event()}
        async with asyncio.TaskGroup() as group:
            for lanes, wake in rounds.items():
                group.create_task(self._whenever(wake, lanes))
            while True:
                await self._app.wake_delivery.wait()
                self._app.wake_delivery.clear()
                for wake in rounds.values():
                    wake.set()

    async def _whenever(self, wake: asyncio.Event, lanes: tuple[Lane, ...]) -> None:
        while True:
            await wake.wait()
            wake.clear()
            try:
                await self.deliver_due(lanes)
            except Exception as error:
                # The worker's next tick wakes us again for what this round could not deliver.
                log.error("delivery.failed", **where(error))

    async def deliver_due(self, lanes: tuple[Lane, ...] = EVERY_LANE) -> int:
        """Send everything that is due now in these lanes, alerts first; return how many rows were dealt with."""
        dealt = 0
        while await self._is_worth_claiming(lanes):
            envelopes = await self._app.do(lambda work: self._claim(work, lanes))
            if not envelopes:
                break
            await self._send_all([envelope for envelope in envelopes if envelope])
            dealt += len(envelopes)
        return dealt

    async def _is_worth_claiming(self, lanes: tuple[Lane, ...]) -> bool:
        """Looking first spares SQLite's one writer; alerts do not look, or another would write before them."""
        if Lane.ALERT in lanes:
            return True
        return await self._app.look(lambda work: outbox.is_anything_due(work.session, work.now, lanes))

    def _claim(self, work: Work, lanes: tuple[Lane, ...]) -> list[Envelope | None]:
        rows = outbox.claim_due(work.session, work.now, BATCH, lanes)
        return [self._prepared(work, row) for row in rows]

    def _prepared(self, work: Work, row: Outgoing) -> Envelope | None:
        """One row that cannot be prepared must not hold the others back, least of all an alert."""
        prepared = attempt(work, "prepare", lambda: self._prepare(work, row), row=str(row.id))
        if not prepared.done:
            record(work, row.id, Fault("not prepared"))
        return prepared.result

    def _prepare(self, work: Work, row: Outgoing) -> Envelope | None:
        contact = work.session.get_one(ContactPoint, row.contact_id)
        decided = verdict(work, row, contact)
        if decided.status is not None:
            row.status = decided.status
            row.not_before = decided.not_before or row.not_before
            row.lease_until = None
            # Put off is not tried.
            row.attempts -= decided.status is OutboxStatus.DUE
            return None
        return Envelope(
            row.id, contact.id, contact.channel, contact.address or "", self._parcel(work, row, contact)
        )

    def _parcel(self, work: Work, row: Outgoing, contact: ContactPoint) -> Parcel:
        reader = reader_of(work, row)
        try:
            text = self._app.texts.render(row.text_key, outbox.unpack(row.values), reader, contact.channel)
        except Exception as error:
            # Whatever is wrong with the words or their values, the lane's own sentence still goes out.
            log.error("text.failed", key=row.text_key, **where(error))
            text = self._app.texts.render(FALLBACK[row.lane], {}, reader, contact.channel)
        channel = self._app.channels.get(contact.channel)
        choices = choices_of(work, row)
        if choices and (channel is None or not channel.buttons or reader.very_simple):
            text = f"{text}\n{numbered(choices)}"
        file = attach(work, row) if channel and channel.files else None
        return Parcel(text, choices if channel and channel.buttons else (), row.question_id, file)

    async def _send_all(self, envelopes: list[Envelope]) -> None:
        """Send side by side to different addresses, in order to the same one."""
        queues: dict[UUID, list[Envelope]] = defaultdict(list)
        for envelope in envelopes:
            queues[envelope.contact_id].append(envelope)
        sent = await asyncio.gather(
            *(self._send_in_order(queue) for queue in queues.values()), return_exceptions=True
        )
        for error in sent:
            if isinstance(error, Exception):
                # Not written down: the lease runs out, and the message may go out twice.
                log.error("delivery.not_recorded", **where(error))
            elif error:
                raise error

    async def _send_in_order(self, queue: list[Envelope]) -> None:
        for position, envelope in enumerate(queue):
            outcome = await self._send(envelope)
            await self._app.do(lambda work, e=envelope, o=outcome: record(work, e.row_id, o))  # type: ignore[misc]
            if isinstance(outcome, Temporary):
                behind = [waiting.row_id for waiting in queue[position + 1 :]]
                await self._app.do(lambda work, e=envelope: put_back(work, behind, e.row_id))  # type: ignore[misc]  # noqa: B023  (awaited at once)
                return

    async def _send(self, envelope: Envelope) -> str | Exception:
        channel = self._app.channels.get(envelope.channel)
        if channel is None:
            return Temporary("channel not set up")
        try:
            return await channel.send(envelope.address, envelope.parcel)
        except (Temporary, Unreachable, Rejected) as error:
            return error
        except Exception as error:
            log.error("channel.failed", channel=envelope.channel.value, **where(error))
            return Fault(type(error).__name__)


def record(work: Work, row_id: UUID, outcome: str | Exception) -> None:
    """Write down what became of a row: a provider's key, or the error. One erased meanwhile leaves no trace."""
    row = work.session.get(Outgoing, row_id)
    if row is None:
        return
    row.lease_until = None
    if isinstance(outcome, str):
        row.status, row.sent_at, row.provider_key = OutboxStatus.SENT, work.now, outcome
        return
    row.failure = type(outcome).__name__
    most, longest = (ALERT_ATTEMPTS, ALERT_PAUSE) if row.lane is Lane.ALERT else (MAX_ATTEMPTS, LONGEST_PAUSE)
    if isinstance(outcome, Fault):
        most = MAX_FAULTS
    if isinstance(outcome, Temporary) and row.attempts < most:
        row.status, row.not_before = OutboxStatus.DUE, work.now + _pause(outcome, row.attempts, longest)
    else:
        row.status = OutboxStatus.FAILED
    if isinstance(outcome, Unreachable):
        channel_lost(work, work.session.get_one(ContactPoint, row.contact_id))
    log.warning("outbox.not_sent", row=str(row_id), error=row.failure, attempts=row.attempts)


def _pause(error: Temporary, attempts: int, longest: timedelta) -> timedelta:
    if isinstance(error, RateLimited):
        return error.wait
    doubled: timedelta = FIRST_PAUSE * 2 ** min(attempts - 1, MOST_DOUBLINGS)
    return min(doubled, longest)


def put_back(work: Work, row_ids: list[UUID], failed_id: UUID) -> None:
    """Give back rows that were claimed and not tried: they keep their place behind the one that failed."""
    failed = work.session.get(Outgoing, failed_id)
    rows = (work.session.get(Outgoing, row_id) for row_id in row_ids)
    for row in filter(None, rows):
        row.status, row.lease_until = OutboxStatus.DUE, None
        row.attempts -= 1
        if failed and failed.status is OutboxStatus.DUE:
            row.not_before = max(row.not_before, failed.not_before)


def choices_of(work: Work, row: Outgoing) -> tuple[Choice, ...]:
    """The choices that go with a row: those of its question, or those of its text for the staff."""
    if row.question_id:
        question = work.session.get_one(Question, row.question_id)
        return tuple(Choice(item["id"], item["label"]) for item in question.details.get("choices", []))
    reference = row.reference or ""
    return tuple(
        Choice(f"{name}:{reference}", work.kit.texts.label(f"choice.{name}"))
        for name in STAFF_CHOICES.get(row.text_key, ())
    )


def numbered(choices: tuple[Choice, ...]) -> str:
    """Choices as one writes them where there are no buttons: "1. Oui  2. Non"."""
    separator = "  " if sum(len(choice.label) for choice in choices) < 30 else "\n"
    return separator.join(f"{number}. {choice.label}" for number, choice in enumerate(choices, 1))


def reader_of(work: Work, row: Outgoing) -> Reader:
    """For whom a row is rendered."""
    now: datetime = work.now
    if row.person_id is None:
        return _staff_reader(work, row, now)
    person = work.session.get_one(Person, row.person_id)
    structure = work.session.get_one(Structure, person.structure_id)
    referent = people.referent_of(work.session, person.id)
    return Reader(
        first_name=person.first_name,
        referent=referent.first_name if referent else None,
        structure=structure.name,
        phone=structure.phone,
        address=person.address,
        very_simple=person.very_simple,
        zone=ZoneInfo(person.time_zone),
        now=now,
    )


def _staff_reader(work: Work, row: Outgoing, now: datetime) -> Reader:
    referent = work.session.get(Referent, row.referent_id) if row.referent_id else None
    structure = (
        work.session.get_one(Structure, referent.structure_id)
        if referent
        else people.structure_of_newcomers(work.session)
    )
    zone = ZoneInfo(structure.time_zone if structure else "Europe/Paris")
    return Reader(
        first_name=referent.first_name if referent else "",
        referent=None,
        structure=structure.name if structure else "",
        phone=structure.phone if structure else None,
        zone=zone,
        now=now,
    )
