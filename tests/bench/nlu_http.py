"""How fast POST /model/parse answers over HTTP: our trained model against Rasa's default pipeline, in the same run.

    python -m tests.bench.nlu_http [--number 400] [--rounds 5]

Ours is trained first if its inputs changed (minutes); Rasa's default (`nlu/pipelines/rasa_default.yml`) learns for one
epoch, once, for speed alone: what it answers is worth nothing. Latency is that of one client, throughput that of eight;
two processes of ours are asked in turn. The set-ups take turns in each round, so that what else the machine does falls
on all of them. Memory is the resident memory of a server's processes, pages shared between them counted in each.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path

import yaml

from bot.commands.home import NLU_DIR, read_settings
from bot.nlu_model import ensure_model, rasa_environment, rasa_python
from bot.rasa_server import HOST, RasaServer

CLIENTS = 8
OURS, OURS_TWICE, DEFAULT = "ours", "ours, two processes", "Rasa's default"
DEV = Path(__file__).parents[1] / "nlu" / "fr" / "dev.jsonl"
DEFAULT_CONFIG = NLU_DIR / "pipelines" / "rasa_default.yml"
FRENCH = NLU_DIR / "data" / "fr"
_WARM_UP = 20


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    port: int
    token: str


@dataclass
class Measured:
    """Of one set-up. `seconds`: of each message with one client; `rates`: messages a second, a figure a round."""

    name: str
    addresses: Sequence[Address]
    ready: float
    megabytes: float
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def milliseconds(self, share: float) -> float:
        """The time that this share of the messages stays under."""
        return 1000 * quantile(self.seconds, share)

    @property
    def rate(self) -> float:
        """Messages a second with eight clients: the median of the rounds."""
        return quantile(self.rates, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them stays under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def one_epoch(config: str) -> str:
    """The YAML of a pipeline whose networks learn for a single epoch."""
    read = yaml.safe_load(config)
    for component in read["pipeline"]:
        if "epochs" in component:
            component["epochs"] = 1
    return yaml.safe_dump(read, sort_keys=False)


def memory_of(group: int, listing: str) -> float:
    """Megabytes of the processes of a group, from lines of `group kibibytes`."""
    rows = (line.split() for line in listing.splitlines())
    return sum(int(kibibytes) for of, kibibytes in rows if int(of) == group) * 1024 / 1e6


def report(measured: Sequence[Measured]) -> str:
    """One line a set-up, then the ratios to Rasa's default."""
    lines = [
        f"{one.name:20} p50 {one.milliseconds(0.5):6.1f} ms   p95 {one.milliseconds(0.95):6.1f} ms"
        f"   {1 / (sum(one.seconds) / len(one.seconds)):6.1f} messages/s with 1 client, {one.rate:6.1f} with {CLIENTS}"
        f"   {one.megabytes:5.0f} MB   ready after {one.ready:4.1f} s"
        for one in measured
    ]
    base = next(one for one in measured if one.name == DEFAULT)
    lines += [
        f"{one.name} / {base.name}: p50 × {one.milliseconds(0.5) / base.milliseconds(0.5):.2f}"
        f"   messages/s × {one.rate / base.rate:.2f}   memory × {one.megabytes / base.megabytes:.2f}"
        for one in measured
        if one is not base
    ]
    return "\n".join(lines)


def turns(clients: int, addresses: int) -> list[list[int]]:
    """For each client, the order in which it asks the addresses: neighbours begin at different ones."""
    return [[(client + at) % addresses for at in range(addresses)] for client in range(clients)]


def ask_all(addresses: Sequence[Address], texts: Sequence[str], clients: int) -> list[float]:
    """Seconds of each message, shared out among so many clients, each of which asks the addresses in turn."""
    orders = [[addresses[at] for at in order] for order in turns(clients, len(addresses))]
    shares = [texts[client::clients] for client in range(clients)]
    with ThreadPoolExecutor(clients) as threads:
        return [seconds for part in threads.map(_ask, orders, shares) for seconds in part]


def rate(addresses: Sequence[Address], texts: Sequence[str]) -> float:
    """Messages a second with eight clients."""
    began = time.perf_counter()
    ask_all(addresses, texts, CLIENTS)
    return len(texts) / (time.perf_counter() - began)


def default_model(home: Path) -> Path:
    """The archive of Rasa's default after one epoch, kept under `home` for as long as pipeline and data are the same.

    Raises CalledProcessError when it cannot be trained.
    """
    config = one_epoch(DEFAULT_CONFIG.read_text("utf-8"))
    digest = hashlib.sha256(config.encode())
    for file in sorted(FRENCH.rglob("*.yml")):
        digest.update(file.read_bytes())
    folder = home / "bench"
    archive = folder / f"default-{digest.hexdigest()[:16]}.tar.gz"
    if not archive.is_file():
        _say("training Rasa's default pipeline for one epoch")
        _train_default(config, folder, archive)
    return archive


async def measure(ours: Path, default: Path, texts: Sequence[str], rounds: int) -> list[Measured]:
    """Starts three servers and asks the three set-ups in turn; `texts` in each round."""
    async with AsyncExitStack() as stack:
        started = [await _started(archive, stack) for archive in (ours, ours, default)]
        first, second, base = started
        setups = [
            Measured(OURS, *first),
            Measured(OURS_TWICE, [*first[0], *second[0]], max(first[1], second[1]), first[2] + second[2]),
            Measured(DEFAULT, *base),
        ]
        for setup in setups:
            await asyncio.to_thread(ask_all, setup.addresses, texts[:_WARM_UP], CLIENTS)
        for _ in range(rounds):
            for setup in setups:
                setup.seconds += await asyncio.to_thread(ask_all, setup.addresses, texts, 1)
                setup.rates.append(await asyncio.to_thread(rate, setup.addresses, texts))
        return setups


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what is to be trained, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.nlu_http")
    parser.add_argument("--number", type=int, default=400, help="messages a round, for each figure (400)")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds (5)")
    chosen = parser.parse_args(arguments)
    home = read_settings(demonstration=True).home
    ours = ensure_model(NLU_DIR, home, _say)
    texts = list(islice(cycle(_development_texts()), chosen.number))
    measured = asyncio.run(measure(ours, default_model(home), texts, chosen.rounds))
    _say(f"load of the machine in the last minute: {os.getloadavg()[0]:.1f}, with this")
    sys.stdout.write(report(measured) + "\n")


async def _started(archive: Path, stack: AsyncExitStack) -> tuple[list[Address], float, float]:
    """A server of its own, the seconds until it was ready, and its megabytes after that."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nlu-http-")))
    server = RasaServer(NLU_DIR, home)
    stack.push_async_callback(server.stop)
    began = time.perf_counter()
    await server.start(archive)
    await server.wait_ready()
    ready = time.perf_counter() - began
    address = Address(server.port, server.token)
    await asyncio.to_thread(ask_all, [address], _development_texts()[:_WARM_UP], CLIENTS)
    return [address], ready, memory_of(server.pid or 0, await asyncio.to_thread(_processes))


def _ask(addresses: Sequence[Address], texts: Sequence[str]) -> list[float]:
    """One client, on connections of its own that stay open. `http.client` takes less of the machine than httpx."""
    with ExitStack() as stack:
        opened = [
            (stack.enter_context(closing(HTTPConnection(HOST, one.port, timeout=60))), one.token)
            for one in addresses
        ]
        return [_seconds(*asked, text) for asked, text in zip(cycle(opened), texts, strict=False)]


def _seconds(connection: HTTPConnection, token: str, text: str) -> float:
    began = time.perf_counter()
    connection.request("POST", f"/model/parse?token={token}", json.dumps({"text": text}).encode())
    answer = connection.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"/model/parse answered {answer.status}")
    return time.perf_counter() - began


def _train_default(config: str, folder: Path, archive: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        (Path(aside) / "config.yml").write_text(config, "utf-8")
        options = ["--config", f"{aside}/config.yml", "--nlu", str(FRENCH), "--out", aside]
        subprocess.run(
            [rasa_python(NLU_DIR), "-m", "rasa", "train", "nlu", "--fixed-model-name", "default", *options],
            cwd=NLU_DIR,
            env=rasa_environment(RASA_CACHE_DIRECTORY=f"{aside}/cache"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        (Path(aside) / "default.tar.gz").rename(archive)


def _development_texts() -> list[str]:
    return [json.loads(line)["text"] for line in DEV.read_text("utf-8").splitlines()]


def _processes() -> str:
    return subprocess.run(["ps", "-A", "-o", "pgid=,rss="], capture_output=True, text=True, check=True).stdout


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
