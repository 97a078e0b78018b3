"""The command line: `./filrouge COMMAND`, or `python -m bot COMMAND` inside the environment."""

from __future__ import annotations

import typer

from bot.commands import admin, chat, check, evaluate, interpret, run, serve

cli = typer.Typer(
    help="Fil rouge : le compagnon de conversation entre deux rendez-vous.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command("run")(run.run)
cli.command("serve")(serve.serve)
cli.command("migrate")(serve.migrate_database)
cli.command("train")(run.train)
cli.command("chat")(chat.chat)
cli.command("interpret")(interpret.interpret)
cli.command("evaluate")(evaluate.evaluate)
cli.command("create-structure")(admin.create_structure)
cli.command("create-admin")(admin.create_admin)
cli.command("reset-access")(admin.reset_access)
cli.command("new-key")(admin.new_key)
cli.command("check-directory")(check.check_directory)
cli.command("check-audit")(check.check_audit)


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
