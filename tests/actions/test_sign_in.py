"""Signing in: password and one-time code, locks, sessions and their end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pyotp
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from actions.sign_in import (
    SignedIn,
    open_session,
    prove,
    sign_in,
    sign_out,
    sign_out_everywhere,
    stored_hash,
    visit,
)
from actions.staff_admin import create_member
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import ConsoleSession, Referent
from storage.vocabulary import Role
from tests.builders import a_structure
from tests.fakes import FakeClock

PASSWORD = "un bon mot de passe"


@dataclass
class Door:
    """The console's door, one member, and their authenticator."""

    engine: Engine
    kit: Kit
    clock: FakeClock
    member: Referent
    secret: str

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.now())

    def knock(
        self, login: str = "claire", password: str = PASSWORD, code: str | None = None
    ) -> SignedIn | None:
        with transaction(self.engine) as session:
            given = self.code() if code is None else code
            work = Work(session, self.clock.now(), self.kit)
            return sign_in(work, login, prove(stored_hash(work, login), password), given)

    def is_in(self, token: str) -> bool:
        with transaction(self.engine) as session:
            return visit(Work(session, self.clock.now(), self.kit), token) is not None


@pytest.fixture
def door(engine_any: Engine, kit: Kit, clock: FakeClock) -> Door:
    with transaction(engine_any) as session:
        made = create_member(
            Work(session, clock.now(), kit),
            a_structure(session),
            login="Claire",
            first_name="Claire",
            last_name="Exemple",
            role=Role.REFERENT,
            password=PASSWORD,
        )
    return Door(engine_any, kit, clock, made.referent, made.totp_secret)


def test_password_and_code_open_a_session(door: Door) -> None:
    signed = door.knock()
    assert signed is not None
    assert door.is_in(signed.token)
    assert signed.referent.id == door.member.id


def test_the_login_does_not_mind_capitals_and_spaces(door: Door) -> None:
    assert door.knock(login=" CLAIRE ")


def test_the_token_is_kept_only_as_a_digest(door: Door) -> None:
    signed = door.knock()
    assert signed is not None
    with transaction(door.engine) as session:
        kept = session.exec(select(ConsoleSession)).one()
    assert kept.token_digest == hashlib.sha256(signed.token.encode()).hexdigest()
    assert signed.token not in kept.model_dump_json()


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [
        ("claire", "un mauvais mot de passe", None),
        ("claire", PASSWORD, "000000"),
        ("claire", PASSWORD, ""),
        ("claire", "", None),
        ("personne", PASSWORD, None),
        ("", "", ""),
    ],
)
def test_anything_wrong_is_refused(door: Door, login: str, password: str, code: str | None) -> None:
    assert door.knock(login, password, code) is None


def test_a_code_seen_over_a_shoulder_does_not_serve_twice(door: Door) -> None:
    code = door.code()
    assert door.knock(code=code)
    assert door.knock(code=code) is None
    door.clock.forward(seconds=30)
    assert door.knock()


def test_five_failures_lock_for_a_quarter_of_an_hour(door: Door) -> None:
    for _ in range(5):
        assert door.knock(password="faux faux faux") is None
    assert door.knock() is None
    door.clock.forward(minutes=14)
    assert door.knock() is None
    door.clock.forward(minutes=1)
    assert door.knock()


def test_a_success_forgets_the_failures_before_it(door: Door) -> None:
    for _ in range(4):
        door.knock(password="faux faux faux")
    assert door.knock()
    door.clock.forward(minutes=1)
    door.knock(password="faux faux faux")
    assert door.knock()


def test_a_session_ends_after_an_hour_without_a_page(door: Door) -> None:
    signed = door.knock()
    assert signed is not None
    door.clock.forward(minutes=59)
    assert door.is_in(signed.token)
    door.clock.forward(minutes=59)
    assert door.is_in(signed.token)
    door.clock.forward(minutes=60)
    assert not door.is_in(signed.token)


def test_a_session_ends_after_twelve_hours_whatever_is_done(door: Door) -> None:
    signed = door.knock()
    assert signed is not None
    for _ in range(15):
        door.clock.forward(minutes=45)
        assert door.is_in(signed.token)
    door.clock.forward(minutes=45)
    assert not door.is_in(signed.token)


def test_signing_out_ends_the_session_and_only_that_one(door: Door) -> None:
    first = door.knock()
    door.clock.forward(minutes=1)
    second = door.knock()
    assert first
    assert second
    with transaction(door.engine) as session:
        sign_out(Work(session, door.clock.now(), door.kit), first.token)
    assert not door.is_in(first.token)
    assert door.is_in(second.token)
    with transaction(door.engine) as session:
        assert sign_out_everywhere(Work(session, door.clock.now(), door.kit), door.member.id) == 1
    assert not door.is_in(second.token)


def test_a_closed_account_is_out_at_once(door: Door) -> None:
    signed = door.knock()
    assert signed is not None
    with transaction(door.engine) as session:
        session.get_one(Referent, door.member.id).active = False
    assert not door.is_in(signed.token)
    door.clock.forward(minutes=1)
    assert door.knock() is None


def test_a_made_up_token_opens_nothing(door: Door) -> None:
    assert not door.is_in("")
    assert not door.is_in("x" * 43)


def test_every_session_has_its_own_protection_against_forged_forms(door: Door) -> None:
    with transaction(door.engine) as session:
        work = Work(session, door.clock.now(), door.kit)
        member = session.get_one(Referent, door.member.id)
        assert open_session(work, member).csrf_token != open_session(work, member).csrf_token
