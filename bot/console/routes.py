"""The console: its pages, by subject."""

from __future__ import annotations

from fastapi import APIRouter

from bot.bootstrap import App
from bot.console.desk import Desk
from bot.console.people_pages import people_pages
from bot.console.person_pages import person_pages
from bot.console.queue_pages import queue_pages
from bot.console.sign_in_pages import sign_in_pages
from bot.console.team_pages import team_pages


def console(app: App) -> APIRouter:
    """Every route of the console."""
    desk = Desk(app)
    router = APIRouter()
    for pages in (sign_in_pages, queue_pages, people_pages, person_pages, team_pages):
        router.include_router(pages(desk))
    return router
