"""How fast messages are answered and pages shown, on this machine, with a database on disk that really waits for it.

    python -m tests.bench.latency               without Rasa: its part is left out
    python -m tests.bench.latency --rasa        with the real one, warm (it is trained first if need be)

Prints the median and the 95th percentile in milliseconds beside the limit, and ends with 1 when a limit is passed.
A message counts from its arrival to the moment its (first) answer is sent; a page, from its request to its last byte.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import structlog
from sqlmodel import select

from actions import escalate
from actions.ports import Incoming
from actions.work import Work
from bot.bootstrap import App, make_kit
from bot.channels.base import Parcel
from bot.channels.local import LocalChannel
from bot.console.session import COOKIE, sign_in_for_demonstration
from bot.deliver import Delivery
from bot.demonstration import load_demonstration
from bot.nlu_client import NluClient
from bot.path import Path as MessagePath
from bot.texts.render import FrenchTexts
from bot.web import create_app
from storage.database import make_engine, migrate
from storage.queries import people
from storage.sealing import generate_key, install_key
from storage.tables import Escalation, Person, Referent
from storage.vocabulary import ChannelName, EscalationStatus, Role
from tests.apps import FakeNlu, an_app
from tests.builders import TUESDAY, a_reading
from tests.fakes import FakeClock
from tests.real_rasa import RealRasa

SAID = {
    "slt jé envoyé 3 candidatures hier": a_reading("log_progress", activity="application"),
    "c quand mon prochain rdv": a_reading("view_appointments"),
    "où j'en suis dans mon plan ?": a_reading("view_plan"),
    "j'ai plus de quoi payer le bus": a_reading("report_frein", frein="mobility", urgency=1),
    "je voudrais parler à ma référente": a_reading("talk_to_referent"),
    "je garde le RSA si je fais la formation ?": a_reading("ask_rights"),
    "je serai en retard demain": a_reading("report_late"),
    "merci beaucoup": a_reading("thank"),
}
DANGER = "je dors dehors ce soir"
OUTSIDE_RASA_MS, WITH_RASA_MS, PAGE_MS = 50, 300, 100


@dataclass(frozen=True)
class Figure:
    """What was measured: seconds each, and the limit for the 95th percentile."""

    name: str
    seconds: Sequence[float]
    limit_ms: int

    def at(self, share: float) -> float:
        """The time in milliseconds that this share of them stays under."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.at(0.95) < self.limit_ms

    def __str__(self) -> str:
        verdict = "" if self.kept else "  TOO SLOW"
        return (
            f"{self.name:44} {len(self.seconds):5} times   median {self.at(0.5):6.1f} ms"
            f"   95 % under {self.at(0.95):6.1f} ms   limit {self.limit_ms} ms{verdict}"
        )


async def timed(deed: Callable[[], Awaitable[object]]) -> float:
    """Seconds that a deed takes."""
    began = time.perf_counter()
    await deed()
    return time.perf_counter() - began


class TimedChannel(LocalChannel):
    """Sends at once; tells when an address is first written to (on `time.perf_counter`)."""

    def __init__(self) -> None:
        self._expected: dict[str, asyncio.Future[float]] = {}

    def expect(self, address: str) -> asyncio.Future[float]:
        """When this address will next be written to."""
        self._expected[address] = asyncio.get_running_loop().create_future()
        return self._expected[address]

    async def send(self, address: str, parcel: Parcel) -> str:
        """Tell the time."""
        if address in self._expected:
            self._expected.pop(address).set_result(time.perf_counter())
        return await super().send(address, parcel)


class Bench:
    """The demonstration on a disk, and the people who write."""

    def __init__(self, folder: Path, nlu: NluClient) -> None:
        install_key(generate_key())
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate(url)
        self.clock = FakeClock(TUESDAY)
        self._channel = TimedChannel()
        self.app: App = an_app(
            make_engine(url),
            make_kit(FrenchTexts()),
            self.clock,
            nlu=nlu,
            channels={ChannelName.LOCAL: self._channel},
            demonstration=True,
            home=folder,
        )
        self.app.do_now(load_demonstration)
        self._path, self._delivery = MessagePath(self.app), Delivery(self.app)
        self._addresses = self.app.look_now(
            lambda work: [
                contact.address or ""
                for person in work.session.exec(select(Person))
                if (contact := people.contact_of_person(work.session, person.id))
            ]
        )

    async def messages(self, number: int, texts: Sequence[str]) -> list[float]:
        """Seconds to the answer of so many messages, written by everybody in turn."""
        writers, said = cycle(self._addresses), cycle(texts)
        delivering = asyncio.create_task(self._delivery.run())
        measured = [await self._answered(next(writers), next(said)) for _ in range(number)]
        delivering.cancel()
        return measured

    async def dangers(self, number: int) -> list[float]:
        """Seconds to the numbers sent after so many dangers, each closed before the same person is in the next."""
        measured: list[float] = []
        while len(measured) < number:
            self.app.do_now(_close_alerts)
            measured += await self.messages(min(len(self._addresses), number - len(measured)), (DANGER,))
        return measured

    async def _answered(self, address: str, text: str) -> float:
        self.clock.at += timedelta(minutes=7)
        answered = self._channel.expect(address)
        began = time.perf_counter()
        await self._path.accept(
            Incoming(ChannelName.LOCAL, address, str(uuid4()), self.clock.now(), text=text)
        )
        ended = await answered
        await self._path.settled()
        await self._delivery.deliver_due()
        return ended - began

    async def pages(self, number: int) -> dict[str, list[float]]:
        """Seconds to each kind of page, so many times, as the lead of the team sees them."""
        measured: dict[str, list[float]] = {}
        async with self._browser() as browser:
            for name, path in self._places().items():
                await _shown(browser, path)  # what is compiled at the first use is not counted
                asked = [await timed(lambda path=path: _shown(browser, path)) for _ in range(number)]  # type: ignore[misc]
                measured[name] = asked
        return measured

    def _places(self) -> dict[str, str]:
        person = self.app.look_now(lambda work: work.session.exec(select(Person.id)).first())
        alert = self.app.look_now(lambda work: work.session.exec(select(Escalation.id)).first())
        return {
            "the first page": "/console",
            "the people": "/console/people",
            "a person": f"/console/people/{person}",
            "an alert": f"/console/alerts/{alert}",
            "the team": "/console/team",
            "the simulator's state": "/simulator/state",
        }

    @asynccontextmanager
    async def _browser(self):  # type: ignore[no-untyped-def]
        lead = self.app.look_now(
            lambda work: work.session.exec(select(Referent.id).where(Referent.role == Role.LEAD)).one()
        )
        token = self.app.do_now(lambda work: sign_in_for_demonstration(work, UUID(str(lead))).value)
        transport = httpx.ASGITransport(app=create_app(self.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            client.cookies.set(COOKIE, token, path="/console")
            yield client

    def close(self) -> None:
        """Give the threads and connections back."""
        self.app.threads.shutdown()
        self.app.engine.dispose()


def _close_alerts(work: Work) -> None:
    lead = work.session.exec(select(Referent).where(Referent.role == Role.LEAD)).one()
    for alert in work.session.exec(select(Escalation).where(Escalation.status != EscalationStatus.CLOSED)):
        escalate.close(work, alert, lead, "Fait.")


async def _shown(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    if answer.status_code != httpx.codes.OK:
        raise RuntimeError(f"{path} answered {answer.status_code}")


async def without_rasa(folder: Path, number: int) -> list[Figure]:
    """Messages with readings at hand, dangers, and pages."""
    bench = Bench(folder, FakeNlu(lambda text: SAID.get(text, a_reading("thank"))))
    try:
        await bench.messages(len(SAID), tuple(SAID))  # what is loaded at the first use is not counted
        figures = [
            Figure("a message, outside Rasa", await bench.messages(number, tuple(SAID)), OUTSIDE_RASA_MS),
            Figure("a danger, to the numbers sent", await bench.dangers(number), OUTSIDE_RASA_MS),
        ]
        pages = await bench.pages(max(5, number // 10))
        return figures + [Figure(f"page: {name}", seconds, PAGE_MS) for name, seconds in pages.items()]
    finally:
        bench.close()


async def with_rasa(folder: Path, number: int, rasa: RealRasa) -> list[Figure]:
    """Messages read by the real Rasa, warm."""
    client = rasa.client()
    bench = Bench(folder, client)
    try:
        await bench.messages(len(SAID), tuple(SAID))
        return [Figure("a message, with Rasa", await bench.messages(number, tuple(SAID)), WITH_RASA_MS)]
    finally:
        bench.close()
        await client.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.latency")
    parser.add_argument("--rasa", action="store_true", help="with the real Rasa as well")
    parser.add_argument("--number", type=int, default=200, help="how many messages (200)")
    chosen = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(without_rasa(Path(folder), chosen.number))
    if chosen.rasa:
        figures += _through_rasa(chosen.number)
    sys.stdout.write("\n".join(str(figure) for figure in figures) + "\n")
    return 0 if all(figure.kept for figure in figures) else 1


def _through_rasa(number: int) -> list[Figure]:
    rasa = RealRasa()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(with_rasa(Path(folder), number, rasa))
    finally:
        rasa.stop()


if __name__ == "__main__":
    sys.exit(main())
