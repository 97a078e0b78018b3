"""Who reads what is passed on, and from when: for texts that must be true."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from actions.opening import hours_of
from actions.rules.working_time import is_open, next_opening
from actions.work import Turn
from storage.queries import people


def who_reads(turn: Turn) -> dict[str, Any]:
    """`who`: first name of the referent, or of whoever stands in today (None without a referent); `open_now`:
    whether the structure is open; `at`: the instant at which it opens next.
    """
    hours = hours_of(turn.structure)
    referent = people.referent_of(turn.session, turn.person.id)
    if referent:
        today = turn.now.astimezone(ZoneInfo(turn.structure.time_zone)).date()
        referent = people.stand_in_of(turn.session, referent.id, today) or referent
    return {
        "who": referent.first_name if referent else None,
        "open_now": is_open(hours, turn.now),
        "at": next_opening(hours, turn.now),
    }
