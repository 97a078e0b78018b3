"""Words that act by themselves when they are the whole message, before any model and whatever the settings.

STOP and its French forms are what the charter of French operators promises for any SMS sender.
"""

import re
from enum import StrEnum

from actions.rules.folding import fold


class Keyword(StrEnum):
    """What a one-word message asks for. URGENCE counts as a danger heard with certainty."""

    STOP = "stop"
    URGENCE = "urgence"
    RESUME = "resume"


_LONGEST = 40
_NOT_LETTERS = re.compile(r"[^a-z]+")
_KEYWORDS = {
    **dict.fromkeys(
        ("stop", "arret", "desinscrire", "stopsms", "smsstop", "arretsms", "desinscription", "desabonner"),
        Keyword.STOP,
    ),
    **dict.fromkeys(
        ("urgence", "urgences", "ausecours", "ausecour", "secours", "sos", "aideurgence", "urgenceaide", "alaide"),
        Keyword.URGENCE,
    ),
    **dict.fromkeys(("reprendre", "start"), Keyword.RESUME),
}  # fmt: skip


def explicit_keyword(text: str) -> Keyword | None:
    """The keyword that the whole message is, whatever its case, accents, spaces and punctuation, or None."""
    if len(text) > _LONGEST:
        return None
    return _KEYWORDS.get(_NOT_LETTERS.sub("", fold(text)))
