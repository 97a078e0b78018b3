"""`filrouge run`: everything on this machine, with the demonstration, its simulator and Rasa."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, TextIO

import typer
from pydantic import SecretStr
from rich.console import Console

from bot import supervise
from bot.bootstrap import App, build, quiet_logs
from bot.commands.home import NLU_DIR, RunningRasa, read_settings, settings_for_demonstration
from bot.demo_clock import DemonstrationClock
from bot.demonstration import is_empty, load_demonstration, migrate_demonstration
from bot.nlu_model import ModelRefused, TrainingFailed, ensure_model
from bot.rasa_server import RasaServer
from bot.settings import Settings
from bot.web import create_app


def run(
    demo: Annotated[
        bool, typer.Option("--demo", help="Charger la démonstration même si la base n'est pas vide.")
    ] = False,
    port: Annotated[int | None, typer.Option(help="Le port de la page (8000).")] = None,
    without_nlu: Annotated[
        bool, typer.Option("--without-nlu", help="Sans Rasa : le filet de sécurité seul.")
    ] = False,
) -> None:
    """Démarrer tout sur cette machine, avec la démonstration et son simulateur."""
    settings = settings_for_demonstration(port=port)
    quiet_logs(_log_file(settings.home))
    rasa = None if without_nlu else RasaServer(NLU_DIR, settings.home)
    if rasa:
        settings.rasa_url, settings.rasa_token = rasa.url, SecretStr(rasa.token)
    raise typer.Exit(supervise.run(_companion(settings, rasa, demo=demo)))


def _log_file(home: Path) -> TextIO:
    """The application's log, begun anew at each start: the terminal is for the operator."""
    folder = home / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (folder / "filrouge.log").open("w", encoding="utf-8", buffering=1)


def _companion(settings: Settings, rasa: RasaServer | None, *, demo: bool) -> supervise.Companion:
    async def serve(stop: asyncio.Event) -> None:
        app = build(settings, DemonstrationClock(settings.home))
        if rasa:
            RunningRasa(rasa.url, rasa.token).write(settings.home)
        try:
            await supervise.serve_asgi(create_app(app), settings.host, settings.port)(stop)
        finally:
            RunningRasa.forget(settings.home)
            await app.close()

    return supervise.Companion(
        home=settings.home,
        port=settings.port,
        host=settings.host,
        serve=serve,
        prepare=(
            supervise.Step(
                "Je prépare la base de données",
                "La base de données est à jour",
                lambda: migrate_demonstration(settings),
            ),
            supervise.Step(
                "Je charge la démonstration", "La démonstration est là", lambda: _load(settings, demo)
            ),
        ),
        train=(lambda notice, cancelled: ensure_model(NLU_DIR, settings.home, notice, cancelled))
        if rasa
        else None,
        rasa=rasa,
    )


def _load(settings: Settings, demo: bool) -> None:
    app: App = build(settings, DemonstrationClock(settings.home))
    try:
        if demo or app.look_now(is_empty):
            app.do_now(load_demonstration)
    finally:
        app.engine.dispose()
        app.threads.shutdown()


def train(home: Annotated[Path | None, typer.Option(help="Le dossier des modèles.")] = None) -> None:
    """Entraîner le modèle de langue, si ce dont il dépend a changé."""
    console = Console(stderr=True, highlight=False)
    folder = home or read_settings(demonstration=True).home
    try:
        with supervise.shown(
            console, "Je vérifie le modèle de langue", "Le modèle de langue est prêt"
        ) as notice:
            ensure_model(NLU_DIR, folder, notice)
    except (ModelRefused, TrainingFailed) as trouble:
        console.print(str(trouble))
        raise typer.Exit(1) from None
