"""The console as a browser without scripts uses it: pages, links and the forms that stand on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeVar

import httpx
from fastapi import FastAPI

from actions.sign_in import open_session
from actions.work import Work
from bot.bootstrap import App
from bot.console.session import COOKIE
from bot.web import create_app
from storage.tables import Referent

Result = TypeVar("Result")
HOST = "http://testserver"


@dataclass
class Form:
    """One form of a page: where it posts, and its fields with the values they come with."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    buttons: list[str] = field(default_factory=list)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """What a browser would send once somebody typed `values`; what is required must be there."""
        sent = {**self.fields, **{name: value for name, value in values.items() if name in self.fields}}
        missing = [name for name in self.required if not sent[name]]
        assert not missing, f"{self.action} needs {missing}"
        return {name: value for name, value in sent.items() if name not in CHECKBOXES or value == "on"}


CHECKBOXES = frozenset({"very_simple", "check_ins", "on_call"})


class Page(HTMLParser):
    """A page read as a browser reads it. `problems`: tags left open, fields without a label."""

    VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self, path: str, html: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.problems: list[str] = []
        self._open: list[str] = []
        self._select: str | None = None
        self.feed(html)
        self.close()
        self.problems += [f"<{tag}> is left open" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one tag."""
        given = {name: value or "" for name, value in attrs}
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(given.get("action", self.path)))
        elif tag in ("input", "select", "textarea") and self.forms:
            self._field(tag, given)
        elif tag == "option" and self._select and ("selected" in given or not self._chosen()):
            self.forms[-1].fields[self._select] = given.get("value", "")

    def _chosen(self) -> str:
        return self.forms[-1].fields.get(self._select or "", "")

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        checkbox = given.get("type") == "checkbox"
        form.fields[name] = ("on" if "checked" in given else "") if checkbox else given.get("value", "")
        form.required |= {name} if "required" in given else set()
        self._select = name if tag == "select" else None
        if given.get("type") != "hidden" and "label" not in self._open:
            self.problems.append(f"the field {name} of {form.action} has no label")

    def handle_endtag(self, tag: str) -> None:
        """Close one tag."""
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)
        if self._open and self._open[-1] == "button" and self.forms:
            self.forms[-1].buttons.append(data.strip())

    @property
    def text(self) -> str:
        """All that is written on the page."""
        return " ".join(" ".join(self.words).split())

    def form(self, action: str, button: str | None = None) -> Form:
        """The first form that posts to an address ending so, with this button if one is named."""
        return next(
            form
            for form in self.forms
            if form.action.endswith(action) and (button is None or button in form.buttons)
        )


class Site:
    """The web application, and browsers that look at it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.web: FastAPI = create_app(app)

    def do(self, deed: Callable[[Work], Result]) -> Result:
        """Run a deed in a transaction of its own."""
        return self.app.do_now(deed)

    def browser(self, member: Referent | None = None, base_url: str = HOST) -> Browser:
        """A browser: signed in as a member of the team, or nobody's."""
        transport = httpx.ASGITransport(app=self.web, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=base_url)
        if member:
            token = self.do(lambda work: open_session(work, work.session.get_one(Referent, member.id)).token)
            client.cookies.set(COOKIE, token, path="/console")
        return Browser(client)


@dataclass
class Browser:
    """One browser."""

    client: httpx.AsyncClient

    async def get(self, path: str) -> httpx.Response:
        """Ask for a page."""
        return await self.client.get(path)

    async def page(self, path: str) -> Page:
        """A page that must be there, and be sound HTML."""
        answer = await self.client.get(path)
        assert answer.status_code == httpx.codes.OK, (path, answer.status_code, answer.text[:300])
        page = Page(path, answer.text)
        assert page.problems == [], path
        return page

    async def csrf(self) -> str:
        """The token that the forms of this session carry."""
        return (await self.page("/console/people")).form("/console/people").fields["csrf"]

    async def post(self, path: str, fields: Mapping[str, str] | None = None, **more: str) -> httpx.Response:
        """Post a form with the right token."""
        return await self.client.post(path, data={"csrf": await self.csrf(), **(fields or {}), **more})

    async def submit(self, form: Form, values: Mapping[str, str] | None = None) -> httpx.Response:
        """Send a form of a page, filled in."""
        return await self.client.post(form.action, data=form.filled(values or {}))
