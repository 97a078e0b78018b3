"""Delivery: at least once, alerts first, and every failure answered by what it calls for."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from actions.ports import Choice
from actions.work import Work
from bot.channels.base import Parcel, RateLimited, Rejected, Temporary, Unreachable
from bot.deliver import FIRST_PAUSE, LONGEST_PAUSE, MAX_ATTEMPTS
from storage.database import transaction
from storage.outbox import SEND_LEASE
from storage.tables import Outgoing, Person
from storage.vocabulary import Address, ContactStatus, Lane, OutboxStatus, QuestionKind
from tests.bot.conftest import Edge, MakeEdge
from tests.conftest import little_world
from tests.fakes import FakeChannel, FakeClock

THANKS = "conversation.thank"


@pytest.mark.slow
async def test_an_alert_overtakes_a_thousand_waiting_reminders(edge: Edge, clock: FakeClock) -> None:
    edge.notify(1000, Lane.PROACTIVE, "staff.digest", alerts=0, lines=1)
    clock.forward(minutes=5)
    edge.notify(1, Lane.ALERT, "staff.alert", reference=4821)
    assert await edge.delivery.deliver_due() == 1001
    assert edge.texts()[0] == "Alerte 4821, ouvrez la console."


class SlowChannel(FakeChannel):
    """Reminders never arrive; everything else does."""

    async def send(self, address: str, parcel: Parcel) -> str:
        """Hang on a digest."""
        if "liste" in parcel.text:
            await asyncio.Event().wait()
        return await super().send(address, parcel)


async def test_an_alert_does_not_wait_for_a_reminder_that_hangs(engine: Engine, make_edge: MakeEdge) -> None:
    edge = make_edge(engine, channel=SlowChannel())
    edge.notify(1, Lane.PROACTIVE, "staff.digest", alerts=0, lines=1)
    running = asyncio.create_task(edge.delivery.run())
    edge.app.wake_delivery.set()
    async with asyncio.timeout(10):
        while edge.rows()[0].status is not OutboxStatus.SENDING:
            await asyncio.sleep(0.01)
        edge.notify(1, Lane.ALERT, "staff.alert", reference=4821)
        edge.app.wake_delivery.set()
        while not edge.channel.sent:
            await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert edge.texts() == ["Alerte 4821, ouvrez la console."]


async def test_a_temporary_failure_is_tried_again_later_and_later(edge: Edge, clock: FakeClock) -> None:
    row_id = edge.put(THANKS)
    pauses = []
    for attempt in range(1, MAX_ATTEMPTS):
        edge.channel.failures.append(Temporary())
        await edge.delivery.deliver_due()
        row = edge.row(row_id)
        assert (row.status, row.attempts, row.failure) == (OutboxStatus.DUE, attempt, "Temporary")
        pauses.append(row.not_before - clock.now())
        clock.at = row.not_before
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert max(pauses) == LONGEST_PAUSE
    await edge.delivery.deliver_due()
    assert edge.row(row_id).status is OutboxStatus.SENT


async def test_a_failure_that_lasts_is_written_down_as_failed(edge: Edge, clock: FakeClock) -> None:
    row_id = edge.put(THANKS)
    for _ in range(MAX_ATTEMPTS):
        edge.channel.failures.append(Temporary())
        await edge.delivery.deliver_due()
        clock.forward(minutes=10)
    assert edge.row(row_id).status is OutboxStatus.FAILED


async def test_before_its_time_nothing_is_tried_again(edge: Edge, clock: FakeClock) -> None:
    edge.put(THANKS)
    edge.channel.failures.append(Temporary())
    await edge.delivery.deliver_due()
    clock.forward(seconds=FIRST_PAUSE.total_seconds() - 1)
    assert await edge.delivery.deliver_due() == 0


async def test_a_provider_that_asks_to_wait_is_given_its_time(edge: Edge, clock: FakeClock) -> None:
    row_id = edge.put(THANKS)
    edge.channel.failures.append(RateLimited(timedelta(seconds=37)))
    await edge.delivery.deliver_due()
    assert edge.row(row_id).not_before == clock.now() + timedelta(seconds=37)


async def test_what_stands_behind_a_failure_keeps_its_place(edge: Edge, clock: FakeClock) -> None:
    edge.put("welcome.hello", key="welcome/1")
    edge.put("consent.ask", key="welcome/2")
    for wait in (37, 5):
        edge.channel.failures.append(RateLimited(timedelta(seconds=wait)))
        await edge.delivery.deliver_due()
        assert edge.channel.sent == []
        clock.forward(seconds=wait - 1)
        assert await edge.delivery.deliver_due() == 0
        clock.forward(seconds=1)
    await edge.delivery.deliver_due()
    assert edge.sent_keys() == ["welcome.hello", "consent.ask"]
    assert [row.attempts for row in edge.rows()] == [3, 1]


async def test_an_address_that_is_gone_is_muted_and_the_referent_told(edge: Edge) -> None:
    row_id = edge.put(THANKS)
    edge.channel.failures.append(Unreachable())
    await edge.delivery.deliver_due()
    assert edge.row(row_id).status is OutboxStatus.FAILED
    assert edge.todos() == ["channel_lost"]
    with transaction(edge.app.engine) as session:
        assert edge.contact(session).status is ContactStatus.UNREACHABLE


async def test_nothing_more_is_sent_to_an_address_that_is_gone(edge: Edge) -> None:
    edge.put(THANKS)
    edge.channel.failures.append(Unreachable())
    await edge.delivery.deliver_due()
    row_id = edge.put("conversation.greet")
    await edge.delivery.deliver_due()
    assert edge.row(row_id).status is OutboxStatus.CANCELLED
    assert edge.channel.sent == []


async def test_a_message_refused_for_good_fails_alone(edge: Edge) -> None:
    refused, next_one = edge.put(THANKS, key="a"), edge.put("conversation.goodbye", key="b")
    edge.channel.failures.append(Rejected())
    await edge.delivery.deliver_due()
    assert edge.row(refused).status is OutboxStatus.FAILED
    assert edge.row(next_one).status is OutboxStatus.SENT


async def test_a_fault_of_a_channel_counts_as_temporary_and_its_words_are_not_logged(edge: Edge) -> None:
    row_id = edge.put(THANKS)
    edge.channel.failures.append(RuntimeError("canari"))
    with capture_logs() as logs:
        await edge.delivery.deliver_due()
    assert edge.row(row_id).status is OutboxStatus.DUE
    assert "channel.failed" in [log["event"] for log in logs]
    assert "canari" not in str(logs)


async def test_a_channel_that_is_not_set_up_is_waited_for(edge: Edge) -> None:
    row_id = edge.put(THANKS)
    edge.app.channels.clear()
    await edge.delivery.deliver_due()
    assert (edge.row(row_id).status, edge.row(row_id).failure) == (OutboxStatus.DUE, "Temporary")


class Crash(BaseException):
    """The process dies."""


class CrashingChannel(FakeChannel):
    """Sends, and the process dies before anything is written down: once."""

    crashed = False

    async def send(self, address: str, parcel: Parcel) -> str:
        """Send, then die the first time."""
        key = await super().send(address, parcel)
        if not self.crashed:
            self.crashed = True
            raise Crash
        return key


async def test_a_crash_after_the_send_repeats_the_same_words_and_loses_nothing(
    engine: Engine, make_edge: MakeEdge, clock: FakeClock
) -> None:
    edge = make_edge(engine, channel=CrashingChannel())
    edge.put(THANKS)
    with pytest.raises(Crash):
        await edge.delivery.deliver_due()
    restarted = make_edge(engine, channel=edge.channel, little=edge.little)
    assert await restarted.delivery.deliver_due() == 0  # the lease of the dead process still runs
    clock.forward(seconds=SEND_LEASE.total_seconds())
    assert await restarted.delivery.deliver_due() == 1
    first, again = edge.channel.sent
    assert first == again
    assert restarted.rows()[0].status is OutboxStatus.SENT


@pytest.mark.parametrize("lane", list(Lane))
async def test_a_sentence_that_cannot_be_rendered_gives_way_to_the_one_of_its_lane(
    edge: Edge, lane: Lane
) -> None:
    row_id = edge.put(THANKS, lane)
    with transaction(edge.app.engine) as session:
        session.get_one(Outgoing, row_id).text_key = "appointment.confirmed"  # whose values are not there
    with capture_logs() as logs:
        await edge.delivery.deliver_due()
    assert [log["key"] for log in logs if log["event"] == "text.failed"] == ["appointment.confirmed"]
    (words,) = edge.texts()
    assert "affich" in words
    assert ("112" in words) == (lane is Lane.ALERT)


async def test_two_deliveries_side_by_side_send_each_message_once(
    engine_any: Engine, make_edge: MakeEdge
) -> None:
    edge = make_edge(engine_any, little=little_world(engine_any))
    other = make_edge(engine_any, little=edge.little)
    edge.notify(200, Lane.PROACTIVE, "staff.digest", alerts=0, lines=1)
    dealt = await asyncio.gather(edge.delivery.deliver_due(), other.delivery.deliver_due())
    assert sum(dealt) == 200
    assert len(edge.channel.sent) + len(other.channel.sent) == 200
    assert Counter(row.status for row in edge.rows()) == {OutboxStatus.SENT: 200}
    assert {row.attempts for row in edge.rows()} == {1}


async def test_what_is_put_off_until_morning_is_not_counted_as_tried(edge: Edge, clock: FakeClock) -> None:
    clock.forward(hours=12)
    row_id = edge.put("check_in.going_well", Lane.PROACTIVE)
    await edge.delivery.deliver_due()
    row = edge.row(row_id)
    assert (row.status, row.attempts) == (OutboxStatus.DUE, 0)
    assert row.not_before > clock.now()


def ask(edge: Edge) -> None:
    """Ask the person a question with two choices."""
    choices = (Choice("yes", "Oui"), Choice("no", "Non"))

    def deed(work: Work) -> None:
        question = work.ask(edge.little.person.id, QuestionKind.OFFER_HUMAN, choices)
        contact = edge.contact(work.session)
        work.enqueue(contact, THANKS, {}, key="question", lane=Lane.ANSWER, question_id=question.id)

    edge.do(deed)


@pytest.mark.parametrize(
    ("buttons", "very_simple", "numbered"), [(True, False, False), (False, False, True), (True, True, True)]
)
async def test_choices_are_buttons_or_numbers_or_both(
    engine: Engine, make_edge: MakeEdge, buttons: bool, very_simple: bool, numbered: bool
) -> None:
    edge = make_edge(engine, channel=FakeChannel(buttons=buttons))
    with transaction(engine) as session:
        person = session.get_one(Person, edge.little.person.id)
        person.very_simple, person.address = very_simple, Address.VOUS
    ask(edge)
    await edge.delivery.deliver_due()
    (_, parcel), *_ = edge.channel.sent
    assert parcel.text.endswith("1. Oui  2. Non") == numbered
    assert [choice.id for choice in parcel.choices] == (["yes", "no"] if buttons else [])
