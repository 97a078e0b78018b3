"""The simulator's routes. What is written here takes the same path as a message from Telegram."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as File
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import APIRouter, Body, Depends, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from sqlmodel import SQLModel
from starlette.routing import Mount

from actions import escalate, todo
from actions.errors import Invalid, NotAllowed, Settled
from actions.ports import Incoming
from actions.work import Work
from bot.attachments import attach
from bot.bootstrap import App
from bot.console.session import sign_in_for_demonstration
from bot.path import Path
from bot.simulator.state import Sight
from bot.simulator.time_machine import TimeMachine
from bot.worker import Worker
from storage.queries import people
from storage.tables import Escalation, Outgoing, Person, Referent, Todo
from storage.vocabulary import ChannelName, IncomingKind, TodoOutcome

STATIC = File(__file__).parent / "static"
Row = TypeVar("Row", bound=SQLModel)
HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "testserver"})


class Said(BaseModel):
    """Something written, or a button pressed, as a demonstration beneficiary."""

    person: UUID
    text: str | None = None
    kind: IncomingKind = IncomingKind.TEXT
    choice: str | None = None
    question: UUID | None = None


def simulator(app: App, path: Path, worker: Worker) -> APIRouter:
    """The router of the page; mounted in demonstration mode only."""
    desk = Desk(app, path, worker)
    router = APIRouter(dependencies=[Depends(only_this_machine)])
    router.get("/", include_in_schema=False)(page)
    router.get("/simulator/state")(desk.state)
    router.post("/simulator/say")(desk.say)
    router.post("/simulator/time")(desk.move_time)
    router.post("/simulator/alerts/{alert_id}/{deed}")(desk.alert)
    router.post("/simulator/todos/{line_id}")(desk.settle)
    router.get("/simulator/files/{row_id}")(desk.file)
    router.get("/simulator/console/{referent_id}")(desk.console)
    router.routes.append(Mount("/simulator/static", StaticFiles(directory=STATIC)))
    return router


def only_this_machine(request: Request) -> None:
    """Refuse other hosts (DNS rebinding) and posts from other pages: the demonstration has no sign-in."""
    host = request.url.hostname or ""
    origin = request.headers.get("origin")
    if host not in HOSTS or (origin and (urlsplit(origin).hostname or "") not in HOSTS):
        raise HTTPException(403, "Le simulateur ne répond qu'à cette machine.")


async def page() -> FileResponse:
    """The one page."""
    return FileResponse(STATIC / "simulator.html")


class Desk:
    """The page's deeds: each is what the real channel or console does."""

    def __init__(self, app: App, path: Path, worker: Worker) -> None:
        self._app, self._path, self._worker = app, path, worker
        self._time = TimeMachine(app, worker)

    async def state(self, person: UUID | None = None) -> JSONResponse:
        """Everything the page shows."""
        shown = await self._app.look(
            lambda work: Sight(work, self._app.texts).everything(person, nlu_ready=self._app.nlu_ready)
        )
        return JSONResponse(shown)

    async def say(self, said: Said) -> Response:
        """Write as a beneficiary; answered when the companion has."""
        address = await self._app.look(lambda work: _address(work, said.person))
        incoming = Incoming(
            channel=ChannelName.LOCAL,
            address=address,
            key=f"simulator/{uuid4()}",
            sent_at=self._app.clock.now(),
            kind=IncomingKind.CHOICE if said.choice else said.kind,
            text=said.text,
            choice=said.choice,
            question_id=said.question,
        )
        receipt = await self._path.accept(incoming)
        await self._path.process_waiting(receipt.contact_id)
        return Response(status_code=204)

    async def move_time(
        self,
        to: Annotated[Literal["event", "minutes", "hour", "day"], Body()],
        person: Annotated[UUID, Body()],
    ) -> JSONResponse:
        """Move time forward: to the person's next reminder, by ten minutes, by an hour, or to tomorrow morning."""
        return JSONResponse({"happened": await self._time.move(to, person)})

    async def alert(
        self,
        alert_id: UUID,
        deed: Literal["hold", "acknowledge", "close"],
        referent: Annotated[UUID, Body()],
        note: Annotated[str, Body()] = "",
    ) -> Response:
        """What the referent does with an alert."""
        deeds: dict[str, Callable[[Work, Escalation, Referent], None]] = {
            "hold": escalate.hold,
            "acknowledge": escalate.acknowledge,
            "close": lambda work, escalation, who: escalate.close(work, escalation, who, note),
        }
        return await self._as_referent(
            referent, lambda work, who: deeds[deed](work, _one(work, Escalation, alert_id), who)
        )

    async def settle(
        self,
        line_id: UUID,
        referent: Annotated[UUID, Body()],
        outcome: Annotated[TodoOutcome, Body()],
        reply: Annotated[str | None, Body()] = None,
    ) -> Response:
        """Close a line of the to-do list."""
        return await self._as_referent(
            referent,
            lambda work, who: todo.close(work, _one(work, Todo, line_id), who, outcome, reply),
        )

    async def _as_referent(self, referent_id: UUID, deed: Callable[[Work, Referent], object]) -> Response:
        try:
            await self._app.do(
                lambda work: deed(work, _one(work, Referent, referent_id)),
                f"referent:{referent_id}",
            )
        except Settled:
            return JSONResponse({"refused": "C'était déjà fait."}, status_code=409)
        except NotAllowed:
            return JSONResponse(
                {"refused": "Ce membre de l'équipe ne suit pas cette personne."}, status_code=403
            )
        except Invalid as refusal:
            return JSONResponse({"refused": str(refusal)}, status_code=422)
        self._app.wake_delivery.set()
        return Response(status_code=204)

    async def file(self, row_id: UUID) -> Response:
        """The file that went with a message."""
        attachment = await self._app.look(lambda work: attach(work, _one(work, Outgoing, row_id)))
        if attachment is None:
            raise HTTPException(404, "Ce fichier n'existe plus.")
        return Response(
            attachment.content,
            media_type=attachment.media_type,
            headers={"Content-Disposition": f'attachment; filename="{attachment.name}"'},
        )

    async def console(self, referent_id: UUID) -> Response:
        """Open the console as a member of the demonstration's team, without password."""
        token = await self._app.do(
            lambda work: sign_in_for_demonstration(work, _one(work, Referent, referent_id).id)
        )
        response = RedirectResponse("/console", status_code=303)
        token.set_on(response)
        return response


def _one(work: Work, table: type[Row], row_id: UUID) -> Row:
    row = work.session.get(table, row_id)
    if row is None:
        raise HTTPException(404, "Cela n'existe plus.")
    return row


def _address(work: Work, person_id: UUID) -> str:
    person = work.session.get(Person, person_id)
    contact = people.contact_of_person(work.session, person_id) if person else None
    address: str | None = contact.address if contact else None
    if address is None:
        raise HTTPException(404, "Cette personne n'a pas de téléphone dans la démonstration.")
    return address
