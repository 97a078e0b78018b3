"""The forms of the console: each one that a page shows does what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from sqlmodel import Session, select

from actions.rules.people_csv import COLUMNS
from actions.work import Work
from bot.console.person_pages import DEEDS
from storage.database import reading
from storage.queries import people
from storage.tables import (
    Accompagnement,
    Appointment,
    Demarche,
    Frein,
    Invitation,
    Outgoing,
    Participation,
    Person,
    Progress,
    Referent,
    StandIn,
)
from storage.vocabulary import (
    Activity,
    Address,
    DemarcheStatus,
    FreinStatus,
    ParticipationStatus,
    ProgressStatus,
    Role,
    SupportStatus,
)
from tests.bot.console.conftest import Team
from tests.bot.console.site import Form, Page, Site
from tests.builders import TUESDAY, Conversation
from tests.fakes import FakeClock

TYPED: Mapping[str, str] = {
    "title": "Visiter une entreprise",
    "activity": "company_visit",
    "target": "2",
    "due_on": "2026-12-10",
    "hours": "12,5",
    "exempt_until": "2026-12-31",
    "exempt_reason": "garde d'enfant",
    "on": "2026-12-03",
    "at": "14:30",
    "minutes": "30",
    "modality": "phone",
    "place": "Salle des Exemples",
    "to_bring": "une pièce d'identité",
    "ended_on": "2026-11-24",
    "time_zone": "Indian/Reunion",
    "address": "tu",
    "very_simple": "on",
}
"""What is typed where a form asks for it."""


def place_of(team: Team) -> str:
    """The page of Claire's person."""
    return f"/console/people/{team.awa.id}"


@pytest.mark.slow
@pytest.mark.parametrize("deed", DEEDS)
async def test_every_form_of_a_persons_page_is_taken(site: Site, team: Team, deed: str) -> None:
    browser = site.browser(team.claire)
    page = await browser.page(place_of(team))
    forms = [form for form in page.forms if form.action == f"{place_of(team)}/{deed}"]
    assert forms, f"no form of the page posts to {deed}"
    for form in forms:
        answer = await browser.submit(form, TYPED)
        assert answer.status_code == 303, (form, answer.text)
        assert answer.headers["location"].startswith(place_of(team))
    if deed not in ("referent", "end"):  # after those the person is somebody else's
        again = await browser.page(answer.headers["location"])
        assert re.search(r"C'est fait|Quelqu'un d'autre l'avait déjà fait", again.text)


def one(session: Session, title: str) -> Demarche:
    """The step with this title."""
    return next(step for step in session.exec(select(Demarche)) if step.title == title)


async def test_a_step_added_is_in_the_plan_as_typed(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    form = (await browser.page(place_of(team))).form("/steps")
    await browser.submit(form, TYPED)
    with reading(site.app.engine) as session:
        step = one(session, "Visiter une entreprise")
        assert (step.activity, step.target_count, str(step.due_on)) == (
            Activity.COMPANY_VISIT,
            2,
            "2026-12-10",
        )


def form_of_step(page: Page, title: str) -> Form:
    """The form that changes the step with this title."""
    return next(
        form for form in page.forms if form.action.endswith("/edit-step") and form.fields["title"] == title
    )


async def test_a_step_is_changed_from_a_form_that_says_what_it_is_now(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    form = form_of_step(await browser.page(place_of(team)), "Envoyer 10 candidatures")
    shown = {name: form.fields[name] for name in ("title", "activity", "target", "due_on")}
    assert shown == {
        "title": "Envoyer 10 candidatures",
        "activity": "application",
        "target": "10",
        "due_on": "",
    }
    await browser.submit(form, {"title": "Envoyer 12 candidatures", "target": "12", "due_on": "2026-12-10"})
    with reading(site.app.engine) as session:
        step = one(session, "Envoyer 12 candidatures")
        assert (str(step.id), step.activity, step.target_count, str(step.due_on)) == (
            form.fields["step"],
            Activity.APPLICATION,
            12,
            "2026-12-10",
        )
    again = form_of_step(await browser.page(place_of(team)), "Envoyer 12 candidatures")
    assert (again.fields["target"], again.fields["due_on"]) == ("12", "2026-12-10")


async def test_what_is_emptied_in_the_form_of_a_step_is_emptied_but_never_its_title(
    site: Site, team: Team
) -> None:
    browser = site.browser(team.claire)
    form = form_of_step(await browser.page(place_of(team)), "Envoyer 10 candidatures")
    emptied = await browser.submit(form, {"activity": "", "target": ""})
    assert emptied.status_code == 303, emptied.text
    refused = await browser.post(form.action, {**form.fields, "title": " "})
    assert (refused.status_code, "Écrivez ce qu’il y a à faire" in refused.text) == (422, True)
    with reading(site.app.engine) as session:
        step = one(session, "Envoyer 10 candidatures")
        assert (step.activity, step.target_count) == (None, None)


async def test_a_step_that_is_over_is_no_longer_changed(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    page = await browser.page(place_of(team))
    offered = {form.fields["title"] for form in page.forms if form.action.endswith("/edit-step")}
    assert offered == {"Envoyer 10 candidatures", "Passer le code"}
    with reading(site.app.engine) as session:
        done = one(session, "Refaire le CV")
    answer = await browser.post(f"{place_of(team)}/edit-step", step=str(done.id), title="Autre chose")
    assert answer.headers["location"].endswith("notice=settled")
    with reading(site.app.engine) as session:
        assert session.get_one(Demarche, done.id).title == "Refaire le CV"
    assert "Refaire le CV faite" in page.text


@pytest.mark.parametrize(
    ("title", "button", "status"),
    [
        ("Envoyer 10 candidatures", "C'est fait", DemarcheStatus.DONE),
        ("Envoyer 10 candidatures", "Retirer", DemarcheStatus.CANCELLED),
        ("Refaire le CV", "Rouvrir", DemarcheStatus.TO_DO),
    ],
)
async def test_a_step_is_ended_withdrawn_and_reopened(
    site: Site, team: Team, title: str, button: str, status: DemarcheStatus
) -> None:
    with reading(site.app.engine) as session:
        step_id = str(one(session, title).id)
    browser = site.browser(team.claire)
    page = await browser.page(place_of(team))
    form = next(form for form in page.forms if form.fields.get("step") == step_id and button in form.buttons)
    await browser.submit(form)
    with reading(site.app.engine) as session:
        assert one(session, title).status is status


@pytest.mark.parametrize(
    ("button", "status"), [("Valider", ProgressStatus.VALIDATED), ("Refuser", ProgressStatus.REFUSED)]
)
async def test_declared_hours_are_validated_or_refused(
    site: Site, team: Team, button: str, status: ProgressStatus
) -> None:
    browser = site.browser(team.claire)
    form = (await browser.page(place_of(team))).form("/progress", button)
    await browser.submit(form)
    with reading(site.app.engine) as session:
        entries = {str(row.id): row.status for row in session.exec(select(Progress))}
        assert entries.pop(form.fields["entry"]) is status
        assert set(entries.values()) == {ProgressStatus.DECLARED}


async def test_an_appointment_is_given_moved_and_cancelled_and_the_person_told_each_time(
    site: Site, team: Team
) -> None:
    browser = site.browser(team.claire)
    await browser.submit((await browser.page(place_of(team))).form("/appointments"), TYPED)
    with reading(site.app.engine) as session:
        made = session.exec(select(Appointment).where(Appointment.duration_minutes == 30)).one()
        theirs = session.exec(select(Participation).where(Participation.appointment_id == made.id)).one()
    assert f"{made.starts_at:%F %H:%M}" == "2026-12-03 13:30"  # half past two in Paris
    page = await browser.page(place_of(team))
    forms = [form for form in page.forms if form.fields.get("participation") == str(theirs.id)]
    move, cancel = (next(form for form in forms if form.fields["to"] == to) for to in ("move", "cancel"))
    await browser.submit(move, {"on": "2026-12-04", "at": "09:00"})
    await browser.submit(cancel)
    with reading(site.app.engine) as session:
        told = session.exec(select(Outgoing).where(Outgoing.subject_id == theirs.id)).all()
        assert {row.text_key for row in told} == {
            "appointment.new",
            "appointment.moved",
            "appointment.cancelled",
        }
        assert session.get_one(Participation, theirs.id).status is ParticipationStatus.REVOKED


async def test_the_hour_typed_is_that_of_the_person(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    await browser.submit((await browser.page(place_of(team))).form("/settings"), TYPED)
    await browser.submit((await browser.page(place_of(team))).form("/appointments"), TYPED)
    with reading(site.app.engine) as session:
        made = session.exec(select(Appointment).where(Appointment.duration_minutes == 30)).one()
        assert f"{made.starts_at:%H:%M}" == "10:30"  # half past two on Réunion
        person = session.get_one(Person, team.awa.id)
        assert (person.address, person.very_simple, person.check_ins) == (Address.TU, True, True)


async def test_what_became_of_an_appointment_is_settled(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    form = (await browser.page(place_of(team))).form("/appointment", "Venu·e")
    await browser.submit(form)
    with reading(site.app.engine) as session:
        statuses = {str(row.id): row.status for row in session.exec(select(Participation))}
        assert statuses[form.fields["participation"]] is ParticipationStatus.SEEN


async def test_a_frein_is_closed_hours_set_and_the_support_ended(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    page = await browser.page(place_of(team))
    for deed in ("/frein", "/hours", "/end"):
        assert (await browser.submit(page.form(deed), TYPED)).status_code == 303
    with reading(site.app.engine) as session:
        freins = session.exec(select(Frein).where(Frein.status == FreinStatus.CLOSED)).all()
        assert [str(frein.id) for frein in freins] == [page.form("/frein").fields["frein"]]
        support = session.exec(select(Accompagnement).where(Accompagnement.person_id == team.awa.id)).one()
        assert (support.weekly_hours_target, support.status) == (12.5, SupportStatus.ENDED)
    assert (await browser.get(place_of(team))).status_code == 404


async def test_a_person_is_handed_over_and_the_former_referent_sees_them_no_more(
    site: Site, team: Team
) -> None:
    browser = site.browser(team.claire)
    form = (await browser.page(place_of(team))).form("/referent")
    await browser.submit(form, {"referent": str(team.lea.id)})
    assert (await browser.get(place_of(team))).status_code == 404
    assert (await site.browser(team.lea).get(place_of(team))).status_code == 200


async def test_a_row_of_somebody_else_cannot_be_slipped_into_a_form(site: Site, team: Team) -> None:
    browser = site.browser(team.lea)
    page = await site.browser(team.claire).page(place_of(team))
    for deed, name in (
        ("step", "step"),
        ("edit-step", "step"),
        ("progress", "entry"),
        ("appointment", "participation"),
        ("frein", "frein"),
    ):
        fields = {**page.form(f"/{deed}").fields, "csrf": await browser.csrf()}
        answer = await browser.post(f"/console/people/{team.robert.id}/{deed}", fields)
        assert answer.status_code == 404, name


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["step", "edit-step", "progress", "appointment", "frein", "referent"])
@pytest.mark.parametrize("identity", ["", "x", "00000000-0000-0000-0000-000000000000"])
async def test_a_form_without_a_row_of_its_own_is_no_page(
    site: Site, team: Team, deed: str, identity: str
) -> None:
    names = {
        "step": identity,
        "entry": identity,
        "participation": identity,
        "frein": identity,
        "referent": identity,
    }
    answer = await site.browser(team.claire).post(f"{place_of(team)}/{deed}", {**names, "to": "done"})
    assert answer.status_code == 404


async def test_an_invitation_is_shown_once_and_kept_as_a_digest_only(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    shown = await browser.post(f"{place_of(team)}/invitation")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", shown.text)
    assert code
    with reading(site.app.engine) as session:
        invitation = session.exec(select(Invitation)).one()
        assert invitation.person_id == team.awa.id
        assert code[0].replace("-", "") not in repr(invitation)
    assert code[0] not in (await browser.get(place_of(team))).text


async def test_a_person_is_entered_and_their_page_opens(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    form = (await browser.page("/console/people")).form("/console/people")
    answer = await browser.submit(
        form, {"first_name": "Lina", "last_name": "Démo", "phone": "06 99 00 00 01"}
    )
    page = await browser.page(answer.headers["location"])
    assert "Lina Démo" in page.text
    assert "C'est fait." in page.text


async def test_only_a_lead_enters_people_for_others(site: Site, team: Team) -> None:
    fields = {"first_name": "Lina", "last_name": "Démo", "referent": str(team.lea.id)}
    assert (await site.browser(team.claire).post("/console/people", fields)).status_code == 404
    assert (await site.browser(team.nadia).post("/console/people", fields)).status_code == 303


FILE = """prenom;nom;telephone;referent;heures;vouvoiement;simple
Lina;Exemple;0699000001;;15;non;oui
;Sansprenom;;;;;
Awa;Exemple2;pas un numéro;;;;
Paul;Exemple3;;inconnue;;;
"""


async def test_the_report_of_an_import_names_each_line_refused(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    answer = await browser.client.post(
        "/console/import", data={"csrf": await browser.csrf()}, files={"file": ("people.csv", FILE.encode())}
    )
    assert answer.status_code == 200
    assert "1 personne ajoutée, 3 lignes refusées" in answer.text
    for line, reason in ((3, "prénom"), (4, "numéro"), (5, "identifiant")):
        assert re.search(rf"Ligne {line} : [^<]*{reason}", answer.text), line
    with reading(site.app.engine) as session:
        lina = session.exec(select(Person).where(Person.first_name == "Lina")).one()
        assert (lina.address, lina.very_simple) == (Address.TU, True)


async def test_the_import_page_names_columns_that_are_understood(site: Site, team: Team) -> None:
    page = await site.browser(team.claire).page("/console/import")
    listed = page.text.split("Colonnes : ")[1].split(". Seuls")[0]
    named = [column.split(" (")[0] for column in listed.split(", ")]
    understood = {word for words in COLUMNS.values() for word in words}
    assert set(named) <= understood
    assert len(named) == 7


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "vide"), (b"a;b\n1;2", "manque"), (b"\x00\x01", "CSV"), (b"x" * 1_000_001, "gros"), ("prénom;nom\n\"a".encode(), "")],
)  # fmt: skip
async def test_a_file_that_is_no_list_of_people_is_refused_in_a_sentence(
    site: Site, team: Team, content: bytes, said: str
) -> None:
    browser = site.browser(team.claire)
    answer = await browser.client.post(
        "/console/import", data={"csrf": await browser.csrf()}, files={"file": ("x.csv", content)}
    )
    assert answer.status_code in (200, 422)
    assert said in answer.text
    with reading(site.app.engine) as session:
        assert len(session.exec(select(Person)).all()) == 2


async def test_a_form_without_its_file_is_refused_in_a_sentence(site: Site, team: Team) -> None:
    assert (await site.browser(team.claire).post("/console/import", file="no file")).status_code == 422


async def test_an_absence_is_planned_by_the_one_who_is_away(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    form = (await browser.page("/console/team")).form("/stand-in")
    assert form.fields["member"] == str(team.claire.id)
    await browser.submit(form, {"other": str(team.lea.id), "ends_on": "2026-11-30"})
    with reading(site.app.engine) as session:
        row = session.exec(select(StandIn)).one()
        assert (row.referent_id, row.stand_in_id) == (team.claire.id, team.lea.id)
    assert "remplace" in (await site.browser(team.lea).page("/console/team")).text


async def test_the_administrator_adds_a_member_whose_code_is_shown_once(site: Site, team: Team) -> None:
    browser = site.browser(team.admin)
    form = (await browser.page("/console/team")).form("/members")
    typed = {"login": "nouvelle", "first_name": "Inès", "last_name": "Exemple", "role": "referent", "password": "quatre chiens dans un bus"}  # fmt: skip
    shown = await browser.submit(form, typed)
    assert "otpauth://totp/" in shown.text
    assert "data:image/svg+xml" in shown.text
    with reading(site.app.engine) as session:
        made = session.exec(select(Referent).where(Referent.login == "nouvelle")).one()
        assert made.password_hash
        assert "quatre" not in made.password_hash
    assert (await browser.submit(form, typed)).status_code == 422


async def test_the_administrator_names_a_backup_and_who_is_on_call(site: Site, team: Team) -> None:
    browser = site.browser(team.admin)
    fields = {"member": str(team.claire.id), "backup": str(team.lea.id), "on_call": "on"}
    assert (await browser.post("/console/team/alerts", fields)).status_code == 303
    with reading(site.app.engine) as session:
        claire = session.get_one(Referent, team.claire.id)
        assert (claire.backup_id, claire.on_call) == (team.lea.id, True)


async def test_the_administrator_changes_a_role_from_the_one_that_is_shown(site: Site, team: Team) -> None:
    browser = site.browser(team.admin)
    forms = [form for form in (await browser.page("/console/team")).forms if form.action.endswith("/role")]
    roles = {form.fields["member"]: form.fields["role"] for form in forms}
    members = (team.claire, team.lea, team.nadia, team.admin)
    assert roles == {str(member.id): member.role.value for member in members}
    lea = next(form for form in forms if form.fields["member"] == str(team.lea.id))
    assert (await browser.submit(lea, {"role": "lead"})).status_code == 303
    with reading(site.app.engine) as session:
        assert session.get_one(Referent, team.lea.id).role is Role.LEAD
    assert (await site.browser(team.lea).get(place_of(team))).status_code == 200


@pytest.mark.parametrize(("role", "said"), [("referent", "seule personne"), ("", "rôle"), ("chef", "choix")])
async def test_the_last_administrator_and_a_role_that_does_not_exist_get_a_sentence(
    site: Site, team: Team, role: str, said: str
) -> None:
    fields = {"member": str(team.admin.id), "role": role}
    answer = await site.browser(team.admin).post("/console/team/role", fields)
    assert answer.status_code == 422
    assert said in answer.text
    with reading(site.app.engine) as session:
        assert session.get_one(Referent, team.admin.id).role is Role.ADMIN


@pytest.mark.parametrize("deed", ["members", "alerts", "role", "deactivate", "line-invitation"])
async def test_what_is_the_administrators_is_nobody_elses(site: Site, team: Team, deed: str) -> None:
    fields = {
        "member": str(team.lea.id),
        "login": "intrus",
        "first_name": "In",
        "last_name": "Trus",
        "password": "quatre chiens dans un bus",
        "role": "admin",
    }
    for member in (team.claire, team.nadia):
        assert (await site.browser(member).post(f"/console/team/{deed}", fields)).status_code == 404
        forms = (await site.browser(member).page("/console/team")).forms
        assert f"/console/team/{deed}" not in [form.action for form in forms]


async def test_a_referent_with_people_cannot_be_sent_away(site: Site, team: Team) -> None:
    answer = await site.browser(team.admin).post("/console/team/deactivate", member=str(team.claire.id))
    assert answer.status_code == 422
    assert "personnes suivies" in answer.text


async def test_a_member_binds_their_own_phone_by_a_code(site: Site, team: Team) -> None:
    shown = await site.browser(team.claire).post("/console/team/invitation")
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", shown.text)
    with reading(site.app.engine) as session:
        assert session.exec(select(Invitation)).one().referent_id == team.claire.id


async def test_the_team_page_tells_whether_the_line_is_bound_and_the_administrator_binds_it(
    site: Site, team: Team
) -> None:
    def unbind(work: Work) -> None:
        line = people.line_of_structure(work.session, team.claire.structure_id)
        assert line
        line.structure_id = None

    browser = site.browser(team.admin)
    assert "Reliée par le simulateur." in (await browser.page("/console/team")).text
    site.do(unbind)
    page = await browser.page("/console/team")
    assert "Aucun téléphone n'est relié." in page.text
    shown = await browser.submit(page.form("/line-invitation"))
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", shown.text)
    assert code
    assert "Code pour la ligne de la structure" in shown.text
    phone = Conversation(site.app.engine, site.app.kit, FakeClock(TUESDAY))
    assert [answer.key for answer in phone.says(code[0])] == ["code.line_bound"]
    assert "Reliée par le simulateur." in (await site.browser(team.claire).page("/console/team")).text
