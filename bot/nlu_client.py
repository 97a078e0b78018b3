"""HTTP to Rasa: one question, one answer, one error."""

from __future__ import annotations

import asyncio
import math
import re
from typing import Any

import httpx

from actions.rules.reading import ModelReading
from storage.vocabulary import Activity, FreinCategory, Intent, Language

TIMEOUT_SECONDS = 1.5
LONGEST_TEXT = 4_000
SURE_OF_LANGUAGE = 0.6
"""Confidence below which a message counts as French."""
# Rasa takes a text that begins with a slash for an order ("/delete_data") and interprets nothing of it.
_SLASHES = re.compile(r"^[\s/]+")


class NluUnavailable(Exception):
    """Rasa is down, slow, or answered garbage: the message counts as not understood. Carries no text."""


class NluClient:
    """Asks `POST /model/parse` of the Rasa server at `url`; `token` is its shared secret."""

    def __init__(self, url: str, token: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._token, self._timeout = token, timeout
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False)

    async def parse(self, text: str) -> ModelReading:
        """The model's reading of `text`. Raises NluUnavailable."""
        try:
            # httpx counts each read by itself: an answer that comes drop by drop would never time out.
            async with asyncio.timeout(self._timeout):
                return read(await self._ask(text))
        except Exception as error:
            # An answer that cannot be used is no answer, in whichever way it is malformed.
            raise NluUnavailable(type(error).__name__) from None

    async def _ask(self, text: str) -> Any:
        answer = await self._client.post(
            "/model/parse",
            params={"token": self._token},
            json={"text": _SLASHES.sub("", text)[:LONGEST_TEXT]},
        )
        answer.raise_for_status()
        return answer.json()

    async def is_ready(self) -> bool:
        """Whether Rasa answers and has a model loaded."""
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._client.get("/status", params={"token": self._token})
        except (httpx.HTTPError, TimeoutError):
            return False
        return answer.status_code == httpx.codes.OK

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def read(answer: dict[str, Any]) -> ModelReading:
    """Check and read Rasa's answer. Raises KeyError, TypeError or ValueError for anything unexpected."""
    intent, urgency = answer["intent"], answer["urgency"]
    frein, activity = answer["frein"], answer["activity"]
    probabilities = [_share(share) for share in urgency["probabilities"]]
    none, follow_up, urgent, danger = probabilities
    return ModelReading(
        intent=Intent(intent["name"]).value,
        confidence=_share(intent["confidence"]),
        ranking=tuple(
            (Intent(row["name"]).value, _share(row["confidence"])) for row in answer["intent_ranking"][:5]
        ),
        frein=FreinCategory(frein["name"]).value if frein["name"] else None,
        frein_confidence=_share(frein["confidence"]),
        urgency=_level(urgency["level"]),
        probabilities=(none, follow_up, urgent, danger),
        activity=Activity(activity["name"]).value if activity["name"] else None,
        activity_confidence=_share(activity["confidence"]),
        language=_language(answer.get("language")),
    )


def _language(said: Any) -> Language:
    """French where the model names no language, one that it should not, or is not sure: never a reason to refuse."""
    try:
        return Language(said["name"]) if _share(said["confidence"]) >= SURE_OF_LANGUAGE else Language.FR
    except (KeyError, TypeError, ValueError):
        return Language.FR


def _share(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number) or not -1e-6 <= number <= 1 + 1e-6:
        raise ValueError("not a probability")
    return number


def _level(value: Any) -> int:
    if value not in (0, 1, 2, 3):
        raise ValueError("not an urgency")
    return int(value)
