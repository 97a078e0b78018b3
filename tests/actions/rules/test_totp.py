"""One-time codes: the clock may drift a little, a code serves once."""

from __future__ import annotations

import base64
from datetime import timedelta

import pyotp
import pytest

from actions.rules.totp import STEP_SECONDS, matching_step, new_secret, provisioning_uri
from tests.builders import TUESDAY

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(seconds: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(TUESDAY + timedelta(seconds=seconds))


def test_a_secret_has_160_bits() -> None:
    assert len(base64.b32decode(new_secret())) * 8 == 160


@pytest.mark.parametrize("seconds", [-STEP_SECONDS, 0, STEP_SECONDS])
def test_a_code_of_the_step_before_or_after_is_taken(seconds: int) -> None:
    assert matching_step(SECRET, code_at(seconds), TUESDAY, None) is not None


@pytest.mark.parametrize("seconds", [-3 * STEP_SECONDS, 3 * STEP_SECONDS])
def test_a_code_of_long_ago_or_far_ahead_is_refused(seconds: int) -> None:
    assert matching_step(SECRET, code_at(seconds), TUESDAY, None) is None


def test_a_code_serves_once() -> None:
    step = matching_step(SECRET, code_at(), TUESDAY, None)
    assert step is not None
    assert matching_step(SECRET, code_at(), TUESDAY, step) is None
    assert matching_step(SECRET, code_at(STEP_SECONDS), TUESDAY, step) == step + 1


@pytest.mark.parametrize("typed", ["", "000", "abcdef", "é123456", "12345678"])
def test_anything_else_is_refused(typed: str) -> None:
    assert matching_step(SECRET, typed, TUESDAY, None) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    code = code_at()
    assert matching_step(SECRET, f" {code[:3]} {code[3:]}", TUESDAY, None) is not None


def test_the_uri_names_the_login_and_us() -> None:
    assert provisioning_uri(SECRET, "claire").startswith("otpauth://totp/Fil%20rouge:claire?")
