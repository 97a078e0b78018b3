"""A running application with a Telegram door, on the database of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path as File
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from actions.work import Kit
from bot.bootstrap import App
from bot.settings import Settings
from bot.texts.render import FrenchTexts
from storage.sealing import generate_key
from tests.fakes import FakeClock

TOKEN = "123456789:exemple-de-jeton-invente-000000"

AppMaker = Callable[..., App]


@pytest.fixture
async def make_app(
    engine: Engine, kit: Kit, texts: FrenchTexts, clock: FakeClock, tmp_path: File
) -> AsyncIterator[AppMaker]:
    """Builds an application with Telegram's token; settings and parts can be changed by name."""
    threads = ThreadPoolExecutor(2)

    def make(*, nlu: Any = None, clock_: Any = clock, **settings: Any) -> App:
        chosen: dict[str, Any] = {
            "home": tmp_path,
            "data_key": SecretStr(generate_key()),
            "telegram_token": SecretStr(TOKEN),
        }
        return App(
            settings=Settings(**chosen | settings),
            engine=engine,
            kit=kit,
            clock=clock_,
            texts=texts,
            nlu=nlu,
            channels={},
            threads=threads,
        )

    yield make
    threads.shutdown(wait=True)
