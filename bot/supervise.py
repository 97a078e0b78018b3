"""What `filrouge run` does once the environments exist: check, prepare, serve at once, then bring Rasa up.

The page answers before Rasa is ready, and hears danger already. Ctrl-C, SIGTERM or a closed terminal stops all of
it, children included.
"""

import asyncio
import contextlib
import logging
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import uvicorn
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot.nlu_model import ModelRefused, TrainingFailed
from bot.rasa_server import Notice, RasaUnavailable

log = logging.getLogger(__name__)

NEEDED_DISK = 500_000_000  # bytes: a training writes the model twice
PAGE_TIMEOUT = 30.0  # seconds for the app to listen
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Serve = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Serves until the event is set, then returns."""

Train = Callable[[Notice, threading.Event], Path]
"""`ensure_model` without its folders: gives the archive, runs in a thread, gives up when the event is set."""


class StartupRefused(Exception):
    """The start can't go on. Carries one French sentence for the operator."""


class Rasa(Protocol):
    """What the supervisor needs of `rasa_server.RasaServer`."""

    async def start(self, archive: Path, notice: Notice = ...) -> None:
        """Starts it and returns at once."""

    async def wait_ready(self, timeout: float = ...) -> None:  # noqa: ASYNC109 (as in RasaServer)
        """Returns when it interprets messages; raises `RasaUnavailable`."""

    async def stop(self) -> None:
        """Ends it and its children."""


@dataclass(frozen=True)
class Step:
    """One piece of work before the page opens, in a thread: what is said during it, after it, and the deed.

    The deed may raise `StartupRefused`.
    """

    doing: str
    done: str
    deed: Callable[[], None]


@dataclass(frozen=True)
class Companion:
    """All that `run` brings up. `rasa` and `train` are both None where the safety net works alone."""

    home: Path
    port: int
    serve: Serve
    host: str = "127.0.0.1"
    prepare: Sequence[Step] = ()
    train: Train | None = None
    rasa: Rasa | None = None
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    @property
    def address(self) -> str:
        """Where a browser of this machine finds the page. WebAuthn wants this name, not 127.0.0.1."""
        return f"http://localhost:{self.port}"


def run(companion: Companion) -> int:
    """Brings the companion up and keeps it up until it is asked to stop; gives the exit code of the process.

    0 after Ctrl-C or SIGTERM; 1 when the start is refused or the app ends by itself, each told in one sentence.
    """
    try:
        asyncio.run(_run(companion))
    except (StartupRefused, ModelRefused) as refusal:
        _mark(companion.console, "✗", "red", str(refusal))
        return 1
    return 0


def serve_asgi(app: Any, host: str, port: int) -> Serve:
    """A `Serve` for an ASGI application. Signals stay with the supervisor; uvicorn logs warnings only."""

    async def serve(stop: asyncio.Event) -> None:
        config = uvicorn.Config(
            app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=5
        )
        server = _Uvicorn(config)
        serving = asyncio.ensure_future(server.serve_or_refuse())
        await _first(serving, stop)
        server.should_exit = True
        await serving

    return serve


def check_port(host: str, port: int) -> None:
    """Raises `StartupRefused` when somebody listens there already, or the port isn't ours to take."""
    reason = "déjà pris" if _somebody_listens(host, port) else _bind_error(host, port)
    if reason:
        raise StartupRefused(
            f"Le port {port} n'est pas libre ({reason}) : arrêtez le programme qui l'occupe (Fil rouge tourne "
            "peut-être déjà) ou choisissez un autre port."
        )


def check_disk(home: Path, needed: int = NEEDED_DISK) -> None:
    """Raises `StartupRefused` when fewer than `needed` bytes are free where `home` is; creates `home`."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StartupRefused(f"Le dossier {home} ne peut pas être créé ({error.strerror}).") from error
    free = shutil.disk_usage(home).free
    if free < needed:
        raise StartupRefused(
            f"Il reste {free // 1_000_000} Mo sur le disque de {home}, il en faut {needed // 1_000_000} : "
            "faites de la place puis relancez."
        )


async def trained(console: Console, train: Train) -> Path:
    """The archive of the language model, trained first if need be, with its progress; ends when cancelled.

    Raises what `train` raises.
    """
    cancelled = threading.Event()
    with shown(console, "Je vérifie le modèle de langue", "Le modèle de langue est prêt") as progress:
        try:
            return await asyncio.to_thread(train, progress, cancelled)
        finally:
            cancelled.set()  # a cancelled task leaves its thread running


@contextlib.contextmanager
def shown(console: Console, doing: str, done: str) -> Iterator[Notice]:
    """Shows what is being done and for how long; yields what changes the sentence meanwhile."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = progress.add_task(doing)

    def say(sentence: str) -> None:
        progress.update(task, description=sentence)
        if not console.is_terminal:
            console.print(f"… {sentence}")

    say(doing)
    with progress:
        yield say
    _mark(console, "✓", "green", done)


async def _run(companion: Companion) -> None:
    check_port(companion.host, companion.port)
    check_disk(companion.home)
    with _asked_to_stop() as stop:
        for step in companion.prepare:
            with shown(companion.console, step.doing, step.done):
                await asyncio.to_thread(step.deed)
            if stop.is_set():
                return
        await _keep_up(companion, stop)


async def _keep_up(companion: Companion, stop: asyncio.Event) -> None:
    serving = asyncio.ensure_future(companion.serve(stop))
    interpreting: asyncio.Task[None] | None = None
    try:
        with shown(companion.console, "J'ouvre la page", f"La page : {companion.address}"):
            await _listening(companion, serving, stop)
        interpreting = asyncio.create_task(_bring_rasa_up(companion))
        await _first(serving, stop)
        if not stop.is_set():
            await serving  # raises what made it fail
            raise StartupRefused("Le serveur s'est arrêté de lui-même : voyez ses journaux puis relancez.")
    finally:
        await _take_down(companion, stop, serving, interpreting)


async def _take_down(
    companion: Companion,
    stop: asyncio.Event,
    serving: asyncio.Future[None],
    interpreting: asyncio.Task[None] | None,
) -> None:
    stop.set()
    if interpreting:
        interpreting.cancel()
        await asyncio.gather(interpreting, return_exceptions=True)
    with shown(companion.console, "J'arrête tout", "Tout est arrêté"):
        if companion.rasa:
            await companion.rasa.stop()
        await asyncio.gather(serving, return_exceptions=True)


async def _listening(companion: Companion, serving: asyncio.Future[None], stop: asyncio.Event) -> None:
    """Returns when the page answers, or when the app has ended or is asked to."""
    until = time.monotonic() + PAGE_TIMEOUT
    while not await asyncio.to_thread(_somebody_listens, companion.host, companion.port):
        if serving.done():
            await serving  # raises what made it fail
        if serving.done() or stop.is_set():
            return
        if time.monotonic() > until:
            raise StartupRefused(f"La page ne répond pas après {PAGE_TIMEOUT:.0f} secondes : j'abandonne.")
        await asyncio.sleep(0.05)


async def _bring_rasa_up(companion: Companion) -> None:
    """Never takes the app down: without Rasa, the safety net still hears danger."""
    console = companion.console
    if companion.rasa is None or companion.train is None:
        console.print(
            f"Le filet de sécurité veille seul, sans Rasa : {companion.address} (Ctrl-C pour arrêter)"
        )
        return
    console.print("  Le danger y est déjà entendu ; Rasa, qui comprend le reste, se prépare.")
    try:
        archive = await trained(console, companion.train)
        with shown(console, "Je démarre Rasa", "Rasa comprend les messages"):
            await companion.rasa.start(archive, console.print)
            await _ready(companion.rasa, console)
    except (ModelRefused, TrainingFailed) as trouble:
        _mark(console, "✗", "red", f"{trouble} En attendant, le filet de sécurité veille seul.")
    except Exception as unexpected:  # told and logged, because nobody awaits this task
        log.exception("rasa_start_failed")
        _mark(console, "✗", "red", f"Rasa n'a pas démarré ({unexpected}) : le filet de sécurité veille seul.")
    else:
        console.print(f"Tout est prêt : {companion.address} (Ctrl-C pour arrêter)")


async def _ready(rasa: Rasa, console: Console) -> None:
    """Keeps waiting after having told that it is late: a slow machine gets there, a dead server is restarted."""
    while True:
        try:
            await rasa.wait_ready()
        except RasaUnavailable as late:
            _mark(console, "✗", "red", str(late))
        else:
            return


async def _first(serving: asyncio.Future[None], stop: asyncio.Event) -> None:
    asked = asyncio.ensure_future(stop.wait())
    await asyncio.wait((serving, asked), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()


def _bind_error(host: str, port: int) -> str | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def _somebody_listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


@contextlib.contextmanager
def _asked_to_stop() -> Iterator[asyncio.Event]:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def _mark(console: Console, mark: str, color: str, sentence: str) -> None:
    console.print(Text.assemble((f"{mark} ", color), sentence), soft_wrap=True)


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leaves the signals to the supervisor, which stops Rasa too."""
        yield

    async def serve_or_refuse(self) -> None:
        try:
            await self.serve()
        except SystemExit as exited:  # uvicorn's way to say that it could not start; it has logged why
            raise StartupRefused(
                "L'application n'a pas pu démarrer : voyez ses journaux puis relancez."
            ) from exited
