"""The people a referent follows: the list, entering somebody, importing a file."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import col, select
from starlette.datastructures import UploadFile

from actions import people_admin, people_import
from actions.rules.people_csv import LONGEST_FILE
from actions.work import Work
from bot.console.desk import Desk, fields, found, to_uuid
from bot.console.french import read_hours, read_word
from bot.console.queue_pages import today_of
from storage.queries import people
from storage.tables import Person, Referent
from storage.vocabulary import Address, Role


def people_pages(desk: Desk) -> APIRouter:
    """The routes of the list."""
    router = APIRouter()

    @router.get("/console/people")
    async def listed(request: Request) -> Response:
        return await desk.show(request, "people.html", _listed)

    @router.post("/console/people")
    async def create(request: Request) -> Response:
        typed = await fields(request)
        return await desk.act(request, lambda work, me: _create(work, me, typed), "/console/people")

    @router.get("/console/import")
    async def form(request: Request) -> Response:
        return await desk.show(request, "import.html", lambda _work, _me: {"report": None})

    @router.post("/console/import")
    async def import_file(request: Request) -> Response:
        """The report is the answer: it is shown at once, and nothing of the file is kept."""
        form = await request.form()
        file = form.get("file")
        content = await file.read(LONGEST_FILE + 1) if isinstance(file, UploadFile) else b""
        report: list[Any] = []

        def deed(work: Work, me: Referent) -> None:
            report.append(people_import.import_people(work, me, content))

        answer = await desk.act(request, deed, "/console/import")
        if not report:
            return answer
        return await desk.show(request, "import.html", lambda _work, _me: {"report": report[0]})

    return router


def _listed(work: Work, me: Referent) -> dict[str, Any]:
    everybody = people.people_seen_by(work.session, me, today_of(work, me))
    return {
        "people": [
            {
                "row": person,
                "referent": people.referent_of(work.session, person.id),
                "contact": people.contact_of_person(work.session, person.id),
            }
            for person in everybody
        ],
        "team": team_of(work, me),
        "may_assign": me.role is not Role.REFERENT,
    }


def team_of(work: Work, me: Referent) -> list[Referent]:
    """The active members of the team, by first name."""
    query = select(Referent).where(Referent.structure_id == me.structure_id, col(Referent.active).is_(True))
    return list(work.session.exec(query.order_by(col(Referent.first_name))))


def _create(work: Work, me: Referent, typed: dict[str, str]) -> str:
    chosen = typed.get("referent")
    person: Person = people_admin.create_person(
        work,
        me,
        first_name=typed.get("first_name", ""),
        last_name=typed.get("last_name", ""),
        referent=found(work.session.get(Referent, to_uuid(chosen))) if chosen else None,
        phone=typed.get("phone"),
        hours=read_hours(typed.get("hours")),
        address=read_word(typed.get("address"), Address) or Address.VOUS,
        very_simple="very_simple" in typed,
    )
    return f"/console/people/{person.id}?notice=done"
