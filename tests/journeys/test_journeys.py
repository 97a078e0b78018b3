"""Every journey, twice: with the readings that its file gives, and through the real Rasa."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.work import Kit
from bot.nlu_client import NluClient
from storage.database import reading
from storage.tables import Message
from tests.apps import FakeNlu
from tests.builders import a_reading
from tests.journeys.play import Failed, Play
from tests.journeys.story import Journey, journeys, load
from tests.real_rasa import RealRasa

JOURNEYS = journeys()
each_journey = pytest.mark.parametrize(
    "journey",
    [
        pytest.param(one, id=one.file.stem, marks=[pytest.mark.slow] if one.lasts > timedelta(days=2) else [])
        for one in JOURNEYS
    ],
)


@each_journey
async def test_a_journey_goes_as_written_with_the_readings_given(
    journey: Journey, engine: Engine, kit: Kit
) -> None:
    await Play(journey, engine, kit).run()


@pytest.mark.rasa
@pytest.mark.timeout(900)  # the first one may have to train the model
@each_journey
async def test_a_journey_goes_as_written_through_the_real_rasa(
    journey: Journey, engine: Engine, kit: Kit, real_rasa: RealRasa
) -> None:
    client = real_rasa.client()
    try:
        await Play(journey, engine, kit, client).run()
    finally:
        await client.close()


SHORT = """
name: "Un bonjour"
at: 2026-11-24 10:00
rasa: up
given: {people: {Awa: {}}}
lines:
  - says: "bonjour"
    reading: {intent: greet}
    KNOWN
    answers: [conversation.greet_without_plan]
    effects: {todos: [], person: {stopped: no}}
"""


async def _play(content: str, engine: Engine, kit: Kit, folder: Path, real: NluClient | None = None) -> None:
    file = folder / "short.yaml"
    file.write_text(content.replace("    KNOWN\n", ""), encoding="utf-8")
    await Play(load(file), engine, kit, real).run()


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("[conversation.greet_without_plan]", "[conversation.thank]", "to Awa"),
        ("[conversation.greet_without_plan]", "[]", "to Awa"),
        ("todos: []", "todos: [message]", "todos"),
        ("stopped: no", "stopped: yes", "person"),
        ("intent: greet", "intent: thank", "to Awa"),
        ("effects: {", "effects: {alerts: [{level: 3}], ", "alerts"),
        ("effects: {", "effects: {plan: {Rien: {status: done}}, ", "plan"),
    ],
)
async def test_what_is_not_as_written_is_found(
    written: str, instead: str, said: str, engine: Engine, kit: Kit, tmp_path: Path
) -> None:
    with pytest.raises(Failed, match=said):
        await _play(SHORT.replace(written, instead), engine, kit, tmp_path)


async def test_an_error_inside_the_application_is_found(engine: Engine, kit: Kit, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit_digest")
    waits = SHORT.replace('says: "bonjour"', "wait: {minutes: 1}").replace(
        "    reading: {intent: greet}\n", ""
    )
    with pytest.raises(Failed, match=r"job\.failed"):
        await _play(waits.replace("[conversation.greet_without_plan]", "[]"), engine, kit, tmp_path)


@pytest.mark.parametrize(
    ("written", "instead"),
    [("answers:", "answer:"), ("says:", "shouts:"), ("people: {Awa: {}}", "people: {Awa: {age: 3}}"), ("rasa: up", "rasa: up\nwho: me")],
)  # fmt: skip
async def test_a_word_that_means_nothing_is_refused(
    written: str, instead: str, engine: Engine, kit: Kit, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"part of a journey|exactly one|does not go with|not understood"):
        await _play(SHORT.replace(written, instead), engine, kit, tmp_path)


KNOWN = SHORT.replace("KNOWN", 'known_miss: "Rasa prend un bonjour pour un merci"')


async def test_a_known_miss_is_undone_and_the_journey_goes_on_as_written(
    engine: Engine, kit: Kit, tmp_path: Path
) -> None:
    wrong = FakeNlu(lambda _text: a_reading("thank"))
    await _play(KNOWN, engine, kit, tmp_path, wrong)
    with reading(engine) as session:
        assert [message.intent for message in session.exec(select(Message))] == ["greet"]


async def test_a_known_miss_that_is_mended_must_leave_the_file(
    engine: Engine, kit: Kit, tmp_path: Path
) -> None:
    with pytest.raises(Failed, match="take its known_miss out"):
        await _play(KNOWN, engine, kit, tmp_path, FakeNlu(lambda _text: a_reading("greet")))


async def test_a_real_reading_that_leads_elsewhere_fails(engine: Engine, kit: Kit, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="to Awa"):
        await _play(SHORT, engine, kit, tmp_path, FakeNlu(lambda _text: a_reading("thank")))


def test_there_is_a_journey_for_each_thing_that_was_promised() -> None:
    assert len(JOURNEYS) >= 16
    assert len({journey.name for journey in JOURNEYS}) == len(JOURNEYS)
