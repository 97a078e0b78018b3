"""Somebody about to write for the first time: an invited person, and a conversation from an address nobody knows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from actions import invitations
from actions.work import Kit, Work
from storage.database import transaction
from storage.tables import Person, Referent, Structure
from storage.vocabulary import Consent
from tests.builders import Conversation, a_person, a_referent, a_structure
from tests.fakes import FakeClock


class Newcomer:
    """A person without an address, their referent, a code for them, and a phone that has never written."""

    def __init__(self, engine: Engine, kit: Kit, clock: FakeClock, **columns: Any) -> None:
        self.engine, self.kit, self.clock = engine, kit, clock
        with transaction(engine) as session:
            self.structure = a_structure(session)
            self.referent = a_referent(session, self.structure)
            self.person = a_person(
                session,
                self.referent,
                bound=False,
                **{"consent": Consent.UNASKED, "consent_at": None, "last_message_at": None} | columns,
            )
        self.code = self.invite(self.person)
        self.phone = Conversation(engine, kit, clock)

    def invite(self, whom: Person | Referent | Structure) -> str:
        """A fresh code for `whom`."""
        with transaction(self.engine) as session:
            return invitations.create(Work(session, self.clock.now(), self.kit), whom, self.referent)

    def another_phone(self) -> Conversation:
        """A second address that has never written."""
        return Conversation(self.engine, self.kit, self.clock)

    def another_person(self) -> Person:
        """A second person of the same referent, without an address."""
        with transaction(self.engine) as session:
            return a_person(session, self.referent, bound=False, consent=Consent.UNASKED, first_name="Lina")


def keys(answers: list[Any]) -> list[str]:
    """The text keys of what was answered."""
    return [answer.key for answer in answers]
