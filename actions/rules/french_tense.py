"""Is what happens on a day over, or to come? Read from the verb nearest to the day, in plain French text.

SMS French gives little to hold on to: participles are written as infinitives ("jai envoyer"), commas are rare.
A verb counts in the clause of the day; where that clause is little more than the day, in its sentence.
"""

import re
from enum import Enum


class Tense(Enum):
    """What the nearest verb says.

    `DONE` is a compound past, `WAS` an imperfect, which also tells of plans ("j'avais rdv"), `TOLD` a participle
    alone ("atelier fait"), `STATE` a bare "est" or "suis", `AHEAD` any other present or future.
    """

    DONE = "done"
    WAS = "was"
    TOLD = "told"
    STATE = "state"
    AHEAD = "ahead"
    UNKNOWN = "unknown"


_STEMS = (
    "envoy|envoi|postul|rappel|depos|rencontr|appel|apel|contact|pass|travaill|travail|boss|cherch|trouv|particip|assist|commenc|termin"
    "|demand|donn|parl|regard|rat|loup|manqu|oubli|sign|decroch|gagn|galer|achet|pay|prepar|visit|mang|aid|demissionn"
    "|essay|discut|echang|laiss|post|pos|recherch|refus|accept|annul|report|decal|imprim|scann|telephon|valid|gard|form"
    "|rest|chang|cre|modifi|corrig|relanc|adress|amelior|avanc|boucl|lach|craqu|pleur|frapp|tap|cass|vol|quitt|port"
    "|present|deplac|embauch|recrut|march|arriv|rentr|tomb|all|fix|propos|convoqu|confirm|programm|cal|reserv|not"
    "|continu|consult|complet|realis|effectu|taff|test|jou|lou|demenag|install|inscri|laiss|retrouv|attrap|zapp|renvoy"
    "|planifi|transfer|repouss|not|expliqu|montr|zap|squeez|retard|engueul|licenci|vir|integr|demarr|debut|attaqu"
)
_IRREGULAR = (
    "fait|faits|faite|fais|fai|fe|refait|fini|finis|finit|rempli|remplis|remplit|reussi|reussit|choisi|senti|dormi|servi|suivi|subi"
    "|ouvert|offert|decouvert|ete|conduit|construit|venu|venue|parti|partie|sorti|sortie|revenu|revenue|entendu|attendu|repondu"
    "|recu|recus|recut|lu|vu|vue|eu|su|pu|put|du|voulu|connu|bu|cru|tenu|obtenu|rendu|perdu|vendu|descendu|mis|pris|apris|appris|compris"
    "|remis|promis|dit|ecrit|reecrit|inscrit|inscrite|battu|mordu|rendue|presente|demenage|menti|grandi|couru|suffi"
    "|repris|surpris|entrepris|rejoint|atteint|peint|souri|acquis|assis|admis|permis|soumis|transmis|commis|convenu|devenu|prevenu"
    "|maintenu|soutenu|retenu|couvert|souffert|resolu|relu|revu|refini|reussie?|etabli|fourni|accueilli|investi|saisi|cousu|tondu"
    "|repeint|nourri|agrandi|reflechi|averti|grossi|maigri|guéri|gueri|vieilli|elu|combattu|deplu|defendu|etendu|pendu|refuse|craint"
)
_PARTICIPLE = rf"(?:(?:{_STEMS})(?:e|ee|es|ees|er|ez|et|ai|i)|{_IRREGULAR})"
_BETWEEN = (
    "pas|plus|bien|deja|enfin|encore|aussi|tout|meme|juste|jamais|rien|vraiment|trop|donc|finalement|quand|toujours|beaucoup"
    "|bcp|tous|seulement|deux|egalement|un peu|malheureusement|completement|carrement|fini par|vite|directement|direct|ete|mal|peu"
)
# "j'ai atelier", "j'ai honte": nouns that follow "j'ai" bare and end like a participle.
_NOUN_AFTER_HAVE = (
    "une?|envie|honte|ecole|stage|visite|piscine|garde|chance|confiance|peine|audience|conduite|danse|musique|messe|atelier|cette|notre"
    "|votre|quelque|quelques|toute|meme|trente|quatre|quinze|onze|douze|treize|seize|quatorze|autre|entree|reunion|soiree|conference|gare"
    "|piqure|dentiste|kine|orthophoniste|psychiatre|centre|code|cantine|creche|danse|gym|rentree|journee|matinee|aucune|personne|comme|presque|entre|contre|mille|double|quarante|cinquante|soixante|belle|bonne"
    "|petite|grosse|grande|nouvelle|derniere|premiere|encore|difficile|fievre|grippe|rage|creve|les|des|mes|chorale|theatre"
)
_WENT = r"(?:all|pass|arriv|rest|tomb|rentr|retourn|mont|rentr|alle|present|deplac)(?:e|ee|es|ees|er|ez|et)|deced(?:e|ee|es)|venue?s?|partie?s?|parti|sortie?s?|revenue?s?|descendue?s?|intervenue?"
_DONE = re.compile(
    rf"\b(?:(?:ai|as|avons|avez|ont|aie|aurait du|aurais du|(?:il|elle|on|ca|qui|m|l|t|nous|vous|lui|y|en) a)"
    rf"(?: (?:{_BETWEEN})){{0,3}} {_PARTICIPLE}"
    rf"|(?:m|t|l|nous|vous) a(?: (?:{_BETWEEN})){{0,3}} (?!(?:{_NOUN_AFTER_HAVE})\b)[a-z]{{3,}}(?:e|ee|es|ees)"
    # "a payer" is "à payer": only with a subject is it a misspelt past.
    rf"|a(?: (?:{_BETWEEN})){{0,3}} (?![a-z]+er\b){_PARTICIPLE}"
    rf"|ai(?: (?:{_BETWEEN})){{0,2}} (?!(?:{_NOUN_AFTER_HAVE})\b)[a-z]{{3,}}(?:e|ee|es|ees|er)"
    rf"|j(?: y| en)? ?(?:{_IRREGULAR.replace('|fais|', '|')})"
    rf"|(?:suis|es|est|sommes|etes|sont|c)(?: (?:{_BETWEEN}|bien)){{0,3}} (?:{_WENT})"
    rf"|(?:me|m|te|t|se|s|nous) (?:suis|es|est|sommes)(?: (?:{_BETWEEN})){{0,3}} [a-z]{{3,}}(?:e|ee|es|is|i|u|ue|it|er)"
    r"|viens (?:juste )?de [a-z]{3,}r|fus|fut|eut)\b"
)
_WAS = re.compile(
    r"\b(?:(?:j|c|y|il|elle|on|t|tu|je|nous|vous|ca)(?: n| y| me| m)? ?(?:etai[ts]|avai[ts]|etions|avions|aviez|etiez)"
    r"|etaient|avaient|etait|avait|etais|avais|devai[ts]|faisai[ts]|travaillai[ts]|bossai[ts]|pouvai[ts]|fallait|allai[ts])\b"
    r"(?! (?:(?:juste )?pour (?:savoir|dire|prevenir|demander|confirmer|vous|te|annuler|decaler)|une question|une demande"
    r"|voulu|(?:vous|te) (?:dire|demander)))"
)
# First names and nouns that end like a future.
_NO_FUTURE = "samira|amira|yamira|indira|nadira|kadira|zahira|elvira|shakira|laura|maura|sandra|alexandra|cassandra|vera|camera|opera|vira"
_FUTURE_ENDINGS = rf"(?!(?:{_NO_FUTURE})\b)[a-z]{{2,}}(?:erai|eras|era|erons|erez|eront|irai|ira|irons|drai|dra|drez|vrai|vra|urai|ura|aurai|rrai|rra|rront)s?"
_AHEAD = re.compile(
    r"\b(?:(?:je|j|on|il|elle|nous|vous|tu|ca|ils|elles|c) (?:ne |n |y |me |m |te |t |se |s |le |la |l |vous |en |lui ){0,2}"
    r"(?:vais|va|vas|vont|allons|allez|sera|serai|serais|serait|peux|peut|peu|pourrai|pourrais|dois|doit|veux|veut|"
    r"commence|commences|reprends|reprend|viens|vient|vien|reviens|demarre|debute|passe|fais|attaque|vois|voit|prefere|aimerais"
    r"|voudrais|compte|pense|reste|arrete|finis|rentre|recommence|bosse|travaille|rappelle|termine|arrive|cherche|attends|rencontre|retourne)"
    r"|ai (?:un|une|mon|ma|mes|le|la|les|des|rendez|deja un|deja rendez|toujours|besoin|entretien|cours|atelier|formation|pas de|plus de|bien"
    r" rendez|stage|immersion|conduite|[0-9])"
    r"|(?<=[a-z] )(?:se |s )?(?:finit|finissent|termine|terminent|cesse|cessent|expirent|demarrent|debutent|perime|prend fin|arrive a echeance|vient|viennent|revient|reviennent|ferme|ferment|coupe|coupent|demarre|debute|arrete|arretent|sort|sortent|lache)"
    rf"|avez (?:une?|de la|des)|aurai[st]?|ferai[st]?|serai[st]?|{_FUTURE_ENDINGS}|faut|doit|dois|possible|dispo|vais|(?<=[a-z] )commence"
    r"|reprend|expire|a lieu|est prevu|prevu|peux|peut|pouvez|pourriez|voudrais|veux|aimerais|aura|attend|attendent|va|sera|seront"
    r"|(?:je|on) (?!suis\b|est\b)[a-z]{3,}|se [a-z]{4,}|j [a-z]{4,}|j(?:[b-df-hj-np-tv-z][a-z]{3}|appel|irai|arriv|envoi|envoy|ecri|attend|amen)[a-z]{0,9}|s (?:arrete|acheve|acheve|annonce))\b"
)
_STATE = re.compile(r"\b(?:suis|es|est|sommes|etes|sont)\b")
_BARE = re.compile(
    r"\b(?:faits?|faite|faites|refaits?|refaite|relue?s?|ecrite?s?|envoye[ers]{0,2}|postule|finie?|terminee?|ratee?|loupee?|passee?|signee?|deposee?s?|effectuee?s?|recue?s?|suivie?s?|bouclee?s?|validee?s?|reussie?s?|gagnee?s?|accompagnee?"
    r"|visitee?s|oublie|contactee?s?|appele|rencontree?|ete|realisee?s?|remplie?s?|obtenue?|manquee?|allee?|rendue?|suspendue?|volee?|perdue?|cassee?|tombee?|licenciee?|viree?|refusee?|hospitalisee?|agressee?|radiee?|retiree?|enlevee?|suite a|suite au)\b"
)
# What was arranged, not done: "on m'a donné rdv mardi", "j'ai reçu une convocation pour mardi".
_ARRANGED = re.compile(
    r"\b(?:dit|dis|donn\w+|fix\w+|propos\w+|recu|convoqu\w+|pris|obtenu|decroch\w+|trouv\w+|confirm\w+|prevu|programm\w+|cal\w+"
    r"|inscri\w+|demand\w+|appris|reserv\w+|r?appel\w+|contact\w+|eu|accept\w+|valid\w+|signe|not\w+|oubli\w+|planifi\w+|mis|envoy\w+|compris|vu|embauche\w*|recrute\w*|report\w+|decal\w+|repouss\w+|deplac\w+|depos\w+)$"
)
_ARRANGEMENT = re.compile(
    r"\b(?:rendez vous|entretien|convocation|convoc|place|seance|creneau|visite|date|essai|invitation|qu|que|pour|de venir|de passer|a venir|a passer"
    r"|au|jusqu|si)\b"
)
# "j'ai bien noté jeudi 9h": an hour is noted before it comes.
_NOTED = re.compile(r"\b(?:not\w+|confirm\w+|recu|accept\w+|compris)$")
_AN_HOUR = re.compile(r"\d{1,2}[h:]")
_TO_COME = re.compile(
    r"\b(?:pour|pr|avant|d ici|jusqu|jusqu a|jusqu au|qu au|a partir de|a partir du|des|au plus tard)(?: le| ce)? $"
)
_SINCE_EVENT = re.compile(r"\bdepuis (?:mon|ma|mes|le|la|l|notre) (?:[a-z]+ ){1,2}(?:de|du|d) $")
_SEE_YOU = re.compile(r"\ba $")  # "à mardi"
_BREAK = re.compile(
    r"[,.!?;:()]|\b(?:et|mais|donc|car|puis|sinon|parce|alors|par contre|du coup|sauf|dc|pck|comme)\b"
)
# "si je n'ai pas rendu samedi" is a condition to come; "je sais pas si j'ai rendu" is not.
_IF = re.compile(r"(?<!\bpas )(?<!\bsais )(?<!\bdemande )\bsi (?:je|j|on|tu|il|elle|ils|elles|nous|vous)\b")
_SENTENCE_END = re.compile(r"[.!?;]")


def tense_at(text: str, start: int, end: int) -> Tense:
    """The tense of the verb that goes with text[start:end]."""
    before = text[max(0, start - 40) : start]
    if _SINCE_EVENT.search(before):
        return Tense.DONE
    if _TO_COME.search(before) or (_SEE_YOU.search(before) and text[start : start + 1].isalpha()):
        return Tense.AHEAD
    left, right = _clause(text, start, end, _BREAK)
    found = _nearest(text, start, end, left, right)
    if found is not Tense.UNKNOWN or len(_WORD.findall(text[left:start] + text[end:right])) > _MOST_OPENING:
        return found
    left, right = _clause(text, start, end, _SENTENCE_END)
    found = _nearest(text, start, end, left, right)
    if found is not Tense.UNKNOWN:
        return found
    return Tense.UNKNOWN


_WORD = re.compile(r"[a-z]{3,}")
_MOST_OPENING = 1  # words beside a day that only opens the sentence: "mardi matin, j'ai…"
_REACH = 160  # characters on each side: a verb further away says nothing about this day


def _clause(text: str, start: int, end: int, breaks: re.Pattern[str]) -> tuple[int, int]:
    left, right = max(0, start - _REACH), min(len(text), end + _REACH)
    before = [found.end() for found in breaks.finditer(text, left, start)]
    after = breaks.search(text, end, right)
    return (before[-1] if before else left), (after.start() if after else right)


def _nearest(text: str, start: int, end: int, left: int, right: int) -> Tense:
    before = _verbs(text, left, start)
    if before:
        last_end, tense = before[-1]
        if tense is Tense.STATE and (cleft := _cleft(text, end, right)):
            return cleft
        if tense is Tense.DONE and (
            _IF.search(text, left, last_end)
            or (_NOTED.search(text[left:last_end]) and _AN_HOUR.search(text, start, end))
            or _arranged(text[left:last_end], text[last_end:start], text[end : end + 12])
        ):
            return Tense.AHEAD
        return tense
    after = _verbs(text, end, right)
    return after[0][1] if after else Tense.UNKNOWN


def _cleft(text: str, end: int, right: int) -> Tense | None:
    """The tense of "c'est lundi que je vous ai vu": that of the verb after "que"."""
    if not text.startswith((" que ", " qu "), end):
        return None
    after = _verbs(text, end, right)
    return after[0][1] if after else None


def _arranged(verb: str, gap: str, after: str) -> bool:
    """Whether the past verb only tells how the day was set: it names an appointment to come, or an hour follows."""
    if not _ARRANGED.search(verb):
        return False
    if re.search(r"\beu$", verb):
        return re.search(r"\b(?:convocation|convoc|place|creneau|date|pour)\b", gap) is not None
    return _ARRANGEMENT.search(gap) is not None or re.match(r" (?:a )?\d{1,2}[h:]", after) is not None


def _verbs(text: str, left: int, right: int) -> list[tuple[int, Tense]]:
    """Ends and tenses of the verbs in text[left:right]; a compound past hides the "je suis" it begins with."""
    part = text[left:right]
    found: list[tuple[int, int, Tense]] = []
    for tense, pattern in (
        (Tense.DONE, _DONE),
        (Tense.WAS, _WAS),
        (Tense.AHEAD, _AHEAD),
        (Tense.STATE, _STATE),
    ):
        for match in pattern.finditer(part):
            if not any(match.start() < end and start < match.end() for start, end, _ in found):
                found.append((match.start(), match.end(), tense))
    if not found:
        found = [(bare.start(), bare.end(), Tense.TOLD) for bare in _BARE.finditer(part)]
    return [(left + end, tense) for _, end, tense in sorted(found, key=lambda verb: verb[1])]
