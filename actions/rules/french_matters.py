"""What the words beside a day are about: an appointment, something that will happen, a deadline, the reason of a wish.

Works on the text that `french_words.plain` returns; a day stands at text[start:end].
"""

import re

REACH = 70
"""How many characters on each side of a day its words are looked for in."""

_CLAUSE = re.compile(
    r"[,.!?;]|\b(?:mais|et|donc|car|du coup|alors|par contre|sinon|est ce|dc|plutot|c est possible)\b"
)
# What the day of an appointment is named with, against the day of the reason for asking or cancelling.
_ANCHOR = re.compile(
    r"\b(?:annul\w*|rendez vous|atelier|reunion|seance|visio|viens|vien|venir|viendrai\w?|vais pas|irai|present\w?|absent\w{0,3}|absence"
    r"|serai\w? pas|pas la|pas dispo|particip\w+|voir|voie|passer|recevoir|rappel\w*|appel\w*|joindre|rencontrer|telephoner|prevue?s?|quoi|loupe\w*|rate\w{0,2}|manque\w{0,2}|zappe\w*|venue?s?)\b"
)
# Why an appointment is asked for, against when the person could come.
_WISH = re.compile(
    r"\b(?:rendez vous|creneau|place|voir|voie|dispo\w*|libre|passer|venir|viens|recevoir|appel\w*|rappel\w*|rencontrer|joindre|avant|prendre|possible|plutot|reviens|vous)\b"
)
_REASON = re.compile(
    r"\b(?:finit|finis|fini|termine|expire|coup[eu]\w*|avis|commence|demarre|debute|accouche|lance|saisie|expuls\w+|huissier|audience|ferme|contrat|bebe|arrive|quitte\w*"
    r"|sors|echeance|perime|arrete|convoqu\w+|tribunal|juge|retraite|demenage|entretien|examen|operation|operer)\b"
)
_DEADLINE = re.compile(
    r"\b(?:expuls\w+|sortie|sortir|sors|quitter|coupures?|coupee?|couper|partir|fin|delai|limite|audience|convoqu\w+|convocation|radiation|saisie|echeance|jusqu|avant|pour|au plus tard|programmee?|prevue?|rendre|payer)"
    r"(?: [a-z]+){0,3} $"
)
_INCIDENT = re.compile(
    r"\b(?:suspendue?|volee?s?|perdue?s?|cassee?|licenciee?|viree?|refusee?|hospitalisee?|agressee?|radiee?|retiree?|crevee?|en panne|accident|agression|bagarre|panne|vol|cambriolage)(?: (?:de|du|la|le|mon|ma|en|ce|chez) ?[a-z]*){0,2} $"
)
_BEFORE_IT = re.compile(r"\b(?:avant|d ici la)(?: [cs]a)? ?(?:$|[?.!,])")
_BEFORE_THAT = re.compile(r"\bavant (?:que |qu )?(?:mon|ma|mes|le|la|l|les|notre|je|j|il|elle|on)\b")
_OCCASION = re.compile(
    r"\b(?:entretiens?|rendez vous|formation|atelier|stage|audience|examen|permis|code|jury|oral|contrat|immersion|essai|visite|operation|op|commence|reprends|demarre|embauche|concours"
    r"|boulot|taf|poste|rentree|juge|tribunal|prefecture|test|mission|reunion|salon|forum|premier jours|bilan|dentiste|hopital|huissier|coupe\w*|expir\w*|termine|finit|expuls\w*)\b"
)


def own_part(gap: str, *, last: bool) -> str:
    """The part of the words between two slots that goes with the slot after (`last`) or before them."""
    breaks = list(_CLAUSE.finditer(gap))
    if not breaks:
        return gap
    return gap[breaks[-1].start() :] if last else gap[: breaks[0].start()]


def _clause_of(text: str, start: int, end: int) -> str:
    before = own_part(text[max(0, start - REACH) : start], last=True)
    return before + text[start:end] + own_part(text[end : end + REACH], last=False)


def names_appointment(text: str, start: int, end: int) -> bool:
    """Whether the clause of the day speaks of the appointment itself, or of coming to it."""
    return _ANCHOR.search(_clause_of(text, start, end)) is not None


def names_occasion(text: str, start: int, end: int) -> bool:
    """Whether something is said to happen on the day itself: "entretien demain", not "ça ira mieux demain"."""
    return _OCCASION.search(_clause_of(text, start, end)) is not None


def names_deadline(text: str, start: int) -> bool:
    """Whether the words just before the day announce an end or a cut, whatever the tense of the verb beside it."""
    return _DEADLINE.search(text[max(0, start - REACH) : start]) is not None


def names_incident(text: str, start: int) -> bool:
    """Whether the words just before the day tell of something that went wrong on it: "permis suspendu samedi"."""
    return _INCIDENT.search(text[max(0, start - REACH) : start]) is not None


def is_only_the_reason(text: str, start: int) -> bool:
    """Whether the day is when something happens to the person ("mon contrat finit vendredi"), not when they can come."""
    if _BEFORE_IT.search(text):
        return False
    before = text[max(0, start - REACH) : start]
    if _BEFORE_THAT.search(before):
        return False
    wishes, reasons = ([found.end() for found in each.finditer(before)] for each in (_WISH, _REASON))
    return bool(reasons) and max(wishes, default=-1) < reasons[-1]
