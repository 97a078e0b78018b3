"""One tiny model, trained once by Rasa itself, for all tests of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.model_training import train_nlu

HERE = Path(__file__).parent
Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model archive made from tests/fixtures with the configuration of the product."""
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.chdir(HERE.parent)
    patch.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
    patch.setenv("RASA_TELEMETRY_ENABLED", "false")
    made = train_nlu("config.yml", str(HERE / "fixtures" / "data"), str(folder), fixed_model_name="tiny")
    patch.undo()
    assert made is not None
    return Path(made)


@pytest.fixture(scope="session")
def parse(archive: Path) -> Parse:
    """The answer of POST /model/parse, without the HTTP around it."""
    agent = Agent.load(str(archive))
    return lambda text: asyncio.run(agent.parse_message(text))
