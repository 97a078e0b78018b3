"""Days and hours of one message, paired ("mardi" + "14h"), and which of them replaces another.

"je peux pas mardi, plutôt jeudi 14h" holds two slots: Tuesday, put aside, and Thursday at two, asked for.
Works on the text that `french_words.plain` returns.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

from actions.rules.french_clock import Clock, read_hours
from actions.rules.french_days import Day, read_days
from actions.rules.french_matters import REACH, own_part
from actions.rules.french_words import WEEKDAY


class Cue(IntEnum):
    """What the words around a slot say of it, from refused outright to asked for."""

    REFUSED = -2
    ASIDE = -1
    NOTHING = 0
    ASKED = 1


@dataclass(frozen=True)
class Slot:
    """A day, an hour or both, at text[start:end]. `since`: the start of something still going on."""

    start: int
    end: int
    day: Day | None
    clock: Clock | None
    cue: Cue = Cue.NOTHING
    since: bool = False


_PAIR_BREAK = re.compile(
    r"[.!?;]|\b(?:plutot|mais(?! pas avant)|sinon|par contre|a la place|au lieu|car|parce|meme jours|decal\w*|report\w*|deplac\w*|repouss\w*)\b"
)
_NEXT_TO = re.compile(r"^[ ,(]{0,3}(?:(?:pour|le|de|d|du|ce)\s){0,2}$")
# The hour of a bus, of the end or of now is not the hour of what is arranged.
_NOT_ARRANGED = re.compile(
    r"\b(?:jusqu a|jusqu|jusque|fin|finis?|fini\w*(?: (?:le|la|mon|ma) [a-z]+)? a|finis a|finit a|finir a|termine a|terminer a|sors a|sort a|il est|plus tot que|plus tard que|leve a|reveil\w* a|depuis"
    r"|(?:bus|train|car|tram|metro|ter|rer|navette|avion)(?: #)?(?: (?:de|a|est a|part a|qui part a|etait a|d|du|passe a|arrive a))?) $"
)
# "je dépose ma fille à 8h20", "la crèche ferme à 16h": the children's hour, not the appointment's.
_CHILDREN = re.compile(
    r"(?<!\bauto )\b(?:creches?|l?ecoles?|garderie|cantine|nounou|college|assmat|periscolaire|maternelle|halte garderie)(?: (?:qui|elle|il|ca|ferme|ouvre|commence|finit|fini|se|sort|sortie|est|c|reprend|termine)){0,3} (?:a |vers |avant )?$"
    r"|\b(?:chercher|cherche|recuper\w+|depos\w+|pos\w+|emmen\w+|amen\w+|conduire|conduis|accompagn\w+|prendre|garder?)(?: (?:mon|ma|mes|le|la|les|l|au|a|de|petite?|petits?))* (?:fille|fils|enfants?|gosses?|gamine?s?|petite?s?|grande?s?|filles|garcon|jumeaux|gamins|enfants|ecole|lecole|creche|fiston)(?: (?:a|au|de|la|l|ecole|lecole|creche|college|garderie))* (?:a|vers|pour|avant|des|jusqu a|a partir de) $"
)
_AT_SCHOOL = re.compile(r" (?:a l ?ecole|a la creche|chez la nounou|au college|devant l ecole)\b")
# "je travaille lundi de 6h à 14h, je peux pas venir": the shift is the excuse.
_SHIFT = re.compile(
    r"\b(?:je (?:travail(?:le|les)?|boss?es?|taff?es?|suis de service)|moi travail\w*)(?: (?!de\b)[a-z0-9/]{1,12}){0,3} (?:de )?$"
)
_OTHERS = (
    "avocate?|dentiste|medecin|docteur|kine|prefecture|caf|irm|radio|scanner|banque|mairie|notaire|hopital|cpam|gendarmerie|police"
    "|commissariat|tribunal|juge|huissier|ophtalmo|psy|gyneco|pediatre"
)
# "la CAF m'a mis un rdv à 10h, je peux pas venir": somebody else's hour, unless it is "mon rdv à la CAF".
_ELSEWHERE = re.compile(
    rf"\b(?:{_OTHERS}|(?:mon|ma) (?:fils|fille|mari|femme|mere|pere|petite?|bebe|frere|soeur))"
    rf"(?: (?!(?:atelier|de|du|demain|aujourdhui|hier|{WEEKDAY})\b)[a-z]+){{0,9}} $"
    rf"|\b(?:convoque\w*|j ai (?:un |une |mon )?(?:rendez vous|audience|consultation|visite))(?: [a-z]+){{0,3}} (?:{_OTHERS})\b[a-z0-9 ]{{0,30}}$"
)
_OWN_MEETING = re.compile(r"\b(?:mon|le|notre|ce|du) (?:rendez vous|entretien)(?: [a-z]+){0,6} $")
_EXCUSE = re.compile(
    r"\b(?:c est mort|mort pour|rate|laissez? tomber|pe[ux]+t? pas|pour+ai[st]? pas|pas (?:d atelier|de (?:rendez vous|reunion|cours)|venir|pouvoir|dispo\w*|libre|possible)|annul\w+|decal\w+|report\w+)\b"
)
_LATER_HALF = re.compile(r"\b(soir|aprem)\b")
_SAME_DAY = re.compile(r"[ ,(]{1,3}(?:c est )?(?:le )?")
_SINCE = re.compile(r"\bdepuis (?:le |ce |bien )?$")
_THEN_MEETING = re.compile(
    r"(?:,| donc| alors) .*\b(?:atelier|rendez vous|entretien|reunion|cours|seance|visite)\b"
)
_ALTERNATIVE = re.compile(
    r"^(?:[ ,/.]*(?:ok|oui|possible|dispo|c est bon|ca va)\b)?[ ,/.]*(?:ou|et|soit|voire|ou bien|ou alors)?(?: (?:le|meme|soit|bien|alors))?[ ,]*$"
)

_ASKED = (
    r"plutot|a la place(?! d)|decal\w*|report\w*|repouss\w*|deplac\w*|met+re|remet+re|mets|met|avanc\w+|chang\w+|passer|bouger|possible"
    r"|dispo\w*|libre|on peut|pouvez|pourrait|pourriez|prefere\w*|mieux|m arrange\w*|je peux(?! (?:pas|plus|pu))|sinon|partir|propos\w*|voir|revenir|autre"
    r"|nouveau|nouvelle|serait|faire|refaire|fixer|refixer|reprendre|prendre|ok|ca me va|ca va(?! pas)|ca marche(?! pas)|ca le fait(?! pas)|c possible|c est bon|ca irait|je viens|je ferai|je le ferai|je m y mets|finalement"
)
_ASIDE = (
    r"au lieu|a la place d\w*|rendez vous (?:de|du|d|prevu|est|c est|etait|c etait)|prevue?|initialement|peux (?:pas|plus|pu)"
    r"|pourrai[st]? (?:pas|plus)|pas (?:dispo\w*|libre|la|possible|venir|etre)|annul\w+|empech\w+|impossible|celui d\w?|avais|devais|devait|etait|avait"
    r"|sauf|marche pas|va pas|le fait pas|arrange (?:pas|plus)|mort|travaille|bosse|malade|trop (?:tot|tard)|occupee?|prise?|rate|loupe|manque"
    r"|pas(?! avant)|ai (?:un|une|deja|mon|ma|cours|rendez|formation|piscine|ecole)"
)
_CUE = re.compile(rf"\b(?:(?P<aside>{_ASIDE})|(?P<asked>{_ASKED}))\b")
_JUST_BEFORE = re.compile(
    r"\b(?:(?P<refused>(?:pas|plus|sauf|plutot qu[e ]?|au lieu de?|au lieu du|a la place d\w*)(?: le)?)|(?P<aside>(?:de|d|du)(?: le)?)"
    r"|(?P<asked>(?:a|au|pour|vers|plutot|plutot le|pour le|vers le|des|a partir de|a partir du|des le))) $"
)
# "changer rdv demain": what is moved is the old date, said without "de".
_MOVED_MEETING = re.compile(
    r"\b(?:chang|decal|deplac|repouss|modifi|annul)\w* (?:(?:le|la|l|mon|ma|notre|ce) )?(?:rendez vous|entretien|atelier|seance|reunion|visite) $"
)
_STRONG = re.compile(
    r"\b(?:plutot|(?:decal|report|repouss|deplac|avanc)\w* (?:\w+ ){0,3}?(?:a|au|pour)(?: le)?|(?:re)?met+re (?:\w+ )?(?:a|au|pour)) (?:\w+ ){0,2}$"
)
_OTHER_MATTER = re.compile(r"[,.!?;]|\b(?:mais|par contre|sinon|seulement)\b")
# "une mission du 30 au 4": the end of what keeps the person away, no date asked for.
_PERIOD_END = re.compile(
    r"\b(?:missions?|stage|vacances|conges?|formation|arret|cure|immersion|cdd|contrat|absente?|pris|prise|bloquee?|remplacement|hopital)"
    r"(?: [a-z]+){0,3} du [a-z0-9/ ]{1,14} au $"
)
_INSTEAD = re.compile(r"^,? ?(?:au lieu|a la place)\b")
_PREPOSITION = re.compile(r"(?:du|au|des) ")


def read_slots(text: str, today: date) -> list[Slot]:
    """The slots of the plain text in order, each with what the words around it say of it."""
    days = read_days(text)
    clocks = _first_of_choice(
        text, [clock for clock in read_hours(text)[0] if not _not_arranged(text, clock)]
    )
    slots = _merged(text, _paired(text, days, clocks), today)
    return [_with_cue(text, slots, index) for index in range(len(slots))]


def _first_of_choice(text: str, clocks: list[Clock]) -> list[Clock]:
    """ "9h ou 9h30" as one hour, the first."""
    out: list[Clock] = []
    for clock in clocks:
        if out and re.fullmatch(r" ou (?:a |plutot a |vers )?", text[out[-1].end : clock.start]):
            out[-1] = replace(out[-1], end=clock.end)
        else:
            out.append(clock)
    return out


def asks_for_change(text: str, slots: list[Slot]) -> bool:
    """Whether the words themselves put one slot in the place of another ("plutôt jeudi", "décaler à 16h")."""
    return any(_STRONG.search(text[max(0, slot.start - 40) : slot.start]) for slot in slots) or (
        len(slots) > 1 and re.search(r"\b(?:a la place|au lieu)\b", text) is not None
    )


def are_alternatives(text: str, first: Slot, second: Slot) -> bool:
    """Whether only "ou", "et" or a comma stands between two slots."""
    return _ALTERNATIVE.match(text[first.end : second.start]) is not None


def _not_arranged(text: str, clock: Clock) -> bool:
    before = text[max(0, clock.start - 40) : clock.start]
    if (
        _AT_SCHOOL.match(text, clock.end)
        or _NOT_ARRANGED.search(before)
        or _CHILDREN.search(text[max(0, clock.start - 60) : clock.start])
    ):
        return True
    far = text[max(0, clock.start - 60) : clock.start]
    elsewhere = _ELSEWHERE.search(far) and not _OWN_MEETING.search(far)
    return bool((_SHIFT.search(before) or elsewhere) and _EXCUSE.search(text))


def _paired(text: str, days: list[Day], clocks: list[Clock]) -> list[Slot]:
    """Each hour goes to the day just before it, else to the one right after, else stays alone."""
    hour_of: dict[int, Clock] = {}
    alone: list[Clock] = []
    position = 0
    for clock in clocks:
        while position < len(days) and days[position].start <= clock.start:
            position += 1
        owner = _owner(text, days, position, clock, hour_of)
        if owner is None:
            alone.append(clock)
        else:
            hour_of[owner] = clock
    slots = [_slot(text, day, hour_of.get(index)) for index, day in enumerate(days)]
    slots += [Slot(clock.start, clock.end, None, clock) for clock in alone]
    return sorted(slots, key=lambda slot: slot.start)


def _owner(text: str, days: list[Day], position: int, clock: Clock, hour_of: dict[int, Clock]) -> int | None:
    before, after = position - 1, position
    gap_after = text[clock.end : days[after].start] if after < len(days) else None
    follows = gap_after is not None and len(gap_after) < 16 and _NEXT_TO.match(gap_after) is not None
    if before >= 0 and before not in hour_of:
        gap = text[days[before].end : clock.start]
        near = (
            len(gap) <= REACH
            and not _PAIR_BREAK.search(gap)
            and not _is_of_another_day(text, days[before], gap)
        )
        if near and not (follows and gap_after is not None and len(gap_after) < len(gap)):
            return before
    return after if follows else None


def _is_of_another_day(text: str, day: Day, gap: str) -> bool:
    """ "malade depuis cette nuit, j'annule le rdv de 15h", "foulé la cheville hier, atelier de midi annulé"."""
    if _SINCE.search(text[max(0, day.start - 14) : day.start]):
        return len(gap.split()) > 2
    return text.startswith(("hier", "avanthier"), day.start) and _THEN_MEETING.search(gap) is not None


def _slot(text: str, day: Day, clock: Clock | None) -> Slot:
    since = _SINCE.search(text[max(0, day.start - 14) : day.start]) is not None
    if clock is None:
        return Slot(day.start, day.end, day, None, since=since)
    start, end = min(day.start, clock.start), max(day.end, clock.end)
    later = _LATER_HALF.search(text[start : end + 10])
    if later and (4 if later[1] == "soir" else 1) <= clock.at.hour < (12 if later[1] == "soir" else 8):
        clock = replace(clock, at=clock.at.replace(hour=clock.at.hour + 12))
    return Slot(start, end, day, clock, since=since)


def _merged(text: str, slots: list[Slot], today: date) -> list[Slot]:
    """ "demain mardi 10h" is one slot: the first day with the hour of the second."""
    out: list[Slot] = []
    for slot in slots:
        last = out[-1] if out else None
        if last and last.day and slot.day and _is_same_day(text, last, slot, today):
            kept = last.day if last.day.fixed else slot.day
            out[-1] = Slot(last.start, slot.end, kept, slot.clock, since=last.since)
        else:
            out.append(slot)
    return out


def _is_same_day(text: str, first: Slot, second: Slot, today: date) -> bool:
    """Whether a relative day and a weekday side by side are one: "demain mardi", not "pas demain, lundi"."""
    gap = text[first.end : second.start]
    if first.clock or not (first.day and second.day) or first.day.fixed == second.day.fixed:
        return False
    if not _SAME_DAY.fullmatch(gap) or text.startswith("au ", second.start):
        return False
    day, again = first.day.resolve(today, False), second.day.resolve(today, False)
    return "," not in gap or (day is not None and again is not None and day.weekday() == again.weekday())


def _with_cue(text: str, slots: list[Slot], index: int) -> Slot:
    slot = slots[index]
    left = slots[index - 1].end if index else 0
    right = slots[index + 1].start if index + 1 < len(slots) else len(text)
    before, after = (
        text[max(left, slot.start - REACH) : slot.start + _own_preposition(text, slot)],
        text[slot.end : min(right, slot.end + REACH)],
    )
    before = own_part(before, last=True) if index else _OTHER_MATTER.split(before)[-1]
    if index + 1 < len(slots):
        after = own_part(after, last=False)
    period = _PERIOD_END.search(
        text[max(0, slot.start - 60) : slot.start] + text[slot.start : slot.start + 3]
    )
    cue = Cue.ASIDE if period else _cue(before, after)
    return Slot(slot.start, slot.end, slot.day, slot.clock, cue, slot.since)


def _own_preposition(text: str, slot: Slot) -> int:
    """The length of the "du" or "au " that the slot opens with: it says as much as one before it."""
    found = _PREPOSITION.match(text, slot.start, slot.end)
    return found.end() - slot.start if found else 0


def _cue(before: str, after: str) -> Cue:
    if _MOVED_MEETING.search(before):
        return Cue.ASIDE
    if beside := _JUST_BEFORE.search(before):
        if beside["refused"]:
            return Cue.REFUSED
        if not (beside["asked"] in ("a", "pour") and _CUE.search(before)):
            return Cue.ASIDE if beside["aside"] else Cue.ASKED
    if _INSTEAD.match(after):
        return Cue.ASKED
    cues = list(_CUE.finditer(before))
    found = cues[-1] if cues else _CUE.search(after)
    if found is None:
        return Cue.NOTHING
    return Cue.ASIDE if found["aside"] else Cue.ASKED
