"""The Rasa server as a child process: started, watched, restarted when it dies, stopped with its children.

The app never depends on it: without Rasa the safety net still hears danger (docs/message-path.md).
"""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from bot.nlu_model import rasa_environment, rasa_python

HOST = "127.0.0.1"
FIRST_PAUSE = 1.0  # seconds before the first restart; doubled at each death in a row
LONGEST_PAUSE = 60.0
SETTLED_AFTER = 60.0  # seconds of life after which a death counts as the first again
STOP_GRACE = 10.0  # seconds between SIGTERM and SIGKILL

Notice = Callable[[str], None]


class RasaUnavailable(Exception):
    """Rasa did not answer in time. Carries one French sentence for the operator."""


class RasaServer:
    """One `rasa run` on loopback, behind a token made for this start.

    `url` and `token` stay the same across restarts of the child. A process killed by SIGKILL takes the server with
    it: `nlu/serve.py` stops when its standard input closes.
    """

    def __init__(
        self,
        nlu_dir: Path,
        home: Path,
        *,
        port: int | None = None,
        command: Sequence[str] | None = None,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """`port` defaults to a free one; `command` stands in for `serve.py` in tests."""
        self.port = port or free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.token = secrets.token_urlsafe(32)
        self.restarts = 0
        self._nlu_dir = nlu_dir
        self._log = home / "logs" / "rasa.log"
        self._command = command
        self._first_pause = first_pause
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, also its group's; None when there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self, archive: Path, notice: Notice = lambda _sentence: None) -> None:
        """Starts Rasa on `archive` and watches it; returns at once, long before it is ready.

        `notice` receives a French sentence each time it died and is started again.
        """
        await self._spawn(archive)
        self._watch = asyncio.create_task(self._restart_when_it_dies(archive, notice))

    async def wait_ready(self, timeout: float = 180.0) -> None:  # noqa: ASYNC109 (part of the meaning: seconds)
        """Returns when Rasa has interpreted a first message, which also warms it up.

        Raises `RasaUnavailable` after `timeout` seconds.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout), httpx.AsyncClient() as client:
                while True:
                    if await self._interprets(client):
                        return
                    await asyncio.sleep(0.3)
        raise RasaUnavailable(
            f"Rasa n'a pas répondu en {timeout:.0f} secondes : le filet de sécurité veille seul. Détails : {self._log}"
        )

    async def stop(self) -> None:
        """Ends the child and its whole group: SIGTERM, then SIGKILL. May be called twice."""
        if self._watch:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        if self._process:
            await _end_group(self._process)

    async def _spawn(self, archive: Path) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._log.touch(mode=0o600)
        with self._log.open("wb") as sink:
            self._process = await asyncio.create_subprocess_exec(
                *(self._command or self._serve(archive)),
                cwd=self._nlu_dir,
                # From WARNING down, Rasa's log quotes messages (seen with texts that begin with a slash).
                env=rasa_environment(LOG_LEVEL="ERROR", LOG_LEVEL_LIBRARIES="ERROR"),
                stdin=asyncio.subprocess.PIPE,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        if self._process.stdin:  # stays open: closing it tells the child to stop
            self._process.stdin.write(f"{self.token}\n".encode())

    def _serve(self, archive: Path) -> list[str]:
        options = ["--enable-api", "-i", HOST, "-p", str(self.port), "-m", str(archive.resolve())]
        return [rasa_python(self._nlu_dir), "serve.py", *options]

    async def _restart_when_it_dies(self, archive: Path, notice: Notice) -> None:
        loop = asyncio.get_running_loop()
        pause = self._first_pause
        while self._process:
            born = loop.time()
            await self._process.wait()
            await _end_group(self._process)  # what it may have left in its group
            if loop.time() - born > SETTLED_AFTER:
                pause = self._first_pause
            notice(f"Rasa s'est arrêté : je le relance dans {pause:.0f} s, le filet de sécurité veille seul")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1
            await self._spawn(archive)

    async def _interprets(self, client: httpx.AsyncClient) -> bool:
        with suppress(httpx.HTTPError):
            answer = await client.post(
                f"{self.url}/model/parse", params={"token": self.token}, json={"text": "bonjour"}, timeout=30
            )
            return answer.status_code == httpx.codes.OK
        return False


def free_port() -> int:
    """A port of the loopback interface that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def _end_group(process: asyncio.subprocess.Process) -> None:
    for sent in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sent)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_GRACE)
            if not _group_lives(process.pid):
                return


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
