"""The Bot API emulator as a process, and the hand that plays the person and steers Telegram."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tests.tools import missing, need_command

HERE = Path(__file__).parent
INSTALL_SECONDS = 90
_numbers = count(1)


def install(cache: Path) -> Path:
    """Install the locked packages into `cache`, once for each lock; return the folder of the modules."""
    node_modules, stamp = cache / "node_modules", cache / "installed"
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == lock:
        return node_modules
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, cache / name)
    command = [need_command("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        subprocess.run(command, cwd=cache, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        missing("the Telegram emulator could not be installed (npm ci)")
    stamp.write_text(lock)
    return node_modules


@contextmanager
def running(node_modules: Path) -> Iterator[str]:
    """Start the emulator and give its address; it ends when its standard input is closed."""
    with subprocess.Popen(
        [need_command("node"), str(HERE / "server.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"NODE_PATH": str(node_modules)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), "the emulator did not start"
        yield f"http://127.0.0.1:{port}"
        process.stdin.close()
        process.wait(10)


class Someone:
    """A person with Telegram on their phone, and one bot of their own to talk to: tests do not meet."""

    def __init__(self, url: str) -> None:
        number = next(_numbers)
        self.url, self.chat_id = url, 900000000 + number
        self.token = f"{123450000 + number}:exemple-de-jeton-invente-000000"
        self._me = {"id": self.chat_id, "is_bot": False, "first_name": "Awa"}
        self._chat = {"id": self.chat_id, "type": "private", "first_name": "Awa"}

    async def _post(self, path: str, body: Any = None) -> Any:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            return (await client.post(path, json=body)).raise_for_status().json()["result"]

    def message(self, **content: Any) -> dict[str, Any]:
        """A message of theirs, as Telegram would give it."""
        return {"from": self._me, "chat": self._chat, "date": 1795512600, **content}

    async def writes(self, **content: Any) -> None:
        """Send a message; the emulator numbers it."""
        await self._post("/sendMessage", {"botToken": self.token, **self.message(**content)})

    async def causes(self, **update: Any) -> None:
        """Let Telegram give exactly this update."""
        await self._post("/sendMessage", {"botToken": self.token, "raw": update})

    async def presses(self, label: str) -> None:
        """Press the button with this label, under the last message that has it."""
        for sent in reversed(await self.received()):
            rows = sent["message"].get("reply_markup", {}).get("inline_keyboard", [])
            for button in (button for row in rows for button in row):
                if button["text"] == label:
                    await self._press(button["callback_data"], sent["messageId"])
                    return
        raise AssertionError(f"no button {label}")

    async def _press(self, data: str, message_id: int) -> None:
        under = self.message(message_id=message_id)
        query = {"from": self._me, "message": under, "data": data, "botToken": self.token}
        await self._post("/sendCallback", query)

    async def received(self) -> list[dict[str, Any]]:
        """What the bot sent them, oldest first."""
        history = await self._post("/getUpdatesHistory", {"token": self.token})
        mine = [one for one in history if str(one.get("message", {}).get("chat_id")) == str(self.chat_id)]
        return sorted(mine, key=lambda one: int(one["messageId"]))

    async def texts(self) -> list[str]:
        """The words of what the bot sent them."""
        return [one["message"]["text"] for one in await self.received()]

    async def next_sending_fails(self, code: int, description: str, **parameters: Any) -> None:
        """Let Telegram refuse the next message of any bot."""
        body: dict[str, Any] = {"error_code": code, "description": description}
        await self._post("/test/fail", body | ({"parameters": parameters} if parameters else {}))

    async def webhook_statuses(self) -> list[int]:
        """What our webhook answered so far."""
        statuses: list[int] = await self._post("/test/webhook-statuses")
        return statuses
