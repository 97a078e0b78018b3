"""`filrouge interpret`: what the companion would act on, for each message of a stream of JSON Lines."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TextIO
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from actions.rules.judge import hear, judge
from actions.rules.reading import Judgement, ModelReading
from actions.rules.urgency import SafetyNet
from actions.rules.urgency import load as load_net
from bot import supervise
from bot.bootstrap import quiet_logs
from bot.commands.home import NLU_DIR, RunningRasa, read_settings
from bot.nlu_client import NluClient, NluUnavailable
from bot.nlu_model import ModelRefused, TrainingFailed, ensure_model
from bot.rasa_server import RasaServer, RasaUnavailable

ZONE = ZoneInfo("Europe/Paris")
PATIENCE_SECONDS = 30.0


def interpret(
    at: Annotated[
        str | None, typer.Option("--at", help="Le moment des messages (ISO 8601 ; maintenant par défaut).")
    ] = None,
    without_nlu: Annotated[bool, typer.Option("--without-nlu", help="Le filet de sécurité seul.")] = False,
) -> None:
    """Lire {"id","text"} ligne par ligne et écrire, dans le même ordre, ce qui est compris."""
    quiet_logs()
    moment = _moment(at)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # always a TextIOWrapper here
    stream = open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115  (not ours to close)
    asyncio.run(_interpret(stream, moment, without_nlu=without_nlu))


def _moment(at: str | None) -> datetime:
    if at is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise typer.BadParameter("une date ISO 8601 est attendue, par exemple 2026-11-24T10:00") from None
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment


async def _interpret(stream: TextIO, at: datetime, *, without_nlu: bool) -> None:
    net = load_net()
    if without_nlu:
        for line in stream:
            _print(await _answer(line, net, None, at))
        return
    async with running_rasa() as nlu:
        for line in stream:
            _print(await _answer(line, net, nlu, at))


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def _answer(line: str, net: SafetyNet, nlu: NluClient | None, at: datetime) -> dict[str, Any]:
    identity: Any = None
    try:
        asked = json.loads(line)
        identity = asked["id"]
        text = asked["text"]
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        return {"id": identity, "error": "a line is a JSON object with an id and a text"}
    model = await reading_of(text, nlu) if nlu else None
    return described(identity, judge(text, hear(text, net), model, at, ZONE), model)


async def reading_of(text: str, nlu: NluClient) -> ModelReading | None:
    """The model's reading; where it fails, the net alone counts, as on the path of a message."""
    try:
        return await nlu.parse(text)
    except NluUnavailable as error:
        sys.stderr.write(f"Rasa n'a pas répondu ({error}) : le filet de sécurité seul.\n")
        return None


def described(identity: Any, judgement: Judgement, model: ModelReading | None) -> dict[str, Any]:
    """A judgement as one JSON object; without the model there is no intent."""
    return {
        "id": identity,
        "intent": judgement.intent if model else None,
        "confidence": judgement.confidence if model else None,
        "frein": judgement.frein,
        "urgency": judgement.urgency,
        "activity": judgement.activity,
        "count": judgement.count,
        "hours": judgement.hours,
        "when": judgement.when.iso() if judgement.when else None,
        "source": judgement.source,
    }


@asynccontextmanager
async def running_rasa() -> AsyncIterator[NluClient]:
    """A client for the Rasa that runs already, else for one started for the time of this command."""
    home = read_settings(demonstration=True).home
    running = RunningRasa.read(home)
    if running:
        client = NluClient(running.url, running.token, PATIENCE_SECONDS)
        if await client.is_ready():
            yield client
            await client.close()
            return
        await client.close()
    console = Console(stderr=True, highlight=False)
    server = RasaServer(NLU_DIR, home)
    try:
        archive = await supervise.trained(
            console, lambda notice, cancelled: ensure_model(NLU_DIR, home, notice, cancelled)
        )
        with supervise.shown(console, "Je démarre Rasa", "Rasa comprend les messages"):
            await server.start(archive)
            await server.wait_ready()
        client = NluClient(server.url, server.token, PATIENCE_SECONDS)
        yield client
        await client.close()
    except (ModelRefused, TrainingFailed, RasaUnavailable) as trouble:
        console.print(str(trouble))
        raise typer.Exit(1) from None
    finally:
        await server.stop()
