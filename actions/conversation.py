"""The small words of a conversation, and what the companion says of itself."""

from __future__ import annotations

from actions.rules.plan import next_step
from actions.which_step import open_steps
from actions.work import Turn


def greet(turn: Turn) -> None:
    """Greet by first name, with one hint of what can be done."""
    planned = next_step(open_steps(turn, turn.person.id)) is not None
    turn.say("conversation.greet" if planned else "conversation.greet_without_plan")


def goodbye(turn: Turn) -> None:
    """Take leave."""
    turn.say("conversation.goodbye")


def thank(turn: Turn) -> None:
    """Answer thanks."""
    turn.say("conversation.thank")


def affirm(turn: Turn) -> None:
    """A yes to nothing that was asked."""
    turn.say("conversation.affirm")


def deny(turn: Turn) -> None:
    """A no to nothing that was asked."""
    turn.say("conversation.deny")


def ask_help(turn: Turn) -> None:
    """Say what can be done here."""
    turn.say("conversation.help")


def ask_bot_identity(turn: Turn) -> None:
    """A robot, who reads what, and no emergency service."""
    number = turn.kit.emergency.numbers["any_emergency"].number
    turn.say("conversation.identity", number=number)


def out_of_scope(turn: Turn) -> None:
    """Not the companion's business: say so kindly and come back to what is."""
    turn.say("conversation.out_of_scope")
