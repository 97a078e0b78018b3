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
    free_words_open_for: timedelta = timedelta(hours=1)
    same_report_within: timedelta = timedelta(minutes=10)

    reminder_days: tuple[int, ...] = (4, 1)
    reminder_early_at: time = time(11)
    reminder_eve_at: time = time(17, 30)
    reminder_early_useful_for: timedelta = timedelta(days=1)
    reminder_eve_until_before: timedelta = timedelta(hours=2)
    appointment_news_ahead: timedelta = timedelta(hours=2)
    reminders_per_run: int = 100
    check_in_weekday: int = 4
    check_in_at: time = time(15)
    check_in_open_for: timedelta = timedelta(hours=48)
    nudge_after: timedelta = timedelta(days=10)
    nudge_useful_for: timedelta = timedelta(days=2)
    silence_told_after: timedelta = timedelta(days=21)
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
    ask_code_every: timedelta = timedelta(hours=1)
    consent_open_for: timedelta = timedelta(days=7)
    erase_after: timedelta = timedelta(hours=1)
    export_every: timedelta = timedelta(hours=24)

    sign_in_tries: int = 5
    sign_in_locked_for: timedelta = timedelta(minutes=15)
    session_lasts: timedelta = timedelta(hours=12)
    session_idle: timedelta = timedelta(hours=1)

    keep_bodies: timedelta = timedelta(days=90)
    keep_record: timedelta = timedelta(days=730)
    keep_outbox_values: timedelta = timedelta(days=7)
    keep_invitations: timedelta = timedelta(days=7)
    keep_audit: timedelta = timedelta(days=3 * 365)
