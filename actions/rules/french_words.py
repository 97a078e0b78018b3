"""Short messages in one plain spelling for the rules that read dates, times and amounts.

`plain("Je vien 2main a 14H30")` → "je vien demain a 14h30". What comes out: folded words without apostrophes or
hyphens, whole weekday and month names, numbers in digits, "Nh" or "NhMM" for hours of either kind (clock or
duration), "HH:MM" where it can only be a clock, "N min", and "#" in place of numbers that are no date, hour or
amount (telephone, price, address, room…).
"""

import re
from collections.abc import Callable
from itertools import combinations

from actions.rules.folding import expand_sms, fold
from actions.rules.french_noise import hide_numbers, hide_places
from actions.rules.french_numbers import write_digits

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
WEEKDAY = "|".join(WEEKDAYS)
MONTH = "|".join(MONTHS)

_ALIASES = {
    **dict.fromkeys(["ln", "lun", "lnd", "lndi", "lundy", "lindi", "undi", "lund", "ludi", "luni"], "lundi"),
    **dict.fromkeys(["mrd", "mrdi", "mardit", "mardy", "mardii", "mard"], "mardi"),
    **dict.fromkeys(["mercr", "mrcr", "mrcrdi", "mcrdi", "mercrdi", "mecredi", "mercrd"], "mercredi"),
    **dict.fromkeys(["jdi", "jeud", "jeudy", "jed", "jedi", "jeuid"], "jeudi"),
    **dict.fromkeys(["vendr", "vndrdi", "vdrdi", "vnd", "vndr", "vdi", "ven"], "vendredi"),
    **dict.fromkeys(["smdi", "samd", "samdi", "smd", "samed"], "samedi"),
    **dict.fromkeys(["dim", "dimch", "dmch", "dmche", "dimanch", "dimmanche"], "dimanche"),
    **dict.fromkeys(["2main", "2m1", "dem1", "dm1", "dmain", "dmin", "demin", "2mn1", "dmn", "deumain", "dem"], "demain"),
    **dict.fromkeys(["hyer", "yer", "ier", "hiere", "iere"], "hier"),
    **dict.fromkeys(["ojd", "auj", "ajd", "aujd", "ajrd", "ojrd", "ajdh", "ojdui", "aujh", "audj", "oj", "ajd8", "aujdh", "today"], "aujourdhui"),
    **dict.fromkeys(["apm", "aprm", "aprmidi", "apremidi", "apresmidi", "apremmidi", "aprems", "apreme", "apremm"], "aprem"),
    **dict.fromkeys(["mat", "matine"], "matin"),
    **dict.fromkeys(["jr", "jrs", "jour", "jourz", "joure"], "jours"),
    **dict.fromkeys(["sem", "smaine", "semain", "semaines", "semene", "semaie", "semeine", "semn"], "semaine"),
    **dict.fromkeys(["ds", "dan", "dns"], "dans"),
    **dict.fromkeys(["prochaine", "proch", "prochin", "prochene", "prochaines", "prochains", "prochai"], "prochain"),
    **dict.fromkeys(["derniere", "denier", "dernie", "dernieres", "derniers", "dernyer"], "dernier"),
    **dict.fromkeys(["plutto", "pluto", "plustot"], "plutot"),
    **dict.fromkeys(["cete", "ct7"], "cette"),
    **dict.fromkeys(["mins", "mn", "mns", "minute", "minutes", "minut", "minuts"], "min"),
    **dict.fromkeys(["hs", "hr", "hrs", "heur", "heurs", "heures", "eures", "hrrs"], "h"),
    **dict.fromkeys(["apre", "aprs", "aps"], "apres"),
    **dict.fromkeys(["avan", "avt"], "avant"),
    **dict.fromkeys(["jusque", "jusk", "jusqua", "jsk", "juska"], "jusqu"),
    **dict.fromkeys(["jusquau", "juskau", "jusko"], "jusqu au"),
    **dict.fromkeys(["quizaine", "kinzaine"], "quinzaine"),
    **dict.fromkeys(["rdvs"], "rendez vous"),
    **dict.fromkeys(["mer6", "mersi", "mercii"], "merci"),
}  # fmt: skip
_MONTH_ALIASES = {
    "jan": "janvier", "janv": "janvier", "fev": "fevrier", "fevr": "fevrier", "mar": "mars", "avr": "avril",
    "juil": "juillet", "juill": "juillet", "sep": "septembre", "sept": "septembre", "oct": "octobre",
    "nov": "novembre", "novem": "novembre", "dec": "decembre", "decem": "decembre", "aou": "aout",
    "fevrie": "fevrier", "janvie": "janvier", "avri": "avril", "avrl": "avril", "jui": "juin", "jun": "juin", "juinn": "juin", "marss": "mars", "aoout": "aout",
    "aoutt": "aout", "juillt": "juillet",
}  # fmt: skip
# Words of the language (or first names) that are one slip away from a name of a day or month.
_NOT_SLIPS = frozenset({
    "mari", "marie", "maris", "maria", "marin", "mario", "mardis", "lundis", "jeudis", "samedis",
    "mercredis", "vendredis", "dimanches", "vendre", "manche", "vendeur", "vendeuse", "candidat",
    "candidats", "candidate", "candidates", "candidater", "candidatee", "hardi", "tardi", "demande",
    "demandes", "domain", "remain", "demi", "main", "mairie", "medi",
})  # fmt: skip


def _shortened(word: str, letters: int) -> set[str]:
    kept = {word}
    for size in range(1, letters + 1):
        kept |= {"".join(part) for part in combinations(word, len(word) - size)}
    return kept


def _slips(names: tuple[str, ...]) -> dict[str, str]:
    table: dict[str, str] = {}
    for name in names:
        for short in _shortened(name, 2 if len(name) > 7 else 1):
            table.setdefault(short, name)
    return table


_DAY_SLIPS = _slips((*WEEKDAYS, "demain"))
_ITEM_SLIPS = _slips(("candidature", "entretien", "atelier", "annonce", "entreprise", "formation"))
_MONTH_SLIPS = _slips(tuple(name for name in MONTHS if len(name) > 4))


def _mended(word: str, slips: dict[str, str]) -> str | None:
    """The name that `word` is one slip away from (two for a long name), by letters left out on both sides."""
    if not 5 <= len(word) <= 13 or word in _NOT_SLIPS:
        return None
    candidates = (slips.get(short) for short in _shortened(word, 1))
    return next((name for name in candidates if name and abs(len(name) - len(word)) < 3), None)


def _word(found: re.Match[str]) -> str:
    word = found[0]
    return _ALIASES.get(word) or _mended(word, _DAY_SLIPS) or _mended(word, _ITEM_SLIPS) or word


def _month(found: re.Match[str]) -> str:
    name = found[2] if found[2] in MONTHS else _MONTH_ALIASES.get(found[2]) or _mended(found[2], _MONTH_SLIPS)
    stop = "." if found[2] in MONTHS and found[3] else ""  # "nov." is cut short, "janvier." ends a sentence
    return f"{found[1]} {name}{stop} " if name else found[0]


def _clock(hour: int, minute: int) -> str:
    return f"{hour % 24:02d}:{minute:02d}"


def _minus(found: re.Match[str]) -> str:
    minutes = 15 if "quart" in found[2] else int(found[2])
    return f"{(int(found[1]) - 1) % 24}h{60 - minutes:02d}"


def _noon(found: re.Match[str]) -> str:
    hour = 12 if found[1] == "midi" else 0
    extra = found[2] or ""
    minute = 30 if "demi" in extra else 15 if "quart" in extra else int(re.sub(r"\D", "", extra) or 0)
    if "moins" in extra:
        return _clock(hour - 1, 45)
    return _clock(hour, minute)


def _part_of_day(found: re.Match[str]) -> str:
    hour, part = int(found[1]), found[3]
    if hour > 24:
        return found[0]
    evening = part in ("soir", "soiree") and 4 <= hour < 12
    afternoon = part in ("aprem", "pm") and hour < 12
    night = part == "nuit" and 8 <= hour < 12
    return _clock(hour + 12 * (evening or afternoon or night), int(found[2] or 0))


def _decimal_hours(found: re.Match[str]) -> str:
    whole, part = int(found[1]), found[2]
    if len(part) == 2 and part not in ("25", "50", "75") and int(part) < 60:
        return f"{whole}h{part}"
    return f"{whole}h{round(float('0.' + part) * 60):02d}"


def _colon(found: re.Match[str]) -> str:
    return _clock(int(found[1]), int(found[2])) if int(found[1]) < 25 else found[0]


def _spoken(found: re.Match[str]) -> str:
    return f"{found[1]} {_clock(int(found[2]), int(found[3]))}" if 6 < int(found[2]) < 24 else found[0]


_Rewrite = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _table(*rows: tuple[str, str | Callable[[re.Match[str]], str]]) -> tuple[_Rewrite, ...]:
    return tuple((re.compile(pattern), plain) for pattern, plain in rows)


# Before hyphens go: dates and ranges in figures keep their shape.
_FIGURES = _table(
    (r"\b(20\d\d)-(\d{1,2})-(\d{1,2})(?:t(?=\d)|\b)", r"\3/\2/\1 "),
    (r"\b(\d{1,2}) ?[-./] ?(\d{1,2}) ?[-./] ?(20\d\d|\d\d)\b", r"\1/\2/\3"),
    (
        r"\b(le|au|du|rdv|vous|[a-z]+di|dim[a-z]*|lun|mar|mer|jeu|ven|sam) (\d{1,2}) ?[-.] ?(0?[1-9]|1[0-2])\b(?! ?[h:]|[.\d])",
        r"\1 \2/\3",
    ),
    (r"(?<!a )(?<!vers )(?<!des )\b(0[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])\b(?![.\d]| ?h)", r"\1/\2"),
    (r"(?<=\d)[,.](\d{1,2})(?= ?h)", r",\1"),
    (r"(?<=[\dh]) ?(?:-|–|—|>|->) ?(?=\d{1,2} ?[h:])", " a "),
    (r"1⁄2|1/2(?= ?(?:h|heure|journee|j\b|mat|temps))", " demi "),
    (r"3⁄4|3/4(?= ?(?:h|d'h|d h))", " 3 quarts "),
    (r"1⁄4|1/4(?= ?(?:h|d'h|d h))", " un quart "),
)
_UNGLUED = _table(
    (r"\b(\d{1,2} ?h ?[0-5]?)o\b", r"\g<1>0"),
    (r"\bde main\b(?= (?:matin|aprem|soir|a \d|\d)|$|[,.!?])", "demain"),
    (
        r"\b(le|du|au) (0[1-9]|[12]\d|3[01]) (0[1-9]|1[0-2])\b(?=$|[,.!?]| (?:a|vers|c|ok|merci)\b)",
        r"\1 \2/\3",
    ),
    (r"\bmerc1\b", "merci"),
    (r"\b(?:dem|dm|2m|2mn|2mai|dmain|demain)1\b", "demain"),
    (r"\bj(?=(?!di\b|eu)[bcdfgklmnpqrstvz][a-z]{3})", "je "),
    (r"(?<=[a-z]{2})(?=\d)", " "),
    (r"\b([adl])(?=\d{1,2} ?h)", r"\1 "),
    (r"(?<=\d)(?=(?!(?:h|er|e|eme|ere|nd|nde|ieme|x)\b|h\d)[a-z])", " "),
    (r"(?<=\dh\d\d)(?=[a-z])", " "),
    (r"(?<=\dh)(?=[a-z])", " "),
)
_PHRASES = _table(
    (r"\b(?:au ?|o|a|ho)j(?:ou|o|u|ourd)?r? ?d? ?(?:h?ui?t?|hiu|d hui)\b", "aujourdhui"),
    (r"\bapres? demain\b|\bapdemain\b|\bapredemain\b|\bapresdemain\b", "surlendemain"),
    (r"\bavants? hier\b|\bavanthier\b|\bavanhier\b|\bavan ier\b", "avanthier"),
    (r"\b(?:apres?|ap|aprs) (?:midi|mid|miid|m)\b", "aprem"),
    (r"\b(?:ce|cet|cette|set|sette|c|c est|ct|cett|7|se) aprem\b", "cet aprem"),
    (r"\b(?:ce|se|sa|set|c|c est|7|cet|cette) (matin|soir)\b", r"ce \1"),
    (r"\bcematin\b", "ce matin"),
    (r"\bcesoir\b", "ce soir"),
    (r"\bsoire\b", "soiree"),
    (rf"\b({WEEKDAY})s(?= (?:a )?\d)", r"\1"),
    (rf"\bpremier (?=(?:{MONTH})\b)|\b1 er (?=[a-z])", "1er "),
    (r"\b(?:le|au|du) premier\b(?= a \d|$|[,.!?])", "le 1er"),
)
_HOURS = _table(
    (r"\b(\d{1,3}),(\d{1,2}) ?(?:h|heures?)\b", _decimal_hours),
    (r"\b(?:une |1 |d )?demi(?:e)? ?(?:heure|h)\b", "30 min"),
    (r"\b3 quarts? d ?(?:heure|h)\b", "45 min"),
    (r"\b(?:un|1) quart d ?(?:heure|h)\b", "15 min"),
    (r"\bune? (?:bonne |petite |grosse |longue )?(?:heure|h)\b", "1h"),
    (r"\b(\d{1,3}) ?(?:(?:bonne|petite|grosse|longue|pleine)s? )?(?:h|heure)(?=\d|\b)", r"\1h"),
    (r"\b(\d{1,3})h ?(?:et )?([0-5]\d)(?: ?min)?\b(?! ?(?:/|h|:|jours|cv|lettre|candidature|entretien|offre|ans|#|min|personne))"
     rf"(?! (?:{MONTH}))", r"\1h\2"),
    (r"\b(\d{1,3})h et ([0-5]?\d) min\b", r"\1h\2"),
    (r"\b(\d{1,2})h (?:et )?demie?s?\b", r"\1h30"),
    (r"\b(\d{1,2})h (?:et )?(?:un |1 )?quart\b", r"\1h15"),
    (r"\b(\d{1,2})h (?:et )?3 quarts?\b", r"\1h45"),
    (r"\b(\d{1,2})h moins ((?:le |un )?quart|5|10|20|25)\b", _minus),
    (r"\b(midi|minuit)\b( (?:et (?:demie?|quart)|moins (?:le )?quart|(?:et )?[0-5]\d(?! ?[/h:])))?", _noon),
    (r"\b([01]?\d|2[0-4]) ?: ?([0-5]\d)\b(?: ?h\b)?", _colon),
    (r"(\b(?:a|vers|des|pour|de|prevu)|/\d\d) (\d{1,2})[.,](00|10|15|20|30|40|45|50)\b", _spoken),
    (rf"\b({WEEKDAY}|demain|aujourdhui|matin|aprem) (\d{{1,2}})[.,](00|15|20|30|40|45|50)\b", _spoken),
    (rf"\b(a|vers|{WEEKDAY}|demain) (\d{{1,2}}) (00|15|30|45)\b(?! [a-z]+s\b)(?! (?:{MONTH}|h|min))", _spoken),
    (r"\b(\d{1,2})h([0-5]\d)? (?:du |de la |de l |d |de )?(matin|soir|soiree|aprem|nuit|pm|am)\b", _part_of_day),
)  # fmt: skip
_LINE_END = re.compile(r"[\r\n]+")
_ALNUM = re.compile(r"[a-z0-9]+")
_DAY_AND_MONTH = re.compile(r"\b(1er|\d{1,2}) ?([a-z]{3,10})\b(\.?)(?! ?h\b)")
# "mar", "mer", "jeu", "sam", "vend" are words too: days only beside a number or a part of the day.
_SHORT_DAYS = _table(
    (r"\bmari (?=\d{1,2} ?h)", "mardi "),
    (r"\bvendre (?=\d{1,2} ?h|matin|aprem|soir)", "vendredi "),
    *(
        (rf"\b{short}\b\.?(?= (?:le )?\d|,? a \d| (?:matin|aprem|soir|midi|prochain|dernier|en (?:8|15))\b)", full)
        for short, full in (("mar", "mardi"), ("mer", "mercredi"), ("merc", "mercredi"), ("jeu", "jeudi"), ("sam", "samedi"), ("vend", "vendredi"))
    ),
    (r"\b(pour|vous|ce|plutot|venir|viens|la) vend\b", r"\1 vendredi"),
    (r"\b(pour|vous|ce|plutot|venir|viens|la|de|le) merc\b", r"\1 mercredi"),
)  # fmt: skip


def _rewrite(text: str, table: tuple[_Rewrite, ...]) -> str:
    for pattern, plain in table:
        text = pattern.sub(plain, text)
    return text


def plain(text: str) -> str:
    """The message in the one spelling described above; linear in its length, never raises."""
    folded = hide_numbers(fold(_LINE_END.sub(" , ", text)))
    words = _rewrite(expand_sms(_rewrite(folded, _FIGURES)), _UNGLUED)
    words = _rewrite(_ALNUM.sub(_word, words), _PHRASES)
    words = write_digits(_DAY_AND_MONTH.sub(_month, words))
    words = _rewrite(_DAY_AND_MONTH.sub(_month, words), _SHORT_DAYS)
    return hide_places(_rewrite(re.sub(r" {2,}", " ", words), _HOURS)).strip()
