"""`filrouge chat`: a conversation in the terminal, with the demonstration that `filrouge run` serves or its own."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated
from uuid import UUID, uuid4

import typer
from sqlmodel import col, select

from actions.ports import Incoming
from actions.work import Work
from bot.bootstrap import App, build, quiet_logs
from bot.commands.home import RunningRasa, settings_for_demonstration
from bot.deliver import Delivery, choices_of, numbered, reader_of
from bot.demo_clock import DemonstrationClock
from bot.demonstration import is_empty, load_demonstration, migrate_demonstration
from bot.path import Path
from bot.supervise import StartupRefused
from storage import outbox
from storage.queries import people
from storage.tables import ContactPoint, Outgoing, Person
from storage.vocabulary import ChannelName, OutboxStatus

LEAVE = frozenset({"/quitter", "/q"})


def chat(
    name: Annotated[str, typer.Argument(help="Le prénom d'une personne de la démonstration.")] = "Awa",
) -> None:
    """Écrire au compagnon dans le terminal, comme une personne de la démonstration."""
    quiet_logs(level=logging.ERROR)
    settings = settings_for_demonstration()
    running = RunningRasa.read(settings.home)
    if running:
        settings = settings_for_demonstration(rasa_url=running.url, rasa_token=running.token)
    try:
        migrate_demonstration(settings)
    except StartupRefused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    app = build(settings, DemonstrationClock(settings.home))
    if app.look_now(is_empty):
        app.do_now(load_demonstration)
    asyncio.run(_chat(app, name))


async def _chat(app: App, name: str) -> None:
    contact_id, address = await app.look(lambda work: _whom(work, name))
    path, delivery = Path(app), Delivery(app)
    typer.echo(f"Vous écrivez comme {name}. /quitter pour finir.")
    if app.nlu is None:
        typer.echo("Rasa ne tourne pas (./filrouge run le démarre) : le filet de sécurité comprend seul.")
    seen: set[UUID] = set(await app.look(lambda work: [row_id for row_id, _ in _sent(work, app, contact_id)]))
    try:
        while (text := await asyncio.to_thread(_prompt)) not in LEAVE:
            await path.accept(
                Incoming(ChannelName.LOCAL, address, f"chat/{uuid4()}", app.clock.now(), text=text)
            )
            await path.settled()
            await delivery.deliver_due()
            for row_id, words in await app.look(lambda work: _sent(work, app, contact_id)):
                if row_id not in seen:
                    seen.add(row_id)
                    typer.secho(words, fg=typer.colors.CYAN)
    finally:
        await app.close()


def _prompt() -> str:
    try:
        return input("> ")
    except (EOFError, KeyboardInterrupt):
        return "/quitter"


def _whom(work: Work, name: str) -> tuple[UUID, str]:
    person = work.session.exec(select(Person).where(Person.first_name == name)).first()
    contact: ContactPoint | None = people.contact_of_person(work.session, person.id) if person else None
    if contact is None or contact.address is None:
        known = ", ".join(work.session.exec(select(Person.first_name).order_by(Person.first_name)))
        typer.echo(f"Je ne connais pas {name}. Essayez : {known}.", err=True)
        raise typer.Exit(1)
    return contact.id, contact.address


def _sent(work: Work, app: App, contact_id: UUID) -> list[tuple[UUID, str]]:
    rows = work.session.exec(
        select(Outgoing)
        .where(Outgoing.contact_id == contact_id, Outgoing.status == OutboxStatus.SENT)
        .order_by(col(Outgoing.sent_at), col(Outgoing.created_at))
    )
    return [(row.id, _words(work, app, row)) for row in rows]


def _words(work: Work, app: App, row: Outgoing) -> str:
    text = app.texts.render(row.text_key, outbox.unpack(row.values), reader_of(work, row), ChannelName.LOCAL)
    choices = choices_of(work, row)
    return f"{text}\n{numbered(choices)}" if choices else text
