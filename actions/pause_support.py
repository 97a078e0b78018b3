"""Pausing, coming back, leaving. The companion falls silent or starts again; what it means for rights, a human says."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.rules.timing import local_day
from actions.work import Turn, Work, find_todo
from storage.queries import people
from storage.tables import Accompagnement, ContactPoint, Message, Person, Todo
from storage.vocabulary import Consent, Lane, QuestionKind, SupportStatus, TodoKind


def pause_support(turn: Turn) -> None:
    """Suspend the companion's own messages, until the day said if one was; the referent settles the rest."""
    support = turn.accompagnement
    until = turn.judgement.when.day if turn.judgement.when else None
    if until and until <= _today(turn, turn.person):
        until = None
    if support:
        support.status, support.paused_until = SupportStatus.PAUSED, until
    turn.audit("support.paused", turn.person, until=until.isoformat() if until else None)
    turn.note(TodoKind.PAUSE, until=until)
    turn.say("pause.done", until=until)


def resume_support(turn: Turn) -> None:
    """Start again: messages come back at once; after a pause or a departure the referent is told to take up."""
    turn.say(_resume(turn, turn.person, turn.message))


def resume_now(work: Work, person: Person | None, contact: ContactPoint, message: Message) -> bool:
    """The whole message is REPRENDRE: start again at once, before any model.

    Returns False where the rest of the path has still to answer: an unknown sender, or no consent yet.
    """
    if person is None:
        return False
    if person.consent is not Consent.GIVEN:
        person.stopped_at = None
        return False
    text_key = _resume(work, person, message)
    work.enqueue(contact, text_key, {}, key=f"resume/{message.id}", lane=Lane.ANSWER, reply_to=message.id)
    return True


def _resume(work: Work, person: Person, message: Message) -> str:
    """End what holds messages back; return the key of the text that says so."""
    was_stopped, person.stopped_at = person.stopped_at is not None, None
    support = people.accompagnement_of(work.session, person.id)
    status = support.status if support else SupportStatus.ENDED
    if was_stopped or status is not SupportStatus.ACTIVE:
        work.audit("support.resumed", person, was=status.value, stopped=was_stopped)
    if status is SupportStatus.ACTIVE:
        return "resume.done" if was_stopped else "resume.already"
    work.todo(TodoKind.RESUME, person, key=f"resume/{message.id}", message=message, was=status.value)
    if support is None:
        return "resume.asked"
    _reactivate(support)
    return "resume.support"


def _reactivate(support: Accompagnement) -> None:
    support.status, support.paused_until = SupportStatus.ACTIVE, None


def end_pauses(work: Work) -> int:
    """Pauses whose local day has come: the companion writes again. Returns how many ended. For the table of jobs."""
    dated = (
        select(Accompagnement, Person)
        .join(Person, col(Person.id) == col(Accompagnement.person_id))
        .where(Accompagnement.status == SupportStatus.PAUSED, col(Accompagnement.paused_until).is_not(None))
    )
    over = [
        support
        for support, person in work.session.exec(dated)
        if support.paused_until and support.paused_until <= _today(work, person)
    ]
    for support in over:
        _reactivate(support)
        work.audit("support.resumed", support, was=SupportStatus.PAUSED.value)
    return len(over)


def _today(work: Work, person: Person) -> date:
    return local_day(work.now, ZoneInfo(person.time_zone))


def leave_programme(turn: Turn) -> None:
    """Never a simple exit: the referent is asked to call at once, and the person what they want."""
    key = f"leave/{turn.person.id}/{turn.now:%F}"
    line = turn.todo(TodoKind.LEAVE, turn.person, key=key, message=turn.message, said="asked")
    line = line or find_todo(turn.session, key)
    turn.pose(
        QuestionKind.CONFIRM_LEAVE,
        "leave.ask",
        [turn.label("leave_talk"), turn.label("leave_stop"), turn.label("leave_stay")],
        subject_id=line.id if line else None,
    )


ANSWERS = {"leave_stop": "leave", "yes": "leave", "leave_stay": "stay", "no": "stay"}
STATUS_AFTER = {"leave": SupportStatus.LEAVING, "stay": SupportStatus.ACTIVE}


def answer_confirm_leave(turn: Turn) -> None:
    """To talk about it, to leave, or to stay after all. A human calls in any case: the line stays open."""
    said = ANSWERS.get(turn.choice or "", "talk")
    line = turn.session.get(Todo, turn.question.subject_id) if turn.question else None
    if line:
        line.detail = {"said": said}
    if turn.accompagnement and said in STATUS_AFTER:
        turn.accompagnement.status = STATUS_AFTER[said]
    turn.audit("support.leaving_answered", turn.person, said=said)
    turn.say(f"leave.{said}")
