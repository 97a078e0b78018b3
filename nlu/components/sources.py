"""The state of this folder's code and word lists, for Rasa's cache of trained components."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def source_fingerprint() -> str:
    """SHA-256 of all sources here. Rasa hashes only the class of a component, not the modules it calls."""
    digest = hashlib.sha256()
    for path in sorted([*_FOLDER.glob("*.py"), *_FOLDER.glob("*.yaml"), *_FOLDER.glob("*.npz")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
