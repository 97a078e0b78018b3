"""Where the present comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)


class ShiftedClock:
    """A clock for demonstrations: it runs like the machine's, ahead by what it was moved."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        """The present instant, shifted."""
        return datetime.now(UTC) + self.ahead

    def move_to(self, moment: datetime) -> None:
        """Make `moment` the present. Raises ValueError when it lies in the past: time only moves forward."""
        if moment < self.now():
            raise ValueError("time only moves forward")
        self.ahead = moment - datetime.now(UTC)
