"""The demonstration's clock: it can be moved forward, and remembers by how much over a restart."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import ShiftedClock
from bot.commands.home import read_private, write_private


class DemonstrationClock(ShiftedClock):
    """A `ShiftedClock` that keeps its shift in the home folder."""

    def __init__(self, home: Path) -> None:
        self._file = home / "clock.json"
        super().__init__(timedelta(seconds=read_private(self._file).get("ahead_seconds", 0.0)))

    def move_to(self, moment: datetime) -> None:
        """Make `moment` the present, also for the next start. Raises ValueError when it lies in the past."""
        super().move_to(moment)
        write_private(self._file, {"ahead_seconds": self.ahead.total_seconds()})
