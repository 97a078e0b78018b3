"""Whom an alert is for, and when: the series of steps that is frozen when an alert opens.

Level 3 runs at any hour; level 2 in the working time of the structure. `docs/escalation.md` tells it in prose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from actions.policy import Policy
from actions.rules.working_time import OpeningHours, next_opening, when_open
from storage.vocabulary import Recipient, StepKind, Urgency

DANGER_CHAIN = (
    (Recipient.REFERENT, Recipient.ON_CALL),
    (Recipient.REFERENT, Recipient.ON_CALL),
    (Recipient.LEAD,),
    (Recipient.STRUCTURE_LINE,),
)
"""Who is told at each of `Policy.danger_waits_minutes`; the last one again and again."""

URGENT_CHAIN = (Recipient.REFERENT, Recipient.REFERENT, Recipient.BACKUP, Recipient.LEAD)
"""Who is told at each of `Policy.urgent_waits_minutes`."""

EVERYBODY = {
    Urgency.DANGER: (Recipient.REFERENT, Recipient.ON_CALL, Recipient.LEAD, Recipient.STRUCTURE_LINE),
    Urgency.URGENT: (Recipient.REFERENT, Recipient.BACKUP, Recipient.LEAD),
}
"""Who is told again when a working day opens on an alert that nobody has read."""


@dataclass(frozen=True)
class PlannedStep:
    """One step: its place in the round (from 0), whom it is for, its kind, and the instant it falls due."""

    position: int
    recipient: Recipient
    due_at: datetime
    kind: StepKind = StepKind.CHAIN


def plan(
    level: int, at: datetime, hours: OpeningHours, policy: Policy, *, known: bool = True
) -> tuple[PlannedStep, ...]:
    """The steps of one round that begins at `at`. `known` is False for a sender nobody has a name for.

    Nobody is the referent of an unknown sender: the line of the structure stands in their place.
    """
    at = at.astimezone(UTC)
    chain = [*_danger(at, policy)] if level >= Urgency.DANGER else [*_urgent(at, hours, policy)]
    reopening = next_opening(hours, at if level >= Urgency.DANGER else chain[-1].due_at)
    everybody = dict.fromkeys(_addressed(recipient, known) for recipient in EVERYBODY[Urgency(level)])
    again = [PlannedStep(0, recipient, reopening, StepKind.OPENING) for recipient in everybody]
    return tuple(
        replace(step, position=position, recipient=_addressed(step.recipient, known))
        for position, step in enumerate(chain + again)
    )


def _addressed(recipient: Recipient, known: bool) -> Recipient:
    return Recipient.STRUCTURE_LINE if recipient is Recipient.REFERENT and not known else recipient


def _danger(at: datetime, policy: Policy) -> Iterator[PlannedStep]:
    last = len(DANGER_CHAIN) - 1
    for wave, minutes in enumerate(policy.danger_waits_minutes):
        kind = StepKind.REPEAT if wave == last else StepKind.CHAIN
        for recipient in DANGER_CHAIN[wave]:
            yield PlannedStep(0, recipient, at + timedelta(minutes=minutes), kind)


def _urgent(at: datetime, hours: OpeningHours, policy: Policy) -> Iterator[PlannedStep]:
    """Each step waits its time after the one before it; when the day ends first, until the next opening."""
    due_at = when_open(hours, at)
    waits = policy.urgent_waits_minutes
    yield PlannedStep(0, URGENT_CHAIN[0], due_at)
    for recipient, (before, after) in zip(URGENT_CHAIN[1:], pairwise(waits), strict=True):
        due_at = when_open(hours, due_at + timedelta(minutes=after - before))
        yield PlannedStep(0, recipient, due_at)


def never_later(planned: Iterable[PlannedStep], pending: Iterable[PlannedStep]) -> tuple[PlannedStep, ...]:
    """A new round after a further message: it must not put off what was already to come for the same people."""
    soonest: dict[Recipient, datetime] = {}
    for step in pending:
        soonest[step.recipient] = min(step.due_at, soonest.get(step.recipient, step.due_at))
    return tuple(
        replace(step, due_at=min(step.due_at, soonest.get(step.recipient, step.due_at)))
        if step.kind is not StepKind.OPENING
        else step
        for step in planned
    )


def successor(step: PlannedStep, now: datetime, hours: OpeningHours, policy: Policy) -> PlannedStep | None:
    """The step that follows one that has just run: none after a CHAIN step. Its position is left to the caller."""
    if step.kind is StepKind.REPEAT:
        due_at = step.due_at + policy.danger_repeats
        return replace(step, due_at=due_at if due_at > now else now + policy.danger_repeats)
    if step.kind is StepKind.OPENING:
        return replace(step, due_at=next_opening(hours, max(now, step.due_at)))
    return None
