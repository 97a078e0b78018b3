"""What is kept, a copy of it, and its erasure (GDPR, articles 15, 17 and 20)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from actions.erase import open_danger
from actions.ports import Choice
from actions.work import Turn
from storage.tables import Outgoing, Todo
from storage.vocabulary import (
    AttachmentKind,
    ChannelName,
    OutboxStatus,
    QuestionKind,
    TodoKind,
    TodoOutcome,
    TodoStatus,
)

CARRY_FILES = frozenset({ChannelName.TELEGRAM, ChannelName.LOCAL})
"""Channels on which the copy is sent as a file; elsewhere the referent hands it over."""


def ask_privacy(turn: Turn) -> None:
    """Say what is kept, for how long, who reads it, and how to get a copy or have it erased."""
    policy = turn.kit.policy
    turn.say("privacy.view", bodies_days=policy.keep_bodies.days, record_years=policy.keep_record.days // 365)


def export_data(turn: Turn) -> None:
    """Send the copy as a file, once a day at most; where the channel carries none, the referent hands it over."""
    if turn.contact.channel not in CARRY_FILES:
        turn.todo(
            TodoKind.MESSAGE,
            turn.person,
            key=f"export/{turn.person.id}/{turn.now:%F}",
            message=turn.message,
            reason="export",
        )
        turn.say("export.by_referent")
    elif _sent_lately(turn):
        turn.say("export.already")
    else:
        turn.audit("data.exported", turn.person)
        turn.say("export.here", attachment=AttachmentKind.DATA_EXPORT)


def _sent_lately(turn: Turn) -> bool:
    query = select(Outgoing.id).where(
        Outgoing.person_id == turn.person.id,
        Outgoing.attachment == AttachmentKind.DATA_EXPORT,
        col(Outgoing.status) != OutboxStatus.FAILED,
        col(Outgoing.created_at) > turn.now - turn.kit.policy.export_every,
    )
    return turn.session.exec(query).first() is not None


def delete_data(turn: Turn) -> None:
    """Ask once, because it cannot be undone; asked already, say when it will be done."""
    if turn.person.deletion_asked_at:
        _offer_to_cancel(turn, turn.person.deletion_asked_at)
    else:
        turn.pose(QuestionKind.CONFIRM_DELETE, "delete.ask", [turn.label("yes"), turn.label("no")])


def answer_confirm_delete(turn: Turn) -> None:
    """Yes starts the hour after which everything is erased; no, or "annuler" within that hour, keeps everything."""
    if turn.choice == "yes":
        _ask_erasure(turn)
    elif turn.person.deletion_asked_at:
        _call_off(turn)
    else:
        turn.say("delete.kept")


def _call_off(turn: Turn) -> None:
    turn.person.deletion_asked_at = None
    lines = select(Todo).where(
        Todo.person_id == turn.person.id, Todo.kind == TodoKind.DELETION, Todo.status == TodoStatus.OPEN
    )
    for line in turn.session.exec(lines).all():
        line.status, line.outcome, line.closed_at = TodoStatus.CLOSED, TodoOutcome.OVERTAKEN, turn.now
    turn.audit("deletion.cancelled", turn.person)
    turn.say("delete.cancelled")


def _ask_erasure(turn: Turn) -> None:
    asked_at = turn.person.deletion_asked_at or turn.now
    turn.person.deletion_asked_at = asked_at
    turn.audit("deletion.asked", turn.person)
    turn.note(TodoKind.DELETION, at=asked_at + turn.kit.policy.erase_after)
    _offer_to_cancel(turn, asked_at)


def _offer_to_cancel(turn: Turn, asked_at: datetime) -> None:
    """Say when it is done, or why not yet, and leave the way back open until then."""
    due_at = asked_at + turn.kit.policy.erase_after
    waiting = open_danger(turn, turn.person) is not None
    turn.pose(
        QuestionKind.CONFIRM_DELETE,
        "delete.waits_for_alert" if waiting else "delete.planned",
        [Choice("no", turn.kit.texts.label("choice.delete_cancel", turn.person.address))],
        at=due_at,
    )
