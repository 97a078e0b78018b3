"""The nouns: every table, by subject. Import them from here."""

from storage.tables.appointments import Appointment, Participation
from storage.tables.escalation import Escalation, EscalationMessage, EscalationStep
from storage.tables.messages import Message, Outgoing, Question
from storage.tables.people import Accompagnement, ContactPoint, Invitation, Person
from storage.tables.plan import Demarche, Frein, Progress
from storage.tables.structure import ConsoleSession, Referent, StandIn, Structure
from storage.tables.work import AuditDigest, AuditEvent, Todo

__all__ = [
    "Accompagnement",
    "Appointment",
    "AuditDigest",
    "AuditEvent",
    "ConsoleSession",
    "ContactPoint",
    "Demarche",
    "Escalation",
    "EscalationMessage",
    "EscalationStep",
    "Frein",
    "Invitation",
    "Message",
    "Outgoing",
    "Participation",
    "Person",
    "Progress",
    "Question",
    "Referent",
    "StandIn",
    "Structure",
    "Todo",
]
