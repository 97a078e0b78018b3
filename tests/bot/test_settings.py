"""Settings: read once, a placeholder stops the start."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.bootstrap import INVENTED_PLACES, places_of
from bot.settings import Settings
from storage.sealing import generate_key


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FILROUGE_DATA_KEY", "FILROUGE_HOME", "FILROUGE_DATABASE_URL", "FILROUGE_TELEGRAM_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_a_real_installation_needs_its_data_key() -> None:
    with pytest.raises(ValidationError, match="FILROUGE_DATA_KEY manque"):
        Settings()


@pytest.mark.parametrize("secret", ["changeme", "SECRET", "too-short", "  password  "])
def test_a_placeholder_secret_stops_the_start(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("FILROUGE_DATA_KEY", secret)
    with pytest.raises(ValidationError, match="exemple ou trop court"):
        Settings()


def test_a_public_address_is_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILROUGE_DATA_KEY", generate_key())
    monkeypatch.setenv("FILROUGE_PUBLIC_URL", "http://exemple.fr")
    with pytest.raises(ValidationError, match="https"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"), [("FILROUGE_HOST", "192.0.2.1"), ("FILROUGE_PUBLIC_URL", "https://exemple.fr")]
)
def test_a_demonstration_listens_to_this_machine_only(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match="cette machine"):
        Settings(demonstration=True)


def test_nobody_real_is_sent_to_an_invented_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FILROUGE_DATA_KEY", generate_key())
    assert places_of(Settings()) is None
    assert places_of(Settings(demonstration=True)) == INVENTED_PLACES
    monkeypatch.setenv("FILROUGE_RESOURCES_FILE", str(tmp_path / "ours.yaml"))
    assert places_of(Settings()) == tmp_path / "ours.yaml"


def test_the_database_lies_in_the_home_folder_unless_told_otherwise(tmp_path: Path) -> None:
    settings = Settings(demonstration=True, home=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'filrouge.db'}"
    assert Settings(demonstration=True, database_url="postgresql+psycopg://x/y").database.startswith(
        "postgresql"
    )


def test_a_figure_set_in_the_environment_reaches_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILROUGE_KEEP_BODIES_DAYS", "30")
    assert Settings(demonstration=True).policy().keep_bodies == timedelta(days=30)


def test_secrets_do_not_show_when_the_settings_are_printed() -> None:
    key = generate_key()
    settings = Settings(demonstration=True, data_key=key)  # type: ignore[arg-type]  # pydantic reads the string
    assert key not in repr(settings)
