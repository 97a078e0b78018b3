"""The database: engine, transactions and the column types that keep time honest.

Access is synchronous. Each transaction is one plain function; its caller (path, console route, job) owns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import RLock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import CheckConstraint, DateTime, Dialect, Engine, String, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE_BUSY_SECONDS = 15


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on the way in (a naive one is refused), UTC on the way out, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given where an instant is kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A vocabulary word: stored as a string, read back as its enum."""

    impl = String(40)
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.vocabulary(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.vocabulary(value)


def words(table: str, column: str, vocabulary: type[StrEnum]) -> CheckConstraint:
    """The check constraint that keeps `column` within `vocabulary`."""
    listed = ", ".join(f"'{word.value}'" for word in vocabulary)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def make_engine(url: str) -> Engine:
    """Make the engine for SQLite (`sqlite:///file`) or PostgreSQL (`postgresql+psycopg://…`).

    On SQLite every transaction begins IMMEDIATE: a writer waits at its start instead of failing at its end.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10)


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False},
        execution_options={"one_writer": RLock()},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(
            "BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE"
        )

    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back when it raises.

    SQLite has one writer. Threads of this process line up for it here, where the next one is woken at once: between
    processes SQLite sleeps and looks again, longer each time, and a danger's answer would wait with it.
    """
    one_writer = engine.get_execution_options().get("one_writer", nullcontext())
    with one_writer, Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that only reads: it waits for no writer, and what it changed is lost."""
    with Session(engine.execution_options(reading=True), expire_on_commit=False) as session:
        yield session


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema (Alembic)."""
    command.upgrade(alembic_config(url), "head")


def alembic_config(url: str) -> Config:
    """Alembic's configuration for our migrations against `url`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
