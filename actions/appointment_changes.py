"""What the person says of an appointment: which one they mean, then the deed.

Where the companion cannot tell which, it asks; where nothing fits it says so, and a human is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from actions import appointment_deeds
from actions.appointment_deeds import TODO_OF, Deed, Wish
from actions.appointment_words import answers_to_news, choice_label, moment_of, wish_of
from actions.ports import Choice
from actions.rules import appointments as rules
from actions.rules.appointments import Slot
from actions.rules.dialogue import WORDS_OF_YES
from actions.rules.folding import fold
from actions.rules.when import When, find_when
from actions.work import Turn
from storage import outbox
from storage.queries import appointments
from storage.queries.appointments import Attended
from storage.tables import Appointment, Participation, Question
from storage.vocabulary import Intent, ParticipationStatus, QuestionKind, TodoKind

MISSED_WITHIN = timedelta(days=14)
"""An appointment longer ago than this is not what "j'ai raté mon rendez-vous" is about."""


def confirm_appointment(turn: Turn) -> None:
    """The person will come. One they had cancelled is not theirs any more: the referent is asked."""
    when, zone = turn.judgement.when, _zone(turn)
    found = rules.meant(_coming(turn), when, turn.now, zone)
    given_up = [] if found else rules.meant(_coming(turn, ParticipationStatus.EXCUSED), when, turn.now, zone)
    attended = _attended(turn, given_up[0].id) if given_up else None
    if attended:
        _ask_back(turn, *attended)
    else:
        _do_or_ask(turn, Deed.CONFIRM, found)


def cancel_appointment(turn: Turn) -> None:
    """The person will not come."""
    _do_or_ask(turn, Deed.CANCEL, rules.meant(_coming(turn), turn.judgement.when, turn.now, _zone(turn)))


def reschedule_appointment(turn: Turn) -> None:
    """The person asks for another moment: a request to the referent, with the wish if one was said."""
    found, wish = rules.to_move(_coming(turn), turn.judgement.when, turn.now, _zone(turn))
    _do_or_ask(turn, Deed.MOVE, found, wish)


def report_late(turn: Turn) -> None:
    """The person is, or will be, late."""
    _do_or_ask(turn, Deed.LATE, rules.late_for(_coming(turn), turn.judgement.when, _zone(turn)))


def report_missed_appointment(turn: Turn) -> None:
    """The person missed one: to be rebooked. Without a past appointment that fits, the referent is told so."""
    begun = appointments.begun_since(turn.session, turn.person.id, turn.now - MISSED_WITHIN, turn.now)
    found = rules.missed(_slots(begun), turn.judgement.when, _zone(turn))
    attended = _attended(turn, found[0].id) if found else None
    if attended is None:
        _nothing_fits(turn, TodoKind.MISSED_APPOINTMENT)
        return
    appointment_deeds.missed(turn, *attended)


def request_appointment(turn: Turn) -> None:
    """The person wants an appointment, or an earlier one: passed on, with the next one recalled if there is one."""
    wish = wish_of(turn.judgement.when, _zone(turn))
    coming = appointments.coming(turn.session, turn.person.id, turn.now)
    turn.note(TodoKind.APPOINTMENT_REQUEST, **wish)
    if coming:
        turn.say("appointment.requested_besides", **wish, **moment_of(turn, coming[0][1]))
    else:
        turn.say("appointment.requested", **wish)


def answer_reminder(turn: Turn) -> None:
    """The answer to a reminder, or to the offer of another date: `turn.choice` is a deed, or yes or no to the offer.

    A button pressed late is checked against what is true now: nobody confirms an hour that has changed.
    """
    subject = turn.question.subject_id if turn.question else None
    attended = _attended(turn, subject) if subject else None
    wish = wish_of(_moment_wished(turn), _zone(turn))
    if turn.question and turn.question.details.get("offer"):
        _answer_offer(turn, attended, wish)
    elif turn.choice not in set(Deed):
        _nothing_fits(turn, TodoKind.MESSAGE)
    else:
        _do_if_it_holds(turn, Deed(turn.choice), attended, wish)


def _moment_wished(turn: Turn) -> When | None:
    """The moment in the answer, read as what it is: the wish for another date, whatever intent was heard."""
    return find_when(turn.text, turn.message.sent_at, _zone(turn), intent=Intent.RESCHEDULE_APPOINTMENT)


def answer_choose_appointment(turn: Turn) -> None:
    """The person said which appointment they meant: the deed that waited for it is done."""
    question, chosen = turn.question, turn.choice
    if question is None or chosen is None or not _was_offered(question, chosen):
        _nothing_fits(turn, TodoKind.MESSAGE)
        return
    details = outbox.unpack(question.details)
    wish = {"wish_on": details.get("wish_on"), "wish_at": details.get("wish_at")}
    _do_if_it_holds(turn, Deed(details["deed"]), _attended(turn, UUID(chosen)), wish)


def _was_offered(question: Question, chosen: str) -> bool:
    return any(choice["id"] == chosen for choice in question.details["choices"])


REFUSALS = frozenset({"no_other_date", Deed.CANCEL.value})
"""What says no to the offer of another date: the button, or a reply in words, which `dialogue` calls a cancelling."""


def _answer_offer(turn: Turn, attended: Attended | None, wish: Wish) -> None:
    if turn.choice in REFUSALS:
        turn.say("appointment.no_other_date")
    elif attended and turn.choice == Deed.CONFIRM and _comes_after_all(turn):
        _ask_back(turn, attended[0], attended[1])
    else:
        appointment_deeds.ask_another_date(turn, attended[0] if attended else None, wish)


def _comes_after_all(turn: Turn) -> bool:
    """Whether it is more than a yes to the offer: "finalement je viens"."""
    bare_yes = fold(turn.text).strip(" .!?") in WORDS_OF_YES
    return turn.judgement.intent == Intent.CONFIRM_APPOINTMENT and not bare_yes


def _do_if_it_holds(turn: Turn, deed: Deed, attended: Attended | None, wish: Wish) -> None:
    if attended is None or attended[1].ends_at <= turn.now:
        turn.say("appointment.already_over")
        return
    participation, appointment = attended
    if appointment.cancelled_at or participation.status is ParticipationStatus.REVOKED:
        turn.say("appointment.is_off", **moment_of(turn, appointment))
    elif participation.status is ParticipationStatus.EXCUSED:
        _given_up_before(turn, deed, participation, appointment, wish)
    elif _has_moved(turn, appointment):
        _say_new_moment(turn, participation, appointment)
    else:
        appointment_deeds.do(turn, deed, participation, appointment, wish)


def _given_up_before(
    turn: Turn, deed: Deed, participation: Participation, appointment: Appointment, wish: Wish
) -> None:
    if deed is Deed.CANCEL:
        turn.say("appointment.declined_before", **moment_of(turn, appointment))
    elif deed is Deed.MOVE:
        appointment_deeds.ask_another_date(turn, participation, wish)
    else:
        _ask_back(turn, participation, appointment)


def _ask_back(turn: Turn, participation: Participation, appointment: Appointment) -> None:
    """They had cancelled and would come after all: the place may be somebody else's, so the referent is asked."""
    turn.note(
        TodoKind.APPOINTMENT_REQUEST,
        subject_id=participation.id,
        reason="wants_it_back",
        starts_at=appointment.starts_at,
    )
    turn.say("appointment.wants_back", **moment_of(turn, appointment))


def _has_moved(turn: Turn, appointment: Appointment) -> bool:
    told = outbox.unpack(turn.question.details).get("starts_at") if turn.question else None
    return isinstance(told, datetime) and told != appointment.starts_at


def _say_new_moment(turn: Turn, participation: Participation, appointment: Appointment) -> None:
    turn.pose(
        QuestionKind.REMINDER,
        "appointment.has_moved",
        answers_to_news(turn, turn.person),
        subject_id=participation.id,
        open_for=appointment.starts_at - turn.now,
        details={"starts_at": appointment.starts_at},
        **moment_of(turn, appointment),
    )


def _do_or_ask(turn: Turn, deed: Deed, found: Sequence[Slot], wish: When | None = None) -> None:
    wished = wish_of(wish, _zone(turn))
    attended = _attended(turn, found[0].id) if len(found) == 1 else None
    if attended:
        appointment_deeds.do(turn, deed, *attended, wished)
    elif len(found) > 1 and not turn.quiet:
        _ask_which(turn, deed, found, wished)
    else:
        _nothing_fits(turn, TODO_OF[deed], **wished)


def _ask_which(turn: Turn, deed: Deed, found: Sequence[Slot], wish: Wish) -> None:
    zone = _zone(turn)
    turn.pose(
        QuestionKind.CHOOSE_APPOINTMENT,
        "appointment.which",
        [Choice(str(slot.id), choice_label(slot.starts_at, zone)) for slot in found],
        details={"deed": deed.value, **wish},
    )


def _nothing_fits(turn: Turn, kind: TodoKind, **detail: Any) -> None:
    """Say so, recall the next appointment if there is one, and let a human look at the message."""
    coming = appointments.coming(turn.session, turn.person.id, turn.now)
    turn.note(kind, reason="no_appointment_fits", **detail)
    if coming:
        turn.say("appointment.none_fits_but", **moment_of(turn, coming[0][1]))
    else:
        turn.say("appointment.none_fits")


def _coming(turn: Turn, status: ParticipationStatus = ParticipationStatus.UNKNOWN) -> list[Slot]:
    return _slots(appointments.coming(turn.session, turn.person.id, turn.now, status))


def _slots(attended: Sequence[Attended]) -> list[Slot]:
    return [Slot(participation.id, appointment.starts_at) for participation, appointment in attended]


def _attended(turn: Turn, participation_id: UUID) -> Attended | None:
    return appointments.one_of_person(turn.session, participation_id, turn.person.id)


def _zone(turn: Turn) -> ZoneInfo:
    return ZoneInfo(turn.person.time_zone)
