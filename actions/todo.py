"""A line of the to-do list, closed in one tap; what was decided goes back to the person on their channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from actions import appointments_admin
from actions.errors import Invalid, NotAllowed, Settled
from actions.todo_effects import EFFECTS
from actions.work import Work
from storage.queries import todos
from storage.tables import Outgoing, Participation, Person, Referent, Structure, Todo
from storage.vocabulary import Lane, ParticipationStatus, TodoKind, TodoOutcome, TodoStatus

TEXTS: Mapping[tuple[TodoKind, TodoOutcome], str] = {
    (TodoKind.APPOINTMENT_REQUEST, TodoOutcome.ACCEPTED): "todo.appointment_accepted",
    (TodoKind.APPOINTMENT_REQUEST, TodoOutcome.REFUSED): "todo.appointment_refused",
    (TodoKind.MOVE_REQUEST, TodoOutcome.ACCEPTED): "todo.move_accepted",
    (TodoKind.MOVE_REQUEST, TodoOutcome.REFUSED): "todo.move_refused",
    (TodoKind.PROPOSED_STEP, TodoOutcome.ACCEPTED): "todo.step_accepted",
    (TodoKind.PROPOSED_STEP, TodoOutcome.REFUSED): "todo.step_refused",
    (TodoKind.HOURS_TO_VALIDATE, TodoOutcome.ACCEPTED): "todo.hours_accepted",
    (TodoKind.HOURS_TO_VALIDATE, TodoOutcome.REFUSED): "todo.hours_refused",
    (TodoKind.POSTPONED_STEP, TodoOutcome.ACCEPTED): "todo.postponed_accepted",
    (TodoKind.POSTPONED_STEP, TodoOutcome.REFUSED): "todo.postponed_refused",
    (TodoKind.LEAVE, TodoOutcome.ACCEPTED): "todo.leave_accepted",
    (TodoKind.LEAVE, TodoOutcome.REFUSED): "todo.leave_refused",
    (TodoKind.MESSAGE, TodoOutcome.DONE): "todo.seen",
    (TodoKind.COMPLAINT, TodoOutcome.DONE): "todo.seen",
    (TodoKind.UNREADABLE, TodoOutcome.DONE): "todo.seen",
}
"""What the person is told, by the kind of the line and how it was settled."""

ANY_KIND: Mapping[TodoOutcome, str] = {
    TodoOutcome.ACCEPTED: "todo.accepted",
    TodoOutcome.REFUSED: "todo.refused",
    TodoOutcome.REPLIED: "todo.replied",
}
"""The same for every other kind. Where neither table has a line, the person is told nothing."""


def close(
    work: Work, line: Todo, referent: Referent, outcome: TodoOutcome, reply: str | None = None
) -> Outgoing | None:
    """Settle a line, do what that means, and tell the person. None where there was nobody to tell or nothing to say.

    `reply` is the referent's own words, passed on as they are; TodoOutcome.REPLIED needs them. Raises NotAllowed,
    Invalid for an empty reply, and Settled when somebody else was first.
    """
    words = (reply or "").strip() or None
    if outcome is TodoOutcome.REPLIED and words is None:
        raise Invalid("Écrivez votre réponse avant de l’envoyer.")
    _lock(work, line, referent)
    effect = EFFECTS.get(line.kind)
    quoted = effect(work, line, referent, outcome) if effect else {}
    line.reply = words
    _settle(work, line, referent, outcome)
    return _tell(work, line, referent, outcome, quoted)


def settle_appointment(work: Work, line: Todo, referent: Referent, status: ParticipationStatus) -> None:
    """Say what became of a past appointment: seen, excused or noshow. The person is told nothing.

    Raises NotAllowed, Invalid for another status or line, and Settled when somebody else was first.
    """
    _lock(work, line, referent)
    participation = work.session.get(Participation, line.subject_id) if line.subject_id else None
    if participation is None:
        raise Invalid("Cette ligne ne concerne pas un rendez-vous.")
    appointments_admin.settle(work, referent, participation, status)
    _settle(work, line, referent, TodoOutcome.DONE)


def _lock(work: Work, line: Todo, referent: Referent) -> None:
    structure = work.session.get_one(Structure, line.structure_id)
    today = work.now.astimezone(ZoneInfo(structure.time_zone)).date()
    if not todos.may_settle(work.session, referent, line, today):
        raise NotAllowed
    if todos.locked(work.session, line).status is TodoStatus.CLOSED:
        raise Settled


def _settle(work: Work, line: Todo, referent: Referent, outcome: TodoOutcome) -> None:
    line.status, line.outcome = TodoStatus.CLOSED, outcome
    line.closed_at, line.closed_by = work.now, referent.id
    work.audit("todo.closed", line, kind=line.kind.value, outcome=outcome.value)


def _tell(
    work: Work, line: Todo, referent: Referent, outcome: TodoOutcome, quoted: dict[str, Any]
) -> Outgoing | None:
    person = work.session.get(Person, line.person_id) if line.person_id else None
    text_key = TEXTS.get((line.kind, outcome)) or ANY_KIND.get(outcome)
    if line.reply and text_key in (None, "todo.seen"):
        text_key = "todo.replied"
    if person is None or text_key is None:
        return None
    values = {"who": referent.first_name, "reply": line.reply} | quoted
    return work.tell(person, text_key, key=f"todo/{line.id}", lane=Lane.ANSWER, **values)
