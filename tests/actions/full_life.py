"""A person with something in every table, under names and words that occur nowhere else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from actions import invitations
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import (
    Escalation,
    EscalationMessage,
    EscalationStep,
    Frein,
    Message,
    Person,
    Progress,
)
from storage.vocabulary import (
    Activity,
    DemarcheStatus,
    EscalationStatus,
    FreinCategory,
    MessageStatus,
    QuestionKind,
    Recipient,
    TodoKind,
)
from tests.builders import TUESDAY, a_contact, a_person, a_referent, a_step, a_structure, an_appointment

FIRST_NAME, LAST_NAME = "Zéphyrine", "Canarivoltige"
WORDS = "perroquet-mauve"
"""In every text of this person, so that whatever is left of them is found."""


class FullLife:
    """One structure, one referent, the person, and another person who must be left alone."""

    def __init__(self, engine: Engine, kit: Kit) -> None:
        self.engine, self.kit = engine, kit
        with transaction(engine) as session:
            self.structure = a_structure(session)
            self.referent = a_referent(session, self.structure)
            self.person = a_person(
                session,
                self.referent,
                first_name=FIRST_NAME,
                last_name=LAST_NAME,
                bound=False,
            )
            self.person.phone = "+33600000001"
            self.other = a_person(session, self.referent)
            self.contact = a_contact(session, person_id=self.person.id, address=f"local-{WORDS}")
            self.alert = self._live(session)
            self._meet_both(session)

    def _live(self, session: Session) -> Escalation:
        """Give the person a row in every table."""
        work = Work(session, TUESDAY, self.kit)
        message = self._message(session)
        step = a_step(
            session, self.person, f"Étape {WORDS}", Activity.APPLICATION, status=DemarcheStatus.DONE
        )
        progress = Progress(
            person_id=self.person.id,
            accompagnement_id=step.accompagnement_id,
            demarche_id=step.id,
            message_id=message.id,
            activity=Activity.APPLICATION,
            count=3,
            hours=2.5,
            done_on=date(2026, 11, 23),
            week_on=date(2026, 11, 23),
            created_at=TUESDAY,
        )
        frein = Frein(
            person_id=self.person.id,
            message_id=message.id,
            category=FreinCategory.HOUSING,
            urgency=2,
            opened_at=TUESDAY,
            told_at=TUESDAY,
        )
        session.add_all([progress, frein])
        question = work.ask(self.person.id, QuestionKind.STEP_TO_ADD, note=WORDS)
        work.tell(self.person, "resume.done", key=f"to/{WORDS}", columns={"question_id": question.id})
        work.todo(TodoKind.MESSAGE, self.person, key="line", message=message, words=WORDS)
        invitations.create(work, self.person)
        return self._alert(session, message)

    def _message(self, session: Session) -> Message:
        message = Message(
            contact_id=self.contact.id,
            person_id=self.person.id,
            channel_key="1",
            sent_at=TUESDAY,
            received_at=TUESDAY,
            status=MessageStatus.HANDLED,
        )
        message.body = f"je vous écris {WORDS}"
        session.add(message)
        session.flush()
        return message

    def _alert(self, session: Session, message: Message) -> Escalation:
        alert = Escalation(
            reference=4821,
            structure_id=self.structure.id,
            subject=f"person:{self.person.id}",
            person_id=self.person.id,
            contact_id=self.contact.id,
            level=3,
            status=EscalationStatus.CLOSED,
            opened_at=TUESDAY,
            raised_at=TUESDAY,
            closed_at=TUESDAY,
        )
        alert.note = f"appelée, {WORDS}"
        session.add(alert)
        step = EscalationStep(
            escalation_id=alert.id, round=1, position=0, recipient=Recipient.REFERENT, due_at=TUESDAY
        )
        session.add(step)
        session.add(EscalationMessage(escalation_id=alert.id, message_id=message.id, joined_at=TUESDAY))
        work = Work(session, TUESDAY, self.kit)
        work.notify(self.referent, "code.staff_bound", key="alert/4821", columns={"subject_id": alert.id})
        session.flush()
        return alert

    def _meet_both(self, session: Session) -> None:
        """One appointment of the person alone; another that somebody else attends too."""
        alone = TUESDAY + timedelta(days=2)
        an_appointment(session, self.person, alone, title=f"Point {WORDS}")
        shared = an_appointment(session, self.other, alone, title="Atelier")
        session.add(
            type(shared)(appointment_id=shared.appointment_id, person_id=self.person.id, created_at=TUESDAY)
        )

    def work(self, session: Session, **later: Any) -> Work:
        """A piece of work, `later` after the start."""
        return Work(session, TUESDAY + timedelta(**later), self.kit)

    def ask_erasure(self) -> None:
        """The person has confirmed that everything is to be erased."""
        with transaction(self.engine) as session:
            session.get_one(Person, self.person.id).deletion_asked_at = TUESDAY
