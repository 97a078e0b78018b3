"""The team: who is there, who stands in for whom, who is on call; new members and their first sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from actions import invitations, staff_admin
from actions.errors import Invalid
from actions.work import Work
from bot.console.desk import Desk, fields, found, to_uuid
from bot.console.french import read_day, read_word
from bot.console.people_pages import team_of
from bot.console.queue_pages import today_of
from storage.queries import people
from storage.tables import Referent, StandIn, Structure
from storage.vocabulary import Role

LINE = "la ligne de la structure"


def team_pages(desk: Desk) -> APIRouter:
    """The routes of the team's page."""
    router = APIRouter()

    @router.get("/console/team")
    async def page(request: Request) -> Response:
        return await desk.show(request, "team.html", _page)

    @router.post("/console/team/members")
    async def create(request: Request) -> Response:
        """The code for the authenticator is shown on this answer only."""
        typed = await fields(request)
        made: list[tuple[str, str]] = []

        def deed(work: Work, me: Referent) -> None:
            made.append(_create(work, me, typed))

        answer = await desk.act(request, deed, "/console/team")
        return _secret_page(desk, *made[0]) if made else answer

    @router.post("/console/team/invitation")
    async def invite(request: Request) -> Response:
        """A code that binds the member's own Telegram chat, so that alerts reach their phone."""
        return await _code_page(
            desk, request, lambda work, me: (me.first_name, invitations.create(work, me, me))
        )

    @router.post("/console/team/line-invitation")
    async def invite_line(request: Request) -> Response:
        """A code that makes a chat the line of the structure, which alerts reach when nobody has read them."""
        return await _code_page(
            desk,
            request,
            lambda work, me: (LINE, staff_admin.invite_line(work, _structure(work, me), me)),
            for_line=True,
        )

    @router.post("/console/team/{deed}")
    async def act(request: Request, deed: str) -> Response:
        if deed not in DEEDS:
            raise HTTPException(404)
        typed = await fields(request)
        return await desk.act(request, lambda work, me: DEEDS[deed](work, me, typed), "/console/team")

    return router


async def _code_page(
    desk: Desk,
    request: Request,
    make: Callable[[Work, Referent], tuple[str, str]],
    *,
    for_line: bool = False,
) -> Response:
    """Show whose code was made, and the code: on this answer only, as only its digest is kept."""
    made: list[tuple[str, str]] = []
    answer = await desk.act(request, lambda work, me: made.append(make(work, me)), "/console/team")
    if not made:
        return answer
    name, code = made[0]
    return HTMLResponse(
        desk.render("invitation.html", name=name, code=code, person_id=None, for_line=for_line)
    )


def _secret_page(desk: Desk, login: str, uri: str) -> HTMLResponse:
    picture = segno.make(uri).svg_data_uri(scale=5)
    return HTMLResponse(desk.render("totp.html", login=login, uri=uri, picture=picture))


def _page(work: Work, me: Referent) -> dict[str, Any]:
    today = today_of(work, me)
    team = team_of(work, me)
    coming = select(StandIn).where(
        col(StandIn.referent_id).in_([member.id for member in team]), StandIn.ends_on >= today
    )
    return {
        "team": team,
        "names": {member.id: member.full_name for member in team},
        "reachable": {
            member.id: people.contact_of_referent(work.session, member.id) is not None for member in team
        },
        "stand_ins": list(work.session.exec(coming.order_by(col(StandIn.starts_on)))),
        "structure": _structure(work, me),
        "line": people.line_of_structure(work.session, me.structure_id),
        "is_admin": me.role is Role.ADMIN,
        "roles": list(Role),
        "today": today.isoformat(),
    }


def _structure(work: Work, me: Referent) -> Structure:
    return work.session.get_one(Structure, me.structure_id)


def _create(work: Work, me: Referent, typed: dict[str, str]) -> tuple[str, str]:
    made = staff_admin.create_member(
        work,
        _structure(work, me),
        login=typed.get("login", ""),
        first_name=typed.get("first_name", ""),
        last_name=typed.get("last_name", ""),
        role=read_word(typed.get("role"), Role) or Role.REFERENT,
        password=typed.get("password", ""),
        by=me,
    )
    return made.referent.login, made.totp_uri


def _member(work: Work, me: Referent, typed: dict[str, str], name: str) -> Referent:
    member: Referent = found(work.session.get(Referent, to_uuid(typed.get(name, ""))))
    if member.structure_id != me.structure_id:
        found(None)
    return member


def _stand_in(work: Work, me: Referent, typed: dict[str, str]) -> None:
    first, last = read_day(typed.get("starts_on")), read_day(typed.get("ends_on"))
    if first is None or last is None:
        raise Invalid("Il faut le premier et le dernier jour.")
    staff_admin.stand_in(
        work, _member(work, me, typed, "member"), _member(work, me, typed, "other"), first, last, me
    )


def _alerts(work: Work, me: Referent, typed: dict[str, str]) -> None:
    backup = _member(work, me, typed, "backup") if "backup" in typed else None
    staff_admin.set_alerts(
        work, _member(work, me, typed, "member"), backup=backup, on_call="on_call" in typed, by=me
    )


def _set_role(work: Work, me: Referent, typed: dict[str, str]) -> None:
    role = read_word(typed.get("role"), Role)
    if role is None:
        raise Invalid("Choisissez un rôle.")
    staff_admin.set_role(work, _member(work, me, typed, "member"), role, me)


def _deactivate(work: Work, me: Referent, typed: dict[str, str]) -> None:
    staff_admin.deactivate(work, _member(work, me, typed, "member"), me)


DEEDS = {"stand-in": _stand_in, "alerts": _alerts, "role": _set_role, "deactivate": _deactivate}
"""What each form of the page does."""
