"""How many and for how long: `count` and `hours` of the shared taxonomy, from a French message.

No number said, no amount: nothing is estimated here. "un CV" is the document, not one CV.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

from actions.rules.french_clock import Clock, Span, read_hours
from actions.rules.french_days import Day, read_days
from actions.rules.french_items import ANY_ITEM, ITEMS
from actions.rules.french_tense import Tense, tense_at
from actions.rules.french_words import plain

_GROUPS = {
    "demi douzaine": 6, "dizaine": 10, "dixaine": 10, "disaine": 10, "disene": 10, "dizene": 10, "dizeine": 10, "disaines": 10, "dixene": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20,
    "vintaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100,
}  # fmt: skip
_GROUP = re.compile(
    rf"\b(?:(?P<times>\d{{1,2}}) )?(?:une |1 )?(?:bonne |petite |grosse |belle )?(?P<group>{'|'.join(_GROUPS)})s?\b(?! (?:de |d )?fois) ?(?:d |de |des )?"
)
# What a number in front of these words measures is no item of an activity.
_MEASURES = (
    r"h|heures?|min|sec|secondes?|jours?|j|journees?|semaines?|mois|ans|annees?|matinees?|nuits?|soirs?|euros?|e|km|kg|personnes?|gens|enfants?|gosses?"
    r"|filles?|fils|garcons?|bebes?|freres?|soeurs?|places|pages|points?|metres?|etages?|jeunes|collegues|demi|quarts?|tickets?|trains?|bus|kilos?"
    r"|fois par|reponses?|refus|litres?|stagiaires|participants|profs?|formateurs?|grammes|neuf|g|retours?"
)
_MEASURED = re.compile(rf"(?:{_MEASURES})\b|[@#]")
_NUMBER = r"(?<![\d/,:+#])(?<!\bsur )(?<!\bsur les )(?<!\bsur mes )\b(?P<n>\d{1,3})\b(?![\d/,:]|⁄)"
_COUNTED = re.compile(
    rf"{_NUMBER}(?: (?:ou|a|et|voire) \d{{1,3}}| \d{{1,3}})? (?!(?:{_MEASURES})\b|[@#])(?P<after>[a-z' ]{{2,48}})"
)
_LISTED = re.compile(
    r"(?P<before>[a-z ]{2,32}?)(?: ?[:=]| x| ?\*) ?(?P<n>\d{1,3})\b(?! ?(?:h|min|jours|/|:))"
)
_TAKEN_FROM = re.compile(
    rf"(?<!y )\b(?:en|n en) (?:ai|a|as|avons|avez|ont|suis|fais|fait|envoie|ecris|faire|[a-z]{{3,}}er)(?: [a-z]{{2,12}}){{0,4}} {_NUMBER}(?! ?(?:(?:{_MEASURES})\b|#))"
)
_DEED = (
    r"postule\w{0,2}|envoye\w{0,2}|envoyer|repondu|candidate\w{0,2}|contacte\w{0,2}|appele\w{0,2}|apele\w{0,2}|demarche\w{0,2}|visite\w{0,2}|depose\w{0,2}"
    r"|rempli\w{0,2}|relance\w{0,2}|distribue\w{0,2}|imprime\w{0,2}|ecrit\w{0,2}|redige\w{0,2}|rencontre\w{0,2}|posté|fait|faits|faites|telephone|prospecte|demande|parle|discute|echange|propose|sollicite\w{0,2}|adresse\w{0,2}|transmi\w|laisse|remis|soumis|porte|mi[st]?|donne"
)
_SUM = re.compile(
    rf"\b(?:ca (?:en )?(?:fait|fera)|en tout|au total)(?: (?:deja|donc|maintenant|bien))? {_NUMBER}(?! ?(?:(?:{_MEASURES}|fois)\b|[#@]))"
)
_TIMES = re.compile(
    rf"\b(?:{_DEED}|ete|alle\w?|passe\w{{0,2}}|vu|revise|participe|venue?|couru|nage|assiste)(?: [a-z]{{1,12}}){{0,4}} {_NUMBER} fois\b(?! (?:par|la|plus|moins|sur \d))"
)
_DONE_TO = re.compile(
    rf"\b(?:{_DEED}) (?:(?:a|avec|chez|dans|aupres de|pour|deja|environ|bien|au moins|genre|mes|les(?= \d{{1,3}} [a-z])|(?:mon|ma|mes) [a-z]{{2,12}} (?:a|dans|chez|aupres de)|cv (?:a|dans|chez)|plus de|aux"
    rf"|encore|presque|au total|en tout|aujourdhui) ){{0,3}}{_NUMBER}(?! ?(?:(?:{_MEASURES}|sur|fois)\b|#|[/:]))"
)
_DONE_AFTER = re.compile(
    rf"{_NUMBER} (?:deja |de |bien )?(?:en tout|au total|envoyee?s?|envoyer|faite?s?|postulee?s?|deposee?s?|terminee?s?|finie?s?|remplie?s?)\b"
)
_ONE_APPLICATION = re.compile(
    r"\b(?:fait|fais|envoye\w{0,2}|depose\w{0,2}|poste|finalise|transmis|boucle|remis)(?: [a-z]{2,10}){0,2} une (?:[a-z]{4,10} )?candidature\b"
)
_ONLY_ONE = re.compile(r"\b(?:une? seule?|qu une?|juste une?|seulement une?) (?P<after>[a-z ]{2,32})")
_TO_DO = re.compile(
    r"\b(?:reste|manque|faut|dois|encore|objectif|prevu|sur|voulais|devais|devait)\b[a-z ]{0,16}$"
)
_NONE_DONE = re.compile(r"\bzero (?P<after>[a-z ]{2,32})")


@dataclass(frozen=True)
class _Count:
    start: int
    number: int
    own: bool
    pending: bool


def find_count(text: str, activity: str | None = None) -> int | None:
    """How many items of the activity the message counts; None where no number of them is said.

    `activity` (a name of the taxonomy) says which items come first when several kinds are counted. Of "2 ou 3"
    it is the smaller. Dates, hours, prices, ages, people and streets are no items.
    """
    words = _without_moments(plain(text))
    counts = sorted(_counts(words, activity), key=lambda count: count.start)
    if counts:
        best = min(counts, key=lambda count: (not count.own, count.pending))
        return best.number
    return 1 if _is_one(words) else None


def _without_moments(words: str) -> str:
    """The plain text with "@" in place of days, hours and lengths of time."""
    clocks, spans = read_hours(words)
    out = words
    moments: list[Clock | Span | Day] = [*clocks, *spans, *read_days(words)]
    for moment in moments:
        length = moment.end - moment.start
        out = out[: moment.start] + "@".ljust(length) + out[moment.end :]
    return out


@cache
def _starts_with(activity: str | None) -> re.Pattern[str]:
    nouns = ITEMS.get(activity or "", ANY_ITEM)
    either = "|".join(sorted(noun.replace("_", " ") for noun in nouns))
    return re.compile(
        rf"^(?:(?!(?:{_MEASURES}|et|pour|dans|a|chez|avec|mais|ou|en|je|j|il|sur)\b)[a-z]{{2,14}} ){{0,2}}(?:{either})\b"
    )


@cache
def _ends_with_item() -> re.Pattern[str]:
    either = "|".join(sorted(noun.replace("_", " ") for noun in ANY_ITEM))
    return re.compile(rf"\b(?:{either})(?: [a-z]+)?$")


def _counts(words: str, activity: str | None) -> Iterator[_Count]:
    """Every number that may count items, in no order."""
    own = _starts_with(activity)
    for found in _GROUP.finditer(words):
        after = words[found.end() : found.end() + 40]
        if not _MEASURED.match(after):
            number = _GROUPS[found["group"]] * int(found["times"] or 1)
            yield _count(words, found.start(), number, own.match(after) is not None)
    for found in _COUNTED.finditer(words):
        if _starts_with(None).match(found["after"]):
            yield _count(words, found.start("n"), int(found["n"]), own.match(found["after"]) is not None)
    yield from (
        _count(words, found.start(), 0, own=True)
        for found in _NONE_DONE.finditer(words)
        if own.match(found["after"])
    )
    yield from _counts_without_item(words)


def _counts_without_item(words: str) -> Iterator[_Count]:
    """Numbers whose item stands before them or is not said: "cv : 3", "j'en ai fait 5", "postulé à 4 garages"."""
    for found in _LISTED.finditer(words):
        if _ends_with_item().search(found["before"]):
            yield _count(words, found.start("n"), int(found["n"]), own=True)
    for pattern in (_SUM, _TAKEN_FROM):  # these speak of what was named before, so they win over it
        for found in pattern.finditer(words):
            yield _Count(-1, int(found["n"]), own=True, pending=False)
    for found in _DONE_AFTER.finditer(words):
        yield _count(words, found.start("n"), int(found["n"]), own=True)
    for pattern in (_TIMES, _DONE_TO):
        for found in pattern.finditer(words):
            yield _count(words, found.start("n"), int(found["n"]), own=False)


def _count(words: str, start: int, number: int, own: bool) -> _Count:
    return _Count(start, number, own, _TO_DO.search(words[max(0, start - 28) : start]) is not None)


def _is_one(words: str) -> bool:
    only = _ONLY_ONE.search(words)
    if only and not only["after"].startswith("cv") and _starts_with(None).match(only["after"]):
        return re.search(r"\bpas\b", words[max(0, only.start() - 16) : only.start()]) is None
    one = _ONE_APPLICATION.search(words)
    return (
        one is not None
        and re.search(r"\b(?:pas|jamais)\b", words[max(0, one.start() - 16) : one.end()]) is None
    )


_MOST_READ = 24  # lengths of time in one message: beyond, it is a pasted text
_NOT_SPENT_BEFORE = re.compile(
    r"\b(?:dans|d ici|il y a|y a|depuis|sous|apres|avant|toutes les|tous les|chaque|contrat (?:de|a|en)|cdi (?:de|en|a)?|cdd (?:de|en|a)?|temps partiel(?: de)?"
    r"|attendu|attends|attendre|suis a|est a|sommes a|dormi|dors|retard(?: de)?|habite a|perdu|encore|(?:il|me|m en|nous|encore) reste|(?:trajet|route|marche|pause|attente) (?:de|d)|poste (?:de|a)|mi temps(?: de)?|decal\w+ (?:de|d)|plus que|au bout d|au bout de)"
    r"(?: (?:environ|bien|presque|seulement|pendant|que|au moins|deja|a peu pres|de))? ?$"
)
_NOT_SPENT_AFTER = re.compile(
    r"^ ?(?:(?:de|en|d|a) (?:la |ma |mon |)(?:retard|route|trajet|bus|train|metro|tram|rer|voiture|transports?|pied|attente|avance|sommeil|repos|pause"
    r"|queue|chez|aller|distance|paris|ici|decalage|moins|sursis|delai)|(?:[a-z]+ ){0,3}par (?:jours|semaine|mois)|/ ?(?:semaine|jours|mois)|hebdo|la semaine|plus (?:tard|tot)"
    r"|de plus|en (?:cdi|cdd|interim|contrat)|avant|a l avance|minimum|aller|a pied|en retard|d avance|du centre|sans)\b"
)
_RATE = re.compile(r" ?(?:par|/) ?(?:jours|semaine|mois|seance)\b")
# What is still to come has an hour, or a length that is said as such.
_PLANNED = frozenset({"add_step", "postpone_step", "share_good_news"})
_OPENING = re.compile(r"\b(?:ouvert\w*|ferme\w*|horaires?|dispo\w*|libre)\b[a-z ]{0,12}$")
_TOTAL = re.compile(
    r"^ ?(?:en tout|au total|total|en cumule|cumulees?)\b|^(?: [a-z]+){0,3} (?:en tout|au total)\b"
)
_ADDING = frozenset(
    ("@", "matin", "aprem", "soir", ",", "et", "puis", "+", "encore", "la", "le", "l", "ce", "cet", "veille")
)
_DAY_AND_HALF = re.compile(r"\b(?P<n>une|1) (?:journee|jours) et demie?\b")
_HALF_DAY = re.compile(r"\b(?P<n>\d{1,2}|une|la|ma|1)? ?demie?s? ?journees?\b")
_WHOLE_DAY = re.compile(
    r"\b(?:(?P<n>\d{1,2}|une|toute la|toute une|la|ma|ma premiere|1ere) ?)?(?:(?:bonne|grosse|longue|belle|super|vraie|petite|premiere) )?journ(?:ee|e)s?\b"
)
_SPENT_VERB = re.compile(
    r"\b(?:fait|fais|fai|fe|passe\w{0,2}|bosse\w{0,2}|travaille\w{0,2}|taffe|eu|effectue\w{0,2}|pris|dure|suivi|consacre\w{0,2}|ete|etait|cherche|participe|assiste|realise"
    r"|cumule|suis alle|complete|enchaine|forme|aide|ai|j y etais|rempli|passer)\b[a-z' @]{0,40}$"
)
_DID = re.compile(r"\b(?:fait|fais|fe|effectue\w{0,2}|travaille\w{0,2}|bosse\w{0,2}) $")
_IDLE = re.compile(
    r"^(?: [a-z]+){0,2} (?:repos|malade|maladie|conges?|vacances|absence|greve|perdue?|merde|off)\b"
)
_SPENT_ON = re.compile(
    r"^(?: test)? ?(?:(?:de|d|en|a|au|chez|comme|dans)\b(?! (?:travers|plus|repos|merde|malade|lit))|complete|entiere|faite|effectuee|@|$|[.,!]|sur)"
)
_WORK = re.compile(
    r"\b(?:bosse\w{0,2}|travaille\w{0,2}|cherch\w+|taffe|formation|atelier|immersion|stage|candidatures?|cv|menage|mission|benevolat|cours|boulot|taf|interim|restos?|recherches?"
    r"|demarches|asso\w*|brocante|stand|collecte|maraude|permanence|distribution|vente|salon|forum|boite|entreprise|usine|chantier)\b"
)
_OPEN_DAY = re.compile(
    r"^ ?(?:portes?|d info\w*|de recrut\w*|nation\w*|job|de l|des metiers|emploi|pro\b|de solidarite)"
)


def find_hours(text: str, *, intent: str | None = None) -> float | None:
    """Hours spent, as the message gives them: "1h30" → 1.5, "de 9h à 12h" → 3.0; None for clock times and delays.

    "une journée" is 7 h and "une demi-journée" 3.5 h where they are the time spent. A total wins over its parts;
    parts of the day ("2h le matin et 3h l'après-midi") are added. A rate ("2h par semaine") is no time spent, but
    it is the length of what the person wants to add (`intent` add_step).
    """
    words = plain(text)
    clocks, spans = read_hours(words)
    spans = spans[:_MOST_READ]
    told = intent not in _PLANNED
    spent = [span for span in spans if _is_spent(words, span) and (told or not span.of_range)]
    if not spent and intent == "add_step":
        spent = [span for span in spans if _RATE.match(words, span.end)]
    lengths = [length for clock in clocks[:_MOST_READ] if told and (length := _length_of(words, clock))]
    minutes = _sum(words, spent, lengths)
    return _in_hours(minutes) if minutes is not None else _days_spent(words)


def _length_of(words: str, clock: Clock) -> Span | None:
    """ "mardi 3h" told as over is how long it took."""
    if not clock.as_length or tense_at(words, clock.start, clock.end) is Tense.AHEAD:
        return None
    return Span(clock.start, clock.end, clock.as_length)


def _sum(words: str, spent: list[Span], lengths: list[Span]) -> int | None:
    """The time spent: what is certainly a length counts first, unless "lundi 2h et jeudi 2h" belong together."""
    both = sorted([*spent, *lengths], key=lambda span: span.start)
    if not both:
        return None
    whole = _total(words, both)
    return whole if whole != both[0].minutes or not spent else _total(words, spent)


def _in_hours(minutes: int) -> float | None:
    return round(minutes / 60, 2) if minutes else None


def _is_spent(words: str, span: Span) -> bool:
    before, after = words[max(0, span.start - 40) : span.start], words[span.end : span.end + 40]
    if span.of_range:
        return not _OPENING.search(before) and tense_at(words, span.start, span.end) is not Tense.AHEAD
    return not (_NOT_SPENT_BEFORE.search(before) or _NOT_SPENT_AFTER.match(after))


def _total(words: str, spent: list[Span]) -> int:
    for span in spent:
        if _TOTAL.match(words[span.end : span.end + 40]):
            return span.minutes
    whole = spent[0].minutes
    for first, second in pairwise(spent):
        gap = _gap(words, first.end, second.start)
        added = "+" in gap or _ADDING.issuperset(re.findall(r"\w+|[^\w ]", gap))
        if first.of_range != second.of_range or not added:
            break
        whole += second.minutes
    return whole


def _gap(words: str, start: int, end: int) -> str:
    """The words between two lengths of time, days as "@"; empty of meaning where it is too long to be a sum."""
    between = words[start:end]
    if len(between) > 60:
        return "#"
    for day in reversed(read_days(between)):
        between = between[: day.start] + "@" + between[day.end :]
    return between


def _days_spent(words: str) -> float | None:
    for pattern, hours in ((_DAY_AND_HALF, 10.5), (_HALF_DAY, 3.5), (_WHOLE_DAY, 7.0)):
        for found in islice(pattern.finditer(words), _MOST_READ):
            if _is_day_spent(words, found):
                number = int(found["n"]) if (found["n"] or "").isdigit() else 1
                return hours * number
    return None


def _is_bare_day(before: str, said: str, after: str) -> bool:
    """ "journée de formation hier" opens its clause; "bonne journée" is no time spent."""
    opens = not before.strip() or before.rstrip().endswith((",", ".", ":"))
    return (
        opens
        and said.startswith(("journee", "demi"))
        and re.match(r" (?:de|d|en|chez|au|a) ", after) is not None
    )


def _is_day_spent(words: str, found: re.Match[str]) -> bool:
    before, after = words[max(0, found.start() - 48) : found.start()], words[found.end() : found.end() + 48]
    if _OPEN_DAY.match(after) or re.search(r"\b(?:bonne|dans|par|a|en fin de|cette) $", before):
        return False
    spent = _SPENT_VERB.search(before) is not None
    if found["n"] is None and not _is_bare_day(before, found[0], after):
        return False
    told = tense_at(words, found.start(), found.end()) is not Tense.AHEAD
    if found["n"] in ("la", "ma", "toute la", "toute une"):
        spent = spent or (told and found["n"].startswith("toute"))
        return spent and (_WORK.search(words) is not None or _DID.search(before) is not None)
    if _IDLE.search(after):
        return False
    return spent or (told and _SPENT_ON.match(after) is not None)
