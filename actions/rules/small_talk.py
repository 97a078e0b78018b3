"""What can be told of a message without any model: small words, emoji, nothing at all, another alphabet. Pure."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from actions.rules.folding import fold
from storage.vocabulary import Intent


class Shape(StrEnum):
    """What a text is made of. WORDS: letters of the Latin alphabet, which is what the companion reads."""

    NOTHING = "nothing"
    SIGNS = "signs"
    OTHER_SCRIPT = "other_script"
    WORDS = "words"


_EMOJI: dict[Intent, str] = {
    Intent.AFFIRM: "👍👌✅✔☑🆗🤝",
    Intent.DENY: "👎❌🙅✖",
    Intent.THANK: "🙏❤🧡💛💚💙💜🤎🖤🤍💕💗💖💐🌹🫶😘🤗💪👏",
    Intent.GREET: "👋",
    Intent.REPORT_MOOD_GOOD: "😀😃😄😁😊🙂😎🥳🎉😉😂🤣😆",
}
_BY_EMOJI = {sign: intent for intent, signs in _EMOJI.items() for sign in signs}

_WORDS: dict[Intent, str] = {
    Intent.GREET: "bonjour/bonsoir/salut/coucou/hello/bjr/slt/bsr/cc",
    Intent.THANK: "merci/merci beaucoup/merci bcp/mrc/mci",
    Intent.GOODBYE: "au revoir/bonne journee/bonne soiree/a bientot/a plus/bye",
    Intent.AFFIRM: "oui/ok/okay/d'accord/ouais/oui merci/ok merci",
    Intent.DENY: "non/nan/non merci",
    Intent.ASK_HELP: "aide/help/menu/?",
    Intent.VIEW_PLAN: "mon plan/plan/voir mon plan",
    Intent.ASK_NEXT_STEP: "prochaine etape",
    Intent.VIEW_APPOINTMENTS: "mes rendez-vous/mes rdv/mon rdv/rdv/rendez-vous/prochain rendez-vous/prochain rdv",
}
_BY_WORDS = {words: intent for intent, listed in _WORDS.items() for words in listed.split("/")}


def shape_of(text: str) -> Shape:
    """What a text is made of, by the alphabet of most of its letters."""
    letters = [char for char in text if char.isalpha()]
    if letters:
        latin = sum(unicodedata.name(char, "").startswith(("LATIN", "FULLWIDTH LATIN")) for char in letters)
        return Shape.WORDS if 2 * latin >= len(letters) else Shape.OTHER_SCRIPT
    visible = [char for char in text if not char.isspace() and unicodedata.category(char)[0] != "C"]
    return Shape.SIGNS if visible else Shape.NOTHING


def plain_intent(text: str) -> Intent | None:
    """What a whole message of small words or of emoji alone means, for when no model can say. None: it is no such."""
    if shape_of(text) is Shape.SIGNS:
        known = [_BY_EMOJI[sign] for sign in text if sign in _BY_EMOJI]
        return known[0] if known and len(set(known)) == 1 else _BY_WORDS.get(text.strip())
    return _BY_WORDS.get(fold(text).strip(" .!…,"))
