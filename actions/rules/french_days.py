"""Days named in plain French text ("mardi", "le 24", "dans 15 jours") and the date that each one means.

Works on the text that `french_words.plain` returns. A mention resolves against today's date and the tense of
the sentence. Habits ("tous les mardis") and spans without a day resolve to None, and keep the hour beside them.
The rules are those of the shared taxonomy, section "Details".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from actions.rules.french_words import MONTH, MONTHS, WEEKDAY, WEEKDAYS

Resolve = Callable[[date, bool], date | None]


@dataclass(frozen=True)
class Day:
    """A day named at text[start:end]; `resolve(today, past)` gives its date, None for a habit or a vague span.

    `fixed`: the words alone place it before or after today ("hier"), whatever the tense of the verb.
    """

    start: int
    end: int
    resolve: Resolve
    fixed: bool = False


def _none(_today: date, _past: bool) -> None:
    return None


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shifted(days: int) -> Resolve:
    def resolve(today: date, _past: bool) -> date | None:
        try:
            return today + timedelta(days=days)
        except OverflowError:
            return None

    return resolve


def _months_away(today: date, months: int) -> date | None:
    index = today.year * 12 + today.month - 1 + months
    for day in range(today.day, 27, -1):  # 31 January + 1 month is the last of February
        if found := _safe(index // 12, index % 12 + 1, day):
            return found
    return _safe(index // 12, index % 12 + 1, today.day)


def _ahead(today: date, weekday: int) -> int:
    """Days until the next such weekday, never 0: today's name means in seven days."""
    return (weekday - today.weekday() - 1) % 7 + 1


def _weekday(name: str, *, weeks: int = 0) -> Resolve:
    def resolve(today: date, past: bool) -> date:
        ahead = _ahead(today, WEEKDAYS.index(name))
        if past and not weeks:
            return today - timedelta(days=7 if ahead == 7 else 7 - ahead)
        return today + timedelta(days=ahead + 7 * weeks)

    return resolve


def _next_weekday(name: str) -> Resolve:
    """ "mardi prochain": the coming Tuesday, or the one after when that is tomorrow."""

    def resolve(today: date, _past: bool) -> date:
        ahead = _ahead(today, WEEKDAYS.index(name))
        return today + timedelta(days=8 if ahead == 1 else ahead)

    return resolve


def _last_weekday(name: str) -> Resolve:
    return lambda today, _past: _weekday(name)(today, True)


def _this_weekday(name: str) -> Resolve:
    def resolve(today: date, past: bool) -> date | None:
        if today.weekday() == WEEKDAYS.index(name):
            return today
        return _weekday(name)(today, past)

    return resolve


def _weekday_of_week(name: str, weeks: int) -> Resolve:
    def resolve(today: date, _past: bool) -> date:
        return today + timedelta(days=WEEKDAYS.index(name) - today.weekday() + 7 * weeks)

    return resolve


def _day_of_month(day: int, weekday: str | None = None, months: int | None = None) -> Resolve:
    """ "le 24": the next 24th, today included, or the last one; "jeudi 26" must be a Thursday where one is near."""

    def resolve(today: date, past: bool) -> date | None:
        if months is not None:
            index = today.year * 12 + today.month - 1 + months
            return _safe(index // 12, index % 12 + 1, day)
        ahead = [*_days_numbered(day, today, 1)]
        behind = [*_days_numbered(day, today, -1)]
        near = behind + ahead if past else ahead[:2] + behind[:1]
        return _matching(near, weekday)

    return resolve


def _days_numbered(day: int, today: date, step: int) -> Iterator[date]:
    for offset in range(0, 8 * step, step):
        index = today.year * 12 + today.month - 1 + offset
        found = _safe(index // 12, index % 12 + 1, day)
        if found and (found - today).days * step >= 0:
            yield found


def _matching(dates: list[date], weekday: str | None) -> date | None:
    """The first date on that weekday; the first at all where none is, for the number is likelier to be right."""
    fits = (day for day in dates if weekday and day.weekday() == WEEKDAYS.index(weekday))
    return next(fits, dates[0] if dates else None)


def _month_day(day: int, month: int, year: int | None, weekday: str | None = None) -> Resolve:
    def resolve(today: date, past: bool) -> date | None:
        if year is not None:
            return _safe(year, month, day)
        # 29 February may be up to eight years away.
        near = [found for year in range(today.year - 8, today.year + 9) if (found := _safe(year, month, day))]
        ahead = [found for found in near if found >= today]
        behind = [found for found in reversed(near) if found <= today]
        if weekday:
            recent = [found for found in behind[:1] if past or (today - found).days <= 2 * _NEAR]
            return _matching(recent + ahead[:1] if past else ahead[:1] + recent, weekday)
        if not near:  # "31 février"
            return None
        return _likelier(ahead[0], behind[0], today, past=past)

    return resolve


_NEAR, _FAR = 30, 300  # days


def _likelier(ahead: date, behind: date, today: date, *, past: bool) -> date:
    """The next or the last such date by tense; a day of this month outweighs one eleven months away.

    The tense is read from noisy text, and nobody reports or arranges something almost a year off without the year.
    """
    until, since = (ahead - today).days, (today - behind).days
    if past:
        return ahead if until <= _NEAR and since > _FAR else behind
    return behind if since <= _NEAR and until > _FAR else ahead


def _year(said: str | None) -> int | None:
    if not said:
        return None
    return int(said) if len(said) == 4 else 2000 + int(said)


def _number(said: str) -> int:
    return 1 if said == "1er" else int(said)


_AGO_UNITS = {"jours": 1, "j": 1, "semaine": 7, "quinzaine": 14}


def _in_days(number: int, unit: str, sign: int) -> Resolve:
    if unit == "mois":
        return lambda today, _past: _months_away(today, sign * number)
    if unit == "h":
        return _shifted(sign * number // 24)
    # A French week has "8 jours", two have "15 jours".
    days = {8: 7, 15: 14}.get(number, number) if unit in ("jours", "j") else number * _AGO_UNITS[unit]
    return _shifted(sign * days)


_Build = Callable[[re.Match[str]], Resolve]


def _by_distance(sign: int) -> _Build:
    def build(found: re.Match[str]) -> Resolve:
        number = 1 if found["n"] in ("un", "une") else int(found["n"])
        return _in_days(number, found["unit"], sign) if number < 1000 else _none

    return build


def _by_month(found: re.Match[str]) -> Resolve:
    return _month_day(_number(found["d"]), MONTHS.index(found["m"]) + 1, _year(found["y"]), found["w"])


def _by_first_of_two(found: re.Match[str]) -> Resolve:
    month = int(found["mm"]) if found["mm"] else MONTHS.index(found["m"]) + 1
    return _month_day(_number(found["d"]), month, None, found["w"]) if month < 13 else _none


def _by_figures(found: re.Match[str]) -> Resolve:
    return _month_day(_number(found["d"]), int(found["m"]), _year(found["y"]), found["w"])


def _by_rank(found: re.Match[str]) -> Resolve:
    """ "le premier lundi de décembre", "le dernier vendredi du mois"."""
    weekday, last = WEEKDAYS.index(found["w"]), found["rank"] == "dernier"

    def resolve(today: date, _past: bool) -> date | None:
        named = MONTHS.index(found["m"]) + 1 if found["m"] in MONTHS else 0
        ahead = (named - today.month) % 12 if named else int(found["m"] != "mois")
        index = today.year * 12 + today.month - 1 + ahead + last
        edge = _safe(index // 12, index % 12 + 1, 1)
        if edge is None:
            return None
        return edge + timedelta(days=(weekday - edge.weekday()) % 7 - 7 * last)

    return resolve


_TODAY_WORDS = {"aujourdhui": 0, "demain": 1, "surlendemain": 2, "hier": -1, "avanthier": -2}
_W = rf"(?P<w>{WEEKDAY})s?"
# "l'atelier du mardi" is held every Tuesday; "le rendez-vous du mardi" is one.
_REGULAR = "atelier|cours|h|heure|travail|boulot|service|majoration|menage|messe|groupe|chorale|marche|seance|reunion|permanence|celui|celle|priere|entrainement|visio|repas"
_D = r"(?P<d>1er|3[01]|[12]\d|0?[1-9])"
# A number after "mardi" or "le" is no date when it counts, measures or tells the hour.
_NO_UNIT = (
    r"\b(?! ?(?:h\b|h\d|: ?\d|/|,\d|min\b|jours\b|semaine\b|mois\b|ans\b|#|%|cv\b|lettre|candidature|entretien|offre|pieces?\b"
    r"|places?\b|personnes?\b|fois\b|x\b|bis\b|premier|dernier|prochaine?s|rendez|formation|atelier|nouvelle|autre|mail|demande"
    r"|annonce|entreprise|\d(?!\d?(?:h|:))|quarts?|(?!apres|dans|mais|vers|sans|suis|plus|puis|alors|jamais|toujours|depuis|avec)[a-z]{4,}(?:s|x)\b))"
)
_1ER_NO_UNIT = (
    _NO_UNIT
    + r"(?!(?<=1er) (?:rendez|jours?|entretien|atelier|mois|etage|cv|fois|contrat|module|cours|stage|temps|pas|job|tour))"
)

_ROWS: tuple[tuple[str, _Build, bool], ...] = (
    (rf"(?:les |des )?(?:{_W} )?(?:les? )?\b{_D}(?= ?(?:ou|et|au|a|,|/|ou le|et le|jusqu au)? (?:{WEEKDAY})? ?(?:1er|[0-3]?\d) (?:(?P<m>{MONTH})\b)(?P<mm>))", _by_first_of_two, False),
    (rf"(?:{_W},? )?(?:le )?\b{_D} (?P<m>{MONTH})\b(?: (?P<y>20\d\d))?", _by_month, False),
    (rf"(?:{_W},? )?(?:le )?(?<!\d)(?<!/)\b{_D}/(?P<m>1[0-2]|0?[1-9])/(?P<y>20\d\d|\d\d)\b", _by_figures, False),
    (rf"(?:du |entre le |le ){_D}(?= (?:au|et le|ou le|a|ou|et) [0-3]?\d/(?P<mm>1[0-2]|0?[1-9])\b(?P<m>))(?P<w>)", _by_first_of_two, False),
    (rf"(?:{_W},? (?:le )?|\b(?:le|au|du|aux|pour|rendez vous|des|avant|convocation|entretien|et|ou|apres) (?:le )?|^){_D}/(?P<m>1[0-2]|0?[1-9])(?P<y>)\b(?!/)(?! (?:de [a-z]|cv|candid|lettre|offre|entretien))", _by_figures, False),
    (r"(?<![\d/])(?P<d>3[01]|[12]\d|0[1-9]|[4-9])/(?P<m>1[0-2]|0?[1-9])(?P<y>)(?P<w>)\b(?!/)(?! (?:de [a-z]|cv|candid|lettre|offre|entretien))", _by_figures, False),
    (rf"\b(?:le )?(?P<rank>premier|1er|dernier) {_W} (?:de |du |d )(?:mois de |mois d )?(?P<m>{MONTH}|mois\b(?: (?:prochain|suivant))?)", _by_rank, True),
    (rf"{_W} en (?P<n>8|15)\b", lambda m: _weekday(m["w"], weeks=1 if m["n"] == "8" else 2), True),
    (r"(?P<w>demain|aujourdhui) en (?P<n>8|15)\b", lambda m: _shifted(_TODAY_WORDS[m["w"]] + (7 if m["n"] == "8" else 14)), True),
    (rf"{_W},? (?:de |d |dans )?(?:la |l )?(?:semaine (?:prochain|pro|suivante|qui (?:vient|arrive)|d apres)|autre semaine)\b", lambda m: _weekday_of_week(m["w"], 1), True),
    (rf"(?:la )?semaine (?:prochain|pro|suivante|qui (?:vient|arrive)|d apres)[ ,]{{1,2}}(?:(?:le|c est|plutot|genre|ce|soit|vers|a partir de|des|disons|par exemple|peut etre|si possible)\b[ ,]{{1,2}}){{0,3}}{_W}\b", lambda m: _weekday_of_week(m["w"], 1), True),
    (rf"{_W},? (?:de )?(?:la )?semaine (?:dernier|passee?|d avant)\b", lambda m: _weekday_of_week(m["w"], -1), True),
    (rf"(?:la )?semaine (?:dernier|passee?|d avant),? (?:(?:le|c etait) )?{_W}\b", lambda m: _weekday_of_week(m["w"], -1), True),
    (rf"{_W},? (?:de )?cette semaine\b|cette semaine {_W.replace('<w>', '<w2>')}\b", lambda m: _weekday_of_week(m["w"] or m["w2"], 0), True),
    (rf"(?:le |au |du )?{_W} (?:prochain|pro)\b", lambda m: _next_weekday(m["w"]), True),
    (rf"(?:le |au |du )?{_W} (?:suivant|d apres)\b", lambda m: _weekday(m["w"], weeks=1), True),
    (rf"(?:le |au |du )?{_W} (?:qui (?:vient|arrive)|a venir)\b", lambda m: _weekday(m["w"]), True),
    (rf"(?:le |du )?{_W} (?:dernier|passe|d avant)\b|(?:l autre) {_W.replace('<w>', '<w2>')}\b", lambda m: _last_weekday(m["w"] or m["w2"]), True),
    (rf"{_W},? (?:le )?{_D}{_1ER_NO_UNIT}(?! (?:{WEEKDAY}|hier|demain|aujourdhui)\b(?! \d))", lambda m: _day_of_month(_number(m["d"]), m["w"]), False),
    (rf"\bce {_W}\b", lambda m: _this_weekday(m["w"]), False),
    (rf"\b(?:tou?s? (?:les|le)|ts les|chaque|les|un|certains|le) (?:{WEEKDAY})s?(?: (?:matin|aprem|soir))?(?: (?:et|ou) (?:le |les )?(?:{WEEKDAY})s?)*\b|\b(?:{WEEKDAY})s (?:et|ou) (?:{WEEKDAY})s\b"
     rf"|\b(?:du|d) (?:{WEEKDAY}) au (?:{WEEKDAY})\b", lambda m: _none, False),
    (rf"\b(?:{_REGULAR})s? (?:[a-z]{{2,14}} )?du (?:{WEEKDAY})\b|\bbon (?:{WEEKDAY})\b|\b(?:on est|on etait|sommes)(?: que| qu| deja)? (?:{WEEKDAY})\b|\bsurvivants? du (?:{WEEKDAY})\b|\b(?:on est|on etait|sommes)(?: deja| que)? le (?:{_D.replace('<d>', '<d3>')})\b", lambda m: _none, False),
    (rf"\bsemaine du {_D.replace('<d>', '<d4>')}(?:/\d{{1,2}}| (?:au \d{{1,2}} )?(?:{MONTH}))?\b", lambda m: _none, False),
    (rf"\b(?:(?:le|au|du) )?{_D} de ce mois\b", lambda m: _day_of_month(_number(m["d"]), months=0), True),
    (rf"{_W}\b", lambda m: _weekday(m["w"]), False),
    (r"\b(?P<w>aujourdhui|surlendemain|avanthier|demain|hier)\b", lambda m: _shifted(_TODAY_WORDS[m["w"]]), True),
    (r"\b(?:ce (?:matin|soir|12:00|jours(?! la\b)|00:00)|cet aprem|cette (?:nuit|aprem|matinee|soiree|journee))\b", lambda m: _shifted(0), True),
    (r"\b(?:dans|d ici|sous)(?: (?:environ|a peu pres|genre|les|moins de))* (?P<n>\d{1,3}|une?) ?(?P<unit>jours|j|semaine|mois|quinzaine)\b", _by_distance(1), True),
    (r"\b(?:dans|d ici|sous)(?: les)? (?P<n>24|48|72)(?P<unit>h)\b", _by_distance(1), True),
    (r"\b(?:dans|d ici|sous) (?:une )?(?P<n>)(?P<unit>quinzaine|huitaine)\b", lambda m: _shifted(14 if m["unit"] == "quinzaine" else 7), True),
    (r"\b(?:il )?y ?a(?: (?:environ|a peu pres|genre|deja|moins de))* (?P<n>\d{1,3}|une?) ?(?P<unit>jours|j|semaine|mois|quinzaine)\b", _by_distance(-1), True),
    (rf"\b(?:le|au|du) {_D} (?:du mois (?:prochain|suivant)|prochain)\b", lambda m: _day_of_month(_number(m["d"]), months=1 if "mois" in m[0] else None), True),
    (rf"\b(?:le|au|du) {_D} (?:du mois (?:dernier|passe))\b", lambda m: _day_of_month(_number(m["d"]), months=-1), True),
    (rf"\b(?:le|au|du|plutot|qu au|que le) {_D}{_1ER_NO_UNIT}(?! ?(?:rue|cours)\b)", lambda m: _day_of_month(_number(m["d"])), False),
    (r"(?<!creneau )\bdans (?:l aprem|la (?:matinee|soiree|journee))\b(?! (?:de preference|si possible|plutot|c est mieux))|\b(?<!a )tout a l ?heure\b|\bt(?:al|aleur)h?\b", lambda m: _shifted(0), True),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), build, fixed) for pattern, build, fixed in _ROWS)


def read_days(text: str) -> list[Day]:
    """Every day named in the plain text, in order; where two readings overlap, the fuller one is kept."""
    taken = bytearray(len(text))
    days: list[Day] = []
    for pattern, build, fixed in _COMPILED:
        for found in pattern.finditer(text):
            start, end = found.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                days.append(Day(start, end, build(found), fixed))
    return sorted(days, key=lambda day: day.start)
