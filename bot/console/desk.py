"""What every page of the console does the same: check who asks, read or act in one transaction, answer in French."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from actions.errors import Invalid, NotAllowed, Settled
from actions.sign_in import Visit, visit
from actions.work import Work
from bot.bootstrap import App
from bot.console.french import FILTERS
from bot.console.session import is_right_csrf, token_of
from storage.tables import Referent, Structure

TEMPLATES = Path(__file__).parent / "templates"
SIGN_IN = "/console/sign-in"

Look = Callable[[Work, Referent], dict[str, Any]]
Deed = Callable[[Work, Referent], str | None]
"""Does something and may return where to go next."""


class Desk:
    """The console's two moves: `show` a page, `act` on a form."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), undefined=StrictUndefined
        )
        self._templates.filters.update(FILTERS)
        self._templates.filters["label"] = app.texts.label

    async def show(self, request: Request, template: str, look: Look) -> Response:
        """A page for somebody signed in; otherwise the way to the sign-in."""
        visitor = await self._visitor(request)
        if visitor is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        try:
            shown = await self.app.look(lambda work: self._page(work, visitor, request, template, look))
        except NotAllowed:
            return self.refused("Cette page n'existe pas.", 404)
        return HTMLResponse(shown)

    def _page(self, work: Work, visitor: Visit, request: Request, template: str, look: Look) -> str:
        """Made inside the transaction: what is sealed is opened here, and goes nowhere else."""
        me = work.session.get_one(Referent, visitor.referent.id)
        notice = request.query_params.get("notice", "")
        return self.render(
            template,
            me=me,
            csrf=visitor.csrf_token,
            now=work.now,
            zone=work.session.get_one(Structure, me.structure_id).time_zone,
            notice=NOTICES.get(notice),
            **look(work, me),
        )

    def render(self, template: str, **values: Any) -> str:
        """A template with its values."""
        return self._templates.get_template(template).render(**values)

    async def act(self, request: Request, deed: Deed, back: str) -> Response:
        """Do what a form asks, once, then go `back` (or where the deed says)."""
        visitor = await self._visitor(request)
        if visitor is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        form = await request.form()
        given = form.get("csrf")
        await form.close()
        if not is_right_csrf(given, visitor.csrf_token) or not _from_here(request):
            return self.refused("La page a expiré. Revenez en arrière, rechargez-la et recommencez.", 403)
        try:
            place = await self.app.do(
                lambda work: deed(work, work.session.get_one(Referent, visitor.referent.id)),
                f"referent:{visitor.referent.id}",
            )
        except Settled:
            return RedirectResponse(f"{back}?notice=settled", status_code=303)
        except NotAllowed:
            return self.refused("Cette page n'existe pas.", 404)
        except Invalid as refusal:
            return self.refused(str(refusal), 422, back)
        self.app.wake_delivery.set()
        return RedirectResponse(place or f"{back}?notice=done", status_code=303)

    async def _visitor(self, request: Request) -> Visit | None:
        token = token_of(request)
        return await self.app.do(lambda work: visit(work, token)) if token else None

    def refused(self, sentence: str, status: int, back: str = "/console") -> HTMLResponse:
        """One sentence and the way back."""
        return HTMLResponse(self.render("refused.html", sentence=sentence, back=back), status_code=status)


NOTICES = {"done": "C'est fait.", "settled": "Quelqu'un d'autre l'avait déjà fait."}


def _from_here(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin in (None, "null") or urlsplit(origin or "").netloc == request.headers.get("host")


async def fields(request: Request) -> dict[str, str]:
    """The text fields of a posted form, trimmed; empty ones are left out, and NUL, which PostgreSQL does not keep."""
    form = await request.form()
    typed = {name: value.replace("\0", "").strip() for name, value in form.items() if isinstance(value, str)}
    return {name: value for name, value in typed.items() if value}


def found(row: Any) -> Any:
    """The row, or a 404 where there is none."""
    if row is None:
        raise NotAllowed
    return row


def to_uuid(value: str) -> UUID:
    """An id from a page's address; anything else does not exist."""
    try:
        return UUID(value)
    except ValueError:
        raise HTTPException(404) from None
