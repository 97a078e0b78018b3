"""People entered and edited by the team, one by one and from a spreadsheet."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from actions.errors import Invalid, NotAllowed
from actions.people_admin import change_referent, create_person, edit_person, end_support, set_hours
from actions.people_import import import_people
from actions.work import Kit, Work
from storage.database import transaction
from storage.queries.people import accompagnement_of, people_seen_by
from storage.tables import Accompagnement, Person, Referent
from storage.vocabulary import Address, Consent, Role, SupportStatus
from tests.builders import TUESDAY, a_referent, a_structure

HEADER = "prenom;nom;referent;telephone;heures;vouvoiement\n"


class Team:
    """A structure with a referent, a colleague and a lead; and a referent from elsewhere."""

    def __init__(self, engine: Engine, kit: Kit) -> None:
        self.engine, self.kit = engine, kit
        with transaction(engine) as session:
            structure = a_structure(session, time_zone="Indian/Reunion")
            self.me = a_referent(session, structure, login="claire")
            self.colleague = a_referent(session, structure, login="karim")
            self.lead = a_referent(session, structure, login="lucie", role=Role.LEAD)
            self.stranger = a_referent(session, a_structure(session), login="ailleurs")

    def work(self, session: Session) -> Work:
        return Work(session, TUESDAY, self.kit)

    def enter(self, by: Referent | None = None, **given: Any) -> Person:
        with transaction(self.engine) as session:
            names = {"first_name": "Awa", "last_name": "Démo"}
            return create_person(self.work(session), by or self.me, **names | given)

    def load(self, text: str, by: Referent | None = None) -> tuple[list[str], list[tuple[int, str]]]:
        with transaction(self.engine) as session:
            report = import_people(self.work(session), by or self.me, text.encode())
        refused = [(line.number, line.reason) for line in report.refused]
        return [person.full_name for person in report.created], refused


@pytest.fixture
def team(engine_any: Engine, kit: Kit) -> Team:
    return Team(engine_any, kit)


def test_a_person_is_entered_with_an_accompaniment_and_no_consent_yet(team: Team) -> None:
    person = team.enter(first_name="  Awa ", phone="0692 00 00 01", hours=10.0, address=Address.TU)
    assert (person.first_name, person.phone, person.address) == ("Awa", "+262692000001", Address.TU)
    assert (person.consent, person.time_zone) == (Consent.UNASKED, "Indian/Reunion")
    with transaction(team.engine) as session:
        support = accompagnement_of(session, person.id)
        assert support is not None
        assert (support.referent_id, support.weekly_hours_target) == (team.me.id, 10.0)
        assert support.started_on == date(2026, 11, 24)


def test_the_telephone_number_is_sealed(team: Team) -> None:
    person = team.enter(phone="0692 00 00 01")
    assert b"692000001" not in (person.phone_sealed or b"")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"first_name": " "}, "prénom manque"),
        ({"last_name": "x" * 81}, "nom n'est pas lisible"),
        ({"first_name": "A\0wa"}, "prénom n'est pas lisible"),
        ({"phone": "12"}, "téléphone"),
        ({"hours": 0.0}, "heures"),
        ({"hours": 100.0}, "heures"),
        ({"time_zone": "Mars/Olympus"}, "fuseau"),
    ],
)
def test_what_cannot_be_used_is_said_in_french(team: Team, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        team.enter(**given)


def test_a_referent_enters_only_their_own_people_a_lead_anybodys(team: Team) -> None:
    with pytest.raises(NotAllowed):
        team.enter(referent=team.colleague)
    person = team.enter(by=team.lead, referent=team.colleague)
    with transaction(team.engine) as session:
        assert [one.id for one in people_seen_by(session, team.colleague, TUESDAY.date())] == [person.id]
        assert people_seen_by(session, team.me, TUESDAY.date()) == []


def test_nobody_enters_people_for_another_structure(team: Team) -> None:
    with pytest.raises(NotAllowed):
        team.enter(by=team.lead, referent=team.stranger)


def test_a_person_is_edited_by_who_may_see_them(team: Team) -> None:
    person = team.enter()
    with transaction(team.engine) as session:
        row = session.get_one(Person, person.id)
        edit_person(team.work(session), team.me, row, last_name="Essai", waking_from=time(10), phone=None)
        assert (row.last_name, row.waking_from, row.phone) == ("Essai", time(10), None)


@pytest.mark.parametrize("other", ["colleague", "stranger"])
def test_nobody_else_may_touch_a_person(team: Team, other: str) -> None:
    person = team.enter()
    intruder: Referent = getattr(team, other)
    with transaction(team.engine) as session:
        row, work = session.get_one(Person, person.id), team.work(session)
        with pytest.raises(NotAllowed):
            edit_person(work, intruder, row, last_name="Essai")
        with pytest.raises(NotAllowed):
            change_referent(work, intruder, row, intruder)
        with pytest.raises(NotAllowed):
            set_hours(work, intruder, row, 5.0)
        with pytest.raises(NotAllowed):
            end_support(work, intruder, row, TUESDAY.date())


@pytest.mark.parametrize(
    "changes",
    [
        {"waking_from": time(3)},
        {"waking_from": time(20), "waking_until": time(9)},
        {"time_zone": "nowhere"},
        {"first_name": ""},
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(team: Team, changes: dict[str, Any]) -> None:
    person = team.enter()
    with transaction(team.engine) as session, pytest.raises(Invalid):
        edit_person(team.work(session), team.me, session.get_one(Person, person.id), **changes)


def test_a_person_given_to_a_colleague_is_seen_by_them_alone(team: Team) -> None:
    person = team.enter()
    with transaction(team.engine) as session:
        change_referent(team.work(session), team.me, session.get_one(Person, person.id), team.colleague)
    with transaction(team.engine) as session:
        assert people_seen_by(session, team.me, TUESDAY.date()) == []
        assert [one.id for one in people_seen_by(session, team.colleague, TUESDAY.date())] == [person.id]


def test_a_person_is_not_given_to_another_structure(team: Team) -> None:
    person = team.enter()
    with transaction(team.engine) as session, pytest.raises(Invalid):
        change_referent(team.work(session), team.me, session.get_one(Person, person.id), team.stranger)


def test_who_is_exempt_keeps_a_target_and_a_reason(team: Team) -> None:
    person = team.enter()
    with transaction(team.engine) as session:
        set_hours(
            team.work(session),
            team.me,
            session.get_one(Person, person.id),
            5.0,
            exempt_until=date(2027, 1, 1),
            exempt_reason=" garde d'enfant ",
        )
    with transaction(team.engine) as session:
        support = session.exec(select(Accompagnement)).one()
        assert (support.weekly_hours_target, support.exempt_reason) == (5.0, "garde d'enfant")


def test_an_ended_accompaniment_cannot_be_ended_again(team: Team) -> None:
    person = team.enter()
    with transaction(team.engine) as session:
        end_support(team.work(session), team.lead, session.get_one(Person, person.id), TUESDAY.date())
    with transaction(team.engine) as session:
        assert session.exec(select(Accompagnement)).one().status is SupportStatus.ENDED
        with pytest.raises(Invalid):
            end_support(team.work(session), team.lead, session.get_one(Person, person.id), TUESDAY.date())


def test_the_good_lines_of_a_file_are_entered_and_each_other_line_is_explained(team: Team) -> None:
    created, refused = team.load(
        HEADER
        + "Awa;Démo;claire;0692 00 00 01;10;non\n"
        + ";Sansprénom;;;;\n"
        + "Lina;Démo;personne;;;\n"
        + "Noé;Démo;karim;;;\n"
        + "awa;DEMO;;;;\n"
        + "Sacha;Démo;;12;;\n"
        + "Inès;Démo;;;;\n"
    )
    assert created == ["Awa Démo", "Inès Démo"]
    assert refused == [
        (3, "Le prénom manque."),
        (4, "Aucun référent actif n'a cet identifiant."),
        (5, "Vous ne pouvez inscrire que vos propres personnes."),
        (6, "Une personne de ce nom est déjà suivie."),
        (7, "Le numéro de téléphone n'est pas valable."),
    ]


def test_a_lead_imports_for_the_whole_team(team: Team) -> None:
    assert team.load(HEADER + "Noé;Démo;Karim;;;\n", team.lead) == (["Noé Démo"], [])


def test_loading_the_same_file_twice_enters_nobody_twice(team: Team) -> None:
    text = HEADER + "Awa;Démo;;;;\n"
    assert team.load(text)[0] == ["Awa Démo"]
    assert team.load(text) == ([], [(2, "Une personne de ce nom est déjà suivie.")])


def test_a_file_that_is_none_is_refused_as_a_whole(team: Team) -> None:
    with pytest.raises(Invalid, match="prenom, nom"):
        team.load("bonjour\n")
