"""The hands of a deed: one transaction, one moment, one actor, and what was loaded at start.

Nothing here commits: the caller (path, console route, job) owns the transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from actions.directory import EmergencyDirectory, ResourceDirectory, RightsTexts
from actions.policy import Policy
from actions.ports import Choice, Texts
from actions.rules.reading import Judgement, ModelReading
from actions.rules.urgency import SafetyNet
from storage import outbox
from storage.queries import people
from storage.tables import (
    Accompagnement,
    AuditEvent,
    ContactPoint,
    Message,
    Outgoing,
    Person,
    Question,
    Referent,
    Structure,
    Todo,
)
from storage.vocabulary import AttachmentKind, Intent, Lane, QuestionKind, TodoKind

SYSTEM = "system"


@dataclass(frozen=True)
class Kit:
    """What is loaded once at start: the safety net, the sentences, the figures, the directories."""

    net: SafetyNet
    texts: Texts
    policy: Policy
    emergency: EmergencyDirectory
    resources: ResourceDirectory
    rights: RightsTexts


@dataclass
class Work:
    """One piece of work: what every deed takes first. `actor` is "system", "person:ID" or "referent:ID"."""

    session: Session
    now: datetime
    kit: Kit
    actor: str = SYSTEM

    def audit(
        self, action: str, subject: Any = None, *, structure_id: UUID | None = None, **facts: Any
    ) -> None:
        """Add a line to the audit log. `facts` are ids, numbers and words of the vocabulary: nobody's words."""
        named = f"{type(subject).__tablename__}:{subject.id}" if subject is not None else None
        self.session.add(
            AuditEvent(
                at=self.now,
                structure_id=structure_id or getattr(subject, "structure_id", None),
                actor=self.actor,
                action=action,
                subject=named,
                facts=facts,
            )
        )

    def enqueue(
        self,
        contact: ContactPoint,
        text_key: str,
        values: dict[str, Any],
        *,
        key: str,
        lane: Lane,
        **columns: Any,
    ) -> Outgoing | None:
        """Put a message in the outbox, once for ever for each `key`: None where that key is already there.

        Renders every variant now, so that a missing value fails here and not at send time. Raises TextError.
        `columns` are those of `Outgoing`: not_before, not_after, guard, subject_id, question_id, attachment …
        """
        self.kit.texts.check(text_key, values)
        if outbox.find(self.session, key):
            return None
        columns.setdefault("not_before", self.now)
        row = Outgoing(
            key=key,
            contact_id=contact.id,
            person_id=contact.person_id,
            referent_id=contact.referent_id,
            lane=lane,
            text_key=text_key,
            created_at=self.now,
            **columns,
        )
        row.values = outbox.pack(values)
        self.session.add(row)
        self.session.flush()
        return row

    def tell(
        self,
        person: Person,
        text_key: str,
        *,
        key: str,
        lane: Lane = Lane.PROACTIVE,
        columns: dict[str, Any] | None = None,
        **values: Any,
    ) -> Outgoing | None:
        """Write to a person on the address bound last. None where they have none, or `key` was used."""
        contact = people.contact_of_person(self.session, person.id)
        if contact is None:
            return None
        return self.enqueue(contact, text_key, values, key=key, lane=lane, **(columns or {}))

    def notify(
        self,
        referent: Referent,
        text_key: str,
        *,
        key: str,
        lane: Lane = Lane.ALERT,
        columns: dict[str, Any] | None = None,
        **values: Any,
    ) -> Outgoing | None:
        """Write to a referent on the address bound last. None where they have none, or `key` was used."""
        contact = people.contact_of_referent(self.session, referent.id)
        if contact is None:
            return None
        return self.enqueue(contact, text_key, values, key=key, lane=lane, **(columns or {}))

    def ask(
        self,
        person_id: UUID,
        kind: QuestionKind,
        choices: Sequence[Choice] = (),
        *,
        subject_id: UUID | None = None,
        expires_at: datetime | None = None,
        **details: Any,
    ) -> Question:
        """Open a question. It is awaited once a message that carries its id has really been sent."""
        question = Question(
            person_id=person_id,
            kind=kind,
            subject_id=subject_id,
            created_at=self.now,
            expires_at=expires_at or self.now + self.kit.policy.question_open_for,
        )
        listed = [{"id": choice.id, "label": choice.label} for choice in choices]
        question.details = outbox.pack({"choices": listed, **details})
        self.session.add(question)
        self.session.flush()
        return question

    def todo(
        self,
        kind: TodoKind,
        person: Person | None,
        *,
        key: str,
        structure_id: UUID | None = None,
        message: Message | None = None,
        subject_id: UUID | None = None,
        **detail: Any,
    ) -> Todo | None:
        """Add a line to the to-do list, once for each `key` (None where it is already there)."""
        from_person = person.structure_id if person else None
        owner = structure_id or from_person
        if owner is None:
            raise ValueError("a to-do line belongs to a structure")
        if find_todo(self.session, key):
            return None
        line = Todo(
            key=key,
            structure_id=owner,
            person_id=person.id if person else None,
            message_id=message.id if message else None,
            subject_id=subject_id,
            kind=kind,
            created_at=self.now,
        )
        line.detail = outbox.pack(detail)
        self.session.add(line)
        self.session.flush()
        return line


def find_todo(session: Session, key: str) -> Todo | None:
    """The to-do line with this unique key, open or closed."""
    return session.exec(select(Todo).where(Todo.key == key)).one_or_none()


@dataclass
class Turn(Work):
    """A piece of work caused by one message of a known person: what every handler takes.

    `judgement` is the merged reading; `model` the model's own, None while Rasa is down. `question` is the one
    answered, `choice` the id chosen. `quiet`: danger has just been answered; deeds are done without a cheer.
    `then`: the turn to take next, for an intent (an earlier message, once the person said what it meant).
    """

    person: Person = field(kw_only=True)
    structure: Structure = field(kw_only=True)
    contact: ContactPoint = field(kw_only=True)
    message: Message = field(kw_only=True)
    text: str = field(kw_only=True)
    judgement: Judgement = field(kw_only=True)
    model: ModelReading | None = field(kw_only=True, default=None)
    accompagnement: Accompagnement | None = field(kw_only=True, default=None)
    question: Question | None = field(kw_only=True, default=None)
    choice: str | None = field(kw_only=True, default=None)
    quiet: bool = field(kw_only=True, default=False)
    said: int = field(kw_only=True, default=0)
    then: tuple[Intent, Turn] | None = field(kw_only=True, default=None)

    def say(
        self,
        text_key: str,
        *,
        question: Question | None = None,
        attachment: AttachmentKind | None = None,
        subject_id: UUID | None = None,
        urgent: bool = False,
        **values: Any,
    ) -> None:
        """Answer the person on the channel they wrote on. In a quiet turn only what is `urgent` is said."""
        if self.quiet and not urgent:
            return
        self.said += 1
        self.enqueue(
            self.contact,
            text_key,
            values,
            key=f"answer/{self.message.id}/{self.said}/{text_key}",
            lane=Lane.ALERT if urgent else Lane.ANSWER,
            reply_to=self.message.id,
            question_id=question.id if question else None,
            attachment=attachment,
            subject_id=subject_id,
        )

    def pose(
        self,
        kind: QuestionKind,
        text_key: str,
        choices: Sequence[Choice] = (),
        *,
        subject_id: UUID | None = None,
        open_for: timedelta | None = None,
        details: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Ask the person something: opens the question and sends it."""
        expires_at = self.now + open_for if open_for else None
        question = self.ask(
            self.person.id, kind, choices, subject_id=subject_id, expires_at=expires_at, **(details or {})
        )
        self.say(text_key, question=question, **values)

    def label(self, key: str) -> Choice:
        """A choice whose label is a text: `label("yes")` is Choice("yes", "Oui")."""
        return Choice(key, self.kit.texts.label(f"choice.{key}", self.person.address))

    def note(self, kind: TodoKind, *, subject_id: UUID | None = None, **detail: Any) -> Todo | None:
        """Put this message on the referent's to-do list."""
        return self.todo(
            kind,
            self.person,
            key=f"{kind.value}/{self.message.id}",
            message=self.message,
            subject_id=subject_id,
            **detail,
        )
