"""One row that cannot be sent for a fault of ours: it holds nobody back, and what is urgent still says something."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col

from bot import deliver
from bot.channels.base import Parcel, Temporary
from bot.deliver import ALERT_PAUSE, FIRST_PAUSE, MAX_FAULTS
from storage.database import transaction
from storage.tables import Outgoing
from storage.vocabulary import AttachmentKind, Lane, OutboxStatus
from tests.bot.conftest import Edge
from tests.fakes import FakeClock

THANKS = "conversation.thank"


def _fails(*_given: object) -> None:
    raise AttributeError("a fault of ours")


async def test_a_row_that_cannot_be_prepared_holds_nobody_back(
    edge: Edge, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "attach", lambda _work, row: _fails() if row.attachment else None)
    bad = edge.put(THANKS)
    with transaction(edge.app.engine) as session:
        session.get_one(Outgoing, bad).attachment = AttachmentKind.DATA_EXPORT
    clock.forward(seconds=1)
    good = edge.put("conversation.goodbye")
    await edge.delivery.deliver_due()
    assert edge.row(good).status is OutboxStatus.SENT
    assert (edge.row(bad).status, edge.row(bad).failure) == (OutboxStatus.DUE, "Fault")
    for _ in range(MAX_FAULTS):
        clock.forward(minutes=10)
        await edge.delivery.deliver_due()
    assert edge.row(bad).status is OutboxStatus.FAILED


async def test_an_alert_whose_values_do_not_open_says_what_its_lane_says(edge: Edge) -> None:
    row_id = edge.put(THANKS, Lane.ALERT)
    with transaction(edge.app.engine) as session:
        session.get_one(Outgoing, row_id).values_sealed = b"no sealed value at all, not even long enough"
    await edge.delivery.deliver_due()
    assert "112" in edge.texts()[0]


async def test_what_is_erased_while_it_is_sent_stops_nothing(
    edge: Edge, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased, other = edge.put(THANKS), edge.put("conversation.goodbye")
    send = edge.channel.send

    async def erases(address: str, parcel: Parcel) -> str:
        with transaction(edge.app.engine) as session:
            session.execute(delete(Outgoing).where(col(Outgoing.id) == erased))
        return await send(address, parcel)

    monkeypatch.setattr(edge.channel, "send", erases)
    await edge.delivery.deliver_due()
    assert edge.row(other).status is OutboxStatus.SENT
    assert len(edge.texts()) == 2


async def test_an_alert_is_tried_again_every_half_minute_however_long_the_provider_is_away(
    edge: Edge, clock: FakeClock
) -> None:
    row_id = edge.put(THANKS, Lane.ALERT)
    pauses = []
    for _ in range(12):
        edge.channel.failures.append(Temporary())
        await edge.delivery.deliver_due()
        pauses.append(edge.row(row_id).not_before - clock.now())
        clock.at = edge.row(row_id).not_before
    assert pauses[0] == FIRST_PAUSE
    assert max(pauses) == ALERT_PAUSE < timedelta(minutes=1)
    assert edge.row(row_id).status is OutboxStatus.DUE
