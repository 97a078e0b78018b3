"""Signing in and out."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from actions.sign_in import prove, sign_in, sign_out, stored_hash
from bot.console.desk import SIGN_IN, Desk, fields
from bot.console.session import COOKIE, PLACE, Token, is_secure, token_of


def sign_in_pages(desk: Desk) -> APIRouter:
    """The routes of signing in and out."""
    router = APIRouter()

    @router.get(SIGN_IN)
    async def form() -> Response:
        return HTMLResponse(desk.render("sign_in.html", failed=False))

    @router.post(SIGN_IN)
    async def enter(request: Request) -> Response:
        typed = await fields(request)
        login = typed.get("login", "")
        stored = await desk.app.look(lambda work: stored_hash(work, login))
        proved = await asyncio.to_thread(prove, stored, typed.get("password", ""))
        signed_in = await desk.app.do(lambda work: sign_in(work, login, proved, typed.get("code", "")))
        if signed_in is None:
            return HTMLResponse(desk.render("sign_in.html", failed=True), status_code=401)
        response = RedirectResponse(PLACE, status_code=303)
        Token(signed_in.token, is_secure(request)).set_on(response)
        return response

    @router.post("/console/sign-out")
    async def leave(request: Request) -> Response:
        token = token_of(request)
        if token:
            await desk.app.do(lambda work: sign_out(work, token))
        response = RedirectResponse(SIGN_IN, status_code=303)
        response.delete_cookie(COOKIE, path=PLACE)
        return response

    return router
