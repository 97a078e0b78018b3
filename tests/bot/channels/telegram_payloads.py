"""Payloads written by us in the shape that Telegram documents; the people and numbers in them are invented."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "fixtures" / "telegram"


def payload(name: str) -> dict[str, Any]:
    """One update, fresh, to be changed at will."""
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded
