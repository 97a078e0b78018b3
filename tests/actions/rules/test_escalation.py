"""Whom an alert is for, and when: at night, at the weekend, on a holiday, when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.policy import Policy
from actions.rules.escalation import PlannedStep, never_later, plan, successor
from actions.rules.working_time import OpeningHours
from storage.vocabulary import Recipient, StepKind, Urgency

PARIS = ZoneInfo("Europe/Paris")
HOURS = OpeningHours(zone=PARIS)
POLICY = Policy()
REFERENT, ON_CALL, BACKUP = Recipient.REFERENT, Recipient.ON_CALL, Recipient.BACKUP
LEAD, LINE = Recipient.LEAD, Recipient.STRUCTURE_LINE


def at(text: str) -> datetime:
    """The instant of a time in Paris such as "2026-11-24 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def told(level: int, moment: str, *, known: bool = True) -> list[tuple[str, Recipient]]:
    """Each step of a round as (local time, recipient)."""
    steps = plan(level, at(moment), HOURS, POLICY, known=known)
    return [(f"{step.due_at.astimezone(PARIS):%m-%d %H:%M}", step.recipient) for step in steps]


def test_danger_at_night_runs_at_once_and_tells_everybody_again_in_the_morning() -> None:
    assert told(Urgency.DANGER, "2026-11-24 23:50") == [
        ("11-24 23:50", REFERENT),
        ("11-24 23:50", ON_CALL),
        ("11-25 00:00", REFERENT),
        ("11-25 00:00", ON_CALL),
        ("11-25 00:10", LEAD),
        ("11-25 00:20", LINE),
        ("11-25 09:00", REFERENT),
        ("11-25 09:00", ON_CALL),
        ("11-25 09:00", LEAD),
        ("11-25 09:00", LINE),
    ]


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-24 10:00", "11-25 09:00"),
        ("2026-11-28 03:00", "11-30 09:00"),
        ("2026-12-24 20:00", "12-28 09:00"),
    ],
)
def test_everybody_hears_of_danger_again_when_the_next_working_day_opens(moment: str, opening: str) -> None:
    assert {when for when, _ in told(Urgency.DANGER, moment)[-4:]} == {opening}


def test_danger_during_the_hour_that_comes_twice_keeps_its_minutes() -> None:
    first_half_past_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    local = first_half_past_two.astimezone(PARIS)
    steps = plan(Urgency.DANGER, local, HOURS, POLICY)
    chain = [step for step in steps if step.kind is not StepKind.OPENING]
    waits = [(step.due_at - first_half_past_two) // timedelta(minutes=1) for step in chain]
    assert waits == [0, 0, 10, 10, 20, 30]
    assert steps[-1].due_at == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)


def test_an_unknown_sender_has_the_structure_line_in_place_of_a_referent() -> None:
    assert told(Urgency.DANGER, "2026-11-24 10:00", known=False) == [
        ("11-24 10:00", LINE),
        ("11-24 10:00", ON_CALL),
        ("11-24 10:10", LINE),
        ("11-24 10:10", ON_CALL),
        ("11-24 10:20", LEAD),
        ("11-24 10:30", LINE),
        ("11-25 09:00", LINE),
        ("11-25 09:00", ON_CALL),
        ("11-25 09:00", LEAD),
    ]


def chain_of(moment: str) -> list[tuple[str, Recipient]]:
    """The four steps of an urgency, without the reopening."""
    return told(Urgency.URGENT, moment)[:4]


def test_an_urgency_in_the_morning_reaches_the_lead_the_same_day() -> None:
    assert chain_of("2026-11-24 10:00") == [
        ("11-24 10:00", REFERENT),
        ("11-24 11:00", REFERENT),
        ("11-24 12:00", BACKUP),
        ("11-24 13:00", LEAD),
    ]


def test_an_urgency_goes_on_at_the_next_opening_when_the_day_ends_first() -> None:
    assert chain_of("2026-11-24 16:00") == [
        ("11-24 16:00", REFERENT),
        ("11-24 17:00", REFERENT),
        ("11-25 09:00", BACKUP),
        ("11-25 10:00", LEAD),
    ]


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        ("2026-11-24 20:00", "11-25 09:00"),
        ("2026-11-28 10:00", "11-30 09:00"),
        ("2026-12-25 10:00", "12-28 09:00"),
        ("2026-03-28 23:00", "03-30 09:00"),
    ],
)
def test_an_urgency_outside_working_time_waits_for_the_opening(moment: str, first: str) -> None:
    assert chain_of(moment)[0] == (first, REFERENT)
    assert chain_of(moment)[3] == (f"{first[:5]} 12:00", LEAD)


def test_an_urgency_that_nobody_read_is_told_again_every_morning() -> None:
    assert told(Urgency.URGENT, "2026-11-27 16:00")[4:] == [
        ("12-01 09:00", REFERENT),
        ("12-01 09:00", BACKUP),
        ("12-01 09:00", LEAD),
    ]


def test_positions_of_a_round_are_unique_and_start_at_zero() -> None:
    for level in (Urgency.URGENT, Urgency.DANGER):
        steps = plan(level, at("2026-11-24 10:00"), HOURS, POLICY)
        assert [step.position for step in steps] == list(range(len(steps)))


def test_a_further_message_does_not_put_off_the_lead() -> None:
    first = plan(Urgency.DANGER, at("2026-11-24 10:00"), HOURS, POLICY)
    pending = [step for step in first if step.due_at > at("2026-11-24 10:19")]
    second = never_later(plan(Urgency.DANGER, at("2026-11-24 10:19"), HOURS, POLICY), pending)
    lead = next(step for step in second if step.recipient is LEAD)
    assert lead.due_at == at("2026-11-24 10:20")
    assert second[0].due_at == at("2026-11-24 10:19")


def test_a_further_message_leaves_the_morning_round_in_the_morning() -> None:
    first = plan(Urgency.DANGER, at("2026-11-24 10:00"), HOURS, POLICY)
    second = never_later(plan(Urgency.DANGER, at("2026-11-24 10:05"), HOURS, POLICY), first)
    openings = {step.due_at for step in second if step.kind is StepKind.OPENING}
    assert openings == {at("2026-11-25 09:00")}


def test_the_line_is_told_every_thirty_minutes() -> None:
    step = PlannedStep(5, LINE, at("2026-11-24 23:30"), StepKind.REPEAT)
    following = successor(step, at("2026-11-24 23:30"), HOURS, POLICY)
    assert following is not None
    assert (following.recipient, following.due_at) == (LINE, at("2026-11-25 00:00"))


def test_a_repeat_that_ran_late_is_not_made_up_for() -> None:
    step = PlannedStep(5, LINE, at("2026-11-24 23:30"), StepKind.REPEAT)
    following = successor(step, at("2026-11-25 03:00"), HOURS, POLICY)
    assert following is not None
    assert following.due_at == at("2026-11-25 03:30")


def test_a_morning_step_is_followed_by_the_next_morning() -> None:
    step = PlannedStep(6, REFERENT, at("2026-11-27 09:00"), StepKind.OPENING)
    following = successor(step, at("2026-11-27 09:00"), HOURS, POLICY)
    assert following is not None
    assert following.due_at == at("2026-11-30 09:00")


def test_a_step_of_the_chain_has_no_successor() -> None:
    step = PlannedStep(4, LEAD, at("2026-11-24 10:20"), StepKind.CHAIN)
    assert successor(step, at("2026-11-24 10:20"), HOURS, POLICY) is None
