"""What a member of the team does in a journey, as the console does it.

    referent: {acknowledges: alert}              having read it
    referent: {closes: "a note"}                 with what was done
    referent: {invites: Awa}                     a code, written by the person as "{code}"
    referent: {settles: proposed_step, as: accepted, reply: "…"}      a line of the to-do list, by its kind
    referent: {settles: appointment_to_settle, attendance: seen}
    referent: {gives: "2026-12-02 10:00"}        an appointment
    referent: {moves: "2026-12-02 11:00"}        the next appointment, to this moment
    referent: {cancels: appointment}             the next one
    referent: {adds: "Refaire mon CV", activity: cv_letter, target: 1}

It is done by Claire about the first person, unless `by` and `about` name others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from actions import appointments_admin, escalate, invitations, plan_admin, todo
from actions.work import Work
from storage.queries import appointments
from storage.tables import Appointment, Escalation, Person, Referent, Todo
from storage.vocabulary import (
    Activity,
    EscalationStatus,
    ParticipationStatus,
    TodoKind,
    TodoOutcome,
    TodoStatus,
)
from tests.journeys.story import moment


@dataclass
class Desk:
    """One deed of the team: the transaction, who does it, about whom, and what was written in the file."""

    work: Work
    referent: Referent
    person: Person | None
    raw: Mapping[str, Any]

    def about(self) -> Person:
        """The person it is about."""
        assert self.person is not None
        return self.person

    def alert(self) -> Escalation:
        """The one alert that is not closed."""
        return self.work.session.exec(
            select(Escalation).where(Escalation.status != EscalationStatus.CLOSED)
        ).one()

    def next_appointment(self) -> Appointment:
        """The person's next appointment."""
        return appointments.coming(self.work.session, self.about().id, self.work.now)[0][1]


def _acknowledge(desk: Desk) -> None:
    escalate.acknowledge(desk.work, desk.alert(), desk.referent)


def _close(desk: Desk) -> None:
    escalate.close(desk.work, desk.alert(), desk.referent, desk.raw["closes"])


def _invite(desk: Desk) -> str:
    return invitations.create(desk.work, desk.about(), desk.referent)


def _settle(desk: Desk) -> None:
    line = desk.work.session.exec(
        select(Todo)
        .where(Todo.kind == TodoKind(desk.raw["settles"]), Todo.status == TodoStatus.OPEN)
        .order_by(col(Todo.created_at))
    ).first()
    assert line, f"there is no open line {desk.raw['settles']}"
    if "attendance" in desk.raw:
        todo.settle_appointment(desk.work, line, desk.referent, ParticipationStatus(desk.raw["attendance"]))
    else:
        todo.close(desk.work, line, desk.referent, TodoOutcome(desk.raw["as"]), desk.raw.get("reply"))


def _give(desk: Desk) -> None:
    appointments_admin.create(desk.work, desk.referent, [desk.about()], moment(desk.raw["gives"]))


def _move(desk: Desk) -> None:
    appointments_admin.move(desk.work, desk.referent, desk.next_appointment(), moment(desk.raw["moves"]))


def _cancel(desk: Desk) -> None:
    appointments_admin.cancel(desk.work, desk.referent, desk.next_appointment())


def _add(desk: Desk) -> None:
    plan_admin.create_step(
        desk.work,
        desk.referent,
        desk.about(),
        desk.raw["adds"],
        activity=Activity(desk.raw["activity"]) if "activity" in desk.raw else None,
        target_count=desk.raw.get("target"),
    )


DEEDS: Mapping[str, Callable[[Desk], str | None]] = {
    "acknowledges": _acknowledge,
    "closes": _close,
    "invites": _invite,
    "settles": _settle,
    "gives": _give,
    "moves": _move,
    "cancels": _cancel,
    "adds": _add,
}


def do(desk: Desk) -> str | None:
    """Do what the file says; an invitation's code comes back."""
    (verb,) = set(desk.raw) & set(DEEDS)
    return DEEDS[verb](desk)
