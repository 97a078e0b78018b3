"""Numbers that are no date, hour or amount, hidden behind "#" before anything is read.

Two passes: figures by their shape while punctuation is still there, then figures by the word beside them.
"""

import re

_SHAPES = re.compile(
    r"https?://\S{1,300}|www\.\S{1,300}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,32}"
    r"|(?<![\d/])(?:\+|00) ?\d{2,3}(?:[ .-]?\d){8,10}(?!\d)"  # +33 6…, +262…
    r"|(?<![\d/])0[1-9](?:[ ._/-]?\d\d){4}(?!\d)"  # 06 12 34 56 78
    r"|(?<!\d)\d{6,}(?!\d)"  # file and benefit numbers
    r"|(?<![\d,.])\d{1,6}(?:[ .,]\d{1,3})? ?(?:€|%|euros?\b|eur\b|balles\b|centimes\b)(?: ?\d{2}\b)?|€ ?\d+"
    r"|\b(?:24 ?h? ?[/ ]{1,2} ?24 ?h?|7 ?j? ?/ ?7 ?j?|24 ?h? ?/ ?7 ?j?)\b"
    r"|\bn(?:e|ee|er) (?:le )?\d{1,2}[/. -]\d{1,2}[/. -]\d{2,4}\b"
)
_STREET = (
    r"rue|avenue|av|boulevard|bd|bld|blvd|place|allee|allees|impasse|chemin|quai|route|square|cite|residence"
    r"|passage|lotissement|faubourg|esplanade|rond point"
)
_LABELS = (
    r"salle|bureau|bat|batiment|porte|etage|appt?|appartement|guichet|voie|bus|ligne|tram|tramway|metro|rer|numero"
    r"|num|no|n°|dossier n°|article|niveau|groupe|box|escalier|hall|zone|lot|carte|bac|le niveau|version|page"
    r"|departement|chambre|cabinet|agence n°|poste tel|arret|terminus|a86|rn|autoroute|delf|cecrl?|parcours"
)
# An hour, a clock or a range in figures is never a label's number: "bus 8h12" stays.
_NOT_HOUR = r"(?! ?(?:h|:|min|/|jours))"
_PLACES = re.compile(
    rf"\b\d{{1,4}}(?: ?(?:bis|ter|b))?,? (?:{_STREET})\b(?!s)(?: (?:du |de l |le )?\d{{1,2}} [a-z]{{3,9}}(?: \d{{4}})?\b)?"
    rf"|\b(?:{_STREET}) (?:du |de l |le )?\d{{1,2}} [a-z]{{3,9}}(?: \d{{4}})?\b(?! ?h)"
    r"|\b(?:habite|loge|situe\w{0,2}|adresse) (?:est )?(?:au|c est) (?:le )?\d{1,4}\b"
    r"|\bau \d{1,3} cours [a-z]{4,}"
    rf"|\b(?:{_LABELS}) (?:n° ?|numero )?[a-z]?\+?\d{{1,5}}\b{_NOT_HOUR}"
    r"|\bn° ?\d{1,5}\b"
    r"|\b\d{1,3} ?(?:e|eme|ieme|nd|nde|ere)\b(?! ?/)"
    r"|\b(?:age\w{0,3} de )?\d{1,3} ans?\b"
    r"|\b\d{1,5} ?(?:km|m2|metres?|kg|kilos?|go|giga|stations?|arrets?|etages?|degres)\b"
    r"|\bappel\w{0,4} (?:au |le )?(?:15|17|18|112|114|115|119|3114|3919|39 49)\b(?! (?:[a-z]*bre|janvier|mars|mai))"
    r"|\b(?:le|au) (?:115|114|112|119|3114|3919)\b"
    r"|\b(?:97[1-8]|0[1-9]|[1-9]\d)\d{3}\b"
)
_DIGITS = re.compile(r"\d+")


def hide_numbers(folded: str) -> str:
    """The folded text without telephone numbers, addresses on the web, prices, file numbers and birth dates."""
    return _SHAPES.sub(" # ", folded)


def hide_places(words: str) -> str:
    """The plain text without street numbers, rooms, bus lines, ages, distances, ranks and emergency numbers."""
    return _PLACES.sub(lambda found: _DIGITS.sub("#", found[0]), words)
