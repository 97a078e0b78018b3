"""The one table of what the companion does of itself: each job, how often it looks, and how late is too late.

Cadences say how often the database is asked, not when something happens: what is due is computed there, under
unique keys, so that any number of replicas may run any job at any time, twice as well as once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from actions import audit, check_in, digest, erase, escalate, pause_support, purge, remind
from actions.work import Work

TICK = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """One job. `run` returns how many things it did; `too_late` says when it no longer does them."""

    name: str
    run: Callable[[Work], int]
    every: timedelta
    why: str
    too_late: str


JOBS: tuple[Job, ...] = (
    Job(
        "escalation_steps",
        escalate.run_due,
        TICK,
        "An alert that nobody has read goes to the next recipient.",
        "Never: a step missed is made up at once.",
    ),
    Job(
        "forgotten_alerts",
        escalate.raise_forgotten,
        MINUTE,
        "An alert read and left without a note is raised again.",
        "Never.",
    ),
    Job(
        "reminders",
        remind.remind,
        TICK,
        "Appointments are recalled four days and one day before: the pair with trial evidence.",
        "The early one a day after its moment, the eve's two hours before the appointment.",
    ),
    Job(
        "calls_before_appointments",
        remind.call_the_homeless,
        MINUTE,
        "Reminders do not help people without housing: their referent calls.",
        "When the appointment begins.",
    ),
    Job(
        "appointments_to_settle",
        remind.ask_what_became,
        MINUTE,
        "The morning after, the referent says what became of each appointment.",
        "Never.",
    ),
    Job(
        "check_ins",
        check_in.check_in,
        MINUTE,
        "Once a week the person is asked how it goes.",
        "At the end of that day's waking hours.",
    ),
    Job(
        "nudges",
        check_in.nudge,
        QUARTER,
        "Ten silent days: one word, once for each silence.",
        "Two days after.",
    ),
    Job(
        "silences",
        check_in.note_silence,
        QUARTER,
        "Three silent weeks: contact may be lost, the referent is told.",
        "When the person writes again.",
    ),
    Job(
        "ended_pauses",
        pause_support.end_pauses,
        QUARTER,
        "A pause ends on the day that was said.",
        "Never.",
    ),
    Job(
        "digests",
        digest.send_digests,
        MINUTE,
        "On working days the referent is told what waits.",
        "Four hours after.",
    ),
    Job(
        "erasures",
        erase.erase_due,
        MINUTE,
        "Who asked for erasure is erased the same day.",
        "Never.",
    ),
    Job(
        "purge",
        purge.purge,
        HOUR,
        "Each class of data is kept for its term and no longer.",
        "Never.",
    ),
    Job(
        "audit_seal",
        audit.seal_days,
        HOUR,
        "Each past day of the audit log is sealed into the chain.",
        "Never: days missed are sealed in turn.",
    ),
)
