"""The referent's side of the plan: steps made, changed and ended, what was declared settled."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from actions.errors import Invalid, Settled
from actions.people_admin import check_may_see
from actions.rules.plan import OPEN
from actions.work import Work
from storage.queries import people, plan
from storage.tables import Demarche, Frein, Person, Progress, Referent
from storage.vocabulary import (
    Activity,
    DemarcheStatus,
    FreinStatus,
    ProgressStatus,
    TodoKind,
    TodoOutcome,
    TodoStatus,
)


def create_step(
    work: Work,
    referent: Referent,
    person: Person,
    title: str,
    *,
    activity: Activity | None = None,
    target_count: int | None = None,
    due_on: date | None = None,
) -> Demarche:
    """Add a step to a person's plan. `target_count` counts the activity's items. Raises NotAllowed, Invalid."""
    check_may_see(work, referent, person.id)
    support = people.accompagnement_of(work.session, person.id)
    if support is None:
        raise Invalid("Cette personne n’a pas d’accompagnement en cours.")
    step = Demarche(person_id=person.id, accompagnement_id=support.id, created_at=work.now)
    _fill(step, title, activity, target_count, due_on)
    work.session.add(step)
    work.session.flush()
    work.audit("step.created", step, structure_id=person.structure_id)
    return step


def edit_step(
    work: Work,
    referent: Referent,
    step: Demarche,
    title: str,
    *,
    activity: Activity | None = None,
    target_count: int | None = None,
    due_on: date | None = None,
) -> None:
    """Write what a step says anew: what is not given is emptied. Raises NotAllowed, Invalid, Settled when it is over."""
    _check_open(work, referent, step)
    _fill(step, title, activity, target_count, due_on)
    _audit(work, step, "step.edited")


def _fill(
    step: Demarche, title: str, activity: Activity | None, target_count: int | None, due_on: date | None
) -> None:
    words = " ".join(title.split())
    if not words:
        raise Invalid("Écrivez ce qu’il y a à faire.")
    if target_count is not None and target_count <= 0:
        raise Invalid("Le nombre à atteindre doit être d’au moins 1.")
    step.title, step.activity = words, activity
    step.target_count, step.due_on = target_count, due_on


def mark_done(work: Work, referent: Referent, step: Demarche, on: date | None = None) -> None:
    """End a step on a local day (today if not given). Raises NotAllowed, Settled when it is over already."""
    person = _check_open(work, referent, step)
    step.status, step.done_on = DemarcheStatus.DONE, on or _today(work, person)
    _audit(work, step, "step.done")


def cancel_step(work: Work, referent: Referent, step: Demarche) -> None:
    """Take a step out of the plan; what was reported for it stays. Raises NotAllowed, Settled when it is over."""
    _check_open(work, referent, step)
    step.status = DemarcheStatus.CANCELLED
    _audit(work, step, "step.cancelled")


def reopen_step(work: Work, referent: Referent, step: Demarche) -> None:
    """Take up a step that was done, cancelled, set aside or proposed. Raises NotAllowed."""
    check_may_see(work, referent, step.person_id)
    counts = plan.counted(work.session, [step.id])
    step.status = DemarcheStatus.IN_PROGRESS if counts.get(step.id) else DemarcheStatus.TO_DO
    step.done_on = None
    _audit(work, step, "step.reopened")


def validate_progress(work: Work, referent: Referent, entry: Progress) -> None:
    """Accept what was declared. Raises NotAllowed, Settled: a validated entry no longer changes."""
    _settle(work, referent, entry, ProgressStatus.VALIDATED)


def refuse_progress(work: Work, referent: Referent, entry: Progress) -> None:
    """Refuse what was declared: it counts no longer. Raises NotAllowed, Settled."""
    _settle(work, referent, entry, ProgressStatus.REFUSED)


def _settle(work: Work, referent: Referent, entry: Progress, status: ProgressStatus) -> None:
    check_may_see(work, referent, entry.person_id)
    work.session.refresh(entry, with_for_update={"key_share": True})
    if entry.status is not ProgressStatus.DECLARED:
        raise Settled
    entry.status, entry.settled_by, entry.settled_at = status, referent.id, work.now
    work.audit(f"progress.{status.value}", entry, structure_id=referent.structure_id)
    _close_hours_line(work, referent, entry)


def _close_hours_line(work: Work, referent: Referent, entry: Progress) -> None:
    """The week's line has nothing left to settle: whoever settles it elsewhere need not do it twice."""
    week = plan.progress_of(work.session, entry.person_id, entry.week_on)
    line = plan.open_line(work.session, f"hours/{entry.person_id}/{entry.week_on}")
    if line is None or any(other.hours and other.status is ProgressStatus.DECLARED for other in week):
        return
    line.status, line.outcome = TodoStatus.CLOSED, TodoOutcome.OVERTAKEN
    line.closed_at, line.closed_by = work.now, referent.id
    work.audit(
        "todo.closed", line, kind=TodoKind.HOURS_TO_VALIDATE.value, outcome=TodoOutcome.OVERTAKEN.value
    )


def close_frein(work: Work, referent: Referent, frein: Frein) -> None:
    """An obstacle is over. Raises NotAllowed, Settled when it was closed already."""
    person = work.session.get_one(Person, frein.person_id)
    check_may_see(work, referent, person.id)
    if frein.status is FreinStatus.CLOSED:
        raise Settled
    frein.status, frein.closed_at = FreinStatus.CLOSED, work.now
    work.audit("frein.closed", frein, structure_id=person.structure_id)


def _check_open(work: Work, referent: Referent, step: Demarche) -> Person:
    person = work.session.get_one(Person, step.person_id)
    check_may_see(work, referent, person.id)
    if step.status not in OPEN:
        raise Settled
    return person


def _today(work: Work, person: Person) -> date:
    return work.now.astimezone(ZoneInfo(person.time_zone)).date()


def _audit(work: Work, step: Demarche, action: str) -> None:
    person = work.session.get_one(Person, step.person_id)
    work.audit(action, step, structure_id=person.structure_id)
