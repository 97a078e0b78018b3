"""Hours in plain French text: which are times of the clock, which are lengths of time.

"3h" is either: "rdv à 3h", "mardi 14h" and "9h ce matin" are clock times; "3h de formation", "j'ai bossé 8h"
and a bare "1h30" are lengths. Works on the text that `french_words.plain` returns.
"""

import re
from dataclasses import dataclass
from datetime import time

from actions.rules.french_words import MONTH, WEEKDAY


@dataclass(frozen=True)
class Clock:
    """A time of the clock at text[start:end]; `as_length` in minutes where "mardi 3h" may be one as well."""

    start: int
    end: int
    at: time
    as_length: int | None = None


@dataclass(frozen=True)
class Span:
    """A length of time in minutes at text[start:end]; `of_range` where it was said as "de 9h à 12h"."""

    start: int
    end: int
    minutes: int
    of_range: bool = False


_T = r"\d{1,2}(?:h(?:[0-5]\d)?|:[0-5]\d)"
_RANGE = re.compile(
    rf"(?<![\d/])(?:(?:de|entre|d) (?P<bare>\d{{1,2}})\b|(?P<from>{_T})) ?(?:a|et|jusqu a|jusqu|au|/)? ?(?P<to>{_T})\b"
)
_POINT = re.compile(r"(?<![\d/h,])(?P<h>\d{1,3})(?:h(?P<m>[0-5]\d)?|:(?P<c>[0-5]\d))\b")
_MINUTES = re.compile(r"(?<![\d/h,])(?P<n>\d{1,3}) ?min\b")

_DAY_WORD = rf"(?:{WEEKDAY}|aujourdhui|demain|surlendemain|hier|avanthier|prochain|dernier|{MONTH}|20\d\d|\d/\d{{1,2}}|(?:le|au|du|{WEEKDAY}) \d{{1,2}})"
_PAST_DAY = re.compile(r"(?:hier|dernier)(?: (?:matin|aprem|soir))?,? $")
_BESIDE_DAY = re.compile(
    rf"{_DAY_WORD}(?: (?:le |au )?(?:matin|aprem|soir))?,? $|(?:ce|cet) (?:matin|aprem|soir),? $"
)
_DAY_NEXT = re.compile(
    rf"^,? ?(?:(?:le|ce|de|d|du) )?(?:{WEEKDAY}|aujourdhui|demain|hier|\d{{1,2}}[ /]|(?:ce|cet) (?:matin|soir|aprem))"
)
_CLOCK_BEFORE = re.compile(
    r"(?:\b(?:a|vers|des|avant|jusqu a|ou|est|c est|il est|prevue?|fixee?|plutot|par|entre|confirmee?|finalement|sera"
    r"|debut|debute|commence|ca sera|convoque|partir de"
    r"|heure|horaire|reveil)"
    r"(?: (?:pour|le|plutot|bien|environ|peu pres|bien a|pres|toujours))?|@)\s$"
)  # fmt: skip
_WEAK_CLOCK_BEFORE = re.compile(
    r"\b(?:pour|apres|cours|(?:rendez vous|celui|bus|train|car|reunion|seance|session|atelier|cours|entretien|creneau|convocation)(?: (?:de|du|d))?)\s$"
)
_NUMBER_TO = re.compile(r"\b(\d{1,2}) (?:a|ou) $")  # "2 à 3h"
_DATE_TO = re.compile(rf"\b(?:le|au|du|des|en|{WEEKDAY}) \d{{1,2}} (?:a|ou) $")
_MOVED = re.compile(r"\b(?:decal|deplac|chang|pass|avanc|repouss|report|boug|modifi|met+re )")
_RATE = re.compile(r"^(?: [a-z]+){0,2} (?:par|/) ?(?:jours|semaine|mois)\b|^ ?/ ?(?:jours|semaine|mois)\b")
_MEETING = re.compile(
    r"\b(?:rendez vous|rv|entretien|convocation|creneau|appel|visio)(?: (?:pour|le|plutot|bien))?\s$"
)
_OF_MEETING = re.compile(
    r"\b(?:rendez vous|celui|bus|train|reunion|seance|cours|entretien|creneau|convocation) (?:de|du)\s$"
)
_AWAY = re.compile(
    r"^(?: (?:de|d|en) (?:la |ma |)(?:route|marche|trajet|bus|train|voiture|transports?|metro|tram|velo|paris|chez|car|pied|ici)| a pied"
    r"| du centre)"
)
_LENGTH_AFTER = re.compile(
    rf"^ ?(?:(?:de|d|du)\b(?! (?:{WEEKDAY}|demain|hier|aujourdhui|\d|l aprem|la nuit))|par (?:jours|semaine|mois)|en tout|au total"
    r"|total|plein|chrono|non stop|d affilee|sur (?:mon|ma|mes|le|la|les|\d)|a (?:(?!(?:venir|decaler|annuler|deplacer|reporter|changer|modifier|noter|ajouter|rajouter|confirmer|mettre (?:dans|au|sur)|avancer|repousser|supprimer|prevoir|remettre)\b)[a-z]{3,}(?:er|re|ir))\b|/ ?(?:semaine|jours|mois)"
    r"|hebdo|(?:la|cette) semaine|obligatoires?|d activites?|hebdomadaires?|passee?s?|au (?:telephone|tel)|en (?:ligne|visio)|effectuees?|faites|realisees?|de plus|debout|sur place)"
)
_SHIFT_AFTER = re.compile(r"^ ?(?:plus (?:tard|tot)|avant|apres)\b")
_LENGTH_BEFORE = re.compile(
    r"\b(?:fait|fais|fai|fe|passee?s?|passer|dure|durait|duree|travaille|travailler|bosse|bosser|taffe|pendant|durant|en|environ|presque"
    r"|pres de|plus de|moins de|au moins|quasi|quasiment|facile|encore|total|totalise|soit|mis|mit|pris|effectue|accompli|consacre"
    r"|cumule|temps|assiste|suivi|eu|bonne|bonnes|bon|petites?|mes|les|ces|il y a|y a|dans|depuis|sous|d ici|attendu|attends|attend"
    r"|reste|dormi|demande|manque|valide|compte|objectif|justifi\w+|oblig\w+|impose\w*|exige\w*|reclame\w*|valider|atteindre|les fameuses|nos|vos|ses|tes|fais que|sur les|quota|seuil|engagement|(?:formation|stage|contrat|cdi|cdd|mission|immersion|conduite|menage|module|benevolat|poste|temps) (?:de|d)"
    r"|fois|x|toutes les|chaque|tous les|retard|de retard de)(?: (?:de|d|bien|pres de|environ|que|au moins|peu pres|plus de|deja))?\s$"
)
_LASTING = re.compile(
    r"\b(?:mission|formation|stage|immersion|cours|menage|benevolat|atelier|service|garde)\b"
)
# "le repas de midi" names a meal, not an hour.
_MEAL = re.compile(
    r"\b(?:repas|pause|sandwich|dejeuner|journal|cantine|service|menu|cachet|medicaments?) (?:de|du|d) $"
)
# "trois jours, 21h": what several days come to.
_SEVERAL_DAYS = re.compile(r"\b\d jours?\b(?: (?!a\b|pour\b)[a-z]+){0,6},? $")
_WORK_BEFORE = re.compile(
    r"\b(?:formation|stage|mission|interim|immersion|conduite|menage|benevolat|taf|boulot|travail)\s$"
)


def _before(text: str, start: int) -> str:
    return text[max(0, start - 32) : start]


def _is_upper_bound(before: str, hour: int) -> bool:
    lower = _NUMBER_TO.search(before)
    return lower is not None and int(lower[1]) < hour < 13 and not _DATE_TO.search(before)


def _is_clock(text: str, found: re.Match[str]) -> bool:
    """Whether "Nh" or "NhMM" names a time of the clock: by the words around it, else by the hour itself."""
    before, after = _before(text, found.start()), text[found.end() : found.end() + 32]
    if found["c"]:
        return _MEAL.search(before) is None
    said = _said_by_words(before, after, int(found["h"]))
    if said is None and _SEVERAL_DAYS.search(text[max(0, found.start() - 64) : found.start()]):
        return False
    return said if said is not None else _likely_clock(before, after, int(found["h"]), found["m"])


def _said_by_words(before: str, after: str, hour: int) -> bool | None:
    if hour > 23 or _RATE.match(after) or _AWAY.match(after) or _is_upper_bound(before, hour):
        return False
    if _CLOCK_BEFORE.search(before) or _MEETING.search(before):
        return True
    if _OF_MEETING.search(before) and hour >= 8:
        return True
    if _LENGTH_BEFORE.search(before) or _LENGTH_AFTER.match(after):
        return False
    if _SHIFT_AFTER.match(after) and not (hour >= 8 and _BESIDE_DAY.search(before)):
        return False
    return None


def _likely_clock(before: str, after: str, hour: int, minute: str | None) -> bool:
    if hour < 8 and _DAY_NEXT.match(after):
        return False
    if beside := _BESIDE_DAY.search(before):
        lasts = "," in beside[0] or _LASTING.search(before) is not None
        if hour < 5 and "soir" in beside[0]:
            return False
        if hour >= 5 and "matin" in beside[0]:
            return True
        return hour >= 9 or not (_PAST_DAY.search(before) or (hour < 8 and lasts))
    if _WORK_BEFORE.search(before):
        return hour >= 13
    if _WEAK_CLOCK_BEFORE.search(before) or _DAY_NEXT.match(after):
        return hour >= 8
    return hour >= 8 or (hour == 7 and minute is not None)


def _moment(said: str) -> time | None:
    hour, _, minute = said.replace(":", "h").partition("h")
    return time(int(hour), int(minute or 0)) if int(hour) < 24 else None


def _minutes_between(first: time, last: time) -> int:
    return ((last.hour - first.hour) * 60 + last.minute - first.minute) % (24 * 60)


def _afternoon(at: time, said: str, before: str, after: str) -> time:
    """A bare "à 2h" is in the afternoon, unless the morning, the night or a job's early shift is named."""
    early = re.compile(
        r"matin|nuit|commence|embauche|debut|poste|service|prends|bosse|travaille|reveil|leve|bus|train"
    )
    if said.startswith("0") or ":" in said or not 1 <= at.hour <= 5 or early.search(before + after):
        return at
    return at.replace(hour=at.hour + 12)


def read_hours(text: str) -> tuple[list[Clock], list[Span]]:
    """Clock times and lengths of time in the plain text, each in the order of the text."""
    clocks: list[Clock] = []
    spans: list[Span] = []
    taken = 0
    for found in _RANGE.finditer(text):
        _read_range(text, found, clocks, spans)
    ranges = [(span.start, span.end) for span in spans]
    for found in _POINT.finditer(text):
        while taken < len(ranges) and ranges[taken][1] <= found.start():
            taken += 1
        if taken == len(ranges) or ranges[taken][0] >= found.end():
            _read_point(text, found, clocks, spans)
    spans += [Span(m.start(), m.end(), int(m["n"])) for m in _MINUTES.finditer(text)]
    return sorted(clocks, key=lambda c: c.start), sorted(spans, key=lambda s: s.start)


def _read_range(text: str, found: re.Match[str], clocks: list[Clock], spans: list[Span]) -> None:
    first, last = _moment(found["bare"] or found["from"]), _moment(found["to"])
    if first is None or last is None or not _is_range(text, found, first, last):
        return
    clocks.append(Clock(found.start(), found.end(), first))
    spans.append(Span(found.start(), found.end(), _minutes_between(first, last), of_range=True))


def _overnight(first: time, last: time) -> bool:
    return (first.hour >= 18 and last.hour <= 9) or (first.hour >= 15 and last.hour <= 5)


def _is_range(text: str, found: re.Match[str], first: time, last: time) -> bool:
    """ "2h à 3h de route" is a length, "10h 14h" two times: a range opens with "de" or runs within a day."""
    if _AWAY.match(text[found.end() : found.end() + 24]) or (last <= first and not _overnight(first, last)):
        return False
    gap = found[0][len(found["from"] or "") :] if found["from"] else "a"
    joined = re.search(r"\b(?:a|et|jusqu|au)\b|/", gap) is not None
    before = _before(text, found.start())
    if _MOVED.search(
        text[max(0, found.start() - 64) : found.start()]
    ):  # "décaler de 10h à 14h" says two times
        return False
    opened = re.search(r"\b(?:de|entre|du|d)\s?$", before) is not None or bool(found["bare"])
    if re.search(r"\bet\b", gap) and not opened:
        return False
    return opened or first.hour >= 6 or (joined and first.hour >= 5)


def _read_point(text: str, found: re.Match[str], clocks: list[Clock], spans: list[Span]) -> None:
    hour, minute = int(found["h"]), int(found["m"] or found["c"] or 0)
    if not _is_clock(text, found):
        spans.append(Span(found.start(), found.end(), hour * 60 + minute))
    elif hour < 24:
        before, after = _before(text, found.start()), text[found.end() : found.end() + 12]
        at = _afternoon(time(hour, minute), found[0], before, after)
        certain = hour > 7 or found["c"] is not None or _CLOCK_BEFORE.search(before) is not None
        clocks.append(Clock(found.start(), found.end(), at, None if certain else hour * 60 + minute))
