import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from bot.nlu_model import ensure_model
from bot.rasa_server import RasaServer, RasaUnavailable, free_port

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]

# Answers as Rasa does, and keeps a child of its own, as a server with workers would.
FAKE_SERVER = """
import http.server, pathlib, subprocess, sys
token = sys.stdin.readline().strip()
child = subprocess.Popen(["sleep", "600"])
pathlib.Path(sys.argv[2]).write_text(str(child.pid))
class Parse(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200 if self.path == "/model/parse?token=" + token else 401)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Parse).serve_forever()
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"

TINY_MODEL = {
    "config.yml": "recipe: default.v1\nlanguage: fr\npipeline:\n- name: WhitespaceTokenizer\n"
    "- name: CountVectorsFeaturizer\n- name: LogisticRegressionClassifier\n",
    "domain.yml": 'version: "3.1"\nintents: [greet, goodbye]\n',
    "data/fr.yml": 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - bonjour\n    - salut\n'
    "- intent: goodbye\n  examples: |\n    - au revoir\n    - bonne soirée\n",
}


def ps(*options: str) -> str:
    return subprocess.run(["ps", *options], capture_output=True, text=True, check=False).stdout


def is_alive(pid: int) -> bool:
    state = ps("-o", "stat=", "-p", str(pid)).strip()
    return bool(state) and not state.startswith("Z")


async def until_gone(pid: int) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            while await asyncio.to_thread(is_alive, pid):
                await asyncio.sleep(0.05)
            return True
    return False


def child_file(tmp_path: Path) -> Path:
    return tmp_path / "child"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RasaServer]:
    port = free_port()
    command = [sys.executable, "-c", FAKE_SERVER, str(port), str(child_file(tmp_path))]
    server = RasaServer(tmp_path, tmp_path / "home", port=port, command=command, first_pause=0.05)
    await server.start(tmp_path / "nlu.tar.gz")
    yield server
    await server.stop()


async def test_it_is_ready_once_it_has_interpreted_a_message_with_the_token(server: RasaServer) -> None:
    await server.wait_ready(timeout=10)
    async with httpx.AsyncClient() as client:
        without = await client.post(f"{server.url}/model/parse", json={"text": "bonjour"})
    assert without.status_code == 401


async def test_stopping_it_ends_its_children_too(server: RasaServer, tmp_path: Path) -> None:
    await server.wait_ready(timeout=10)
    pid, child = server.pid, int(child_file(tmp_path).read_text("utf-8"))
    assert pid is not None
    await server.stop()
    assert server.pid is None
    assert await until_gone(pid)
    assert await until_gone(child)


async def test_stopping_it_twice_does_nothing_more(server: RasaServer) -> None:
    await server.stop()
    await server.stop()
    assert server.pid is None


async def test_when_it_dies_it_is_started_again_with_the_same_address_and_token(
    tmp_path: Path, server: RasaServer
) -> None:
    await server.wait_ready(timeout=10)
    first, orphan = server.pid, int(child_file(tmp_path).read_text("utf-8"))
    assert first is not None
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(10):
        while server.restarts == 0:
            await asyncio.sleep(0.02)
    await server.wait_ready(timeout=10)
    assert server.pid != first
    assert await until_gone(orphan)


async def test_each_death_is_told_in_a_sentence(tmp_path: Path) -> None:
    told: list[str] = []
    server = RasaServer(tmp_path, tmp_path, command=[sys.executable, "-c", "pass"], first_pause=0.01)
    await server.start(tmp_path / "nlu.tar.gz", told.append)
    async with asyncio.timeout(10):
        while server.restarts < 2:
            await asyncio.sleep(0.02)
    await server.stop()
    assert told[0].startswith("Rasa s'est arrêté : je le relance")


async def test_a_server_that_never_answers_is_given_up_in_one_sentence(tmp_path: Path) -> None:
    server = RasaServer(tmp_path, tmp_path, command=["sleep", "600"])
    await server.start(tmp_path / "nlu.tar.gz")
    with pytest.raises(RasaUnavailable, match="le filet de sécurité veille seul"):
        await server.wait_ready(timeout=0.5)
    await server.stop()


async def test_a_server_deaf_to_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.rasa_server.STOP_GRACE", 0.3)
    server = RasaServer(tmp_path, tmp_path, command=[sys.executable, "-c", STUBBORN])
    await server.start(tmp_path / "nlu.tar.gz")
    pid = server.pid
    assert pid is not None
    await asyncio.sleep(0.5)
    await server.stop()
    assert await until_gone(pid)


def test_each_server_has_a_token_of_its_own(tmp_path: Path) -> None:
    assert RasaServer(tmp_path, tmp_path).token != RasaServer(tmp_path, tmp_path).token


@pytest.mark.rasa
@pytest.mark.timeout(400)
async def test_real_rasa_keeps_words_out_of_its_log_and_its_token_out_of_the_process_list(
    tmp_path: Path,
) -> None:
    nlu_dir = tiny_project(tmp_path / "nlu")
    archive = await asyncio.to_thread(ensure_model, nlu_dir, tmp_path / "home", lambda _sentence: None)
    server = RasaServer(nlu_dir, tmp_path / "home")
    await server.start(archive)
    await server.wait_ready()
    try:
        await say_canaries(server)
        shown = await asyncio.to_thread(ps, "-ww", "-eo", "args")
        assert "serve.py" in shown
        assert server.token not in shown
    finally:
        await server.stop()
    assert "canari" not in (tmp_path / "home/logs/rasa.log").read_text("utf-8").lower()


def tiny_project(nlu_dir: Path) -> Path:
    for name, content in TINY_MODEL.items():
        (nlu_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (nlu_dir / name).write_text(content, "utf-8")
    for name in (".venv", "serve.py", "credentials.yml"):
        (nlu_dir / name).symlink_to(ROOT / "nlu" / name)
    return nlu_dir


async def say_canaries(server: RasaServer) -> None:
    texts = [
        "un canari",
        "/canari {",
        "/greet canari",
        '/greet{"canari": canari',
        "/greet@canari{}",
        "\0canari",
    ]
    async with httpx.AsyncClient(base_url=server.url, params={"token": server.token}) as client:
        for text in texts:
            await client.post("/model/parse", json={"text": text})
        await client.post("/model/parse", content=b'{"text": canari')
        assert (await client.post("/model/parse", json={"text": "bonjour"})).status_code == 200
        assert (await client.post("/webhooks/rest/webhook", json={"message": "canari"})).status_code == 404
        client.params = httpx.QueryParams()
        assert (await client.post("/model/parse", json={"text": "canari"})).status_code == 401
