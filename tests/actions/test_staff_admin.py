"""The team: its members, its administrators, who stands in."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions import staff_admin
from actions.errors import Invalid, NotAllowed
from actions.passwords import is_right
from actions.sign_in import open_session
from actions.staff_admin import NewMember, create_member
from actions.work import Kit, Work
from storage.database import transaction
from storage.queries.people import stood_in_for
from storage.tables import ConsoleSession, Invitation, Referent, Structure
from storage.vocabulary import Role
from tests.builders import TUESDAY, a_person, a_referent, a_structure

PASSWORD = "un bon mot de passe"


class Office:
    """A structure with an administrator and a referent."""

    def __init__(self, engine: Engine, kit: Kit) -> None:
        self.engine, self.kit = engine, kit
        with transaction(engine) as session:
            self.structure = a_structure(session)
            self.admin = a_referent(session, self.structure, login="lucie", role=Role.ADMIN)
            self.referent = a_referent(session, self.structure, login="claire")
            self.elsewhere = a_referent(session, a_structure(session), login="ailleurs", role=Role.ADMIN)

    def work(self, session: Session) -> Work:
        return Work(session, TUESDAY, self.kit)

    def enter(self, by: Referent | None, login: str = "karim", password: str = PASSWORD) -> NewMember:
        with transaction(self.engine) as session:
            return create_member(
                self.work(session),
                session.get_one(Structure, self.structure.id),
                login=login,
                first_name="Karim",
                last_name="Exemple",
                role=Role.REFERENT,
                password=password,
                by=by,
            )


@pytest.fixture
def office(engine_any: Engine, kit: Kit) -> Office:
    return Office(engine_any, kit)


def test_a_member_gets_a_hashed_password_and_a_sealed_secret(office: Office) -> None:
    made = office.enter(office.admin)
    assert made.referent.password_hash is not None
    assert made.referent.password_hash.startswith("$argon2id$")
    assert is_right(made.referent.password_hash, PASSWORD)
    assert made.totp_secret.encode() not in (made.referent.totp_sealed or b"")
    assert made.totp_secret in made.totp_uri


def test_only_an_administrator_of_the_structure_enters_members(office: Office) -> None:
    for by in (office.referent, office.elsewhere):
        with pytest.raises(NotAllowed):
            office.enter(by)


@pytest.mark.parametrize(
    ("login", "password", "reason"),
    [
        ("claire", PASSWORD, "déjà pris"),
        ("CLAIRE", PASSWORD, "déjà pris"),
        ("é", PASSWORD, "3 à 64"),
        ("karim", "court", "entre 12"),
        ("karim", "le mot de passe de Karim", "identifiant"),
        ("karim", "x" * 300, "entre 12"),
    ],
)
def test_what_cannot_be_used_is_said_in_french(
    office: Office, login: str, password: str, reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        office.enter(office.admin, login, password)


def test_a_new_password_ends_the_sessions_and_the_lock(office: Office) -> None:
    made = office.enter(office.admin)
    with transaction(office.engine) as session:
        member = session.get_one(Referent, made.referent.id)
        open_session(office.work(session), member)
        member.failed_sign_ins = 4
        staff_admin.reset_password(office.work(session), member, "encore un bon mot de passe", office.admin)
    with transaction(office.engine) as session:
        assert session.exec(select(ConsoleSession)).all() == []
        member = session.get_one(Referent, made.referent.id)
        assert (member.failed_sign_ins, is_right(member.password_hash, PASSWORD)) == (0, False)


def test_members_change_their_own_password_and_nobody_elses(office: Office) -> None:
    with transaction(office.engine) as session:
        me = session.get_one(Referent, office.referent.id)
        staff_admin.reset_password(office.work(session), me, "encore un bon mot de passe", me)
        with pytest.raises(NotAllowed):
            staff_admin.reset_password(office.work(session), office.admin, "encore un bon mot de passe", me)


def test_a_lost_phone_gets_a_new_secret(office: Office) -> None:
    made = office.enter(office.admin)
    with transaction(office.engine) as session:
        member = session.get_one(Referent, made.referent.id)
        fresh = staff_admin.reset_totp(office.work(session), member, office.admin)
        assert fresh.totp_secret != made.totp_secret
        assert member.totp_secret == fresh.totp_secret


def test_only_an_administrator_of_the_structure_makes_the_code_of_its_line(office: Office) -> None:
    with transaction(office.engine) as session:
        structure = session.get_one(Structure, office.structure.id)
        for by in (office.referent, office.elsewhere):
            with pytest.raises(NotAllowed):
                staff_admin.invite_line(office.work(session), structure, by)
        assert session.exec(select(Invitation)).all() == []
        assert staff_admin.invite_line(office.work(session), structure, office.admin)
        made = session.exec(select(Invitation)).one()
        assert (made.structure_id, made.person_id, made.referent_id) == (structure.id, None, None)


def test_the_last_administrator_stays(office: Office) -> None:
    with transaction(office.engine) as session:
        admin = session.get_one(Referent, office.admin.id)
        with pytest.raises(Invalid):
            staff_admin.set_role(office.work(session), admin, Role.REFERENT, admin)
        with pytest.raises(Invalid):
            staff_admin.deactivate(office.work(session), admin, admin)
        other = session.get_one(Referent, office.referent.id)
        staff_admin.set_role(office.work(session), other, Role.ADMIN, admin)
        staff_admin.set_role(office.work(session), admin, Role.REFERENT, admin)
        assert admin.role is Role.REFERENT


def test_nobody_is_left_without_a_referent(office: Office) -> None:
    with transaction(office.engine) as session:
        a_person(session, office.referent)
        referent = session.get_one(Referent, office.referent.id)
        with pytest.raises(Invalid, match=r"\(1\)"):
            staff_admin.deactivate(office.work(session), referent, office.admin)


def test_a_closed_account_is_neither_on_call_nor_signed_in(office: Office) -> None:
    with transaction(office.engine) as session:
        referent = session.get_one(Referent, office.referent.id)
        referent.on_call = True
        open_session(office.work(session), referent)
        staff_admin.deactivate(office.work(session), referent, office.admin)
        assert (referent.active, referent.on_call) == (False, False)
        assert session.exec(select(ConsoleSession)).all() == []


def test_a_backup_is_somebody_else_of_the_same_team(office: Office) -> None:
    with transaction(office.engine) as session:
        work, referent = office.work(session), session.get_one(Referent, office.referent.id)
        staff_admin.set_alerts(work, referent, backup=office.admin, on_call=True, by=office.admin)
        assert (referent.backup_id, referent.on_call) == (office.admin.id, True)
        for backup in (referent, office.elsewhere):
            with pytest.raises(Invalid):
                staff_admin.set_alerts(work, referent, backup=backup, on_call=False, by=office.admin)


def test_a_stand_in_answers_on_the_days_that_were_said(office: Office) -> None:
    first, last = date(2026, 12, 21), date(2026, 12, 24)
    with transaction(office.engine) as session:
        work, referent = office.work(session), session.get_one(Referent, office.referent.id)
        staff_admin.stand_in(work, referent, office.admin, first, last, referent)
        session.flush()
        assert stood_in_for(session, office.admin.id, first) == [referent.id]
        assert stood_in_for(session, office.admin.id, last) == [referent.id]
        assert stood_in_for(session, office.admin.id, date(2026, 12, 25)) == []


def test_a_stand_in_makes_sense_or_is_refused(office: Office) -> None:
    day, before = date(2026, 12, 21), date(2026, 12, 20)
    with transaction(office.engine) as session:
        work, referent = office.work(session), session.get_one(Referent, office.referent.id)
        with pytest.raises(Invalid):
            staff_admin.stand_in(work, referent, referent, day, day, referent)
        with pytest.raises(Invalid):
            staff_admin.stand_in(work, referent, office.admin, day, before, referent)
        with pytest.raises(NotAllowed):
            staff_admin.stand_in(work, office.admin, referent, day, day, referent)
