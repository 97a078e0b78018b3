"""The real Rasa with the trained model, once for a whole run of the tests, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from bot.commands.home import NLU_DIR, read_settings
from bot.nlu_client import NluClient
from bot.nlu_model import ensure_model
from bot.rasa_server import RasaServer

Result = TypeVar("Result")
PATIENCE_SECONDS = 20.0
"""Longer than on the path of a message: a test machine may be busy, and its slowness is not what is tested."""


class RealRasa:
    """Rasa, started; `client` gives a client for it, `stop` ends it."""

    def __init__(self, home: Path | None = None) -> None:
        """Train first if the model's inputs changed: minutes. `home` defaults to this installation's."""
        self._home = home or read_settings(demonstration=True).home
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rasa", daemon=True)
        archive = ensure_model(NLU_DIR, self._home, lambda _sentence: None)
        self._server = RasaServer(NLU_DIR, self._home)
        self._thread.start()
        self._run(self._server.start(archive))
        self._run(self._server.wait_ready())

    def _run(self, deed: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result()

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._server.url

    @property
    def token(self) -> str:
        """Its shared secret."""
        return self._server.token

    def client(self) -> NluClient:
        """A client of its own for each test: connections belong to the loop that opened them."""
        return NluClient(self.url, self.token, PATIENCE_SECONDS)

    def stop(self) -> None:
        """End the server and the thread."""
        self._run(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
