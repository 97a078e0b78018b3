"""The first page: alerts and the to-do list, and what happens when two people act at once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlmodel import select

from actions.work import Work
from storage.database import reading
from storage.tables import Demarche, Escalation, Outgoing, Participation, Todo
from storage.vocabulary import (
    DemarcheStatus,
    EscalationStatus,
    ParticipationStatus,
    TodoKind,
    TodoOutcome,
    TodoStatus,
)
from tests.bot.console.conftest import Team
from tests.bot.console.site import Site


def alert_of(site: Site, team: Team) -> Escalation:
    """The alert as it stands."""
    with reading(site.app.engine) as session:
        return session.get_one(Escalation, team.alert.id)


def line_of(site: Site, kind: TodoKind) -> Todo:
    """The to-do line of this kind, as it stands."""
    with reading(site.app.engine) as session:
        return session.exec(select(Todo).where(Todo.kind == kind)).one()


def told(site: Site, team: Team) -> list[str]:
    """The text keys put in the outbox for the person."""
    with reading(site.app.engine) as session:
        rows = session.exec(select(Outgoing).where(Outgoing.person_id == team.awa.id))
        return sorted(row.text_key for row in rows)


async def test_an_alert_is_read_then_closed_with_a_note(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    page = await browser.page(f"/console/alerts/{team.alert.id}")
    await browser.submit(page.form("/acknowledge"))
    assert alert_of(site, team).status is EscalationStatus.ACKNOWLEDGED
    assert "alert.seen" in told(site, team)
    again = await browser.page(f"/console/alerts/{team.alert.id}")
    assert "J'ai lu" not in " ".join(button for form in again.forms for button in form.buttons)
    answer = await browser.submit(again.form("/close"), {"note": "Hébergée chez sa sœur."})
    assert answer.headers["location"] == "/console?notice=done"
    closed = alert_of(site, team)
    assert (closed.status, closed.note) == (EscalationStatus.CLOSED, "Hébergée chez sa sœur.")
    assert "alert.taken_up" in told(site, team)
    assert "Hébergée chez sa sœur." in (await browser.page(f"/console/alerts/{team.alert.id}")).text


async def test_an_alert_is_not_closed_without_a_note(site: Site, team: Team) -> None:
    answer = await site.browser(team.claire).post(f"/console/alerts/{team.alert.id}/close", note="  ")
    assert answer.status_code == 422
    assert "Écrivez en une phrase" in answer.text
    assert alert_of(site, team).status is EscalationStatus.OPEN


@pytest.mark.parametrize("deed", ["acknowledge", "close"])
async def test_of_two_referents_at_once_the_second_is_told_that_it_was_done(
    site: Site, team: Team, deed: str
) -> None:
    browsers = [site.browser(member) for member in (team.claire, team.nadia)]
    answers = await asyncio.gather(
        *(browser.post(f"/console/alerts/{team.alert.id}/{deed}", note="Appelée.") for browser in browsers)
    )
    notices = sorted(answer.headers["location"].split("notice=")[1] for answer in answers)
    assert notices == ["done", "settled"]
    late = next(answer for answer in answers if "settled" in answer.headers["location"])
    assert "Quelqu'un d'autre l'avait déjà fait." in (await browsers[0].page(late.headers["location"])).text
    assert len([key for key in told(site, team) if key in ("alert.seen", "alert.taken_up")]) == 1


async def test_the_unread_alert_comes_before_the_one_that_waits_for_a_note(site: Site, team: Team) -> None:
    browser = site.browser(team.nadia)
    await browser.post(f"/console/alerts/{team.alert.id}/acknowledge")

    def another(work: Work) -> UUID:
        row = Escalation(
            reference=9999,
            structure_id=team.nadia.structure_id,
            subject=f"person:{team.robert.id}",
            person_id=team.robert.id,
            level=2,
            opened_at=work.now,
            raised_at=work.now,
        )
        work.session.add(row)
        return row.id

    site.do(another)
    page = await browser.page("/console")
    assert page.text.index("9999") < page.text.index(str(team.alert.reference))
    assert "lue : une note est attendue" in page.text


async def test_a_line_is_closed_in_one_tap_and_the_person_told(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    page = await browser.page("/console")
    await browser.submit(page.form(str(team.line.id), "C'est fait"))
    line = line_of(site, TodoKind.MESSAGE)
    assert (line.status, line.outcome) == (TodoStatus.CLOSED, TodoOutcome.DONE)
    assert "todo.seen" in told(site, team)


async def test_a_reply_goes_to_the_person_in_the_referents_words(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    form = (await browser.page("/console")).form(str(team.line.id), "Envoyer et clore")
    await browser.submit(form, {"reply": "Je vous appelle à 15 h."})
    assert line_of(site, TodoKind.MESSAGE).reply == "Je vous appelle à 15 h."
    assert "todo.replied" in told(site, team)


async def test_an_empty_reply_is_refused_and_the_line_stays(site: Site, team: Team) -> None:
    answer = await site.browser(team.claire).post(f"/console/todos/{team.line.id}", outcome="replied")
    assert answer.status_code == 422
    assert line_of(site, TodoKind.MESSAGE).status is TodoStatus.OPEN


async def test_a_proposed_step_is_accepted_from_the_list(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    line = line_of(site, TodoKind.PROPOSED_STEP)
    await browser.submit((await browser.page("/console")).form(str(line.id), "Accepter"))
    with reading(site.app.engine) as session:
        assert session.get_one(Demarche, line.subject_id).status is DemarcheStatus.TO_DO
    assert "todo.step_accepted" in told(site, team)


async def test_what_became_of_an_appointment_is_said_in_one_tap(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    line = line_of(site, TodoKind.APPOINTMENT_TO_SETTLE)
    await browser.submit((await browser.page("/console")).form(str(line.id), "Absent·e"))
    with reading(site.app.engine) as session:
        assert session.get_one(Participation, line.subject_id).status is ParticipationStatus.NOSHOW
    assert line_of(site, TodoKind.APPOINTMENT_TO_SETTLE).status is TodoStatus.CLOSED


async def test_a_line_closed_twice_says_so(site: Site, team: Team) -> None:
    browser = site.browser(team.claire)
    for notice in ("done", "settled"):
        answer = await browser.post(f"/console/todos/{team.line.id}", outcome="done")
        assert answer.headers["location"] == f"/console?notice={notice}"


@pytest.mark.parametrize("outcome", ["", "flown", "overtaken"])
async def test_a_line_is_not_closed_by_a_word_that_means_nothing(
    site: Site, team: Team, outcome: str
) -> None:
    answer = await site.browser(team.claire).post(f"/console/todos/{team.line.id}", outcome=outcome)
    assert answer.status_code == 422
    assert line_of(site, TodoKind.MESSAGE).status is TodoStatus.OPEN


async def test_no_line_is_no_page(site: Site, team: Team) -> None:
    for identity in ("x", str(UUID(int=0))):
        answer = await site.browser(team.claire).post(f"/console/todos/{identity}", outcome="done")
        assert answer.status_code == 404
