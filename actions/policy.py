"""The figures by which the companion behaves: defaults here, settings override them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta


@dataclass(frozen=True)
class Policy:
    """Every cadence, cap and term, with the evidence where there is some.

    Reminders four days and one day before: the pair with an effect in a randomised trial (3,470 people, 14,135
    appointments, 2021); two days alone had none. Retention follows the terms listed in `docs/privacy.md`.
    """

    understood_from: float = 0.42
    misunderstandings_before_human: int = 2
    question_open_for: timedelta = timedelta(hours=24)

    reminder_days: tuple[int, ...] = (4, 1)
    reminder_early_at: time = time(11)
    reminder_eve_at: time = time(17, 30)
    check_in_weekday: int = 4
    check_in_at: time = time(15)
    nudge_after: timedelta = timedelta(days=10)
    proactive_per_week: int = 3
    digest_at: time = time(8)
    same_text_not_within: timedelta = timedelta(hours=24)
    loop_messages: int = 20
    loop_within: timedelta = timedelta(minutes=5)

    danger_waits_minutes: tuple[int, ...] = (0, 10, 20, 30)
    danger_repeats: timedelta = timedelta(minutes=30)
    urgent_waits_minutes: tuple[int, ...] = (0, 60, 120, 180)
    hold: timedelta = timedelta(minutes=10)
    raise_again_without_note: timedelta = timedelta(hours=4)

    invitation_open_for: timedelta = timedelta(days=7)
    code_tries: int = 5
    code_tries_within: timedelta = timedelta(hours=24)

    keep_bodies: timedelta = timedelta(days=90)
    keep_record: timedelta = timedelta(days=730)
    keep_outbox_values: timedelta = timedelta(days=7)
    keep_invitations: timedelta = timedelta(days=7)
    keep_audit: timedelta = timedelta(days=3 * 365)
