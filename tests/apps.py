"""The whole application for a test: real database, texts and path; the clock, Rasa and the channels are handed in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path as File
from typing import Any

from sqlalchemy import Engine, event

from actions.ports import Clock
from actions.rules.reading import ModelReading
from actions.work import Kit
from bot.bootstrap import App
from bot.channels.base import Channel
from bot.nlu_client import NluClient, NluUnavailable
from bot.settings import Settings
from bot.texts.render import FrenchTexts
from storage.sealing import generate_key
from storage.vocabulary import ChannelName
from tests.builders import a_reading
from tests.fakes import FakeChannel

Answer = Callable[[str], ModelReading]


class FakeNlu(NluClient):
    """Stands for Rasa: answers with `answer`; while `down` it is not there. Keeps the texts it was given."""

    def __init__(self, answer: Answer | None = None, *, down: bool = False) -> None:
        self.answer = answer or (lambda _text: a_reading("greet"))
        self.down = down
        self.texts: list[str] = []

    async def parse(self, text: str) -> ModelReading:
        """The reading of `text`. Raises NluUnavailable while down."""
        if self.down:
            raise NluUnavailable("ConnectError")
        self.texts.append(text)
        return self.answer(text)

    async def is_ready(self) -> bool:
        """Whether it is there."""
        return not self.down

    async def close(self) -> None:
        """Nothing to give back."""


def an_app(
    engine: Engine,
    kit: Kit,
    clock: Clock,
    *,
    nlu: NluClient | None = None,
    channels: dict[ChannelName, Channel] | None = None,
    demonstration: bool = False,
    **settings: Any,
) -> App:
    """An application on `engine`; without `nlu` there is no Rasa. The caller closes its threads."""
    assert isinstance(kit.texts, FrenchTexts)
    chosen: dict[str, Any] = {"home": File("unused"), "data_key": generate_key()} | settings
    return App(
        settings=Settings(demonstration=demonstration, **chosen),
        engine=engine,
        kit=kit,
        clock=clock,
        texts=kit.texts,
        nlu=nlu,
        channels={ChannelName.LOCAL: FakeChannel()} if channels is None else channels,
        threads=ThreadPoolExecutor(4, thread_name_prefix="database"),
        nlu_ready=nlu is not None,
    )


def without_waiting_for_disks(engine: Engine) -> None:
    """Let a test's SQLite file skip `fsync`: it need not survive a power cut. Call before the first connection."""

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
