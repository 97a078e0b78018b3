"""Which databases the demonstration may use: an empty one and its own, never one where real people are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from actions.work import Kit, Work
from bot.demonstration import REAL_STRUCTURE, holds_real_structure, load_demonstration
from bot.rasa_server import free_port
from storage.database import make_engine, reading, transaction
from storage.sealing import generate_key
from storage.tables import Structure
from tests.builders import TUESDAY, a_structure
from tests.tools import ROOT


def load(engine: Engine, kit: Kit) -> None:
    """Write the demonstration into a database."""
    with transaction(engine) as session:
        load_demonstration(Work(session, TUESDAY, kit))


def is_refused(engine: Engine) -> bool:
    """Whether the demonstration would keep away from this database."""
    with reading(engine) as session:
        return holds_real_structure(session)


def test_a_database_without_tables_may_be_used(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    assert not is_refused(engine)
    engine.dispose()


def test_a_database_without_structures_may_be_used(engine_any: Engine) -> None:
    assert not is_refused(engine_any)


def test_the_demonstration_finds_itself_again(engine_any: Engine, kit: Kit) -> None:
    load(engine_any, kit)
    load(engine_any, kit)  # `--demo` adds a second one
    assert not is_refused(engine_any)


def test_a_real_structure_is_left_alone_even_beside_the_demonstration(engine_any: Engine, kit: Kit) -> None:
    with transaction(engine_any) as session:
        a_structure(session)
    assert is_refused(engine_any)
    load(engine_any, kit)
    assert is_refused(engine_any)


@pytest.fixture
def real_database(tmp_path: Path) -> Iterator[Engine]:
    """A real installation whose tables are of another time: whatever is migrated there gains others."""
    engine = make_engine(f"sqlite:///{tmp_path / 'real.db'}")
    Structure.__table__.create(engine)  # type: ignore[attr-defined]  # what SQLModel puts there
    with transaction(engine) as session:
        session.add(Structure(name="Le Pont (exemple)", created_at=TUESDAY))
    yield engine
    engine.dispose()


@pytest.mark.process
@pytest.mark.parametrize("typed", [("run", "--without-nlu"), ("run", "--without-nlu", "--demo"), ("chat",)])
def test_a_command_of_the_demonstration_refuses_a_real_database_and_changes_nothing_there(
    real_database: Engine, tmp_path: Path, typed: tuple[str, ...]
) -> None:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FILROUGE_")}
    settings = {
        "FILROUGE_HOME": str(tmp_path / "home"),
        "FILROUGE_DATA_KEY": generate_key(),
        "FILROUGE_DATABASE_URL": str(real_database.url),
    }
    port = ("--port", str(free_port())) if "run" in typed else ()
    done = subprocess.run(
        [sys.executable, "-m", "bot", *typed, *port],
        cwd=ROOT,
        env=ours | settings,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert REAL_STRUCTURE in done.stderr
    assert "Traceback" not in done.stderr
    assert inspect(real_database).get_table_names() == ["structure"]
