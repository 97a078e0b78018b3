"""What somebody wants changed in how the companion writes to them, found in their own words.

A small table of patterns over the folded text. What no pattern knows is asked with choices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from actions.rules.folding import expand_sms, fold
from actions.rules.french_numbers import write_digits


class WishKind(StrEnum):
    """What is wished for. LANGUAGE, CONTACT and OTHER are for a human."""

    TU = "tu"
    VOUS = "vous"
    SIMPLE = "simple"
    PLAIN = "plain"
    FEWER = "fewer"
    MORE = "more"
    HOURS = "hours"
    LANGUAGE = "language"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True)
class Wish:
    """One wish. HOURS carries the local times between which messages are welcome; None leaves that end as it is."""

    kind: WishKind
    waking_from: time | None = None
    waking_until: time | None = None


EARLIEST, LATEST = time(7), time(22)
"""Nothing proactive outside these local hours, whatever is wished."""

PARTS_OF_DAY = {
    "morning": (time(8), time(12)),
    "afternoon": (time(13), time(18)),
    "evening": (time(18), time(21)),
    "any": (time(9), time(19, 30)),
}
"""The choices offered for the hours: (from, until), local."""

_H = r"(\d{1,2}) ?(?:h|heures?)(?: ?([0-5]\d))?"
_NO = r"(?:pas|jamais|plus|non|arret\w*)"
_LANGUAGES = (
    "anglais|english|arabe|espagnol|portugais|ukrainien(?:ne)?|dari|pachto|pashto|farsi|persan|tigrinya|turc|"
    "roumain|somali|russe|bengali|chinois|mandarin|tamoul|albanais|georgien|armenien|kurde|creole|italien|allemand"
)
_DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"

_WORDS: dict[WishKind, str] = {
    WishKind.VOUS: (
        rf"{_NO} (?:de )?(?:me |se |nous )?tut\w+|\btutoiement (?:me )?gen|\bne .{{0,12}}tuto\w+ (?:pas|plus)"
        r"|(?<!me )(?<!de )\bvouvo(?:yez|ie|yer|iement)\b(?! (?:pas|plus|me gen))|\bdit\w* (?:moi )?vous\b|\bdisiez vous\b"
        r"|\bau vous\b|\b(?:prefer\w*|gard\w*|remet\w*) le vous\b|\bpas tu\b"
    ),
    WishKind.TU: (
        r"\btut(?:o\w+|oie|oi)\b|\bdis(?:es)? (?:moi )?tu\b|\bau tu\b|\ble tu\b|\bpas de vous\b"
        rf"|{_NO} (?:de )?(?:me )?(?:le )?vouv\w+"
    ),
    WishKind.SIMPLE: (
        r"\bplus courte?s?\b|\bmoins longs?\b|\bplus simple(?:s|ment)?\b|\bmots? (?:plus )?(?:faciles?|simples?)\b"
        r"|\bphrases? (?:plus )?(?:simples?|courtes?|petites?)\b|\btrop (?:longs?|compliques?|durs?)\b|\bfai(?:s|re|tes) court\b"
        r"|\bmoins de blabla\b|\bmal a lire\b|\bpas bien lire\b|\b(?:sais|sait|peux) (?:pas|rien) lire\b"
        r"|\blire .{0,12}(?:dur|difficile)\b|\bpaves\b|\bapprend\w* a lire\b|\blis pas\b|\blong message\b"
    ),
    WishKind.PLAIN: r"\b(?:messages?|textes?) norma(?:l|ux)\b|\bmoins simples?\b|\bplus de details\b",
    WishKind.FEWER: (
        r"\bmoins (?:de (?:messages?|rappels?|sms|textos?|msgs?)|souvent)\b|\btrop (?:souvent|de (?:messages?|sms|textos?))\b"
        rf"|\bespac|\b(?:un|une|1|2) (?:seul )?(?:messages?|sms|fois|rappels?|textos?) (?:par|chaque|le) (?:semaine|mois|{_DAYS})\b"
        r"|\b(?:juste|que|garde\w*|seulement) (?:que )?les rappels\b|\bpas les messages de motivation\b"
        r"|\btous les jours c est trop\b|\bplus de conseils\b|\btous les 15 jours\b"
    ),
    WishKind.MORE: (
        r"\bplus souvent\b|\bplus frequents?\b|\b(?:ecri\w*|envo\w*|message\w*) .{0,12}tous les (?:jours|matins|soirs)\b"
    ),
    WishKind.LANGUAGE: rf"\b(?:{_LANGUAGES})\b|\b(?:la|ma|de) langue\b|^langue$|\b(?:en|le) francais\b",
    WishKind.CONTACT: (
        r"\bnumero\b|\bnum\b|\bportable\b|\btelephone\b|\btelegram\b|\bwhatsapp\b|\b(?:en|par|aux?|les?) (?:sms|textos?)\b"
        r"|\bsms c est mieux\b|\bmails?\b|\bpuces?\b|\bcourrier\b|\bappel(?:le|ez) .{0,10}(?:au lieu|plutot)\b|\bappel qu un\b"
        r"|\bcanal\b|\bma ligne\b"
    ),
    WishKind.OTHER: (
        r"\bappel(?:le|ez) moi\b|\bemojis?\b|\bsmileys?\b|\bvoca(?:l|ux)\b|\bgros caracteres\b|\bweek end\b|\bla semaine\b"
        rf"|\b(?:{_DAYS})s?\b|\bfuseau\b|\bdiscret\b|\bveille\b|\b(?:jours|heures?) avant (?:au|les?)\b|\beducatrice\b"
        r"|\btutelle\b|\bramadan\b|\bpriere\b|\brappel par\b|\bnom d usage\b|\bla voix\b"
    ),
}
_PATTERNS = {kind: re.compile(words) for kind, words in _WORDS.items()}
_EXCLUDES = {WishKind.VOUS: WishKind.TU, WishKind.FEWER: WishKind.MORE, WishKind.SIMPLE: WishKind.PLAIN}

_BETWEEN = re.compile(rf"\b(?:entre|de) {_H} (?:et|a) {_H}")
_ONLY_BEFORE = re.compile(rf"\b(?:que|seulement|uniquement) avant {_H}")
_NOT_BEFORE = re.compile(rf"\bavant {_H}")
_NOT_AFTER = re.compile(rf"\b(?:pas|jamais|rien) (?:de messages? )?apres {_H}")
_FROM = re.compile(rf"\b(?:apres|a partir de|des) {_H}")
_ABOUT = re.compile(rf"\b(?:vers|plutot|mettez|met|a) {_H}")
_NEGATED_PART = re.compile(rf"\b{_NO} (?:de messages? )?(?:le |l )?(matin|soir|apres midi)\b")
_NOON = re.compile(r"\bvers midi\b")
_PART = re.compile(r"\b(matin|soir|apres midi)\b")
_PARTS = {"matin": "morning", "soir": "evening", "apres midi": "afternoon"}
_WITHOUT_PART = {"matin": (time(12), None), "soir": (None, time(18)), "apres midi": (None, time(12))}


def find_wishes(text: str) -> tuple[Wish, ...]:
    """The wishes in a message, at most one of each kind; empty where the words tell none."""
    words = write_digits(expand_sms(fold(text)))
    kinds = [kind for kind, pattern in _PATTERNS.items() if pattern.search(words)]
    excluded = {_EXCLUDES[kind] for kind in kinds if kind in _EXCLUDES}
    found = [Wish(kind) for kind in kinds if kind not in excluded]
    hours = None if WishKind.OTHER in kinds else find_hours_wish(words)
    if hours:
        found = [wish for wish in found if wish.kind not in {WishKind.MORE, WishKind.CONTACT}] + [hours]
    return tuple(found)


def find_hours_wish(words: str) -> Wish | None:
    """The hours at which messages are welcome, in folded words with numbers in digits; None where none are said."""
    if between := _BETWEEN.search(words):
        return _hours(_at(between, 1), _at(between, 3))
    if only_before := _ONLY_BEFORE.search(words):
        return _hours(None, _at(only_before))
    not_before, not_after = _NOT_BEFORE.search(words), _NOT_AFTER.search(words)
    if not_before or not_after:
        return _hours(_at(not_before), _at(not_after))
    if since := _FROM.search(words):
        return _hours(_at(since), None)
    if about := list(_ABOUT.finditer(words)):
        return _around(_at(about[-1]))
    return _by_part(words)


def _by_part(words: str) -> Wish | None:
    if refused := _NEGATED_PART.search(words):
        return _hours(*_WITHOUT_PART[refused[1]])
    if _NOON.search(words):
        return _around(time(12))
    named = {found[1] for found in _PART.finditer(words)}
    return _hours(*PARTS_OF_DAY[_PARTS[named.pop()]]) if len(named) == 1 else None


def _at(found: re.Match[str] | None, group: int = 1) -> time | None:
    if found is None or int(found[group]) > 23:
        return None
    return time(int(found[group]), int(found[group + 1] or 0))


def _around(at: time | None) -> Wish | None:
    """Two hours from the one that was named, none of them after 22:00."""
    return None if at is None else _hours(at, time(min(at.hour + 2, LATEST.hour)))


def _hours(waking_from: time | None, waking_until: time | None) -> Wish | None:
    """A wish for hours within reason, else None: it is then asked."""
    begins, ends = waking_from or EARLIEST, waking_until or LATEST
    if (waking_from is None and waking_until is None) or not EARLIEST <= begins < ends <= LATEST:
        return None
    return Wish(WishKind.HOURS, waking_from, waking_until)
