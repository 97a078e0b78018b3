"""The path of a message around its two transactions: Rasa down, slow or mad, crashes, order, and what is logged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from structlog.testing import capture_logs

from actions import handlers
from actions.ports import Incoming
from actions.receive_message import receive
from actions.rules.reading import ModelReading
from actions.work import Turn
from bot.nlu_client import NluClient
from storage import inbox
from storage.database import reading, transaction
from storage.tables import Escalation, Progress
from storage.vocabulary import ChannelName, Intent, MessageStatus
from tests.apps import FakeNlu
from tests.bot.conftest import Edge, MakeEdge
from tests.builders import a_reading
from tests.conftest import little_world
from tests.fakes import FakeClock

SUSPECTED = "j'ai envoyé 3 candidatures mais à quoi bon, je serai bientôt plus là"
CERTAIN = "je veux mourir"
SIGNATURE = "un canari bleu"


def a_message(edge: Edge, text: str, *, key: str | None = None) -> Incoming:
    """A message from the person."""
    return Incoming(ChannelName.LOCAL, edge.address(), key or str(uuid4()), edge.clock.now(), text=text)


async def says(edge: Edge, text: str) -> list[str]:
    """Write, wait until all of it is done, and return the text keys sent so far."""
    await edge.path.accept(a_message(edge, text))
    await edge.path.settled()
    await edge.delivery.deliver_due()
    return edge.sent_keys()


def alerts(edge: Edge) -> list[int]:
    """The levels of the alerts."""
    with reading(edge.app.engine) as session:
        return [alert.level for alert in session.exec(select(Escalation))]


async def test_a_message_is_read_and_answered(engine: Engine, make_edge: MakeEdge) -> None:
    nlu = FakeNlu(lambda _text: a_reading("thank"))
    assert await says(make_edge(engine, nlu=nlu), "merci beaucoup") == ["conversation.thank"]
    assert nlu.texts == ["merci beaucoup"]


@pytest.mark.parametrize(
    ("text", "answered", "levels"),
    [
        ("j'ai envoyé deux CV hier", "not_understood.no_model", []),
        ("bonjour", "conversation.greet_without_plan", []),
        (SUSPECTED, "danger.mental_health", [3]),
        (CERTAIN, "danger.mental_health", [3]),
    ],
)
async def test_without_rasa_nothing_is_met_with_silence_and_doubt_counts_as_danger(
    engine: Engine, make_edge: MakeEdge, text: str, answered: str, levels: list[int]
) -> None:
    edge = make_edge(engine, nlu=FakeNlu(down=True))
    assert answered in await says(edge, text)
    assert alerts(edge) == levels
    assert edge.messages()[0].unread_by_model
    assert not edge.app.nlu_ready


@asynccontextmanager
async def a_server(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server on loopback that reads a request and answers as told; gives its address."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        serving.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        finally:
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def never(_writer: asyncio.StreamWriter) -> None:
    """Let the question wait for ever."""
    await asyncio.Event().wait()


def saying(status: str, body: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """Answer this."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        never,
        saying("500 Oops", b"{}"),
        saying("200 OK", b"<html>"),
        saying("200 OK", b'{"intent": {"name": "greet", "confidence": 7}}'),
        saying("200 OK", b"null"),
        saying("401 No", b'{"status": "failure"}'),
    ],
    ids=["slow", "broken", "not json", "impossible", "empty", "refused"],
)
async def test_a_rasa_that_is_slow_or_mad_is_a_rasa_that_is_down(
    engine: Engine, make_edge: MakeEdge, answer: Callable[[asyncio.StreamWriter], Awaitable[None]]
) -> None:
    async with a_server(answer) as url:
        client = NluClient(url, "token", timeout=0.2)
        edge = make_edge(engine, nlu=client)
        assert "not_understood.no_model" in await says(edge, "j'ai envoyé deux CV hier")
        assert "danger.mental_health" in await says(edge, SUSPECTED)
        await client.close()


async def test_a_certain_danger_is_answered_before_rasa_is_asked(engine: Engine, make_edge: MakeEdge) -> None:
    release = asyncio.Event()

    class Waiting(FakeNlu):
        async def parse(self, text: str) -> ModelReading:
            await release.wait()
            return await super().parse(text)

    edge = make_edge(engine, nlu=Waiting())
    await edge.path.accept(a_message(edge, CERTAIN))
    await edge.delivery.deliver_due()
    assert "danger.mental_health" in edge.sent_keys()
    release.set()
    await edge.path.settled()
    assert edge.sent_keys().count("danger.mental_health") == 1


async def test_what_rasa_did_not_read_is_read_on_its_return_for_urgency_only(
    engine: Engine, make_edge: MakeEdge
) -> None:
    nlu = FakeNlu(lambda _text: a_reading("log_progress", activity="application", urgency=3), down=True)
    edge = make_edge(engine, nlu=nlu)
    await says(edge, "j'ai posté 3 candidatures ce matin")
    await edge.path.sweep()
    assert alerts(edge) == []
    nlu.down = False
    await edge.path.sweep()
    assert alerts(edge) == [3]
    with reading(engine) as session:
        assert session.exec(select(Progress)).all() == []
    await edge.path.sweep()
    assert len(nlu.texts) == 1


async def test_a_message_left_by_a_crash_is_taken_up_again(
    engine_any: Engine, make_edge: MakeEdge, clock: FakeClock
) -> None:
    edge = make_edge(engine_any, nlu=FakeNlu(), little=little_world(engine_any))
    receipt = edge.do(lambda work: receive(work, a_message(edge, "bonjour")))
    with transaction(engine_any) as session:
        assert inbox.claim_next(session, receipt.contact_id, clock.now())  # and the process died
    await edge.path.sweep()
    assert edge.messages()[0].status is MessageStatus.RECEIVED
    clock.forward(seconds=inbox.LEASE.total_seconds())
    await edge.path.sweep()
    await edge.delivery.deliver_due()
    assert edge.messages()[0].status is MessageStatus.HANDLED
    assert edge.sent_keys() == ["conversation.greet_without_plan"]


def fail(turn: Turn) -> None:
    """A deed with a fault, which quotes the person in its error."""
    raise RuntimeError(turn.text)


async def test_a_message_that_fails_five_times_goes_to_a_human_and_its_words_are_not_logged(
    engine: Engine, make_edge: MakeEdge, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "INTENTS", {**handlers.INTENTS, Intent.THANK: fail})
    edge = make_edge(engine, nlu=FakeNlu(lambda _text: a_reading("thank")))
    with capture_logs() as logs:
        await says(edge, f"merci {SIGNATURE}")
        for _ in range(inbox.MAX_ATTEMPTS):
            assert edge.messages()[0].status is MessageStatus.RECEIVED
            clock.forward(seconds=inbox.LEASE.total_seconds())
            await edge.path.sweep()
    assert edge.messages()[0].status is MessageStatus.FAILED
    await edge.delivery.deliver_due()
    assert edge.sent_keys() == ["path.failed"]
    assert edge.todos() == ["unreadable"]
    assert "message.failed" in [log["event"] for log in logs]
    assert SIGNATURE not in str(logs)


async def test_one_message_that_fails_does_not_silence_somebody_else(
    engine: Engine, make_edge: MakeEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "INTENTS", {**handlers.INTENTS, Intent.THANK: fail})
    nlu = FakeNlu(lambda text: a_reading("thank" if "merci" in text else "goodbye"))
    edge = make_edge(engine, nlu=nlu)
    other = make_edge(engine, nlu=nlu)
    await says(edge, "merci bien à vous")
    assert "conversation.goodbye" in await says(other, "au revoir à tous")


async def test_messages_of_one_person_are_answered_in_their_order(
    engine_any: Engine, make_edge: MakeEdge, clock: FakeClock
) -> None:
    intents = {"un": "thank", "deux": "goodbye", "trois": "report_mood_good"}

    def slowly(text: str) -> ModelReading:
        clock.forward(seconds=1)
        return a_reading(intents[text])

    nlu = FakeNlu(slowly)
    edge = make_edge(engine_any, nlu=nlu, little=little_world(engine_any))
    for text in intents:
        await edge.path.accept(a_message(edge, text))
    await edge.path.settled()
    await edge.delivery.deliver_due()
    assert nlu.texts == list(intents)
    assert edge.sent_keys() == ["conversation.thank", "conversation.goodbye", "mood.good"]


async def test_two_replicas_handle_a_message_once(engine_any: Engine, make_edge: MakeEdge) -> None:
    little = little_world(engine_any)
    nlu = FakeNlu(lambda _text: a_reading("thank"))
    replicas = [make_edge(engine_any, nlu=nlu, little=little) for _ in range(2)]
    incoming = a_message(replicas[0], "merci", key="the same")
    await asyncio.gather(*(replica.path.accept(incoming) for replica in replicas), return_exceptions=True)
    # Whoever was refused by the database is asked again, as a provider does that was not answered.
    assert (await replicas[1].path.accept(incoming)).duplicate
    await asyncio.gather(*(replica.path.settled() for replica in replicas))
    await replicas[0].delivery.deliver_due()
    assert replicas[0].sent_keys() == ["conversation.thank"]
    assert len(replicas[0].messages()) == 1


async def test_nothing_that_is_written_reaches_the_log(engine: Engine, make_edge: MakeEdge) -> None:
    edge = make_edge(engine, nlu=FakeNlu(lambda _text: a_reading("talk_to_referent")))
    with capture_logs() as logs:
        await says(edge, f"dis à Claire que j'ai vu {SIGNATURE}")
        await says(edge, f"{CERTAIN} {SIGNATURE}")
    assert logs
    assert SIGNATURE not in str(logs)
    assert edge.address() not in str(logs)


@pytest.mark.parametrize(
    "text",
    ["", " ", "a" * 10_000, "\x00\x00 oui", "🙃", "\u202eسلام\u202c", "\u200b\u200b", "Привет, как дела", "{{ 7*7 }}", "/start"],
    ids=["empty", "space", "long", "nul", "emoji", "rtl", "zero width", "cyrillic", "template", "command"],
)  # fmt: skip
async def test_odd_messages_get_a_clear_answer_and_leave_no_error(
    engine: Engine, make_edge: MakeEdge, text: str
) -> None:
    edge = make_edge(engine, nlu=FakeNlu(lambda _text: a_reading("out_of_scope", confidence=0.1)))
    with capture_logs() as logs:
        assert await says(edge, text)
    assert [log for log in logs if log["log_level"] == "error"] == []
    assert edge.messages()[0].status is MessageStatus.HANDLED


async def test_a_message_is_committed_when_the_channel_is_answered(
    engine: Engine, make_edge: MakeEdge
) -> None:
    edge = make_edge(engine, nlu=FakeNlu())
    receipt = await edge.path.accept(a_message(edge, "bonjour"))
    assert [message.id for message in edge.messages()] == [receipt.message_id]
    await edge.path.settled()
