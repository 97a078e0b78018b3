"""The first page: alerts, oldest unread first, then the to-do list; and what is done with each."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from actions import escalate, todo
from actions.errors import Invalid
from actions.work import Work
from bot.console.desk import Desk, fields, found, to_uuid
from bot.console.french import read_word
from storage.queries import escalations, people, todos
from storage.queries import plan as plans
from storage.tables import Escalation, Message, Participation, Person, Referent, Structure, Todo
from storage.vocabulary import ParticipationStatus, TodoKind, TodoOutcome

SETTLED_BY_ATTENDANCE = frozenset({TodoKind.APPOINTMENT_TO_SETTLE})
OFFERED = frozenset({TodoOutcome.DONE, TodoOutcome.ACCEPTED, TodoOutcome.REFUSED, TodoOutcome.REPLIED})
ACCEPTED_OR_REFUSED = frozenset(
    {
        TodoKind.PROPOSED_STEP,
        TodoKind.HOURS_TO_VALIDATE,
        TodoKind.POSTPONED_STEP,
        TodoKind.MOVE_REQUEST,
        TodoKind.APPOINTMENT_REQUEST,
        TodoKind.LEAVE,
    }
)


def today_of(work: Work, referent: Referent) -> Any:
    """The local day of the referent's structure."""
    structure = work.session.get_one(Structure, referent.structure_id)
    return work.now.astimezone(ZoneInfo(structure.time_zone)).date()


def queue_pages(desk: Desk) -> APIRouter:
    """The routes of the first page."""
    router = APIRouter()

    @router.get("/console")
    async def queue(request: Request) -> Response:
        return await desk.show(request, "queue.html", _queue)

    @router.get("/console/alerts/{alert_id}")
    async def alert(request: Request, alert_id: str) -> Response:
        return await desk.show(request, "alert.html", lambda work, me: _alert(work, me, alert_id))

    @router.post("/console/alerts/{alert_id}/acknowledge")
    async def acknowledge(request: Request, alert_id: str) -> Response:
        return await desk.act(
            request,
            lambda work, me: escalate.acknowledge(work, _escalation(work, alert_id), me),
            f"/console/alerts/{to_uuid(alert_id)}",
        )

    @router.post("/console/alerts/{alert_id}/close")
    async def close(request: Request, alert_id: str) -> Response:
        note = (await fields(request)).get("note", "")
        return await desk.act(
            request, lambda work, me: escalate.close(work, _escalation(work, alert_id), me, note), "/console"
        )

    @router.post("/console/todos/{line_id}")
    async def settle(request: Request, line_id: str) -> Response:
        typed = await fields(request)
        return await desk.act(request, lambda work, me: _settle(work, me, line_id, typed), "/console")

    return router


def _queue(work: Work, me: Referent) -> dict[str, Any]:
    today = today_of(work, me)
    alerts = escalations.queue(work.session, me, today)
    lines = todos.lines_for(work.session, me, today)
    return {
        "alerts": [{"row": alert, "person": _person(work, alert.person_id)} for alert in alerts],
        "lines": [described(work, line) for line in lines],
        "stands_in": bool(people.stood_in_for(work.session, me.id, today)),
    }


def described(work: Work, line: Todo) -> dict[str, Any]:
    """A to-do line as the pages show it."""
    message = work.session.get(Message, line.message_id) if line.message_id else None
    return {
        "row": line,
        "person": _person(work, line.person_id),
        "member": line.detail.get("member"),
        "words": message.body if message else None,
        "attendance": line.kind in SETTLED_BY_ATTENDANCE,
        "decided": line.kind in ACCEPTED_OR_REFUSED,
        "participation": work.session.get(Participation, line.subject_id) if line.subject_id else None,
    }


def _person(work: Work, person_id: Any) -> Person | None:
    return work.session.get(Person, person_id) if person_id else None


def _escalation(work: Work, alert_id: str) -> Escalation:
    escalation: Escalation = found(work.session.get(Escalation, to_uuid(alert_id)))
    return escalation


def _alert(work: Work, me: Referent, alert_id: str) -> dict[str, Any]:
    escalation = _escalation(work, alert_id)
    if not escalations.may_open(work.session, me, escalation, today_of(work, me)):
        found(None)
    read_by = work.session.get(Referent, escalation.acknowledged_by) if escalation.acknowledged_by else None
    return {
        "alert": escalation,
        "person": _person(work, escalation.person_id),
        "messages": escalations.messages_of(work.session, escalation.id),
        "steps": escalations.steps_of(work.session, escalation.id),
        "freins": plans.freins(work.session, escalation.person_id) if escalation.person_id else [],
        "read_by": read_by,
    }


def _settle(work: Work, me: Referent, line_id: str, typed: dict[str, str]) -> str | None:
    line: Todo = found(work.session.get(Todo, to_uuid(line_id)))
    attendance = read_word(typed.get("attendance"), ParticipationStatus)
    if attendance:
        todo.settle_appointment(work, line, me, attendance)
        return None
    outcome = read_word(typed.get("outcome"), TodoOutcome)
    if outcome not in OFFERED:
        raise Invalid("Choisissez ce que devient cette ligne.")
    todo.close(work, line, me, outcome, typed.get("reply"))
    return None
