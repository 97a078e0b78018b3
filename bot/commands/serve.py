"""`filrouge serve` and `filrouge migrate`: a real installation, where Rasa and the database run by themselves."""

from __future__ import annotations

import asyncio

import typer

from bot import supervise
from bot.bootstrap import build, quiet_logs
from bot.commands.home import read_settings
from bot.web import create_app
from storage.database import migrate


def serve() -> None:
    """Servir l'application seule : les réglages viennent de FILROUGE_*, la base doit être migrée."""
    settings = read_settings()
    quiet_logs()

    async def _serve(stop: asyncio.Event) -> None:
        app = build(settings)
        try:
            await supervise.serve_asgi(create_app(app), settings.host, settings.port)(stop)
        finally:
            await app.close()

    raise typer.Exit(
        supervise.run(
            supervise.Companion(home=settings.home, port=settings.port, host=settings.host, serve=_serve)
        )
    )


def migrate_database() -> None:
    """Mettre la base de données à jour."""
    settings = read_settings()
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    migrate(settings.database)
    typer.echo("La base de données est à jour.")
