"""A canary written through the whole path is found in no file of the database and in no log."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlmodel import select

from actions.work import Kit
from storage.database import transaction
from storage.tables import Message
from tests.actions.newcomer import Newcomer
from tests.fakes import FakeClock

CANARY = "kanariflamboyantquarantedeux"
SPEECHES = (
    (f"bonjour {CANARY}", "greet"),
    ("oui", "affirm"),
    (f"j'ai envoyé 3 CV chez {CANARY}", "log_progress"),
    (f"ajoute {CANARY} à mon plan", "add_step"),
    (f"dites à Claire que {CANARY}", "talk_to_referent"),
    (f"je veux changer {CANARY}", "change_preferences"),
    (f"je vais me tuer {CANARY}", "report_frein"),
    (CANARY, "out_of_scope"),
    (CANARY, None),
    ("STOP", None),
)


def _say_everything(newcomer: Newcomer) -> None:
    newcomer.phone.says(CANARY)
    newcomer.phone.says(newcomer.code)
    for text, intent in SPEECHES:
        newcomer.clock.forward(minutes=1)
        newcomer.phone.says(text, intent)


def _stored(engine: Engine) -> dict[str, bytes]:
    database = Path(make_url(str(engine.url)).database or "")
    return {file.name: file.read_bytes() for file in database.parent.glob(f"{database.name}*")}


def test_no_word_of_a_person_reaches_the_files_of_the_database_or_the_logs(
    engine: Engine, kit: Kit, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    newcomer = Newcomer(engine, kit, clock, first_name="Repèrevisible")
    with structlog.testing.capture_logs() as logged:
        _say_everything(newcomer)
    files = _stored(engine)
    assert {name.removeprefix("filrouge.db") for name in files} >= {"", "-wal"}
    whole = b"".join(files.values())
    assert "Repèrevisible".encode() in whole  # what is not sealed is found: the search works
    assert CANARY.encode() not in whole
    assert CANARY.encode("utf-16-le") not in whole
    assert CANARY not in caplog.text
    assert CANARY not in str(logged)


def test_the_words_are_there_for_who_holds_the_key(engine: Engine, kit: Kit, clock: FakeClock) -> None:
    newcomer = Newcomer(engine, kit, clock)
    _say_everything(newcomer)
    with transaction(engine) as session:
        bodies = [message.body or "" for message in session.exec(select(Message))]
    assert sum(CANARY in body for body in bodies) == 9


@pytest.mark.postgresql
def test_no_word_of_a_person_reaches_a_dump_of_postgresql(
    postgresql_engine: Engine, kit: Kit, clock: FakeClock
) -> None:
    newcomer = Newcomer(postgresql_engine, kit, clock, first_name="Repèrevisible")
    _say_everything(newcomer)
    with postgresql_engine.connect() as connection:
        listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        tables = [name for (name,) in connection.exec_driver_sql(listed)]
        rows = [
            str(row)
            for table in tables
            for row in connection.exec_driver_sql(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608  (names from the catalogue)
        ]
    dump = " ".join(rows)
    assert "Repèrevisible" in dump
    assert CANARY not in dump
    assert CANARY.encode().hex() not in dump
