"""The answer to danger: the right numbers, the truth, once for each message, to anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from actions import danger, escalate
from actions.danger import GENERAL, LINES, UNKNOWN
from actions.work import Kit, Work
from bot.texts.gsm import segments
from bot.texts.render import FRENCH, FrenchTexts, Reader
from storage import outbox
from storage.database import transaction
from storage.tables import AuditEvent, ContactPoint, Message, Outgoing, Person
from storage.vocabulary import Address, ChannelName, Consent, ContactStatus, FreinCategory, Lane, Urgency
from tests.actions.alert_world import World, a_message, a_world
from tests.builders import a_contact, local
from tests.fakes import FakeClock

MOST_SEGMENTS = 3


@pytest.fixture
def world(engine: Engine, kit: Kit, clock: FakeClock) -> World:
    """The team, on Tuesday 24 November 2026 at 10:00."""
    return a_world(engine, kit, clock)


def answered(world: World, frein: FreinCategory | None = None) -> Outgoing:
    """Awa writes something dangerous; what she is answered."""
    return world.do(lambda work: answer_to(work, world, world.message(work.session), frein))


def answer_to(work: Work, world: World, message: Message, frein: FreinCategory | None) -> Outgoing:
    """Alert and answer, as the path of a message does."""
    escalation, _ = world.feed(work, message, Urgency.DANGER, frein)
    person = work.session.get_one(Person, world.awa.id)
    contact = work.session.get_one(ContactPoint, message.contact_id)
    danger.answer(work, person=person, contact=contact, message=message, frein=frein, escalation=escalation)
    return work.session.exec(select(Outgoing).where(Outgoing.key == f"danger/{message.id}")).one()


def answer_stranger(work: Work, contact: ContactPoint, frein: FreinCategory | None = None) -> Outgoing:
    """Alert and answer somebody nobody knows."""
    message = a_message(work.session, contact, work.now)
    escalation = escalate.open_or_join(
        work, person=None, contact=contact, message=message, level=Urgency.DANGER, frein=frein
    )
    danger.answer(work, person=None, contact=contact, message=message, frein=frein, escalation=escalation)
    return work.session.exec(select(Outgoing).where(Outgoing.key == f"danger/{message.id}")).one()


@pytest.mark.parametrize(
    ("frein", "text_key", "numbers"),
    [
        (None, "danger.general", {"15", "112", "114", "3114"}),
        (FreinCategory.MENTAL_HEALTH, "danger.mental_health", {"15", "112", "114", "3114"}),
        (FreinCategory.VIOLENCE, "danger.violence", {"17", "114"}),
        (FreinCategory.HOUSING, "danger.housing", {"15", "112", "114", "115"}),
        (FreinCategory.FAMILY, "danger.family", {"15", "112", "114", "119"}),
        (FreinCategory.HEALTH, "danger.health", {"15", "112", "114"}),
        (FreinCategory.ADDICTION, "danger.health", {"15", "112", "114"}),
        (FreinCategory.FOOD, "danger.food", {"15", "112", "114"}),
        (FreinCategory.MONEY, "danger.general", {"15", "112", "114", "3114"}),
    ],
)
def test_each_danger_gets_its_numbers(
    world: World, texts: FrenchTexts, frein: FreinCategory | None, text_key: str, numbers: set[str]
) -> None:
    row = answered(world, frein)
    assert (row.text_key, row.lane) == (text_key, Lane.ALERT)
    words = texts.render(row.text_key, outbox.unpack(row.values), Reader(), ChannelName.SMS)
    assert numbers_in(words) == numbers


def numbers_in(words: str) -> set[str]:
    """The numbers to call or write to: hours and dates left out."""
    without_hours = re.sub(r"\b\d{1,2} h( \d\d)?|\b\d{1,2} \w+bre\b", "", words)
    return set(re.findall(r"\b\d{2,4}\b", without_hours))


def test_the_answer_is_given_once_for_each_message(world: World) -> None:
    def twice(work: Work) -> int:
        message = world.message(work.session)
        answer_to(work, world, message, None)
        answer_to(work, world, message, FreinCategory.VIOLENCE)
        return len(work.session.exec(select(Outgoing).where(Outgoing.reply_to == message.id)).all())

    assert world.do(twice) == 1


def test_a_second_danger_within_minutes_gets_the_same_numbers_in_fewer_words(
    world: World, texts: FrenchTexts
) -> None:
    first = answered(world, FreinCategory.HOUSING)
    world.clock.forward(minutes=3)
    second = answered(world, FreinCategory.HOUSING)
    assert second.text_key == "danger.housing_again"
    rendered = [
        texts.render(row.text_key, outbox.unpack(row.values), Reader(), ChannelName.SMS)
        for row in (first, second)
    ]
    assert numbers_in(rendered[0]) == numbers_in(rendered[1])
    assert len(rendered[1]) < len(rendered[0]) * 2 / 3


def test_another_kind_of_danger_gets_its_own_full_answer(world: World) -> None:
    answered(world, FreinCategory.HOUSING)
    world.clock.forward(minutes=3)
    assert answered(world, FreinCategory.VIOLENCE).text_key == "danger.violence"


def test_a_danger_an_hour_later_gets_the_full_answer_again(world: World) -> None:
    answered(world)
    world.clock.forward(hours=1)
    assert answered(world).text_key == "danger.general"


@pytest.mark.parametrize(
    "change",
    [
        {"stopped_at": datetime.fromisoformat("2026-11-20T10:00:00+00:00")},
        {"consent": Consent.UNASKED},
        {"consent": Consent.REFUSED},
    ],
)
def test_whoever_stopped_or_never_agreed_is_answered_as_well(world: World, change: dict[str, Any]) -> None:
    def set_up(work: Work) -> None:
        person = work.session.get_one(Person, world.awa.id)
        for name, value in change.items():
            setattr(person, name, value)
        contact = work.session.exec(select(ContactPoint).where(ContactPoint.person_id == person.id)).one()
        contact.status = ContactStatus.MUTED

    world.do(set_up)
    assert answered(world).text_key == "danger.general"


def test_the_answer_says_for_whom_the_message_is_recorded_and_when_they_read(
    world: World, texts: FrenchTexts
) -> None:
    world.clock.at = local(2026, 11, 27, 23, 0)
    row = answered(world, FreinCategory.HEALTH)
    reader = Reader(address=Address.TU, now=world.clock.now())
    words = texts.render(row.text_key, outbox.unpack(row.values), reader, ChannelName.LOCAL)
    assert "pour Claire" in words
    assert "de 9 h à 17 h 30" in words
    assert "lundi 30 novembre à 9 h" in words
    assert "programme" in words


def test_a_stranger_is_told_that_nobody_knows_who_writes(world: World, texts: FrenchTexts) -> None:
    contact = world.do(lambda work: a_contact(work.session))
    row = world.do(lambda work: answer_stranger(work, work.session.get_one(ContactPoint, contact.id)))
    words = texts.render(row.text_key, outbox.unpack(row.values), Reader(), ChannelName.SMS)
    assert row.text_key == "danger.unknown_sender"
    assert "je ne sais pas qui écrit" in words
    assert {"15", "17", "112", "114"} <= numbers_in(words)


def test_a_stranger_without_a_roof_also_gets_that_number(world: World, texts: FrenchTexts) -> None:
    contact = world.do(lambda work: a_contact(work.session))
    row = world.do(
        lambda work: answer_stranger(
            work, work.session.get_one(ContactPoint, contact.id), FreinCategory.HOUSING
        )
    )
    words = texts.render(row.text_key, outbox.unpack(row.values), Reader(), ChannelName.SMS)
    assert "115" in numbers_in(words)
    assert segments(words) <= MOST_SEGMENTS


def test_a_stranger_is_answered_even_where_no_structure_exists(
    engine: Engine, kit: Kit, clock: FakeClock, texts: FrenchTexts
) -> None:
    with transaction(engine) as session:
        row = answer_stranger(Work(session, clock.now(), kit), a_contact(session))
        words = texts.render(row.text_key, outbox.unpack(row.values), Reader(), ChannelName.SMS)
    assert "Personne ne lit ce numéro" in words


def test_a_machine_that_echoes_our_answer_is_not_answered_for_ever(world: World) -> None:
    def echo(work: Work) -> None:
        for _ in range(40):
            message = world.message(work.session)
            escalation, _ = world.feed(work, message)
            contact = work.session.get_one(ContactPoint, message.contact_id)
            person = work.session.get_one(Person, world.awa.id)
            danger.answer(
                work, person=person, contact=contact, message=message, frein=None, escalation=escalation
            )

    world.do(echo)
    given = world.do(lambda work: danger_answers(work.session))
    assert len(given) == world.kit.policy.loop_messages - 1
    assert "danger.loop" in world.do(lambda work: work.session.exec(select(AuditEvent.action)).all())


def danger_answers(session: Session) -> list[Outgoing]:
    """What was answered to danger."""
    return list(session.exec(select(Outgoing).where(col(Outgoing.key).startswith("danger/"))))


READINGS: tuple[dict[str, Any], ...] = (
    {"who": "Marie-Antoinette", "open_now": True},
    {"who": "Marie-Antoinette", "open_now": False},
    {"who": None, "open_now": False},
)


def each_rendering(kit: Kit, texts: FrenchTexts, render: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Every text of danger in every variant, as sent by SMS, with its key."""
    rendered = []
    for line, state, address, simple in product(
        {GENERAL, UNKNOWN, *LINES.values()}, READINGS, Address, (False, True)
    ):
        values = {
            "say": {name: kit.emergency.say(name, address) for name in line.numbers},
            "number": {name: kit.emergency.numbers[name].number for name in line.numbers},
            "places": ["Épicerie solidaire (exemple)", "Restaurant social (exemple)"],
            "from_at": local(2026, 11, 30, 9),
            "until_at": local(2026, 11, 30, 17, 30),
            "next_at": local(2026, 11, 30, 9),
        }
        reader = Reader(address=address, very_simple=simple, now=local(2026, 11, 27, 20))
        rendered += [
            (key, texts.render(key, values | state, reader, ChannelName.SMS))
            for key in (line.text_key, line.shorter)
            if render(key)
        ]
    return rendered


def test_no_answer_to_danger_costs_more_than_three_segments(kit: Kit, texts: FrenchTexts) -> None:
    for key, words in each_rendering(kit, texts, lambda _: True):
        assert segments(words) <= MOST_SEGMENTS, key


def test_every_number_sent_is_in_the_directory(kit: Kit, texts: FrenchTexts) -> None:
    known = {number.number for number in kit.emergency.numbers.values()}
    for key, words in each_rendering(kit, texts, lambda _: True):
        assert numbers_in(words) <= known, key


def test_no_number_is_written_in_the_texts_themselves() -> None:
    lines = FRENCH.read_text(encoding="utf-8").splitlines()
    quoting = [
        line for line in lines if ("{{ say." in line or "{{ number." in line) and "values:" not in line
    ]
    assert quoting
    assert not any(re.search(r"\b(15|17|18|112|114|115|119|3114)\b", line) for line in quoting)


@pytest.mark.parametrize(
    "word", ["violen", "frapp", "coup", "mari", "conjoint", "police", "alerte", "danger", "plainte"]
)
def test_the_answer_to_violence_names_nothing(kit: Kit, texts: FrenchTexts, word: str) -> None:
    for key, words in each_rendering(kit, texts, lambda key: "violence" in key):
        assert word not in words.lower().replace("marie-antoinette", ""), key


@pytest.mark.parametrize("word", ["suicid", "mourir", "veille sur", "jamais seul", "promet", "24 h"])
def test_no_answer_to_danger_promises_or_names_a_secret(kit: Kit, texts: FrenchTexts, word: str) -> None:
    for key, words in each_rendering(kit, texts, lambda _: True):
        assert word not in words.lower(), key


def test_every_full_answer_says_that_a_program_writes(kit: Kit, texts: FrenchTexts) -> None:
    for key, words in each_rendering(
        kit, texts, lambda key: not key.endswith("_again") and key != "danger.again"
    ):
        assert "programme" in words, key
