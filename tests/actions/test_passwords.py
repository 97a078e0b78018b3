"""Passwords of the team: hashed as OWASP asks, and refused when they are easily guessed."""

from __future__ import annotations

import pytest

from actions import passwords
from actions.errors import Invalid

IN_SERVICE = passwords.HASHER
"""As a server has it: the tests' own, cheaper one takes its place only when the first test begins."""


def test_a_guess_costs_what_owasp_asks_for_at_least() -> None:
    # Password Storage Cheat Sheet: Argon2id with 19 MiB of memory and two rounds.
    assert IN_SERVICE.hash("un bon mot de passe").startswith("$argon2id$")
    assert IN_SERVICE.memory_cost >= 19 * 1024
    assert IN_SERVICE.time_cost >= 2


@pytest.mark.parametrize("password", ["onze lettre", "x" * 257, "avec Lucie dedans"])
def test_an_easy_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.hash_password(password, "lucie")


def test_nobody_without_a_hash_comes_in() -> None:
    assert not passwords.is_right(None, "nobody has this password")
    assert not passwords.is_right("no hash at all", "nobody has this password")
    assert passwords.is_right(passwords.hash_password("un bon mot de passe", "lucie"), "un bon mot de passe")
