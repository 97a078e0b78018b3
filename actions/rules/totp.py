"""One-time codes of six digits (TOTP, RFC 6238): thirty-second steps, SHA-1, as every authenticator app does."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
SECRET_SYMBOLS = 32
"""Base 32: 160 bits, the length that RFC 4226 recommends."""
DRIFT_STEPS = 1
"""A phone's clock may be thirty seconds off, and a code be typed as it changes."""
ISSUER = "Fil rouge"


def new_secret() -> str:
    """A fresh secret of 160 bits, in base 32."""
    return pyotp.random_base32(SECRET_SYMBOLS)


def provisioning_uri(secret: str, login: str) -> str:
    """What an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def matching_step(secret: str, code: str, at: datetime, used_step: int | None) -> int | None:
    """The step whose code was typed, None where there is none; a step used before, or an earlier one, never matches."""
    typed = "".join(code.split())
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        fresh = used_step is None or step > used_step
        if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), typed.encode()) and fresh:
            return step
    return None
