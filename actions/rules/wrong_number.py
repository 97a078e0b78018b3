"""Words by which somebody says that they are not the person the companion takes them for."""

from __future__ import annotations

import re

from actions.rules.folding import expand_sms, fold

_WRONG = re.compile(
    r"\b(?:pas|plus) (?:du tout )?(?:le|son|a|au|a la) (?:bon |meme )?(?:numero|num|personne)\b"
    r"|\b(?:mauvais|faux) (?:numero|num|destinataire)\b|\btromp\w* de (?:personne|numero|num)\b|\berreur de (?:numero|personne)\b"
    r"|\bnumero (?:n est|est) plus a\b|\bchang\w* de proprietaire\b|\bje ne? (?:suis|connais) pas (?:cette|la) personne\b"
)
"""A mobile number goes to somebody else 45 to 120 days after its line was closed."""


def is_wrong_number(text: str) -> bool:
    """Whether the sender says that this number or chat is not the person's."""
    return bool(_WRONG.search(expand_sms(fold(text))))
