"""One person with a plan who writes: what the tests of the plan's deeds share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import col, select

from actions.work import Kit, Work
from storage import outbox
from storage.database import transaction
from storage.tables import Accompagnement, Demarche, Frein, Person, Progress, Question, Referent, Todo
from storage.vocabulary import Activity, TodoKind, TodoStatus
from tests.builders import Answer, Conversation, a_step
from tests.conftest import Little
from tests.fakes import FakeClock

Result = TypeVar("Result")


class PlanWorld:
    """The person, their conversation, and what the database holds about their plan."""

    def __init__(self, engine: Engine, kit: Kit, clock: FakeClock, little: Little) -> None:
        self.engine, self.kit, self.clock, self.little = engine, kit, clock, little
        self.talk = Conversation(engine, kit, clock, little.person)

    def step(self, title: str, activity: Activity | None = None, **columns: Any) -> Demarche:
        """Plan a step."""
        with transaction(self.engine) as session:
            return a_step(session, self.little.person, title, activity, **columns)

    def says(self, text: str | None, intent: str | None, **reading: Any) -> list[str]:
        """Write; the text keys answered."""
        return [answer.key for answer in self.talk.says(text, intent, **reading)]

    def hears(self, text: str | None, intent: str | None, **reading: Any) -> dict[str, Any]:
        """Write; the values of the one answer."""
        (answer,) = self.talk.says(text, intent, **reading)
        return answer.values

    def presses(self, choice: str) -> list[str]:
        """Press a button of the question awaited; the text keys answered."""
        return [answer.key for answer in self.talk.presses(choice)]

    def progress(self) -> list[Progress]:
        """What was reported, oldest first."""
        with transaction(self.engine) as session:
            return list(session.exec(select(Progress).order_by(col(Progress.created_at), col(Progress.id))))

    def freins(self) -> list[Frein]:
        """The obstacles recorded."""
        with transaction(self.engine) as session:
            return list(session.exec(select(Frein).order_by(col(Frein.opened_at))))

    def steps(self) -> list[Demarche]:
        """The steps, oldest first."""
        with transaction(self.engine) as session:
            return list(session.exec(select(Demarche).order_by(col(Demarche.created_at))))

    def again(self, step: Demarche) -> Demarche:
        """The step as it stands now."""
        with transaction(self.engine) as session:
            return session.get_one(Demarche, step.id)

    def todos(self, *kinds: TodoKind) -> list[Todo]:
        """The open to-do lines; of these kinds where some are given."""
        with transaction(self.engine) as session:
            lines = session.exec(
                select(Todo).where(Todo.status == TodoStatus.OPEN).order_by(col(Todo.created_at))
            )
            return [line for line in lines if not kinds or line.kind in kinds]

    def detail(self, line: Todo) -> dict[str, Any]:
        """What a to-do line shows."""
        return outbox.unpack(line.detail)

    def set_person(self, **columns: Any) -> None:
        """Change the person."""
        with transaction(self.engine) as session:
            person = session.get_one(Person, self.little.person.id)
            for name, value in columns.items():
                setattr(person, name, value)

    def set_support(self, **columns: Any) -> None:
        """Change the accompaniment."""
        with transaction(self.engine) as session:
            support = session.exec(
                select(Accompagnement).where(Accompagnement.person_id == self.little.person.id)
            ).one()
            for name, value in columns.items():
                setattr(support, name, value)

    def question(self, answer: Answer) -> Question:
        """The question that an answer put."""
        with transaction(self.engine) as session:
            return session.get_one(Question, answer.row.question_id)

    def as_referent(self, deed: Callable[[Work, Referent], Result]) -> Result:
        """Do something as the person's referent."""
        with transaction(self.engine) as session:
            referent = session.get_one(Referent, self.little.referent.id)
            return deed(Work(session, self.clock.now(), self.kit, f"referent:{referent.id}"), referent)
