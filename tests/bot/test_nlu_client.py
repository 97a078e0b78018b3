import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.nlu_client import NluClient, NluUnavailable
from bot.rasa_server import free_port
from bot.supervise import serve_asgi
from storage.vocabulary import Language

ANSWER = {
    "intent": {"name": "greet", "confidence": 0.9},
    "intent_ranking": [{"name": "greet", "confidence": 0.9}],
    "frein": {"name": None, "confidence": 0.1},
    "urgency": {"level": 0, "probabilities": [0.97, 0.01, 0.01, 0.01]},
    "activity": {"name": None, "confidence": 0.2},
}


class FakeParse:
    """Stands for `/model/parse`: keeps the texts received and gives `answer`."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.answer: bytes = json.dumps(ANSWER).encode()
        self.status = 200

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        self.texts.append(json.loads((await receive())["body"])["text"])
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.answer})


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def rasa() -> FakeParse:
    return FakeParse()


@pytest.fixture
async def client(rasa: FakeParse) -> AsyncIterator[NluClient]:
    port, stop = free_port(), asyncio.Event()
    serving = asyncio.create_task(serve_asgi(rasa, "127.0.0.1", port)(stop))
    client = NluClient(f"http://127.0.0.1:{port}", "token")
    async with asyncio.timeout(5):
        while not await asyncio.to_thread(listens, port):
            await asyncio.sleep(0.02)
    yield client
    await client.close()
    stop.set()
    await serving


async def test_an_answer_of_rasa_becomes_a_reading(client: NluClient) -> None:
    reading = await client.parse("bonjour")
    assert (reading.intent, reading.confidence, reading.urgency) == ("greet", 0.9, 0)


@pytest.mark.parametrize("text", ["/je veux mourir", " / /je veux mourir", "\u00a0/je veux mourir"])
async def test_a_leading_slash_never_reaches_rasa_which_would_take_it_for_an_order(
    rasa: FakeParse, client: NluClient, text: str
) -> None:
    await client.parse(text)
    assert rasa.texts == ["je veux mourir"]


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"intent": {"name": "invented", "confidence": 1}}'])
async def test_garbage_is_one_error_without_a_word_of_the_person(
    rasa: FakeParse, client: NluClient, answer: bytes
) -> None:
    rasa.answer = answer
    with pytest.raises(NluUnavailable) as raised:
        await client.parse("un canari")
    assert "canari" not in str(raised.value)


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ({"name": "ar", "confidence": 0.97}, Language.AR),
        ({"name": "uk", "confidence": 0.6}, Language.UK),
        ({"name": "en", "confidence": 0.59}, Language.FR),
        ({"name": "xx", "confidence": 1.0}, Language.FR),
        ({"name": None, "confidence": 1.0}, Language.FR),
        ({"name": "en", "confidence": "much"}, Language.FR),
        ("en", Language.FR),
        (None, Language.FR),
    ],
)
async def test_the_language_is_french_unless_the_model_is_sure_of_one_that_is_known(
    rasa: FakeParse, client: NluClient, said: object, language: Language
) -> None:
    rasa.answer = json.dumps(ANSWER | {"language": said}).encode()
    assert (await client.parse("bonjour")).language is language


async def test_the_answer_of_a_model_that_knows_no_languages_counts_as_french(client: NluClient) -> None:
    assert (await client.parse("bonjour")).language is Language.FR


async def test_a_failure_of_the_server_is_the_same_error(rasa: FakeParse, client: NluClient) -> None:
    rasa.status = 500
    with pytest.raises(NluUnavailable):
        await client.parse("bonjour")


async def test_a_server_that_is_not_there_is_the_same_error() -> None:
    client = NluClient(f"http://127.0.0.1:{free_port()}", "token")
    with pytest.raises(NluUnavailable):
        await client.parse("bonjour")
    await client.close()


class Dripping:
    """A server whose answer comes one byte every twentieth of a second, for ever."""

    def __init__(self) -> None:
        self.over = asyncio.Semaphore(0)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        gone = asyncio.create_task(reader.read())
        with contextlib.suppress(ConnectionError):
            while not gone.done():
                writer.write(b" ")
                await writer.drain()
                await asyncio.wait([gone], timeout=0.05)
            await gone
        writer.close()
        self.over.release()


async def test_an_answer_that_comes_drop_by_drop_is_waited_for_no_longer_than_another() -> None:
    dripping = Dripping()
    server = await asyncio.start_server(dripping, "127.0.0.1", 0)
    client = NluClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "token", timeout=0.3)
    async with asyncio.timeout(5):
        with pytest.raises(NluUnavailable):
            await client.parse("bonjour")
        assert not await client.is_ready()
        await client.close()
        await dripping.over.acquire()
        await dripping.over.acquire()
    server.close()


@pytest.mark.parametrize(
    "answer",
    [b"[" * 100_000, json.dumps(ANSWER | {"intent": {"name": "greet", "confidence": 10**400}}).encode()],
    ids=["too deep", "too large"],
)
async def test_an_answer_that_trips_python_itself_is_garbage_like_any_other(
    rasa: FakeParse, client: NluClient, answer: bytes
) -> None:
    rasa.answer = answer
    with pytest.raises(NluUnavailable):
        await client.parse("bonjour")
