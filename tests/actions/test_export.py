"""The copy of a person's data: complete, readable, and nobody else's."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.export import data_export
from actions.export_words import CONSENT, WORDS
from actions.work import Kit
from storage.database import transaction
from storage.tables import Message, Person
from storage.vocabulary import (
    ChannelName,
    Consent,
    DemarcheStatus,
    FreinStatus,
    IncomingKind,
    ParticipationAnswer,
    ParticipationStatus,
    ProgressStatus,
    SupportStatus,
)
from tests.actions.full_life import FIRST_NAME, LAST_NAME, FullLife
from tests.actions.full_life import WORDS as TRACE


@pytest.fixture
def life(engine_any: Engine, kit: Kit) -> FullLife:
    return FullLife(engine_any, kit)


def page_of(life: FullLife) -> str:
    with transaction(life.engine) as session:
        return data_export(life.work(session), session.get_one(Person, life.person.id))


def test_everything_kept_is_in_the_page(life: FullLife) -> None:
    page = page_of(life)
    for shown in (
        f"{FIRST_NAME} {LAST_NAME}",
        "+33600000001",
        f"local-{TRACE}",
        "Le Pont (exemple)",
        life.referent.full_name,
        f"Étape {TRACE}",
        "2,5",
        f"Point {TRACE}",
        "Atelier",
        "logement",
        "4821",
        f"appelée, {TRACE}",
        f"je vous écris {TRACE}",
        "24/11/2026 à 10 h 00",
    ):
        assert shown in page


def test_nothing_of_anybody_else_is_in_the_page(life: FullLife) -> None:
    assert life.other.last_name not in page_of(life)


def test_what_a_referent_prints_holds_only_messages_the_team_was_shown(life: FullLife) -> None:
    with transaction(life.engine) as session:
        person = session.get_one(Person, life.person.id)
        unseen = Message(
            contact_id=life.contact.id,
            person_id=person.id,
            channel_key="2",
            sent_at=life.alert.opened_at,
            received_at=life.alert.opened_at,
        )
        unseen.body = "entre nous"
        session.add(unseen)
        session.flush()
        printed = data_export(life.work(session), person, by_hand=True)
        sent = data_export(life.work(session), person)
    assert f"je vous écris {TRACE}" in printed
    assert "entre nous" not in printed
    assert "entre nous" in sent


def test_words_that_look_like_html_stay_words(life: FullLife) -> None:
    with transaction(life.engine) as session:
        session.exec(select(Message)).one().body = "<script>alert(1)</script> & open"
    page = page_of(life)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; open" in page


def test_the_page_needs_nothing_from_elsewhere(life: FullLife) -> None:
    page = page_of(life)
    assert not any(word in page for word in ("http:", "https:", "src=", "href=", "url("))
    assert page.startswith('<!doctype html>\n<html lang="fr">')
    HTMLParser().feed(page)


def test_every_status_has_a_french_word() -> None:
    vocabularies = (
        ChannelName,
        SupportStatus,
        DemarcheStatus,
        ProgressStatus,
        ParticipationStatus,
        ParticipationAnswer,
        FreinStatus,
        IncomingKind,
    )
    assert not [word for vocabulary in vocabularies for word in vocabulary if word not in WORDS]
    assert set(CONSENT) == set(Consent)


def test_an_empty_record_gives_a_page_too(life: FullLife) -> None:
    with transaction(life.engine) as session:
        page = data_export(life.work(session), session.get_one(Person, life.other.id))
    assert "Rien." in page
