"""Sealed columns: only the right row and owner open them."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from storage.database import transaction
from storage.sealing import SealBroken, blind_index, install_key, seal, unseal
from storage.tables import Demarche
from tests.builders import a_person, a_referent, a_step, a_structure


def test_what_is_sealed_opens_in_its_own_context_only() -> None:
    sealed = seal("je dors dehors", "message/body/1/2")
    assert unseal(sealed, "message/body/1/2") == "je dors dehors"
    with pytest.raises(SealBroken):
        unseal(sealed, "message/body/1/3")


def test_the_same_words_are_never_sealed_the_same_way_twice() -> None:
    assert seal("oui", "a") != seal("oui", "a")


def test_a_lone_surrogate_from_a_broken_phone_survives() -> None:
    assert unseal(seal("\ud83d cassé \x00", "a"), "a") == "\ud83d cassé \x00"


def test_a_blind_index_is_stable_and_says_nothing() -> None:
    assert blind_index("+33600000000") == blind_index("+33600000000")
    assert "33600000000" not in blind_index("+33600000000")


def test_a_key_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        install_key("c2hvcnQ=")


def test_a_value_moved_to_another_person_does_not_open(engine: Engine) -> None:
    with transaction(engine) as session:
        referent = a_referent(session, a_structure(session))
        first, second = a_person(session, referent), a_person(session, referent)
        mine = a_step(session, first, "Chercher un logement")
        theirs = a_step(session, second, "Autre chose")
        theirs.title_sealed = mine.title_sealed
    with transaction(engine) as session:
        rows = {row.person_id: row for row in session.exec(select(Demarche))}
        assert rows[first.id].title == "Chercher un logement"
        with pytest.raises(SealBroken):
            _ = rows[second.id].title
