"""Everything that can be set, in one typed object read once from `FILROUGE_*` and, for a demonstration, a file."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Self

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from actions.policy import Policy

PLACEHOLDERS = frozenset(
    {"changeme", "change-me", "secret", "password", "todo", "xxx", "test", "token", "key"}
)
SHORTEST_SECRET = 16
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """The settings of one installation; `docs/settings.md` explains each.

    `data_key` is 32 bytes in URL-safe base64 (`filrouge new-key` prints one). `public_url` (https) turns polling
    into a webhook. `rasa_url` unset: `filrouge run` starts Rasa itself.
    """

    model_config = SettingsConfigDict(env_prefix="FILROUGE_", extra="ignore")

    home: Path = Path(".filrouge")
    database_url: str | None = None
    data_key: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    rasa_url: str | None = None
    rasa_token: SecretStr | None = None
    heartbeat_url: str | None = None
    demonstration: bool = False
    resources_file: Path | None = None
    database_threads: int = 8

    proactive_per_week: int = 3
    nudge_after_days: int = 10
    keep_bodies_days: int = 90
    keep_record_days: int = 730
    keep_outbox_values_days: int = 7
    keep_audit_days: int = 1095
    check_in_at: time = time(15)

    @field_validator("data_key", "telegram_token", "rasa_token")
    @classmethod
    def _no_placeholder(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None:
            return None
        plain = secret.get_secret_value().strip()
        if plain.lower() in PLACEHOLDERS or len(plain) < SHORTEST_SECRET:
            raise ValueError("ce secret est un exemple ou trop court : mettez-en un vrai")
        return secret

    @field_validator("telegram_token")
    @classmethod
    def _from_botfather(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not re.fullmatch(r"\d+:[\w-]{16,}", secret.get_secret_value(), re.ASCII):
            raise ValueError(
                "ce n'est pas un jeton de @BotFather (des chiffres, deux-points, une suite de lettres)"
            )
        return secret

    @field_validator("public_url")
    @classmethod
    def _https(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith("https://"):
            raise ValueError("l'adresse publique commence par https://")
        return url.rstrip("/") if url else url

    @model_validator(mode="after")
    def _real_installation_has_a_key(self) -> Self:
        if not self.demonstration and self.data_key is None:
            raise ValueError("FILROUGE_DATA_KEY manque : `./filrouge new-key` en donne une")
        return self

    @model_validator(mode="after")
    def _demonstration_stays_on_this_machine(self) -> Self:
        """The simulator asks nobody who they are."""
        if self.demonstration and (self.host not in LOOPBACK or self.public_url):
            raise ValueError(
                "la démonstration n'a pas de connexion : elle n'écoute que cette machine (127.0.0.1)"
            )
        return self

    @property
    def database(self) -> str:
        """The database's URL: by default a SQLite file in `home`."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'filrouge.db'}"

    def policy(self) -> Policy:
        """The figures of behaviour, with what was set here."""
        return Policy(
            proactive_per_week=self.proactive_per_week,
            nudge_after=timedelta(days=self.nudge_after_days),
            keep_bodies=timedelta(days=self.keep_bodies_days),
            keep_record=timedelta(days=self.keep_record_days),
            keep_outbox_values=timedelta(days=self.keep_outbox_values_days),
            keep_audit=timedelta(days=self.keep_audit_days),
            check_in_at=self.check_in_at,
        )
