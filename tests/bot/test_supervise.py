import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from bot.nlu_model import ModelRefused, TrainingCancelled, TrainingFailed
from bot.rasa_server import Notice, RasaUnavailable, free_port
from bot.supervise import (
    Companion,
    Rasa,
    StartupRefused,
    Step,
    Train,
    check_disk,
    check_port,
    run,
    serve_asgi,
)
from tests.bot.test_rasa_server import is_alive

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]


async def page(scope: dict[str, Any], _receive: object, send: Callable[[Any], Awaitable[None]]) -> None:
    if scope["type"] != "http":
        raise RuntimeError("no lifespan here")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"bonjour"})


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


class FakeRasa:
    """Answers once started; presses Ctrl-C when it is ready, so that `run` returns."""

    def __init__(self, events: list[str], late: int = 0) -> None:
        self.events = events
        self.late = late

    async def start(self, archive: Path, notice: Notice = lambda _sentence: None) -> None:
        self.events.append(f"start {archive}")

    async def wait_ready(self, timeout: float = 1) -> None:  # noqa: ASYNC109 (as in RasaServer)
        if self.late:
            self.late -= 1
            raise RasaUnavailable("Rasa est en retard")
        asyncio.get_running_loop().call_later(0.1, press_ctrl_c)

    async def stop(self) -> None:
        self.events.append("stop")


class Scene:
    """A companion on a free port; what it says and does is kept."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.events: list[str] = []
        self.said = StringIO()
        self.rasa: Rasa = FakeRasa(self.events)
        self.train: Train = lambda _notice, _cancelled: Path("nlu.tar.gz")
        self.prepare: list[Step] = []

    def run(self, app: Any = page) -> int:
        return run(
            Companion(
                home=self.home,
                port=self.port,
                serve=serve_asgi(app, "127.0.0.1", self.port),
                prepare=self.prepare,
                train=self.train,
                rasa=self.rasa,
                console=Console(file=self.said, width=200),
            )
        )

    def page_answers(self) -> bool:
        return httpx.get(f"http://127.0.0.1:{self.port}/").text == "bonjour"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "home")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_all_goes_well_and_the_address_is_the_last_thing_said_before_ctrl_c(scene: Scene) -> None:
    assert scene.run() == 0
    assert scene.events == ["start nlu.tar.gz", "stop"]
    lines = scene.said.getvalue().splitlines()
    assert lines[-3:] == [
        f"Tout est prêt : http://localhost:{scene.port} (Ctrl-C pour arrêter)",
        "… J'arrête tout",
        "✓ Tout est arrêté",
    ]


def test_the_page_answers_while_the_model_is_still_in_training(scene: Scene) -> None:
    def train(notice: Notice, _cancelled: threading.Event) -> Path:
        notice("J'entraîne le modèle de langue")
        scene.events.append(f"page {scene.page_answers()}")
        return Path("nlu.tar.gz")

    scene.train = train
    assert scene.run() == 0
    assert scene.events == ["page True", "start nlu.tar.gz", "stop"]
    said = scene.said.getvalue()
    assert said.index("Le danger y est déjà entendu") < said.index("J'entraîne le modèle de langue")


def test_the_steps_come_before_the_page_in_their_order(scene: Scene) -> None:
    def step(name: str) -> Step:
        return Step(f"Je fais {name}", f"{name} est fait", lambda: scene.events.append(name))

    scene.prepare = [step("un"), step("deux")]
    assert scene.run() == 0
    assert scene.events[:2] == ["un", "deux"]
    said = scene.said.getvalue()
    assert said.index("un est fait") < said.index("deux est fait") < said.index("J'ouvre la page")


def test_a_refused_step_is_one_sentence_and_exit_code_one(scene: Scene) -> None:
    def refuse() -> None:
        raise StartupRefused("La base vient d'une version plus récente.")

    scene.prepare = [Step("Je mets la base à jour", "La base est à jour", refuse)]
    assert scene.run() == 1
    assert scene.said.getvalue().splitlines() == [
        "… Je mets la base à jour",
        "✗ La base vient d'une version plus récente.",
    ]


def test_a_taken_port_is_one_sentence_and_exit_code_one(scene: Scene, taken_port: int) -> None:
    scene.port = taken_port
    assert scene.run() == 1
    (line,) = scene.said.getvalue().splitlines()
    assert line.startswith(f"✗ Le port {taken_port} n'est pas libre")
    assert scene.events == []


def test_a_port_that_only_root_may_take_or_that_is_foreign_is_refused() -> None:
    with pytest.raises(StartupRefused, match="n'est pas libre"):
        check_port("192.0.2.1", 8000)  # an address of documentation: never ours


def test_a_free_port_passes() -> None:
    check_port("127.0.0.1", free_port())


def test_too_small_a_disk_is_refused_with_the_figures(tmp_path: Path) -> None:
    with pytest.raises(StartupRefused, match=r"Il reste \d+ Mo .* il en faut 1000000000"):
        check_disk(tmp_path, needed=10**15)
    check_disk(tmp_path / "home", needed=1)
    assert (tmp_path / "home").is_dir()


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(StartupRefused, match="ne peut pas être créé"):
        check_disk(tmp_path / "file" / "home")


@pytest.mark.parametrize(
    "trouble", [TrainingFailed("L'entraînement a échoué."), ModelRefused("Refusé."), OSError("disque plein")]
)
def test_without_a_model_the_page_stays_up_and_the_reason_is_told(
    scene: Scene, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def look_and_leave() -> None:
        scene.events.append(f"page {scene.page_answers()}")
        press_ctrl_c()

    def train(_notice: Notice, _cancelled: threading.Event) -> Path:
        threading.Timer(0.5, look_and_leave).start()
        raise trouble

    scene.train = train
    assert scene.run() == 0
    assert scene.events == ["page True", "stop"]
    assert str(trouble) in scene.said.getvalue()
    assert "le filet de sécurité veille seul" in scene.said.getvalue()
    assert bool(caplog.records) == isinstance(trouble, OSError)


def test_a_late_rasa_is_told_and_awaited(scene: Scene) -> None:
    scene.rasa = FakeRasa(scene.events, late=1)
    assert scene.run() == 0
    said = scene.said.getvalue()
    assert said.index("✗ Rasa est en retard") < said.index("Tout est prêt")


def test_ctrl_c_during_the_training_cancels_it(scene: Scene) -> None:
    def train(_notice: Notice, cancelled: threading.Event) -> Path:
        press_ctrl_c()
        scene.events.append(f"cancelled {cancelled.wait(5)}")
        raise TrainingCancelled

    scene.train = train
    began = time.monotonic()
    assert scene.run() == 0
    assert time.monotonic() - began < 4
    assert "cancelled True" in scene.events


def test_an_app_that_cannot_start_is_exit_code_one_and_stops_rasa(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})

    assert scene.run(broken) == 1
    assert "✗ L'application n'a pas pu démarrer" in scene.said.getvalue()
    assert scene.events == ["stop"]


def test_without_rasa_the_safety_net_alone_is_announced(tmp_path: Path) -> None:
    said, port = StringIO(), free_port()

    async def serve(stop: asyncio.Event) -> None:
        listening = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", port)
        asyncio.get_running_loop().call_later(0.5, press_ctrl_c)
        await stop.wait()
        listening.close()

    assert run(Companion(home=tmp_path, port=port, serve=serve, console=Console(file=said, width=200))) == 0
    assert "Le filet de sécurité veille seul, sans Rasa" in said.getvalue()


# The whole thing in a process of its own, whose stand-in for Rasa keeps a child.
WHOLE = """
import sys
from pathlib import Path
from bot.rasa_server import RasaServer
from bot.supervise import Companion, run, serve_asgi
from tests.bot.test_rasa_server import FAKE_SERVER
from tests.bot.test_supervise import page
home, port, rasa_port = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
command = [sys.executable, "-c", FAKE_SERVER, str(rasa_port), str(home / "child")]
rasa = RasaServer(home, home, port=rasa_port, command=command)
serve = serve_asgi(page, "127.0.0.1", port)
sys.exit(run(Companion(home=home, port=port, serve=serve, train=lambda *_: home / "nlu.tar.gz", rasa=rasa)))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_process_with_code_zero_and_leaves_no_child(
    tmp_path: Path, number: signal.Signals
) -> None:
    arguments = [str(tmp_path), str(free_port()), str(free_port())]
    process = subprocess.Popen(
        [sys.executable, "-c", WHOLE, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "Tout est prêt" in line:
            break
    child = int((tmp_path / "child").read_text("utf-8"))
    process.send_signal(number)
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(15) == 0
    assert "Traceback" not in said
    assert not is_alive(child)
