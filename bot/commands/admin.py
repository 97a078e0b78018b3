"""What is typed once when a structure installs Fil rouge: its key, itself, its first administrator."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from sqlmodel import select

from actions import staff_admin
from actions.errors import Invalid
from actions.work import Work
from bot.bootstrap import build, quiet_logs
from bot.commands.home import read_settings
from storage.queries import sessions
from storage.sealing import generate_key
from storage.tables import Structure
from storage.vocabulary import Role

Result = TypeVar("Result")


def new_key() -> None:
    """Donner une nouvelle clé pour FILROUGE_DATA_KEY."""
    typer.echo(generate_key())


def create_structure(
    name: Annotated[str, typer.Argument(help="Le nom de la structure.")],
    phone: Annotated[str | None, typer.Option(help="Le numéro que les personnes peuvent appeler.")] = None,
    department: Annotated[str, typer.Option(help="Le département, pour les jours fériés.")] = "75",
    time_zone: Annotated[str, typer.Option(help="Le fuseau horaire.")] = "Europe/Paris",
) -> None:
    """Créer une structure."""

    def deed(work: Work) -> None:
        structure = Structure(
            name=name, phone=phone, department=department, time_zone=time_zone, created_at=work.now
        )
        work.session.add(structure)
        work.audit("structure.created", structure, structure_id=structure.id)

    _do(deed)
    typer.echo(f"La structure {name} est créée.")


def create_admin(
    login: Annotated[str, typer.Argument(help="L'identifiant de connexion.")],
    first_name: Annotated[str, typer.Option(prompt="Prénom")],
    last_name: Annotated[str, typer.Option(prompt="Nom")],
    password: Annotated[
        str,
        typer.Option(
            prompt="Mot de passe (12 caractères au moins)", hide_input=True, confirmation_prompt=True
        ),
    ],
) -> None:
    """Créer le premier administrateur de la structure, avec son code à usage unique (TOTP)."""

    def deed(work: Work) -> str:
        structure = work.session.exec(select(Structure)).first()
        if structure is None:
            raise Invalid("Créez d'abord la structure : filrouge create-structure NOM.")
        created = staff_admin.create_member(
            work,
            structure,
            login=login,
            first_name=first_name,
            last_name=last_name,
            role=Role.ADMIN,
            password=password,
        )
        return created.totp_uri

    uri = _do(deed)
    typer.echo("Compte créé. Dans une application de codes (TOTP), ajoutez ce compte :")
    typer.echo(uri)


def reset_access(
    login: Annotated[str, typer.Argument(help="L'identifiant de la personne qui ne peut plus entrer.")],
    password: Annotated[
        str,
        typer.Option(prompt="Nouveau mot de passe", hide_input=True, confirmation_prompt=True),
    ],
) -> None:
    """Donner à un membre de l'équipe un nouveau mot de passe et un nouveau code à usage unique (TOTP)."""

    def deed(work: Work) -> str:
        member = sessions.member_by_login(work.session, login)
        if member is None:
            raise Invalid("Aucun membre de l'équipe n'a cet identifiant.")
        staff_admin.reset_password(work, member, password)
        return staff_admin.reset_totp(work, member).totp_uri

    uri = _do(deed)
    typer.echo(
        "L'accès est rétabli, ses sessions sont fermées. Dans une application de codes, ajoutez ce compte :"
    )
    typer.echo(uri)


def _do(deed: Callable[[Work], Result]) -> Result:
    quiet_logs(level=logging.WARNING)
    app = build(read_settings())
    try:
        return app.do_now(deed)
    except Invalid as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    finally:
        app.engine.dispose()
