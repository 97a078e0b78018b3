"""A Rasa model trained in a process of its own, with what that cost, and asked in this one. Nothing leaves the machine."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from rasa.core.agent import Agent

NLU = Path(__file__).parents[1]
# `ru_maxrss` counts kibibytes, on macOS bytes.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_LINES_TOLD = 25


class TrainingFailed(Exception):
    """Rasa made no model. Carries the end of what it wrote."""


@dataclass(frozen=True)
class Trained:
    """`cpu_seconds` and `peak_bytes` are those of the whole training process, Rasa's start (some 15 s) included."""

    archive: Path
    cpu_seconds: float
    peak_bytes: int

    @property
    def size_bytes(self) -> int:
        """Of the archive, compressed."""
        return self.archive.stat().st_size


def train(config: Path, data: Path, folder: Path) -> Trained:
    """Trains the pipeline of `config` on `data`, a file or a folder; leaves the archive in `folder`.

    Raises TrainingFailed when Rasa makes none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "train.log"
    with log.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(  # noqa: S603 - every argument is ours
            _command(config, data, folder),
            cwd=NLU,  # where Rasa finds `components`
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
        )
        # Not Popen.wait: only wait4 tells the costs of this child apart from those of others.
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    archive = folder / "nlu.tar.gz"
    if process.returncode != 0 or not archive.is_file():
        raise TrainingFailed("\n".join(log.read_text("utf-8", "replace").splitlines()[-_LINES_TOLD:]))
    return Trained(archive, used.ru_utime + used.ru_stime, used.ru_maxrss * _RSS_UNIT)


def ask(archive: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    """The answer of POST /model/parse to each text, without the HTTP around it."""
    # Below this level Rasa prints each message that it reads.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent = Agent.load(str(archive))

    async def answers() -> list[dict[str, Any]]:
        return [await agent.parse_message(text) for text in texts]

    return asyncio.run(answers())


def _command(config: Path, data: Path, folder: Path) -> list[str]:
    options = {"--config": config, "--nlu": data, "--out": folder}
    paths = [word for name, path in options.items() for word in (name, str(path.resolve()))]
    return [sys.executable, "-m", "rasa", "train", "nlu", "--fixed-model-name", "nlu", *paths]


def _environment(folder: Path) -> dict[str, str]:
    # The cache starts empty: a step that another pipeline has in common must cost each of them.
    return os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(folder.resolve() / "cache"),
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
