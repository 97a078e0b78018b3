"""Two machines talking to each other: told by how fast the messages come."""

from __future__ import annotations

from actions.work import Work
from storage import inbox
from storage.tables import ContactPoint


def is_a_loop(work: Work, contact: ContactPoint) -> bool:
    """Whether so many messages came so fast that a machine must be writing (20 in 5 minutes)."""
    policy = work.kit.policy
    lately = inbox.received_since(work.session, contact.id, work.now - policy.loop_within)
    return lately >= policy.loop_messages
