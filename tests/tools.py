"""Tools that a test needs and a machine may lack (node, chromium, shellcheck, Rasa's environment).

On a developer's machine the test is skipped and says why. In CI it fails: there, `.ci/run` installs them all.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]


def in_ci() -> bool:
    """Whether the environment says CI (`CI=true`, or anything but empty, 0 and false)."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def missing(reason: str) -> NoReturn:
    """Skips the test with its reason; in CI, fails it."""
    if in_ci():
        pytest.fail(f"{reason}: CI must have it", pytrace=False)
    pytest.skip(reason)


def need_command(*names: str) -> str:
    """The path of the first of these commands that is installed."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    missing(f"{' or '.join(names)} is not installed")


def need_rasa() -> Path:
    """The interpreter of Rasa's environment."""
    python = ROOT / "nlu" / ".venv" / "bin" / "python"
    if not python.exists():
        missing("Rasa's environment is not installed (./filrouge train installs it)")
    return python
