"""What a request carries beyond the request itself: the step to add, the words to pass on. Pure rules."""

from __future__ import annotations

import re

from actions.rules.folding import expand_sms, fold

LONGEST_TITLE = 80
"""Characters of a step's title: two lines on a small phone."""

LONGEST_READ = 1_000
"""Characters read of a wish: nobody names a step further on, and a flood of signs must not cost time."""

_HELLO = re.compile(
    r"^(?:(?:bonjour|bonsoir|bjr|bsr|salut|slt|coucou|hello|svp|stp|s['’]il (?:te|vous) pla[iî]t|merci|alors|euh|et)\b[\s,.!:;-]*)+",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"^(?:est[- ]ce qu(?:e |['’]))?(?:si )?(?:(?:je|j['’]?|tu|vous|on|il|moi)\s*)?(?:me |m['’])?"
    r"(?:veux|veut|veu|voudrais?|vx|aimerais?|souhaite(?:rais)?|peux|peut|pourrais|pourrait|pouvez|pourriez|faut|faudrait|vouloir)"
    r"[- ]?(?:tu |vous |on |me |m['’]|moi )?\s*(?:bien |aussi |qu['’]on |que tu |que vous )?",
    re.IGNORECASE,
)
_ADD = re.compile(
    r"^(?:d['’]|de )?(?:(?:me |m['’]|lui )?(?:r?ajout(?:e[rzs]?|ons|é)?|met(?:s|tre|tez|tons|te)?|not(?:e[rzs]?|ez)|inscri(?:s|re|vez)|marqu(?:e[rz]?|ez)|propos(?:e[rz]?))"
    r"\b)(?:[- ]?(?:moi|nous|y|en|le|la|les)\b)?(?: (?:aussi|s['’]il (?:te|vous) pla[iî]t|stp|svp))*[\s:,-]*",
    re.IGNORECASE,
)
_IN_THE_PLAN = re.compile(
    r"[\s,]*\b(?:(?:dans|ds|à|a|sur|au) ?(?:mon |mes |le |la |ma )?(?:plan|parcours|programme|liste|objectifs?|suivi)"
    r"|(?:dans|ds) mes [ée]tapes?|comme [ée]tape)\b",
    re.IGNORECASE,
)
_ADD_IT = re.compile(
    r"[\s,.]*\b(?:(?:tu|vous|on|je) (?:(?:peux|pouvez|peut) )?|peux[- ]tu |pouvez[- ]vous )?(?:(?:l[ae]s?|l['’]) ?)?"
    r"(?:mets?|mettre|mettez|r?ajoute[rz]?|note[rz]?)(?:[- ]?(?:l[ea]s?|moi))?[\s.!?]*$",
    re.IGNORECASE,
)
_POLITE_END = re.compile(
    r"[\s,]*\b(?:svp|stp|s['’]il (?:te|vous) pla[iî]t|merci(?: d['’]avance| beaucoup)?|possible)[\s.!?]*$",
    re.IGNORECASE,
)

_WORDS_OF_NO_STEP = (
    "un une des de le la les l d ce ca cette truc trucs chose choses quelque etape etapes demarche demarches action"
    " actions objectif objectifs plan parcours nouveau nouvelle nouvel autre en plus dans mon ma mes a au bientot"
    " rajouter ajouter mettre moi faire possible stp svp je tu on oui"
)
_THAT = re.compile(r"^qu(?:e |['’](?:on )?)", re.IGNORECASE)
_NO_STEP = frozenset(_WORDS_OF_NO_STEP.split())

_WORDS_OF_NO_MESSAGE = (
    "a ai aimerais alors appel appeler appelle appellent appelez au aujourd aupres avec avoir avoue besoin bien bonjour"
    " bonsoir c ce cela ca chef comment conseiller conseillere contact contacter coach coordonnees d de demande demander"
    " dire direct directement discuter dispo disponible disponibilite donne du echange echanger ecrire elle en est et etre"
    " fait faire faut faudrait heure hui humain il j jaimerais je joindre joignable l la le les leur lui m ma madame me"
    " merci message mme moi moment mon monsieur mr numero num on ou par parle parler passe personne peu peut"
    " peux plutot pour pourrais pourrait pouvez pouvoir pourriez prefere prendre professionnel que quel quelqu quelqu'un"
    " qui quoi rapidement rappel rappeler rappelle rappelez ref referent referente rendez s salut savoir se si sil souhaite"
    " souhaiterais stp suis svp t te tel telephone tout toute transmettre travailleur travailleuse social sociale tu un une"
    " urgent urgence veut veux vite vocal voir voix voudrais vous vrai vraie vraiment y laisser vouloir quelle plait mes"
    " plus tot possible"
)
_NO_MESSAGE = frozenset(_WORDS_OF_NO_MESSAGE.split())
_CALL = re.compile(
    r"\b(?:rappel\w*|(?<!j )(?<!je )(?<!je m )(?<!je l )appel(?:le|ez|er)|coup de (?:fil|tel)|telephon\w*|joindre par tel\w*)\b"
)


def step_to_add(text: str) -> str:
    """The step that a wish to add one names, as a title ("rajoute trouver une nounou" → "Trouver une nounou").

    Empty where only the wish is said. Longer than 80 characters, it is cut between two words.
    """
    words = " ".join(text[:LONGEST_READ].split())
    for lead in (_HELLO, _MODAL, _ADD):
        words = lead.sub("", words)
    for aside in (_POLITE_END, _IN_THE_PLAN, _ADD_IT, _POLITE_END, _THAT):
        words = aside.sub("", words.strip())
    words = words.strip(" .,;:!?-\"'«»")
    if not set(_words(words)) - _NO_STEP:
        return ""
    return _shortened(words[0].upper() + words[1:])


def carries_message(text: str, *names: str) -> bool:
    """Whether words to pass on come with the wish to reach the referent; `names` are those of the team."""
    known = _NO_MESSAGE | {word for name in names for word in _words(name)}
    return len([word for word in _words(text) if word not in known]) >= 2


def asks_for_call(text: str) -> bool:
    """Whether the words ask to be called ("rappelez-moi", "un coup de fil")."""
    return bool(_CALL.search(expand_sms(fold(text))))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", expand_sms(fold(text)))


def _shortened(title: str) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    return title[:LONGEST_TITLE].rsplit(" ", maxsplit=1)[0].rstrip(" ,;:") + "…"
