"""The folder where this installation keeps its files: the demonstration's secrets, the running Rasa's address."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr, ValidationError

from bot.settings import Settings
from storage.sealing import generate_key

NLU_DIR = Path(__file__).parents[2] / "nlu"


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that only this user may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_suffix(".new")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
    aside.replace(path)


def read_private(path: Path) -> dict[str, Any]:
    """What `write_private` wrote; nothing where there is no such file."""
    with suppress(FileNotFoundError):
        loaded: dict[str, Any] = json.loads(path.read_text())
        return loaded
    return {}


def settings_for_demonstration(**chosen: Any) -> Settings:
    """Settings in demonstration mode: a data key of its own is generated once and kept in the home folder."""
    settings = read_settings(demonstration=True, **chosen)
    if settings.data_key is None:
        file = settings.home / "demonstration.json"
        secrets = read_private(file) or {"data_key": generate_key()}
        write_private(file, secrets)
        settings.data_key = SecretStr(secrets["data_key"])
    return settings


def read_settings(**chosen: Any) -> Settings:
    """The settings; one that cannot be used ends the command with one sentence."""
    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "FILROUGE_" + "_".join(str(part) for part in first["loc"]).upper()
        reason = str(first["msg"]).removeprefix("Value error, ")
        typer.echo(f"{name} : {reason}" if first["loc"] else reason, err=True)
        raise typer.Exit(1) from None


@dataclass(frozen=True)
class RunningRasa:
    """Where the Rasa of this installation listens, and its token, kept while it runs."""

    url: str
    token: str

    def write(self, home: Path) -> None:
        """Let other commands of this installation find it."""
        write_private(home / "rasa.json", {"url": self.url, "token": self.token})

    @staticmethod
    def forget(home: Path) -> None:
        """Rasa has stopped."""
        (home / "rasa.json").unlink(missing_ok=True)

    @staticmethod
    def read(home: Path) -> RunningRasa | None:
        """The Rasa that was last written down; it may have died since."""
        found = read_private(home / "rasa.json")
        return RunningRasa(found["url"], found["token"]) if found else None
