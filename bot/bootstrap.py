"""The one place where everything is built. Importing any module has no effect; calling `build` has."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, TypeVar

import structlog
from sqlalchemy import Engine

from actions.directory import DATA, ResourceDirectory, load_emergency, load_resources, load_rights
from actions.policy import Policy
from actions.ports import Clock
from actions.rules.urgency import load as load_net
from actions.work import SYSTEM, Kit, Work
from bot.channels.base import Channel
from bot.channels.local import LocalChannel
from bot.clock import SystemClock
from bot.nlu_client import NluClient
from bot.settings import Settings
from bot.texts.render import FrenchTexts
from storage.database import make_engine, reading, transaction
from storage.sealing import install_key
from storage.vocabulary import ChannelName

Result = TypeVar("Result")
NOISY = ("httpx", "httpcore", "telegram", "apscheduler", "alembic")


@dataclass
class App:
    """The running application: its parts, and the two ways to use the database from asynchronous code."""

    settings: Settings
    engine: Engine
    kit: Kit
    clock: Clock
    texts: FrenchTexts
    nlu: NluClient | None
    channels: dict[ChannelName, Channel]
    threads: ThreadPoolExecutor
    nlu_ready: bool = False
    wake_delivery: asyncio.Event = field(default_factory=asyncio.Event)

    async def do(self, deed: Callable[[Work], Result], actor: str = SYSTEM) -> Result:
        """Run `deed` in one transaction of its own, in the bounded thread pool."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, self.do_now, deed, actor)

    def do_now(self, deed: Callable[[Work], Result], actor: str = SYSTEM) -> Result:
        """Run `deed` in one transaction, in this thread."""
        with transaction(self.engine) as session:
            return deed(Work(session, self.clock.now(), self.kit, actor))

    async def look(self, question: Callable[[Work], Result]) -> Result:
        """Run `question`, which only reads, in the bounded thread pool."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, self.look_now, question)

    def look_now(self, question: Callable[[Work], Result]) -> Result:
        """Run `question`, which only reads, in this thread."""
        with reading(self.engine) as session:
            return question(Work(session, self.clock.now(), self.kit))

    async def close(self) -> None:
        """Give back threads, connections and clients."""
        if self.nlu:
            await self.nlu.close()
        self.threads.shutdown(wait=True)
        self.engine.dispose()


INVENTED_PLACES = DATA / "resources_demo.yaml"


def make_kit(texts: FrenchTexts, policy: Policy | None = None, places: Path | None = INVENTED_PLACES) -> Kit:
    """Load net, directories and texts; what is malformed stops the start with its own error.

    `places` is the structure's directory of places that help; None for a structure that has entered none.
    """
    return Kit(
        net=load_net(),
        texts=texts,
        policy=policy or Policy(),
        emergency=load_emergency(),
        resources=load_resources(places) if places else ResourceDirectory(()),
        rights=load_rights(),
    )


def build(settings: Settings, clock: Clock | None = None) -> App:
    """Build the application from its settings. The database must have been migrated, logging set up."""
    install_key(data_key(settings))
    texts = FrenchTexts()
    nlu = None
    if settings.rasa_url and settings.rasa_token:
        nlu = NluClient(settings.rasa_url, settings.rasa_token.get_secret_value())
    return App(
        settings=settings,
        engine=make_engine(settings.database),
        kit=make_kit(texts, settings.policy(), places_of(settings)),
        clock=clock or SystemClock(),
        texts=texts,
        nlu=nlu,
        channels={ChannelName.LOCAL: LocalChannel()},
        threads=ThreadPoolExecutor(settings.database_threads, thread_name_prefix="database"),
    )


def places_of(settings: Settings) -> Path | None:
    """The directory of places that help: nobody real is ever sent to an invented one."""
    return settings.resources_file or (INVENTED_PLACES if settings.demonstration else None)


def data_key(settings: Settings) -> str:
    """The key that seals people's words. Raises ValueError when it is not set."""
    if settings.data_key is None:
        raise ValueError("FILROUGE_DATA_KEY manque")
    return settings.data_key.get_secret_value()


class WithoutTraces(logging.Filter):
    """Takes the traceback off a library's log line: an error's text may quote what somebody wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, without its traceback."""
        record.exc_info, record.exc_text = None, None
        return True


def quiet_logs(to: TextIO | None = None, level: int = logging.INFO) -> None:
    """Set up logging, to standard error unless told otherwise.

    Our own lines carry an action and ids; libraries that would log addresses are silenced.
    """
    logging.basicConfig(level=level, format="%(message)s", stream=to or sys.stderr, force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(WithoutTraces())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=to or sys.stderr),
        cache_logger_on_first_use=False,
    )
