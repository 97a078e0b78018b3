"""Asking how it goes: once a week, and after a silence; and the line for the referent when the silence lasts.

All of it is only put to people who may be written to first and want it; `send_time` checks again, and keeps it
back while a danger is open and once three such messages have gone out in a week.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from actions.pass_on import offer_human
from actions.ports import Choice
from actions.rules.timing import WEEK, local_day, weekly_moment
from actions.send_time import waking_of
from actions.work import Turn, Work
from storage import outbox
from storage.queries import proactive
from storage.tables import Person
from storage.vocabulary import QuestionKind, TodoKind

BATCH = 200
FIRST = UUID(int=0)
APART = timedelta(days=2)
CHECK_IN = "check_in.ask"
NUDGE = "nudge.ask"
MOODS = ("going_well", "so_so", "not_well")


def check_in(work: Work) -> int:
    """Put the weekly question to everybody whose local hour has come; return how many. Run twice it adds nothing."""
    zones = _where_it_is_the_day(work)
    written, after = 0, FIRST
    while zones and written < BATCH:
        page = proactive.to_ask(
            work.session, CHECK_IN, work.now - WEEK / 2, BATCH, in_zones=zones, after=after
        )
        written += sum(_check_in_on(work, person) for person in page)
        if len(page) < BATCH:
            break
        after = page[-1].id
    return written


def _where_it_is_the_day(work: Work) -> list[str]:
    """The zones in which it is the day of the check-in: on other days nobody is looked up."""
    weekday = work.kit.policy.check_in_weekday
    return [
        zone
        for zone in proactive.zones(work.session)
        if local_day(work.now, ZoneInfo(zone)).weekday() == weekday
    ]


def _check_in_on(work: Work, person: Person) -> bool:
    policy = work.kit.policy
    week = weekly_moment(work.now, policy.check_in_weekday, policy.check_in_at, waking_of(person))
    if week is None:
        return False
    day, not_after = week
    return _put(work, person, CHECK_IN, f"check_in/{person.id}/{day:%F}", not_after=not_after)


def nudge(work: Work) -> int:
    """Write once to each person silent for `nudge_after` (10 days); return how many. Run twice it adds nothing.

    Not within two days of a check-in, nor on its day: one question at a time.
    """
    policy = work.kit.policy
    silent = proactive.to_nudge(
        work.session,
        NUDGE,
        work.now - policy.nudge_after,
        BATCH,
        besides=CHECK_IN,
        not_since=work.now - APART,
    )
    check_in_today = _where_it_is_the_day(work)
    return sum(_nudge(work, person) for person in silent if person.time_zone not in check_in_today)


def _nudge(work: Work, person: Person) -> bool:
    key = f"nudge/{person.id}/{proactive.heard_at(person):%F}"
    return _put(work, person, NUDGE, key, not_after=work.now + work.kit.policy.nudge_useful_for)


def note_silence(work: Work) -> int:
    """After `silence_told_after` (21 days) without a word, a line for the referent: the nudge did not reach them."""
    written = 0
    for person in proactive.lost(work.session, work.now - work.kit.policy.silence_told_after, BATCH):
        if proactive.locked(work.session, person) is None:
            continue
        heard_at = proactive.heard_at(person)
        key = f"silence/{person.id}/{heard_at:%F}"
        written += work.todo(TodoKind.SILENCE, person, key=key, heard_at=heard_at) is not None
    return written


def _put(work: Work, person: Person, text_key: str, key: str, **columns: Any) -> bool:
    """Ask how it goes, once for each `key`."""
    if proactive.locked(work.session, person) is None or outbox.find(work.session, key):
        return False
    choices = [Choice(mood, work.kit.texts.label(f"choice.{mood}", person.address)) for mood in MOODS]
    expires_at = work.now + work.kit.policy.check_in_open_for
    question = work.ask(person.id, QuestionKind.CHECK_IN, choices, expires_at=expires_at)
    row = work.tell(person, text_key, key=key, columns={"question_id": question.id, **columns})
    if row is None:
        work.session.delete(question)
    return row is not None


def answer_check_in(turn: Turn) -> None:
    """Well: glad of it. So-so: the human is offered. Not well: the referent is told too. (Free words: see `mood`.)"""
    if turn.choice == "going_well":
        turn.say("check_in.going_well")
        return
    low = turn.choice == "not_well"
    if low:
        turn.note(TodoKind.MOOD, said="not_well")
    turn.audit("check_in.answered", turn.person, said=turn.choice)
    offer_human(turn, "check_in.not_well" if low else "check_in.so_so")
