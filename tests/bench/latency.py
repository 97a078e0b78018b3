"""How long a person and a referent wait: `python -m tests.bench.latency [--rasa HOME]`.

Builds a demonstration in a temporary folder and prints median and 95th percentile, in milliseconds, of a message
through the whole path (receipt, reading, deed, delivery to the local channel) and of the pages. With `--rasa`, the
messages are read by the Rasa that `filrouge run` has started with that home folder.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path as File
from uuid import uuid4

import httpx
from pydantic import SecretStr
from sqlmodel import select

from actions.ports import Incoming
from actions.sign_in import open_session
from actions.work import Work
from bot.bootstrap import App, build, quiet_logs
from bot.commands.home import RunningRasa
from bot.console.session import COOKIE
from bot.deliver import Delivery
from bot.demo_clock import DemonstrationClock
from bot.demonstration import load_demonstration
from bot.path import Path
from bot.settings import Settings
from bot.web import create_app
from storage.database import migrate
from storage.queries import people
from storage.sealing import generate_key
from storage.tables import Person, Referent
from storage.vocabulary import ChannelName, Role

MESSAGES = (
    "bonjour",
    "mon plan",
    "j'ai envoyé 3 candidatures hier",
    "c'est quand mon prochain rendez-vous",
    "je dors dehors ce soir",
    "j'ai fait 2h30 d'atelier ce matin",
    "merci beaucoup",
)
TIMES = 20
WARM_UP = 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rasa", type=File, help="the home folder of a running `filrouge run`")
    asyncio.run(_measure(parser.parse_args().rasa))


async def _measure(rasa_home: File | None) -> None:
    quiet_logs(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        app = _demonstration(File(folder), RunningRasa.read(rasa_home) if rasa_home else None)
        try:
            await _messages(app, "with Rasa" if app.nlu else "outside Rasa")
            await _pages(app)
        finally:
            await app.close()


def _demonstration(home: File, rasa: RunningRasa | None) -> App:
    settings = Settings(
        demonstration=True,
        home=home,
        data_key=SecretStr(generate_key()),
        rasa_url=rasa.url if rasa else None,
        rasa_token=SecretStr(rasa.token) if rasa else None,
    )
    migrate(settings.database)
    app = build(settings, DemonstrationClock(home))
    app.do_now(load_demonstration)
    return app


async def _messages(app: App, label: str) -> None:
    path, delivery = Path(app), Delivery(app)
    addresses = await app.look(_addresses)

    async def one(number: int) -> None:
        address = addresses[number % len(addresses)]
        text = MESSAGES[number % len(MESSAGES)]
        await path.accept(
            Incoming(ChannelName.LOCAL, address, f"bench/{uuid4()}", app.clock.now(), text=text)
        )
        await path.settled()
        await delivery.deliver_due()

    await _report(f"message, {label}", one, TIMES * len(MESSAGES))


def _addresses(work: Work) -> list[str]:
    contacts = [
        people.contact_of_person(work.session, person.id) for person in work.session.exec(select(Person))
    ]
    return [contact.address for contact in contacts if contact and contact.address]


async def _pages(app: App) -> None:
    token, person = await app.do(_signed_in)
    transport = httpx.ASGITransport(app=create_app(app))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", cookies={COOKIE: token}
    ) as client:
        for place in ("/simulator/state", "/console", "/console/people", f"/console/people/{person}"):

            async def one(_number: int, place: str = place) -> None:
                (await client.get(place)).raise_for_status()

            await _report("page " + place.replace(person, "…"), one, TIMES)


def _signed_in(work: Work) -> tuple[str, str]:
    lead = work.session.exec(select(Referent).where(Referent.role == Role.LEAD)).one()
    person = work.session.exec(select(Person).where(Person.first_name == "Awa")).one()
    return open_session(work, lead).token, str(person.id)


async def _report(label: str, deed: Callable[[int], Awaitable[None]], times: int) -> None:
    spent = []
    for number in range(WARM_UP + times):
        start = time.perf_counter()
        await deed(number)
        spent.append(1000 * (time.perf_counter() - start))
    warm = spent[WARM_UP:]
    twentieths = statistics.quantiles(warm, n=20)
    print(f"{label:32} p50 {statistics.median(warm):6.1f} ms   p95 {twentieths[-1]:6.1f} ms   n={times}")  # noqa: T201


if __name__ == "__main__":
    main()
