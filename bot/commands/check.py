"""Checks that can be run at any time: the emergency directory's dates, the audit log's chain."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import typer

from actions import audit
from actions.directory import load_emergency
from bot.bootstrap import build, quiet_logs
from bot.commands.home import read_settings


def check_directory() -> None:
    """Lister les numéros d'urgence qui n'ont pas été vérifiés depuis 180 jours. Ne refuse jamais."""
    overdue = load_emergency().overdue(datetime.now(UTC).date())
    for number in overdue:
        seen = f"vu pour la dernière fois le {number.as_of:%d/%m/%Y}" if number.as_of else "source sans date"
        typer.echo(f"À vérifier : {number.number} ({number.id}), {seen}")
    typer.echo(f"{len(overdue)} numéro(s) à vérifier.")


def check_audit() -> None:
    """Vérifier la chaîne du journal d'audit, et que chaque urgence avance."""
    quiet_logs(level=logging.WARNING)
    app = build(read_settings())
    try:
        broken = app.look_now(lambda work: audit.verify_chain(work.session))
        report = app.look_now(audit.check)
    finally:
        app.engine.dispose()
    for problem in [*broken, *report.problems]:
        typer.echo(str(problem))
    raise typer.Exit(1 if broken or report.problems else 0)
