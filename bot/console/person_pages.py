"""One person: the plan, the hours, the appointments, the freins, the alerts; and what a referent does there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from actions import appointments_admin, invitations, people_admin, plan_admin
from actions.errors import Invalid
from actions.export import data_export
from actions.rules.plan import week_hours, week_on
from actions.work import Work
from bot.console.desk import Desk, fields, found, to_uuid
from bot.console.french import read_day, read_hours, read_moment, read_number, read_word
from bot.console.people_pages import team_of
from bot.console.queue_pages import described, today_of
from storage.queries import appointments, people, todos
from storage.queries import plan as plans
from storage.tables import Demarche, Escalation, Frein, Person, Progress, Referent
from storage.vocabulary import (
    Activity,
    Address,
    DemarcheStatus,
    Modality,
    ParticipationStatus,
    ProgressStatus,
)

LONGEST_MINUTES = 600
PersonDeed = Callable[[Work, Referent, Person, dict[str, str]], None]


class StepFields(TypedDict):
    """What a step says besides its title."""

    activity: Activity | None
    target_count: int | None
    due_on: date | None


def person_pages(desk: Desk) -> APIRouter:
    """The routes of a person's page. Each form of the page posts to one line of `DEEDS`."""
    router = APIRouter()

    @router.get("/console/people/{person_id}")
    async def page(request: Request, person_id: str) -> Response:
        return await desk.show(request, "person.html", lambda work, me: _page(work, me, person_id))

    @router.get("/console/people/{person_id}/export")
    async def export(request: Request, person_id: str) -> Response:
        return await desk.show(request, "export.html", lambda work, me: _export(work, me, person_id))

    @router.post("/console/people/{person_id}/invitation")
    async def invite(request: Request, person_id: str) -> Response:
        """The code is shown on this answer only: only its digest is kept."""
        codes: list[tuple[str, str]] = []

        def deed(work: Work, me: Referent) -> None:
            person = _seen(work, me, person_id)
            codes.append((person.first_name, invitations.create(work, person, me)))

        answer = await desk.act(request, deed, f"/console/people/{to_uuid(person_id)}")
        if not codes:
            return answer
        name, code = codes[0]
        return HTMLResponse(
            desk.render("invitation.html", name=name, code=code, person_id=person_id, for_line=False)
        )

    @router.post("/console/people/{person_id}/{deed}")
    async def act(request: Request, person_id: str, deed: str) -> Response:
        if deed not in DEEDS:
            raise HTTPException(404)
        typed = await fields(request)
        return await desk.act(
            request,
            lambda work, me: DEEDS[deed](work, me, _seen(work, me, person_id), typed),
            f"/console/people/{to_uuid(person_id)}",
        )

    return router


def _seen(work: Work, me: Referent, person_id: str) -> Person:
    people_admin.check_may_see(work, me, to_uuid(person_id))
    return work.session.get_one(Person, to_uuid(person_id))


def _page(work: Work, me: Referent, person_id: str) -> dict[str, Any]:
    person = _seen(work, me, person_id)
    support = people.accompagnement_of(work.session, person.id)
    today = work.now.astimezone(ZoneInfo(person.time_zone)).date()
    week = plans.progress_of(work.session, person.id, week_on(today))
    steps = plans.steps(work.session, person.id)
    return {
        "person": person,
        "support": support,
        "referent": people.referent_of(work.session, person.id),
        "contact": people.contact_of_person(work.session, person.id),
        "steps": [step for step in steps if step.status is not DemarcheStatus.CANCELLED],
        "counts": plans.counted(work.session, [step.id for step in steps]),
        "week": week,
        "hours": week_hours(
            [(entry.hours, entry.status) for entry in week],
            support.weekly_hours_target if support else None,
            support.exempt_until if support else None,
            today,
        ),
        "earlier": [
            entry for entry in plans.progress_of(work.session, person.id) if entry.week_on != week_on(today)
        ][:20],
        "meetings": appointments.of_person(work.session, person.id)[:20],
        "freins": plans.freins(work.session, person.id),
        "alerts": _alerts(work, person),
        "lines": [described(work, line) for line in todos.of_person(work.session, person.id)],
        "team": team_of(work, me),
        "activities": list(Activity),
        "modalities": list(Modality),
        "attendances": [ParticipationStatus.SEEN, ParticipationStatus.EXCUSED, ParticipationStatus.NOSHOW],
        "tomorrow": (today_of(work, me) + timedelta(days=1)).isoformat(),
    }


def _alerts(work: Work, person: Person) -> list[Escalation]:
    query = select(Escalation).where(Escalation.person_id == person.id)
    return list(work.session.exec(query.order_by(col(Escalation.opened_at).desc()).limit(10)))


def _export(work: Work, me: Referent, person_id: str) -> dict[str, Any]:
    return {"document": data_export(work, _seen(work, me, person_id), by_hand=True)}


def _add_step(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    plan_admin.create_step(work, me, person, typed.get("title", ""), **_read_step(typed))


def _edit_step(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    plan_admin.edit_step(work, me, _step(work, person, typed), typed.get("title", ""), **_read_step(typed))


def _read_step(typed: dict[str, str]) -> StepFields:
    return {
        "activity": read_word(typed.get("activity"), Activity),
        "target_count": read_number(typed.get("target"), "Combien", most=500),
        "due_on": read_day(typed.get("due_on")),
    }


def _step(work: Work, person: Person, typed: dict[str, str]) -> Demarche:
    step: Demarche = found(plans.step_of(work.session, to_uuid(typed.get("step", "")), person.id))
    return step


def _change_step(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    changes = {
        "done": plan_admin.mark_done,
        "cancel": plan_admin.cancel_step,
        "reopen": plan_admin.reopen_step,
    }
    change = found(changes.get(typed.get("to", "")))
    change(work, me, _step(work, person, typed))


def _settle_progress(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    entry = work.session.get(Progress, to_uuid(typed.get("entry", "")))
    if entry is None or entry.person_id != person.id:
        found(None)
        return
    wanted = read_word(typed.get("to"), ProgressStatus)
    settle = (
        plan_admin.validate_progress if wanted is ProgressStatus.VALIDATED else plan_admin.refuse_progress
    )
    settle(work, me, entry)


def _set_hours(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    people_admin.set_hours(
        work,
        me,
        person,
        read_hours(typed.get("hours")),
        exempt_until=read_day(typed.get("exempt_until")),
        exempt_reason=typed.get("exempt_reason"),
    )


def _add_appointment(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    appointments_admin.create(
        work,
        me,
        [person],
        read_moment(typed.get("on"), typed.get("at"), person.time_zone),
        minutes=read_number(typed.get("minutes"), "La durée en minutes", most=LONGEST_MINUTES) or 45,
        modality=read_word(typed.get("modality"), Modality) or Modality.ON_SITE,
        title=typed.get("title"),
        place=typed.get("place"),
        to_bring=typed.get("to_bring"),
    )


def _change_appointment(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    participation, appointment = found(
        appointments.one_of_person(work.session, to_uuid(typed.get("participation", "")), person.id)
    )
    what = typed.get("to")
    if what == "move":
        moment = read_moment(typed.get("on"), typed.get("at"), person.time_zone)
        appointments_admin.move(work, me, appointment, moment)
    elif what == "cancel":
        appointments_admin.cancel(work, me, appointment)
    else:
        status = read_word(what, ParticipationStatus)
        if status is None:
            raise Invalid("Choisissez ce qu'est devenu ce rendez-vous.")
        appointments_admin.settle(work, me, participation, status)


def _close_frein(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    frein = work.session.get(Frein, to_uuid(typed.get("frein", "")))
    if frein is None or frein.person_id != person.id:
        found(None)
        return
    plan_admin.close_frein(work, me, frein)


def _edit(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    people_admin.edit_person(
        work,
        me,
        person,
        address=read_word(typed.get("address"), Address) or person.address,
        very_simple="very_simple" in typed,
        check_ins="check_ins" in typed,
        time_zone=typed.get("time_zone", person.time_zone),
    )


def _hand_over(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    other = found(work.session.get(Referent, to_uuid(typed.get("referent", ""))))
    people_admin.change_referent(work, me, person, other)


def _end(work: Work, me: Referent, person: Person, typed: dict[str, str]) -> None:
    on: date | None = read_day(typed.get("ended_on"))
    people_admin.end_support(work, me, person, on or today_of(work, me))


DEEDS: dict[str, PersonDeed] = {
    "steps": _add_step,
    "step": _change_step,
    "edit-step": _edit_step,
    "progress": _settle_progress,
    "hours": _set_hours,
    "appointments": _add_appointment,
    "appointment": _change_appointment,
    "frein": _close_frein,
    "settings": _edit,
    "referent": _hand_over,
    "end": _end,
}
"""What each form of the page does."""
