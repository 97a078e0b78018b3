"""The person tells of an obstacle: it is recorded, the referent sees it, and when it is urgent an alert is opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions import escalate, find_resource
from actions.who_reads import who_reads
from actions.work import Turn
from storage.queries import appointments, plan
from storage.tables import Frein, Message
from storage.vocabulary import Consent, FreinCategory, TodoKind, Urgency

DISCREET = frozenset(
    {
        FreinCategory.VIOLENCE,
        FreinCategory.ADDICTION,
        FreinCategory.JUSTICE,
        FreinCategory.MENTAL_HEALTH,
        FreinCategory.HEALTH,
    }
)
"""Obstacles that no answer names, not even through a place that helps: somebody else may read the screen."""


def report_frein(turn: Turn) -> None:
    """Record the obstacle and say what happens next; ask what it is about where that was not understood."""
    record(turn)
    if turn.judgement.urgency >= Urgency.URGENT:
        escalate_aside(turn)
    elif turn.judgement.frein:
        _acknowledge(turn, FreinCategory(turn.judgement.frein))
    else:
        find_resource.ask_subject(turn, "frein.which", of="frein")


def answer_choose_frein(turn: Turn) -> None:
    """The person said what it was about: an obstacle to record, or a place to look for."""
    frein = FreinCategory(turn.choice or FreinCategory.OTHER)
    details = turn.question.details if turn.question else {}
    subject = turn.question.subject_id if turn.question else None
    message = (turn.session.get(Message, subject) if subject else None) or turn.message
    if details.get("of") == "resource":
        find_resource.name_places(turn, frein, message)
        return
    judgement = replace(turn.judgement, frein=frein.value, urgency=message.urgency or Urgency.NONE)
    about = replace(turn, message=message, judgement=judgement)
    record(about)
    _acknowledge(turn, frein)


def record(turn: Turn) -> Frein | None:
    """Write the obstacle of this message down; a second call for the same message changes nothing.

    An obstacle told again keeps its row: the worst urgency, the last day. Up to level 1 it becomes a line of the
    to-do list; above, its alert speaks for it. Without consent nothing is kept that is not urgent.
    """
    level = turn.judgement.urgency
    if turn.judgement.frein is None or (turn.person.consent is not Consent.GIVEN and level < Urgency.URGENT):
        return None
    category = FreinCategory(turn.judgement.frein)
    frein = plan.open_frein(turn.session, turn.person.id, category) or _open(turn, category)
    frein.urgency = max(frein.urgency, level)
    frein.told_at = max(frein.told_at, turn.message.received_at)
    frein.message_id = turn.message.id
    if level <= Urgency.FOLLOW_UP:
        _note(turn, frein)
    return frein


def _open(turn: Turn, category: FreinCategory) -> Frein:
    frein = Frein(
        person_id=turn.person.id,
        category=category,
        urgency=turn.judgement.urgency,
        opened_at=turn.now,
        told_at=turn.message.received_at,
    )
    turn.session.add(frein)
    turn.session.flush()
    turn.audit("frein.opened", frein, structure_id=turn.structure.id, level=turn.judgement.urgency)
    return frein


def _note(turn: Turn, frein: Frein) -> None:
    """One open line for each obstacle: told again, it shows the latest message."""
    line = plan.open_line_about(turn.session, TodoKind.FREIN, frein.id)
    if line:
        line.message_id = turn.message.id
    else:
        turn.note(TodoKind.FREIN, subject_id=frein.id, frein=frein.category.value)


def _acknowledge(turn: Turn, frein: FreinCategory) -> None:
    places = [] if frein in DISCREET else turn.kit.resources.for_frein(frein)[:1]
    values = {"next_at": _meet_at(turn), **who_reads(turn)}
    if places:
        turn.say("frein.noted_with_place", place=places[0].name, how=places[0].how, **values)
    else:
        turn.say("frein.noted", **values)


def _meet_at(turn: Turn) -> datetime | None:
    """When the person next sees their referent."""
    referent_id = turn.accompagnement.referent_id if turn.accompagnement else None
    coming = appointments.coming(turn.session, turn.person.id, turn.now)
    return next((to.starts_at for _, to in coming if referent_id and to.referent_id == referent_id), None)


def escalate_aside(turn: Turn) -> None:
    """Open or join the alert of an urgent obstacle, and say who reads it and when."""
    frein = FreinCategory(turn.judgement.frein) if turn.judgement.frein else None
    escalation = escalate.open_or_join(
        turn,
        person=turn.person,
        contact=turn.contact,
        message=turn.message,
        level=Urgency.URGENT,
        frein=frein,
    )
    turn.say("frein.urgent", **escalate.person_values(turn, escalation))
