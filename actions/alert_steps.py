"""The steps of an alert: frozen when a round opens, run when they fall due.

Notifications carry the number of the alert and nothing else. All the steps due at one moment are one wave;
everybody is told once in a wave. A wave that reaches nobody pulls the next one forward.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import structlog

from actions.alert_recipients import everybody, resolve
from actions.opening import hours_of
from actions.rules.escalation import PlannedStep, never_later, plan, successor
from actions.work import Work
from storage.queries import escalations
from storage.tables import ContactPoint, Escalation, EscalationStep, Structure
from storage.vocabulary import Lane, StepKind, StepStatus

log = structlog.get_logger()
AT_ONCE = 50


def run_due(work: Work) -> int:
    """Run every step that is due, of all structures (a job, at each tick). Return how many alerts moved.

    One alert that cannot be told must not keep the others waiting: its failure is logged, its steps stay due,
    and the audit finds them.
    """
    lost = [
        alert
        for alert in escalations.claim_undelivered(work.session, work.now, AT_ONCE)
        if _pulled_forward(work, alert, escalations.last_wave(work.session, alert))
    ]
    ready = escalations.claim_ready(work.session, work.now, AT_ONCE)
    return sum(run_safely(work, alert) for alert in {alert.id: alert for alert in [*lost, *ready]}.values())


def run_safely(work: Work, escalation: Escalation) -> bool:
    """Run what is due of one alert in a savepoint; False when that failed and is left for the next tick."""
    try:
        with work.session.begin_nested():
            run_steps(work, escalation)
    except Exception as error:
        log.error("alert.step_failed", escalation=str(escalation.id), error=type(error).__name__)
        return False
    return True


def run_steps(work: Work, escalation: Escalation) -> None:
    """Tell everybody whose step is due; while nobody could be told, go on with the next step at once."""
    wave = _due(work, escalation)
    while wave and not _run(work, escalation, wave):
        following = _pulled_forward(work, escalation, wave)
        if not following:
            _tell_anybody(work, escalation, wave[-1])
        wave = following


def _due(work: Work, escalation: Escalation) -> list[EscalationStep]:
    pending = escalations.pending_steps(work.session, escalation.id)
    return [step for step in pending if step.due_at <= work.now]


def _pulled_forward(work: Work, escalation: Escalation, empty: list[EscalationStep]) -> list[EscalationStep]:
    """The next wave, due now. Nothing after a step that comes back by itself: it was the end of the chain."""
    if any(step.kind is not StepKind.CHAIN for step in empty):
        return []
    pending = escalations.pending_steps(work.session, escalation.id)
    chain = [step for step in pending if step.kind is not StepKind.OPENING and step.due_at > work.now]
    wave = [step for step in chain if step.due_at == chain[0].due_at]
    for step in wave:
        step.due_at = work.now
    return wave


def _run(work: Work, escalation: Escalation, wave: list[EscalationStep]) -> bool:
    told: set[str] = set()
    for step in wave:
        addresses = resolve(work, escalation, step.recipient)
        step.status = StepStatus.DONE if addresses else StepStatus.SKIPPED
        step.done_at = work.now
        told |= _tell(work, escalation, str(step.position), addresses, told)
        work.audit(
            f"alert.step_{step.status.value}",
            escalation,
            recipient=step.recipient.value,
            round=step.round,
            position=step.position,
        )
        _freeze_successor(work, escalation, step)
    work.session.flush()
    return bool(told)


def _tell(
    work: Work,
    escalation: Escalation,
    place: str,
    addresses: Iterable[ContactPoint],
    told: set[str],
) -> set[str]:
    """Put the number of the alert in the outbox, once for each address; return those written to."""
    fresh = {str(address.id): address for address in addresses if str(address.id) not in told}
    for address in fresh.values():
        work.enqueue(
            address,
            "staff.alert",
            {"reference": escalation.reference},
            key=f"alert/{escalation.id}/{escalation.round}/{place}/{address.id}",
            lane=Lane.ALERT,
            subject_id=escalation.id,
            reference=str(escalation.reference),
        )
    if fresh:
        escalation.raised_at = work.now
    return set(fresh)


def _tell_anybody(work: Work, escalation: Escalation, last: EscalationStep) -> None:
    """The chain found nobody: tell whoever can be reached at all. Nobody at all is an error that must be seen."""
    if _tell(work, escalation, f"{last.position}-anybody", everybody(work, escalation), set()):
        work.audit("alert.last_resort", escalation)
        return
    work.audit("alert.nobody_reachable", escalation)
    log.error("alert.nobody_reachable", escalation=str(escalation.id), reference=escalation.reference)


def _freeze_successor(work: Work, escalation: Escalation, step: EscalationStep) -> None:
    hours = hours_of(work.session.get_one(Structure, escalation.structure_id))
    following = successor(_planned(step), work.now, hours, work.kit.policy)
    if following:
        position = escalations.next_position(work.session, escalation)
        _add(work, escalation, [replace(following, position=position)])


def freeze_round(work: Work, escalation: Escalation) -> None:
    """Freeze the steps of the current round of an alert, and cancel what is left of the round before.

    Whoever was still to be told sooner by the round before is told as soon.
    """
    hours = hours_of(work.session.get_one(Structure, escalation.structure_id))
    known = escalation.person_id is not None
    planned = plan(escalation.level, work.now, hours, work.kit.policy, known=known)
    pending = escalations.pending_steps(work.session, escalation.id)
    cancel(pending)
    _add(work, escalation, never_later(planned, [_planned(step) for step in pending]))


def cancel(pending: Iterable[EscalationStep]) -> None:
    """Cancel steps that were still to run."""
    for step in pending:
        step.status = StepStatus.CANCELLED


def _planned(step: EscalationStep) -> PlannedStep:
    return PlannedStep(step.position, step.recipient, step.due_at, step.kind)


def _add(work: Work, escalation: Escalation, planned: Iterable[PlannedStep]) -> None:
    for step in planned:
        work.session.add(
            EscalationStep(
                escalation_id=escalation.id,
                round=escalation.round,
                position=step.position,
                recipient=step.recipient,
                kind=step.kind,
                due_at=step.due_at,
            )
        )
    work.session.flush()
