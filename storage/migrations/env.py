"""Alembic's entry: the url comes from `storage.database.migrate`."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import storage.tables
from storage.database import UtcDateTime, Word, make_engine

assert storage.tables.Person.metadata is SQLModel.metadata  # noqa: S101  (importing registers the tables)

PLAIN = {UtcDateTime: "sa.DateTime(timezone=True)", Word: "sa.String(40)", AutoString: "sa.String()"}


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what they are in the database: a migration must not depend on today's code."""
    return PLAIN.get(type(item), False) if kind == "type" else False


engine = make_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=plain_type,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
