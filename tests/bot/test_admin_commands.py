"""What is typed when a structure installs Fil rouge, and when somebody has lost their way in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from typer.testing import CliRunner

from actions.sign_in import prove, sign_in, stored_hash
from actions.work import Kit, Work
from bot import bootstrap
from bot.__main__ import cli
from bot.clock import SystemClock
from bot.commands import admin
from storage.database import make_engine, transaction
from storage.sealing import generate_key, install_key

pytestmark = pytest.mark.process

PASSWORD, NEW_PASSWORD = "trois chats sur un toit", "quatre chiens sous un toit"
NAMES = ["--first-name", "Zoé", "--last-name", "Exemple"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _migrated_sqlite: Path) -> Path:
    """A fresh installation, migrated."""
    monkeypatch.setenv("FILROUGE_HOME", str(tmp_path))
    monkeypatch.setenv("FILROUGE_DATA_KEY", generate_key())
    for module in (bootstrap, admin):  # the logs of this process stay those of the tests
        monkeypatch.setattr(module, "quiet_logs", lambda *_given, **_named: None)
    (tmp_path / "filrouge.db").write_bytes(_migrated_sqlite.read_bytes())
    return tmp_path


@pytest.fixture(autouse=True)
def _another_key_afterwards() -> Iterator[None]:
    yield
    install_key(generate_key())


def run(*typed: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, typed)
    return done.exit_code, done.output


def may_enter(home: Path, kit: Kit, password: str, uri: str) -> bool:
    """Whether this password and the authenticator of this address open the console."""
    engine = make_engine(f"sqlite:///{home / 'filrouge.db'}")
    now = SystemClock().now()
    code = pyotp.TOTP(parse_qs(urlsplit(uri).query)["secret"][0]).at(now)
    with transaction(engine) as session:
        work = Work(session, now, kit)
        entered = sign_in(work, "zoe", prove(stored_hash(work, "zoe"), password), code) is not None
    engine.dispose()
    return entered


def test_who_lost_password_and_phone_gets_new_ones_and_the_old_ones_open_nothing(
    home: Path, kit: Kit
) -> None:
    assert run("create-structure", "Le Pont (exemple)")[0] == 0
    made = run("create-admin", "zoe", *NAMES, "--password", PASSWORD)[1].split()[-1]
    code, output = run("reset-access", "Zoe", "--password", NEW_PASSWORD)
    assert code == 0
    again = output.split()[-1]
    assert not may_enter(home, kit, PASSWORD, again)
    assert not may_enter(home, kit, NEW_PASSWORD, made)
    assert may_enter(home, kit, NEW_PASSWORD, again)


def test_a_login_that_nobody_has_is_told_in_a_sentence(home: Path) -> None:
    code, output = run("reset-access", "personne", "--password", NEW_PASSWORD)
    assert code == 1
    assert "Aucun membre" in output
