"""Passwords of the team: hashed with Argon2id, compared in the same time whether the login exists or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from actions.errors import Invalid

SHORTEST, LONGEST = 12, 256
HASHER = PasswordHasher()
"""Argon2id with the parameters of RFC 9106 for little memory, the library's own choice."""


def hash_password(password: str, login: str) -> str:
    """The Argon2id hash of a password. Raises Invalid where it is too short, too long, or holds the login."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"Le mot de passe doit avoir entre {SHORTEST} et {LONGEST} caractères.")
    if login.casefold() in password.casefold():
        raise Invalid("Le mot de passe ne doit pas contenir l'identifiant.")
    return HASHER.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one hashed; always False without a hash, and as slow to say so."""
    try:
        HASHER.verify(password_hash or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys() -> str:
    """A hash to compare with where there is no account."""
    return HASHER.hash("nobody has this password")
