"""How the person wants to be written to: what they said is done at once, what only a human can do is passed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from actions.rules.preference_words import PARTS_OF_DAY, Wish, WishKind, find_wishes
from actions.work import Turn
from storage.vocabulary import Address, QuestionKind, TodoKind


def change_preferences(turn: Turn) -> None:
    """Grant the wishes found in the words; where none is found, ask which with choices."""
    wishes = find_wishes(turn.text)
    for wish in wishes:
        _grant(turn, wish)
    if not wishes:
        _ask_which(turn)


def _ask_which(turn: Turn) -> None:
    person = turn.person
    names = [
        "vous" if person.address is Address.TU else "tu",
        "plain" if person.very_simple else "simple",
        "fewer" if person.check_ins else "more",
        "hours",
        "other",
    ]
    turn.pose(
        QuestionKind.CHOOSE_PREFERENCE, "preference.ask", [turn.label(f"preference_{name}") for name in names]
    )


def _ask_hours(turn: Turn) -> None:
    parts = [turn.label(f"preference_{name}") for name in PARTS_OF_DAY]
    turn.pose(QuestionKind.CHOOSE_PREFERENCE, "preference.ask_hours", parts)


def answer_choose_preference(turn: Turn) -> None:
    """Do what was chosen among the settings, or among the parts of the day."""
    name = (turn.choice or "").removeprefix("preference_")
    if name == "hours":
        _ask_hours(turn)
    elif name in PARTS_OF_DAY:
        _grant(turn, Wish(WishKind.HOURS, *PARTS_OF_DAY[name]))
    elif name in set(WishKind):
        _grant(turn, Wish(WishKind(name)))
    else:
        _ask_which(turn)


def _grant(turn: Turn, wish: Wish) -> None:
    if wish.kind in FOR_A_HUMAN:
        _pass_on(turn, wish)
        return
    values = GRANTS[wish.kind](turn, wish)
    turn.audit("preference.changed", turn.person, wish=wish.kind.value)
    turn.say(f"preference.{wish.kind.value}", **values)


FOR_A_HUMAN = frozenset({WishKind.LANGUAGE, WishKind.CONTACT, WishKind.OTHER})
"""A language not spoken yet, a new number (which takes a new invitation), a name, days of the week."""


def _pass_on(turn: Turn, wish: Wish) -> None:
    turn.todo(
        TodoKind.PREFERENCE,
        turn.person,
        key=f"{TodoKind.PREFERENCE.value}/{wish.kind.value}/{turn.message.id}",
        message=turn.message,
        wish=wish.kind.value,
    )
    turn.say(f"preference.{wish.kind.value}")


def _set(**columns: Any) -> Callable[[Turn, Wish], dict[str, Any]]:
    def grant(turn: Turn, _wish: Wish) -> dict[str, Any]:
        for column, value in columns.items():
            setattr(turn.person, column, value)
        return {}

    return grant


def _set_hours(turn: Turn, wish: Wish) -> dict[str, Any]:
    """Set the hours wished for; an end that was not said stays, unless the two would cross."""
    person = turn.person
    begins = wish.waking_from or (
        person.waking_from if _before(person.waking_from, wish.waking_until) else time(7)
    )
    ends = wish.waking_until or (person.waking_until if _before(begins, person.waking_until) else time(22))
    person.waking_from, person.waking_until = begins, ends
    today = turn.now.astimezone(ZoneInfo(person.time_zone))
    return {"begins": _on(today, begins), "ends": _on(today, ends)}


def _before(begins: time, ends: time | None) -> bool:
    return ends is None or begins < ends


def _on(day: datetime, at: time) -> datetime:
    return day.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)


GRANTS: Mapping[WishKind, Callable[[Turn, Wish], dict[str, Any]]] = {
    WishKind.TU: _set(address=Address.TU),
    WishKind.VOUS: _set(address=Address.VOUS),
    WishKind.SIMPLE: _set(very_simple=True),
    WishKind.PLAIN: _set(very_simple=False),
    WishKind.FEWER: _set(check_ins=False),
    WishKind.MORE: _set(check_ins=True),
    WishKind.HOURS: _set_hours,
}
