"""Trying one thing without risking the rest: what fails is undone alone, and said in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from actions.work import Work

log = structlog.get_logger()
Result = TypeVar("Result")


@dataclass(frozen=True)
class Attempt(Generic[Result]):
    """Whether it was done, and what it gave (None where it failed)."""

    done: bool
    result: Result | None = None


def attempt(work: Work, name: str, deed: Callable[[], Result], **ids: str) -> Attempt[Result]:
    """Do `deed` in a savepoint. Whatever it raises is logged under `name`, by its class, and goes no further."""
    try:
        with work.session.begin_nested():
            return Attempt(True, deed())
    except Exception as error:
        log.error("attempt.failed", name=name, error=type(error).__name__, **ids)
        return Attempt(False)
