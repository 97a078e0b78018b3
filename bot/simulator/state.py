"""What the simulator's page shows, read from the database: nothing here is kept for the page alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.work import Work
from bot.deliver import choices_of, reader_of
from bot.texts.render import FrenchTexts, TextError
from storage import outbox
from storage.queries import people
from storage.tables import (
    Appointment,
    ContactPoint,
    Demarche,
    Escalation,
    EscalationMessage,
    EscalationStep,
    Frein,
    Message,
    Outgoing,
    Participation,
    Person,
    Progress,
    Question,
    Referent,
    Todo,
)
from storage.vocabulary import (
    ChannelName,
    DemarcheStatus,
    EscalationStatus,
    FreinStatus,
    IncomingKind,
    OutboxStatus,
    StepStatus,
    TodoStatus,
)

SHOWN_MESSAGES = 60
ZONE = ZoneInfo("Europe/Paris")


class Sight:
    """Everything one look at the page needs, through one reading transaction."""

    def __init__(self, work: Work, texts: FrenchTexts) -> None:
        self._work, self._texts = work, texts
        self._session = work.session

    def everything(self, person_id: UUID | None, *, nlu_ready: bool) -> dict[str, Any]:
        """The whole state of the page for the person chosen (the first one if none is)."""
        everybody = list(
            self._session.exec(select(Person).order_by(col(Person.created_at), col(Person.first_name)))
        )
        person = next((one for one in everybody if one.id == person_id), everybody[0] if everybody else None)
        shown: dict[str, Any] = {
            "now": self._work.now.astimezone(ZONE).isoformat(timespec="minutes"),
            "nlu_ready": nlu_ready,
            "people": [{"id": str(one.id), "name": one.full_name} for one in everybody],
            "alerts": self._alerts(),
            "team": self._team(),
            "todos": self._todos(),
        }
        return shown | (self._about(person) if person else {})

    def _about(self, person: Person) -> dict[str, Any]:
        referent = people.referent_of(self._session, person.id)
        return {
            "person": {"id": str(person.id), "name": person.full_name, "zone": person.time_zone},
            "referent": {"id": str(referent.id), "name": referent.first_name} if referent else None,
            "conversation": self._conversation(person),
            "plan": self._plan(person),
            "appointments": self._appointments(person),
            "freins": self._freins(person),
        }

    def _conversation(self, person: Person) -> list[dict[str, Any]]:
        zone = ZoneInfo(person.time_zone)
        contacts = list(
            self._session.exec(select(ContactPoint.id).where(ContactPoint.person_id == person.id))
        )
        said = self._session.exec(
            select(Message)
            .where(col(Message.contact_id).in_(contacts))
            .order_by(col(Message.received_at).desc())
            .limit(SHOWN_MESSAGES)
        )
        answered = self._session.exec(
            select(Outgoing)
            .where(col(Outgoing.contact_id).in_(contacts), Outgoing.status == OutboxStatus.SENT)
            .order_by(col(Outgoing.sent_at).desc())
            .limit(SHOWN_MESSAGES)
        )
        lines = [self._said(message, zone) for message in said] + [
            self._answer(row, zone) for row in answered
        ]
        return sorted(lines, key=lambda line: str(line["order"]))[-SHOWN_MESSAGES:]

    def _said(self, message: Message, zone: ZoneInfo) -> dict[str, Any]:
        text = message.body if message.kind is IncomingKind.TEXT else self._chosen(message)
        return {
            "order": f"{message.received_at.isoformat()}/0",
            "from": "person",
            "text": text,
            "at": _hour(message.received_at, zone),
            "reading": {"intent": message.intent, "frein": message.frein, "urgency": message.urgency},
        }

    def _chosen(self, message: Message) -> str:
        question = self._session.get(Question, message.question_id) if message.question_id else None
        listed = question.details.get("choices", []) if question else []
        return next((item["label"] for item in listed if item["id"] == message.choice), message.kind.value)

    def _answer(self, row: Outgoing, zone: ZoneInfo) -> dict[str, Any]:
        question = self._session.get(Question, row.question_id) if row.question_id else None
        is_open = (
            question is not None and question.answered_at is None and question.expires_at > self._work.now
        )
        choices = choices_of(self._work, row) if is_open else ()
        sent_at = row.sent_at or row.created_at
        return {
            "order": f"{sent_at.isoformat()}/1/{row.created_at.isoformat()}",
            "from": "companion",
            "text": self._words(row),
            "at": _hour(sent_at, zone),
            "question": str(row.question_id) if is_open else None,
            "choices": [{"id": choice.id, "label": choice.label} for choice in choices],
            "file": str(row.id) if row.attachment else None,
        }

    def _words(self, row: Outgoing) -> str:
        """A row as it was sent ("demain" was said that day); its values are purged some days after."""
        reader = replace(reader_of(self._work, row), now=row.sent_at or self._work.now)
        try:
            return self._texts.render(row.text_key, outbox.unpack(row.values), reader, ChannelName.LOCAL)
        except TextError:
            return "(message purgé)"

    def _alerts(self) -> list[dict[str, Any]]:
        open_ones = self._session.exec(
            select(Escalation)
            .where(Escalation.status != EscalationStatus.CLOSED)
            .order_by(col(Escalation.status).desc(), col(Escalation.opened_at))
        )
        return [self._alert(escalation) for escalation in open_ones]

    def _alert(self, escalation: Escalation) -> dict[str, Any]:
        person = self._session.get(Person, escalation.person_id) if escalation.person_id else None
        by = self._session.get(Referent, escalation.acknowledged_by) if escalation.acknowledged_by else None
        return {
            "id": str(escalation.id),
            "reference": escalation.reference,
            "level": escalation.level,
            "status": escalation.status.value,
            "person": person.full_name if person else "Personne inconnue",
            "messages": self._messages_of(escalation),
            "opened_at": _hour(escalation.opened_at, ZONE),
            "acknowledged_by": by.first_name if by else None,
            "held": escalation.held_until is not None and escalation.held_until > self._work.now,
            "steps": self._steps_of(escalation),
        }

    def _messages_of(self, escalation: Escalation) -> list[str]:
        rows = self._session.exec(
            select(Message)
            .join(EscalationMessage, col(EscalationMessage.message_id) == col(Message.id))
            .where(EscalationMessage.escalation_id == escalation.id)
            .order_by(col(Message.received_at))
        )
        return [row.body or f"({row.kind.value})" for row in rows]

    def _steps_of(self, escalation: Escalation) -> list[dict[str, str]]:
        rows = self._session.exec(
            select(EscalationStep)
            .where(
                EscalationStep.escalation_id == escalation.id, EscalationStep.status != StepStatus.CANCELLED
            )
            .order_by(col(EscalationStep.due_at), col(EscalationStep.position))
        )
        return [
            {"at": _day_and_hour(row.due_at), "to": row.recipient.value, "status": row.status.value}
            for row in rows
        ]

    def _team(self) -> list[dict[str, Any]]:
        members = self._session.exec(select(Referent).order_by(col(Referent.first_name)))
        return [
            {
                "id": str(member.id),
                "name": member.full_name,
                "role": member.role.value,
                "told": self._told(member),
            }
            for member in members
        ]

    def _told(self, member: Referent) -> list[str]:
        rows = self._session.exec(
            select(Outgoing)
            .where(Outgoing.referent_id == member.id, Outgoing.status == OutboxStatus.SENT)
            .order_by(col(Outgoing.sent_at).desc())
            .limit(5)
        )
        return [f"{_day_and_hour(row.sent_at or row.created_at)} : {self._words(row)}" for row in rows]

    def _todos(self) -> list[dict[str, Any]]:
        lines = self._session.exec(
            select(Todo).where(Todo.status == TodoStatus.OPEN).order_by(col(Todo.created_at))
        )
        return [self._todo(line) for line in lines]

    def _todo(self, line: Todo) -> dict[str, Any]:
        person = self._session.get(Person, line.person_id) if line.person_id else None
        message = self._session.get(Message, line.message_id) if line.message_id else None
        return {
            "id": str(line.id),
            "kind": line.kind.value,
            "label": self._texts.label(f"todo.{line.kind.value}"),
            "person": person.full_name if person else "",
            "words": message.body if message else None,
            "at": _day_and_hour(line.created_at),
        }

    def _plan(self, person: Person) -> list[dict[str, Any]]:
        steps = self._session.exec(
            select(Demarche)
            .where(Demarche.person_id == person.id, Demarche.status != DemarcheStatus.CANCELLED)
            .order_by(col(Demarche.created_at), col(Demarche.due_on))
        ).all()
        return [
            {
                "title": step.title,
                "status": step.status.value,
                "done": sum(row.count or 0 for row in self._progress_of(step)),
                "target": step.target_count,
                "hours": sum(row.hours or 0 for row in self._progress_of(step)),
            }
            for step in steps
        ]

    def _progress_of(self, step: Demarche) -> Sequence[Progress]:
        return self._session.exec(select(Progress).where(Progress.demarche_id == step.id)).all()

    def _appointments(self, person: Person) -> list[dict[str, Any]]:
        rows = self._session.exec(
            select(Appointment, Participation)
            .join(Participation, col(Participation.appointment_id) == col(Appointment.id))
            .where(Participation.person_id == person.id)
            .order_by(col(Appointment.starts_at))
        )
        return [
            {
                "title": appointment.title,
                "at": _day_and_hour(appointment.starts_at),
                "status": participation.status.value,
                "answer": participation.answer.value,
            }
            for appointment, participation in rows
        ]

    def _freins(self, person: Person) -> list[dict[str, Any]]:
        rows = self._session.exec(
            select(Frein).where(Frein.person_id == person.id, Frein.status == FreinStatus.OPEN)
        )
        return [
            {"label": self._texts.label(f"frein.{row.category.value}"), "urgency": row.urgency}
            for row in rows
        ]


def _hour(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _day_and_hour(at: datetime) -> str:
    days = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
    local = at.astimezone(ZONE)
    return f"{days[local.weekday()]} {local:%d/%m %H:%M}"
