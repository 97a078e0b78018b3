"""What a person can do with one appointment of theirs: come, not come, move it, be late, have missed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from actions.appointment_words import moment_of
from actions.rules.timing import local_day
from actions.work import Turn
from storage import outbox
from storage.queries import people
from storage.tables import Appointment, Participation, Question, Referent
from storage.vocabulary import (
    AttachmentKind,
    Lane,
    ParticipationAnswer,
    ParticipationStatus,
    QuestionKind,
    TodoKind,
)

Wish = Mapping[str, Any]
"""`wish_on` or `wish_at`: the moment asked for instead (see `appointment_words.wish_of`)."""


class Deed(StrEnum):
    """What is done with an appointment."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    MOVE = "move"
    LATE = "late"


TODO_OF: Mapping[Deed, TodoKind] = {
    Deed.CONFIRM: TodoKind.MESSAGE,
    Deed.CANCEL: TodoKind.CANCELLED_APPOINTMENT,
    Deed.MOVE: TodoKind.MOVE_REQUEST,
    Deed.LATE: TodoKind.LATE,
}
"""The line that tells the referent where the companion cannot do it alone."""


def do(turn: Turn, deed: Deed, participation: Participation, appointment: Appointment, wish: Wish) -> None:
    """Do one deed, which is also the answer to every reminder of this appointment that is still open."""
    _settle_questions(turn, participation)
    _DEEDS[deed](turn, participation, appointment, wish)


def _confirm(turn: Turn, participation: Participation, appointment: Appointment, _wish: Wish) -> None:
    _answer(turn, participation, ParticipationAnswer.CONFIRMED)
    turn.say(
        "appointment.confirmed",
        attachment=AttachmentKind.APPOINTMENT_ICS,
        subject_id=participation.id,
        **moment_of(turn, appointment),
    )


def _cancel(turn: Turn, participation: Participation, appointment: Appointment, _wish: Wish) -> None:
    """The person warned: excused, nobody blamed; another date is offered."""
    _answer(turn, participation, ParticipationAnswer.DECLINED)
    participation.status = ParticipationStatus.EXCUSED
    outbox.cancel_about(turn.session, participation.id)
    turn.note(TodoKind.CANCELLED_APPOINTMENT, subject_id=participation.id, starts_at=appointment.starts_at)
    _tell_if_today(turn, appointment)
    turn.pose(
        QuestionKind.REMINDER,
        "appointment.declined",
        [turn.label("another_date"), turn.label("no_other_date")],
        subject_id=participation.id,
        details={"offer": "another_date"},
        **moment_of(turn, appointment),
    )


def _move(turn: Turn, participation: Participation, appointment: Appointment, wish: Wish) -> None:
    """A request: the appointment holds until the referent answers."""
    _answer(turn, participation, ParticipationAnswer.MOVE_ASKED)
    turn.note(TodoKind.MOVE_REQUEST, subject_id=participation.id, starts_at=appointment.starts_at, **wish)
    _tell_if_today(turn, appointment)
    turn.say("appointment.move_asked", **wish, **moment_of(turn, appointment))


def _late(turn: Turn, participation: Participation, appointment: Appointment, _wish: Wish) -> None:
    _answer(turn, participation, ParticipationAnswer.LATE)
    turn.note(TodoKind.LATE, subject_id=participation.id, starts_at=appointment.starts_at)
    _tell_if_today(turn, appointment)
    turn.say("appointment.late_noted", **moment_of(turn, appointment))


_DEEDS: Mapping[Deed, Callable[[Turn, Participation, Appointment, Wish], None]] = {
    Deed.CONFIRM: _confirm,
    Deed.CANCEL: _cancel,
    Deed.MOVE: _move,
    Deed.LATE: _late,
}


def missed(turn: Turn, participation: Participation, appointment: Appointment) -> None:
    """The person says they missed it: a new date is to be found. What it counts as, the referent settles."""
    turn.audit("appointment.missed", participation, structure_id=turn.structure.id)
    turn.note(TodoKind.MISSED_APPOINTMENT, subject_id=participation.id, starts_at=appointment.starts_at)
    turn.say("appointment.missed_noted", **moment_of(turn, appointment))


def ask_another_date(turn: Turn, participation: Participation | None, wish: Wish) -> None:
    """Pass on that the person would like another date for what they cannot attend."""
    turn.note(TodoKind.APPOINTMENT_REQUEST, subject_id=participation.id if participation else None, **wish)
    turn.say("appointment.requested", **wish)


def _answer(turn: Turn, participation: Participation, answer: ParticipationAnswer) -> None:
    participation.answer = answer
    participation.answered_at = turn.now
    turn.audit(f"appointment.{answer.value}", participation, structure_id=turn.structure.id)


def _settle_questions(turn: Turn, participation: Participation) -> None:
    """A reminder answered in other words waits no longer, so that a later "oui" is not taken for its answer."""
    asked = turn.session.exec(
        select(Question).where(
            Question.kind == QuestionKind.REMINDER,
            Question.subject_id == participation.id,
            col(Question.answered_at).is_(None),
        )
    )
    for question in asked:
        question.answered_at = turn.now


def _tell_if_today(turn: Turn, appointment: Appointment) -> None:
    """Write to the one who waits today, without content: the to-do line may be read too late."""
    zone = ZoneInfo(turn.structure.time_zone)
    if local_day(appointment.starts_at, zone) != local_day(turn.now, zone):
        return
    waiting = turn.session.get(Referent, appointment.referent_id) if appointment.referent_id else None
    referent = waiting or people.referent_of(turn.session, turn.person.id)
    if referent:
        turn.notify(
            referent,
            "appointment.staff_today",
            key=f"appointment_today/{turn.message.id}",
            lane=Lane.ANSWER,
            columns={"not_after": appointment.ends_at},
        )
