"""The web application: health, the Telegram webhook, the console, and in a demonstration the simulator."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles

from actions.work import Work
from bot.bootstrap import App
from bot.channels.telegram_door import WEBHOOK_PATH, TelegramDoor, telegram_door
from bot.console.routes import console
from bot.deliver import Delivery
from bot.path import Path, where
from bot.simulator.routes import simulator
from bot.worker import Worker
from storage.database import MIGRATIONS

log = structlog.get_logger()

CONSOLE_STATIC = MIGRATIONS.parents[1] / "bot" / "console" / "static"

LARGEST_BODY = 2_000_000
"""Bytes: twice the largest file that may be imported."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'",
}


def create_app(app: App) -> FastAPI:
    """Put the parts together. The simulator is mounted only in demonstration mode."""
    path, delivery = Path(app), Delivery(app)
    worker = Worker(app, path, delivery)
    door = telegram_door(app, path)
    web = FastAPI(
        title="Fil rouge",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan(worker, delivery, door),
    )
    web.state.app, web.state.path, web.state.delivery, web.state.worker = app, path, delivery, worker
    web.get("/health")(health)
    web.include_router(console(app))
    web.mount("/static", StaticFiles(directory=CONSOLE_STATIC), name="static")
    if door:
        web.include_router(door.router())
    if app.settings.demonstration:
        web.include_router(simulator(app, path, worker))
    web.middleware("http")(_not_too_large)
    web.middleware("http")(_with_headers)
    web.exception_handler(RequestValidationError)(_invalid)
    web.exception_handler(Exception)(_broken)
    return web


def _lifespan(worker: Worker, delivery: Delivery, door: TelegramDoor | None):  # type: ignore[no-untyped-def]
    @contextlib.asynccontextmanager
    async def lifespan(_web: FastAPI) -> AsyncIterator[None]:
        scheduler = worker.scheduler()
        scheduler.start()
        started = (delivery.run(), worker.run_jobs(), worker.sweep())
        tasks = [asyncio.create_task(work) for work in started]
        if door:
            tasks.append(asyncio.create_task(door.run()))
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


async def health(request: Request) -> JSONResponse:
    """Whether the database answers and whether the model is there. Without the model the app stays safe: 200."""
    app: App = request.app.state.app
    await app.look(_touch)
    return JSONResponse({"database": "ok", "nlu": "ready" if app.nlu_ready else "not ready"})


def _touch(work: Work) -> None:
    work.session.connection().exec_driver_sql("SELECT 1")


async def _with_headers(request: Request, call_next):  # type: ignore[no-untyped-def]
    response: Response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _not_too_large(request: Request, call_next):  # type: ignore[no-untyped-def]
    """Forms are read before anybody is asked who they are: one larger than any of ours must not fill the disk.

    Telegram's door counts for itself: a proxy may hand its messages on in pieces, and none of them may be lost.
    """
    if request.url.path == WEBHOOK_PATH:
        return await call_next(request)
    length = request.headers.get("content-length", "")
    unsaid = "transfer-encoding" in request.headers and not length
    if unsaid or (length.isdecimal() and int(length) > LARGEST_BODY):
        return PlainTextResponse("C'est trop long pour être lu.", status_code=413)
    return await call_next(request)


async def _invalid(_request: Request, _error: Exception) -> Response:
    """A malformed request: FastAPI's own answer would echo what was sent."""
    return PlainTextResponse("Demande incomplète ou mal écrite.", status_code=422)


async def _broken(request: Request, error: Exception) -> Response:
    """A fault of ours: one sentence, no stack trace; the log tells where, never what was written.

    Starlette answers it outside the middleware, so the headers are put on here.
    """
    log.error("page.failed", path=request.url.path, **where(error))
    return PlainTextResponse(
        "Une erreur est survenue. Réessayez dans un instant.", status_code=500, headers=HEADERS
    )
