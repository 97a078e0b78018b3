"""Codes: one binding each, seven days, five tries; and what an unknown sender is told."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from actions import invitations
from actions.ports import Incoming
from actions.work import Kit, Work
from storage.database import transaction
from storage.queries import people
from storage.sealing import blind_index
from storage.tables import AuditEvent, ContactPoint, Invitation, Outgoing, Person, Todo
from storage.vocabulary import ChannelName, Consent, IncomingKind, Lane, OutboxStatus, TodoKind
from tests.actions.newcomer import Newcomer, keys
from tests.builders import a_contact, a_structure
from tests.fakes import FakeClock


@pytest.fixture
def newcomer(engine_any: Engine, kit: Kit, clock: FakeClock) -> Newcomer:
    return Newcomer(engine_any, kit, clock)


def contact_of(newcomer: Newcomer) -> ContactPoint | None:
    with transaction(newcomer.engine) as session:
        return session.exec(
            select(ContactPoint).where(ContactPoint.person_id == newcomer.person.id)
        ).one_or_none()


def test_a_code_binds_the_address_and_the_companion_introduces_itself(newcomer: Newcomer) -> None:
    assert keys(newcomer.phone.says(newcomer.code)) == ["welcome.hello", "consent.ask"]
    assert contact_of(newcomer) is not None


def test_a_telegram_link_brings_the_code_along(newcomer: Newcomer) -> None:
    answers = newcomer.phone.says("/start " + newcomer.code.replace("-", ""))
    assert keys(answers) == ["welcome.hello", "consent.ask"]


def test_the_code_itself_is_kept_nowhere(newcomer: Newcomer) -> None:
    plain = newcomer.code.replace("-", "")
    with transaction(newcomer.engine) as session:
        kept = session.exec(select(Invitation)).one()
        assert kept.code_index == blind_index(f"invitation/{plain}")
        assert plain not in kept.model_dump_json()
        facts = [str(event.facts) for event in session.exec(select(AuditEvent))]
    assert not any(plain in fact or newcomer.code in fact for fact in facts)


def test_a_code_serves_once(newcomer: Newcomer) -> None:
    newcomer.phone.says(newcomer.code)
    assert keys(newcomer.another_phone().says(newcomer.code)) == ["code.used"]


def test_writing_the_same_code_again_from_the_same_phone_is_no_fault(newcomer: Newcomer) -> None:
    newcomer.phone.says(newcomer.code)
    assert keys(newcomer.phone.says(newcomer.code)) == ["code.already"]


def test_a_code_expires_after_seven_days(newcomer: Newcomer) -> None:
    newcomer.clock.forward(days=7)
    assert keys(newcomer.phone.says(newcomer.code)) == ["code.expired"]
    assert contact_of(newcomer) is None


def test_a_new_code_ends_the_one_before(newcomer: Newcomer) -> None:
    fresh = newcomer.invite(newcomer.person)
    assert keys(newcomer.phone.says(newcomer.code)) == ["code.expired"]
    assert keys(newcomer.phone.says(fresh)) == ["welcome.hello", "consent.ask"]


def test_after_five_wrong_tries_even_the_right_code_is_refused_until_tomorrow(newcomer: Newcomer) -> None:
    for number in range(5):
        assert keys(newcomer.phone.says(f"2222-3333-444{number}")) == ["code.wrong"]
    assert keys(newcomer.phone.says(newcomer.code)) == ["code.too_many"]
    newcomer.clock.forward(hours=24)
    assert keys(newcomer.phone.says(newcomer.code)) == ["welcome.hello", "consent.ask"]


def test_a_second_person_on_the_same_phone_is_refused_without_a_name(newcomer: Newcomer) -> None:
    newcomer.phone.says(newcomer.code)
    lina = newcomer.another_person()
    code = newcomer.invite(lina)
    assert keys(newcomer.phone.says(code)) == ["code.taken"]
    with transaction(newcomer.engine) as session:
        line = session.exec(select(Todo).where(Todo.kind == TodoKind.CALL)).one()
        assert (line.person_id, line.detail) == (lina.id, {"reason": "shared_phone"})
    assert keys(newcomer.another_phone().says(code)) == ["welcome.hello", "consent.ask"]


def test_a_referent_binds_a_chat_for_their_alerts(newcomer: Newcomer) -> None:
    phone = newcomer.another_phone()
    assert keys(phone.says(newcomer.invite(newcomer.referent))) == ["code.staff_bound"]
    with transaction(newcomer.engine) as session:
        bound = session.exec(select(ContactPoint).where(col(ContactPoint.referent_id).is_not(None))).all()
        assert newcomer.referent.id in {contact.referent_id for contact in bound}


def test_the_phone_of_a_referent_is_not_given_to_a_person(newcomer: Newcomer) -> None:
    phone = newcomer.another_phone()
    phone.says(newcomer.invite(newcomer.referent))
    assert keys(phone.says(newcomer.code)) == ["code.taken"]


def line_of(newcomer: Newcomer) -> str | None:
    """The address that alerts nobody has read are sent to."""
    with transaction(newcomer.engine) as session:
        line = people.line_of_structure(session, newcomer.structure.id)
        address: str | None = line.address if line else None
        return address


def test_a_code_of_the_structure_makes_a_chat_its_line_in_place_of_the_one_before(newcomer: Newcomer) -> None:
    first, second = newcomer.another_phone(), newcomer.another_phone()
    assert keys(first.says(newcomer.invite(newcomer.structure))) == ["code.line_bound"]
    assert line_of(newcomer) == first.address
    assert keys(second.says(newcomer.invite(newcomer.structure))) == ["code.line_bound"]
    assert line_of(newcomer) == second.address
    assert keys(first.says("bonjour")) == ["unknown.ask_code"]


def test_what_was_due_on_the_old_line_follows_to_the_new_one(newcomer: Newcomer) -> None:
    first, second = newcomer.another_phone(), newcomer.another_phone()
    first.says(newcomer.invite(newcomer.structure))
    with transaction(newcomer.engine) as session:
        line = people.line_of_structure(session, newcomer.structure.id)
        assert line
        work = Work(session, newcomer.clock.now(), newcomer.kit)
        work.enqueue(line, "staff.alert", {"reference": 4821}, key="due", lane=Lane.ALERT)
    answers = second.says(newcomer.invite(newcomer.structure))
    assert sorted(keys(answers)) == ["code.line_bound", "staff.alert"]


def test_the_line_of_another_channel_stays_until_it_is_replaced_there(newcomer: Newcomer) -> None:
    with transaction(newcomer.engine) as session:
        other = a_contact(session, channel=ChannelName.TELEGRAM, structure_id=newcomer.structure.id)
    newcomer.phone.says(newcomer.invite(newcomer.structure))
    with transaction(newcomer.engine) as session:
        assert session.get_one(ContactPoint, other.id).structure_id == newcomer.structure.id


def test_the_line_of_another_structure_is_left_alone(newcomer: Newcomer) -> None:
    with transaction(newcomer.engine) as session:
        elsewhere = a_structure(session)
        before = people.line_of_structure(session, elsewhere.id)
    newcomer.phone.says(newcomer.invite(newcomer.structure))
    with transaction(newcomer.engine) as session:
        assert before
        assert people.line_of_structure(session, elsewhere.id) == before


def test_the_code_of_the_line_is_not_a_strangers_once_it_was_used_or_has_expired(newcomer: Newcomer) -> None:
    stranger, code = newcomer.another_phone(), newcomer.invite(newcomer.structure)
    newcomer.phone.says(code)
    assert keys(stranger.says(code)) == ["code.used"]
    late = newcomer.invite(newcomer.structure)
    newcomer.clock.forward(days=7)
    assert keys(stranger.says(late)) == ["code.expired"]
    assert line_of(newcomer) == newcomer.phone.address


def test_the_line_may_write_its_code_again_and_a_line_that_was_replaced_may_not(newcomer: Newcomer) -> None:
    code = newcomer.invite(newcomer.structure)
    newcomer.phone.says(code)
    assert keys(newcomer.phone.says(code)) == ["code.already"]
    newcomer.another_phone().says(newcomer.invite(newcomer.structure))
    assert keys(newcomer.phone.says(code)) == ["code.used"]


def test_a_new_code_of_the_line_ends_the_one_before_and_nobody_elses(newcomer: Newcomer) -> None:
    member = newcomer.invite(newcomer.referent)
    first = newcomer.invite(newcomer.structure)
    newcomer.invite(newcomer.structure)
    assert keys(newcomer.another_phone().says(first)) == ["code.expired"]
    assert keys(newcomer.another_phone().says(member)) == ["code.staff_bound"]
    assert keys(newcomer.phone.says(newcomer.code)) == ["welcome.hello", "consent.ask"]


def test_neither_a_person_nor_a_member_becomes_the_line_nor_the_line_a_person(newcomer: Newcomer) -> None:
    member, line = newcomer.another_phone(), newcomer.another_phone()
    newcomer.phone.says(newcomer.code)
    member.says(newcomer.invite(newcomer.referent))
    code = newcomer.invite(newcomer.structure)
    assert keys(newcomer.phone.says(code)) == ["code.taken"]
    assert keys(member.says(code)) == ["code.taken"]
    assert keys(line.says(code)) == ["code.line_bound"]
    assert keys(line.says(newcomer.invite(newcomer.another_person()))) == ["code.taken"]


def test_the_line_that_was_bound_hears_of_a_stranger_in_danger_and_opens_the_alert(
    newcomer: Newcomer,
) -> None:
    line = newcomer.another_phone()
    line.says(newcomer.invite(newcomer.structure))
    newcomer.another_phone().says("je vais me tuer ce soir", None)
    assert "staff.alert" in keys(line.says("ok"))
    assert keys(line.says("ok")) == ["staff.held"]


def test_a_new_address_replaces_the_old_one_and_what_was_due_follows(newcomer: Newcomer) -> None:
    newcomer.phone.says(newcomer.code)
    newcomer.phone.says("oui", "affirm")
    with transaction(newcomer.engine) as session:
        work = Work(session, newcomer.clock.now(), newcomer.kit)
        person = session.get_one(Person, newcomer.person.id)
        work.tell(person, "resume.done", key="due", lane=Lane.PROACTIVE)
    fresh = newcomer.another_phone()
    assert keys(fresh.says(newcomer.invite(newcomer.person))) == ["welcome.back"]
    with transaction(newcomer.engine) as session:
        contact = session.exec(select(ContactPoint).where(ContactPoint.person_id == newcomer.person.id)).one()
        row = session.exec(select(Outgoing).where(Outgoing.key == "due")).one()
        assert (row.contact_id, row.values) == (contact.id, {})
    assert keys(newcomer.phone.says("mon plan", "view_plan")) == ["unknown.ask_code"]


def test_an_unknown_sender_is_asked_for_the_code_once_an_hour(newcomer: Newcomer) -> None:
    assert keys(newcomer.phone.says("bonjour")) == ["unknown.ask_code"]
    assert newcomer.phone.says("il y a quelqu'un ?") == []
    newcomer.clock.forward(hours=1)
    assert keys(newcomer.phone.says("allô")) == ["unknown.ask_code"]
    with transaction(newcomer.engine) as session:
        lines = session.exec(select(Todo).where(Todo.kind == TodoKind.UNKNOWN_SENDER)).all()
        assert len(lines) == 1


def test_a_photo_of_an_unknown_sender_is_answered_too(newcomer: Newcomer) -> None:
    photo = Incoming(
        ChannelName.LOCAL, newcomer.phone.address, "photo", newcomer.clock.now(), kind=IncomingKind.PHOTO
    )
    assert keys(newcomer.phone.sends(photo, None)) == ["unknown.ask_code"]


@pytest.mark.parametrize("text", ["", "\0", "😀😀😀", "א" * 50, "\u200b\u200b", "x" * 10_000, "مرحبا"])
def test_odd_input_from_nobody_known_gets_the_same_answer(newcomer: Newcomer, text: str) -> None:
    assert keys(newcomer.phone.says(text)) == ["unknown.ask_code"]


def test_an_unknown_sender_who_wrote_stop_hears_nothing_more_but_may_still_use_a_code(
    newcomer: Newcomer,
) -> None:
    assert keys(newcomer.phone.says("STOP")) == ["stop.unknown"]
    assert newcomer.phone.says("bonjour") == []
    assert keys(newcomer.phone.says(newcomer.code)) == ["welcome.hello", "consent.ask"]


def test_an_unknown_sender_in_danger_is_answered_before_any_code(newcomer: Newcomer) -> None:
    answers = newcomer.phone.says("je vais me tuer ce soir", None)
    assert answers[0].key.startswith("danger.")


def test_a_person_who_agreed_before_is_not_asked_again(engine: Engine, kit: Kit, clock: FakeClock) -> None:
    newcomer = Newcomer(engine, kit, clock, consent=Consent.GIVEN)
    assert keys(newcomer.phone.says(newcomer.code)) == ["welcome.back"]


def test_a_wrong_number_leaves_the_person_and_a_human_is_told(newcomer: Newcomer) -> None:
    newcomer.phone.says(newcomer.code)
    newcomer.phone.says("oui", "affirm")
    answers = newcomer.phone.says("vous vous trompez de numéro, arrêtez", "stop_messages")
    assert keys(answers) == ["stop.wrong_number"]
    assert contact_of(newcomer) is None
    with transaction(newcomer.engine) as session:
        line = session.exec(select(Todo).where(Todo.kind == TodoKind.CHANNEL_LOST)).one()
        assert line.detail == {"channel": "local", "reason": "wrong_number"}
        due = select(Outgoing).where(
            Outgoing.person_id == newcomer.person.id, Outgoing.status == OutboxStatus.DUE
        )
        assert session.exec(due).all() == []


def test_a_typed_text_without_a_code_finds_no_invitation(newcomer: Newcomer) -> None:
    with transaction(newcomer.engine) as session:
        assert invitations.find(Work(session, newcomer.clock.now(), newcomer.kit), "bonjour") is None
