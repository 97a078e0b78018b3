"""Sealing: everything that can hold a person's words is encrypted in its column.

AES-256-GCM; the associated data name table, row and person, so that a sealed value copied to another row or
another person does not open. The key lives outside the database and is installed once, at start (`bootstrap`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

NONCE_BYTES = 12
KEY_BYTES = 32


class KeyMissing(RuntimeError):
    """The data key was not installed: the process was started without going through bootstrap."""


class SealBroken(RuntimeError):
    """A sealed value does not open: wrong key, or moved from another row or person. Carries the table's name."""


class _Keys:
    """The two keys of this process: one seals words, one makes blind indexes of addresses."""

    seal: AESGCM | None = None
    index: bytes | None = None


def generate_key() -> str:
    """Return a fresh data key, 256 bits, in URL-safe base64: what `FILROUGE_DATA_KEY` holds."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode("ascii")


def install_key(key: str) -> None:
    """Install the data key for this process. Raises ValueError unless it is 256 bits in URL-safe base64."""
    raw = base64.urlsafe_b64decode(key.encode("ascii"))
    if len(raw) != KEY_BYTES:
        raise ValueError("FILROUGE_DATA_KEY must hold 32 bytes in URL-safe base64")
    _Keys.seal = AESGCM(_derive(raw, b"seal"))
    _Keys.index = _derive(raw, b"index")


def _derive(raw: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(algorithm=hashes.SHA256(), length=KEY_BYTES, info=b"filrouge/" + purpose).derive(raw)


def seal(plain: str, context: str) -> bytes:
    """Encrypt `plain`; only the same `context` opens it. Raises KeyMissing."""
    if _Keys.seal is None:
        raise KeyMissing
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _Keys.seal.encrypt(nonce, plain.encode("utf-8", "surrogatepass"), context.encode())


def unseal(sealed: bytes, context: str) -> str:
    """Decrypt what `seal` made with the same `context`. Raises KeyMissing, SealBroken."""
    if _Keys.seal is None:
        raise KeyMissing
    try:
        plain = _Keys.seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except InvalidTag as error:
        raise SealBroken(context.split("/", maxsplit=1)[0]) from error
    return plain.decode("utf-8", "surrogatepass")


def blind_index(value: str) -> str:
    """Return a keyed digest by which an encrypted value can be looked up. Raises KeyMissing."""
    if _Keys.index is None:
        raise KeyMissing
    return hmac.new(_Keys.index, value.encode(), hashlib.sha256).hexdigest()


class _Row(Protocol):
    """A table row with a key; `seal_owner` names whose words they are."""

    id: Any

    def seal_owner(self) -> str: ...


def _context(row: Any, column: str) -> str:
    owner: _Row = row
    return f"{type(row).__tablename__}/{column}/{owner.id}/{owner.seal_owner()}"


def sealed_text(column: str) -> Any:
    """A property over the bytes of `column` that reads and writes plain text (None stays None).

    Set it after the row is made: `row = Note(...); row.body = text`. The row's key and owner must not change after.
    """

    def read(self: Any) -> str | None:
        sealed: bytes | None = getattr(self, column)
        return None if sealed is None else unseal(bytes(sealed), _context(self, column))

    def write(self: Any, plain: str | None) -> None:
        setattr(self, column, None if plain is None else seal(plain, _context(self, column)))

    return property(read, write)


def sealed_json(column: str) -> Any:
    """Like `sealed_text`, for a dictionary of JSON values."""

    def read(self: Any) -> dict[str, Any]:
        sealed: bytes | None = getattr(self, column)
        if sealed is None:
            return {}
        loaded: dict[str, Any] = json.loads(unseal(bytes(sealed), _context(self, column)))
        return loaded

    def write(self: Any, values: dict[str, Any] | None) -> None:
        plain = None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)
        setattr(self, column, None if plain is None else seal(plain, _context(self, column)))

    return property(read, write)
