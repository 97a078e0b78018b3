"""Every call to the Bot API is held against its description; and a stand-in for Telegram that answers as told."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.channels.telegram import length

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "fixtures" / "bot_api" / "methods.yaml").read_text(encoding="utf-8")
)
MOST_FILE_BYTES = 50_000_000
NATIVE: dict[str, type] = {"integer": int, "boolean": bool, "string": str, "file": bytes}


@dataclass(frozen=True)
class Call:
    """One call: its method and its parameters, a file as its bytes."""

    method: str
    parameters: dict[str, Any]


def problems(call: Call) -> list[str]:
    """What the description has against a call; nothing when all is well."""
    if call.method not in DESCRIPTION["methods"]:
        return [f"{call.method}: no such method"]
    return list(_fields(call.method, call.parameters, DESCRIPTION["methods"][call.method]))


def _fields(where: str, given: dict[str, Any], described: dict[str, Any]) -> Iterator[str]:
    known = {name.rstrip("?"): kind for name, kind in described.items()}
    yield from (f"{where}.{name}: not described" for name in given.keys() - known.keys())
    required = {name for name in described if not name.endswith("?")}
    yield from (f"{where}.{name}: missing" for name in required - given.keys())
    for name in given.keys() & known.keys():
        yield from _value(f"{where}.{name}", given[name], known[name])


def _value(where: str, value: Any, kind: Any) -> Iterator[str]:
    if isinstance(kind, dict):
        yield from _limited(where, value, kind)
    elif kind in NATIVE:
        if type(value) is not NATIVE[kind]:
            yield f"{where}: not a {kind}"
        elif isinstance(value, bytes) and not 0 < len(value) <= MOST_FILE_BYTES:
            yield f"{where}: {len(value)} bytes"
    elif not isinstance(value, dict):
        yield f"{where}: not a {kind}"
    else:
        yield from _fields(where, value, DESCRIPTION["objects"][kind])


def _limited(where: str, value: Any, kind: dict[str, Any]) -> Iterator[str]:
    if "list" in kind:
        yield from _list(where, value, kind)
    elif not isinstance(value, str):
        yield f"{where}: not a string"
    elif "words" in kind:
        if value not in kind["words"]:
            yield f"{where}: {value} is not described"
    elif "pattern" in kind:
        if not re.fullmatch(kind["pattern"], value):
            yield f"{where}: not as described"
    else:
        size, (least, most) = (
            (length(value), kind["string"]) if "string" in kind else (len(value.encode()), kind["bytes"])
        )
        if not least <= size <= most:
            yield f"{where}: {size} long"


def _list(where: str, value: Any, kind: dict[str, Any]) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield f"{where}: not a list"
        return
    if len(value) > kind.get("most", len(value)):
        yield f"{where}: {len(value)} items"
    for number, item in enumerate(value):
        yield from _value(f"{where}[{number}]", item, kind["list"])


def call_of(url: str, request_data: RequestData | None) -> Call:
    """The call as it goes out: from the address, its query and its body. Raises AssertionError where it is wrong."""
    parts = urlsplit(url)
    parameters = {name: _typed(value) for name, value in parse_qsl(parts.query)}
    if request_data:
        parameters |= request_data.parameters
        parameters |= {name: _content(part) for name, part in (request_data.multipart_data or {}).items()}
    call = Call(parts.path.rsplit("/", 1)[-1], parameters)
    found = problems(call)
    assert not found, found
    return call


def _typed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _content(part: Any) -> bytes:
    content = part[1] if isinstance(part, tuple) else part
    return content if isinstance(content, bytes) else b""


class CheckedRequest(HTTPXRequest):
    """The real HTTP client; each call is checked and kept before it leaves."""

    def __init__(self) -> None:
        super().__init__(connection_pool_size=8)
        self.calls: list[Call] = []

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **options: Any
    ) -> tuple[int, bytes]:
        """Check, keep, and go."""
        self.calls.append(call_of(url, request_data))
        return await super().do_request(url, method, request_data, *args, **options)


@dataclass
class ScriptedRequest(BaseRequest):
    """Telegram as a table: each method gives the next answer queued for it, else its ordinary one.

    An answer is a result, an exception to raise, or a (status, body) pair.
    """

    answers: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    calls: list[Call] = field(default_factory=list)
    next_message_id: int = 100
    closed: bool = False

    @property
    def read_timeout(self) -> float:
        """Seconds; never waited for here."""
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **options: Any
    ) -> tuple[int, bytes]:
        """Check, keep, and answer, after others had their turn as they have during a real call."""
        await asyncio.sleep(0)
        call = call_of(url, request_data)
        self.calls.append(call)
        queued = self.answers[call.method]
        answer = queued.pop(0) if queued else self._ordinary(call)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer if isinstance(answer, tuple) else (200, {"ok": True, "result": answer})
        return status, json.dumps(body).encode()

    def _ordinary(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return []
        if not call.method.startswith("send"):
            return True
        self.next_message_id += 1
        chat = {"id": call.parameters["chat_id"], "type": "private", "first_name": "Awa"}
        return {"message_id": self.next_message_id, "date": 1795512600, "chat": chat}

    def of(self, method: str) -> list[dict[str, Any]]:
        """The parameters of the calls of one method, in order."""
        return [call.parameters for call in self.calls if call.method == method]


def refusal(code: int, description: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    """An error as Telegram answers it."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return code, body | ({"parameters": parameters} if parameters else {})
