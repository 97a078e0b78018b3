"""What the database holds after a line: each name of `effects`, and how it is read.

    alerts:  [{level: 3, status: open}]          all of them, oldest first (also: person, frein, closed_by)
    todos:   [frein, move_request]               the kinds of the open lines, in any order
    plan:    {"Refaire mon CV": {status: done}}  steps by title (also: count, hours, target, due_on); null: not there
    progress: [{activity: application, count: 3, hours: null, done_on: 2026-11-23}]      all that was reported here
    week_hours: 2.5                              hours of the week that is running
    appointment: confirmed                       the answer to the person's next appointment (also of the last one)
    attendance: excused                          what became of it
    person:  {consent: given, stopped: no}       or the word `erased`
    support: paused
    freins:  {housing: 1}                        the open ones, with their level
    phone:   active                              the state of the person's address; null where none is bound

An effect is about the first person of the journey. Only what is named is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.rules.plan import week_on
from actions.work import Work
from storage.queries import plan
from storage.tables import (
    Appointment,
    Demarche,
    Escalation,
    Frein,
    Participation,
    Person,
    Progress,
    Referent,
    Todo,
)
from storage.vocabulary import FreinStatus, TodoStatus
from tests.journeys.stage import phones_of, support_of

View = Callable[[Work, Person, Any], Any]


def check(work: Work, person: Person | None, effects: Mapping[str, Any]) -> list[str]:
    """One sentence for each effect that is not what the file says."""
    wrong = []
    for name, expected in effects.items():
        actual = VIEWS[name](work, person, expected)  # type: ignore[arg-type]  # views of a person come with one
        if actual != expected:
            wrong.append(f"{name}: {actual!r}, not {expected!r}")
    return wrong


def _alerts(work: Work, _person: Person, expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = work.session.exec(select(Escalation).order_by(col(Escalation.opened_at)))
    return _named(expected, [_alert(work, row) for row in rows])


def _alert(work: Work, row: Escalation) -> dict[str, Any]:
    person = work.session.get(Person, row.person_id) if row.person_id else None
    closer = work.session.get(Referent, row.closed_by) if row.closed_by else None
    return {
        "level": row.level,
        "status": row.status.value,
        "frein": row.frein.value if row.frein else None,
        "person": person.first_name if person else None,
        "closed_by": closer.first_name if closer else None,
    }


def _named(expected: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with the fields that the file names for it."""
    fields = [list(one) for one in expected] + [list(row) for row in rows[len(expected) :]]
    return [{name: row.get(name) for name in names} for row, names in zip(rows, fields, strict=False)]


def _todos(work: Work, _person: Person, expected: list[str]) -> list[str]:
    kinds = [
        line.kind.value for line in work.session.exec(select(Todo).where(Todo.status == TodoStatus.OPEN))
    ]
    return expected if sorted(kinds) == sorted(expected) else sorted(kinds)


def _plan(work: Work, person: Person, expected: dict[str, Any]) -> dict[str, Any]:
    steps = {step.title: step for step in plan.steps(work.session, person.id)}
    return {
        title: _step(work, steps[title], fields or {}) if title in steps else None
        for title, fields in expected.items()
    }


def _step(work: Work, step: Demarche, fields: Mapping[str, Any]) -> dict[str, Any]:
    entries = work.session.exec(select(Progress).where(Progress.demarche_id == step.id)).all()
    shown = {
        "status": step.status.value,
        "count": sum(entry.count or 0 for entry in entries),
        "hours": sum(entry.hours or 0.0 for entry in entries),
        "target": step.target_count,
        "due_on": step.due_on,
    }
    return {name: shown[name] for name in fields}


def _progress(work: Work, person: Person, expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = work.session.exec(
        select(Progress)
        .where(Progress.person_id == person.id, col(Progress.message_id).is_not(None))
        .order_by(col(Progress.created_at))
    )
    return _named(
        expected,
        [
            {
                "activity": row.activity.value if row.activity else None,
                "count": row.count,
                "hours": row.hours,
                "done_on": row.done_on,
                "week_on": row.week_on,
                "status": row.status.value,
            }
            for row in rows
        ],
    )


def _week_hours(work: Work, person: Person, _expected: float) -> float:
    today = work.now.astimezone(ZoneInfo(person.time_zone)).date()
    return sum(entry.hours or 0.0 for entry in plan.progress_of(work.session, person.id, week_on(today)))


def _participation(work: Work, person: Person) -> Participation:
    """The next one, else the last."""
    rows = work.session.exec(
        select(Participation, Appointment)
        .join(Appointment, col(Appointment.id) == col(Participation.appointment_id))
        .where(Participation.person_id == person.id)
        .order_by(col(Appointment.starts_at))
    ).all()
    coming = [participation for participation, appointment in rows if appointment.ends_at > work.now]
    return coming[0] if coming else rows[-1][0]


def _person(work: Work, person: Person | None, expected: Any) -> Any:
    row = work.session.get(Person, person.id) if person else None
    if row is None:
        return "erased"
    shown = {
        "consent": row.consent.value,
        "stopped": row.stopped_at is not None,
        "address": row.address.value,
    }
    return {name: shown[name] for name in expected} if isinstance(expected, dict) else "kept"


def _freins(work: Work, person: Person, _expected: Any) -> dict[str, int]:
    rows = work.session.exec(
        select(Frein).where(Frein.person_id == person.id, Frein.status == FreinStatus.OPEN)
    )
    return {row.category.value: row.urgency for row in rows}


def _phone(work: Work, person: Person, _expected: Any) -> str | None:
    bound = phones_of(work.session, person)
    return bound[0].status.value if bound else None


VIEWS: Mapping[str, View] = {
    "alerts": _alerts,
    "todos": _todos,
    "plan": _plan,
    "progress": _progress,
    "week_hours": _week_hours,
    "appointment": lambda work, person, _: _participation(work, person).answer.value,
    "attendance": lambda work, person, _: _participation(work, person).status.value,
    "person": _person,
    "support": lambda work, person, _: support_of(work.session, person).status.value,
    "freins": _freins,
    "phone": _phone,
}
