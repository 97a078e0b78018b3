"""What to do with a message that was read: a pure rule, from values to a route.

Order of precedence: danger, consent, the answer to what was asked, the intent, and last "not understood".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from actions.ports import Choice
from actions.rules.folding import fold
from actions.rules.reading import Judgement
from storage.vocabulary import Consent, Intent, QuestionKind, Urgency


class Special(StrEnum):
    """Routes that no intent and no question names."""

    DANGER = "danger"
    ASK_CONSENT = "ask_consent"
    NOT_UNDERSTOOD = "not_understood"


Route = Intent | QuestionKind | Special


@dataclass(frozen=True)
class Asked:
    """The question awaited: its kind and its choices."""

    kind: QuestionKind
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Where the message goes. `choice` is the id chosen, for an answer; None when the answer is in the words."""

    route: Route
    choice: str | None = None


YES = frozenset({Intent.AFFIRM, Intent.CONFIRM_APPOINTMENT})
NO = frozenset({Intent.DENY})

REMINDER_ANSWERS: Mapping[Intent, str] = {
    Intent.AFFIRM: "confirm",
    Intent.CONFIRM_APPOINTMENT: "confirm",
    Intent.DENY: "cancel",
    Intent.CANCEL_APPOINTMENT: "cancel",
    Intent.RESCHEDULE_APPOINTMENT: "move",
    Intent.REQUEST_APPOINTMENT: "move",
}
"""What a free reply to a reminder means, by its intent. `report_late` has its own handler, which knows what to do."""

MOVES_BY_DATE = frozenset({Intent.DENY, Intent.VIEW_APPOINTMENTS, Intent.POSTPONE_STEP, Intent.OUT_OF_SCOPE})
"""Intents that a bare "plutôt jeudi" is taken for: with a date in it, the reply to a reminder asks for a move."""

FREE_WORDS = frozenset({QuestionKind.MESSAGE_FOR_REFERENT, QuestionKind.STEP_TO_ADD})
"""Questions that are answered by whatever is written."""

INTENT_WINS_OVER_FREE_WORDS = frozenset({Intent.DENY, Intent.STOP_MESSAGES, Intent.DELETE_DATA})

WORDS_OF_YES = frozenset(
    {"oui", "ok", "okay", "d'accord", "dac", "ouais", "oui merci", "ok merci", "yes", "si", "👍"}
)
WORDS_OF_NO = frozenset({"non", "nan", "no", "non merci", "pas maintenant", "nn"})
WORDS_OF_INSTEAD = re.compile(r"\b(plutot|a la place|autre jour|decal\w*|report\w*|deplac\w*|chang\w*)\b")


def decide(
    judgement: Judgement,
    text: str,
    *,
    consent: Consent,
    asked: Asked | None = None,
    choice: str | None = None,
    understood_from: float,
) -> Decision:
    """Choose the route of one message. `choice` is the id of a button pressed for `asked`."""
    if judgement.urgency == Urgency.DANGER:
        return Decision(Special.DANGER)
    answer = _answer(judgement, text, asked, choice, understood_from) if asked else None
    sure = (judgement.confidence or 0.0) >= understood_from
    intent = Intent(judgement.intent) if judgement.intent and sure else None
    if consent is not Consent.GIVEN:
        return answer if answer and answer.route in ANSWERED_WITHOUT_CONSENT else _without_consent(intent)
    return answer or Decision(intent or Special.NOT_UNDERSTOOD)


WITHOUT_CONSENT = frozenset(
    {
        Intent.ASK_BOT_IDENTITY,
        Intent.ASK_PRIVACY,
        Intent.DELETE_DATA,
        Intent.EXPORT_DATA,
        Intent.STOP_MESSAGES,
    }
)
"""What may be asked before having agreed to anything."""

ANSWERED_WITHOUT_CONSENT = frozenset({QuestionKind.CONSENT, QuestionKind.CONFIRM_DELETE})
"""Questions whose answer counts before having agreed to anything."""


def _without_consent(intent: Intent | None) -> Decision:
    return Decision(intent if intent and intent in WITHOUT_CONSENT else Special.ASK_CONSENT)


def _answer(
    judgement: Judgement, text: str, asked: Asked, choice: str | None, understood_from: float
) -> Decision | None:
    if choice is not None:
        offered = {one.id for one in asked.choices}
        return Decision(asked.kind, choice) if choice in offered else None  # a forged or mistaken button
    folded = fold(text).strip(" .!?")
    said = chosen(folded, asked.choices)
    if said:
        return Decision(asked.kind, said)
    intent = Intent(judgement.intent) if judgement.intent else None
    sure = (judgement.confidence or 0.0) >= understood_from
    if asked.kind in FREE_WORDS:
        return None if sure and intent in INTENT_WINS_OVER_FREE_WORDS else Decision(asked.kind)
    if asked.kind is QuestionKind.REMINDER:
        return _reminder_answer(judgement, folded, intent, sure=sure)
    return _yes_or_no(asked, folded, intent if sure else None)


def chosen(folded: str, choices: Sequence[Choice]) -> str | None:
    """The choice that a short reply names: by its number ("2", "le 2"), or by its label."""
    number = re.fullmatch(r"(?:le |la |n ?|numero )?(\d{1,2})", folded)
    if number and 1 <= int(number[1]) <= len(choices):
        return choices[int(number[1]) - 1].id
    labels = {fold(choice.label).strip(" .!?"): choice.id for choice in choices}
    bare = _DETERMINER.sub("", folded)
    if folded in labels or bare in labels:
        return labels.get(folded) or labels[bare]
    near = {identity for label, identity in labels.items() if len(bare) > 3 and _names_part_of(bare, label)}
    return near.pop() if len(near) == 1 else None


_DETERMINER = re.compile(r"^(?:l'|(?:le|la|les|mon|ma|mes|un|une) )")


def _names_part_of(folded: str, label: str) -> bool:
    """Whether every word of the reply is one of the label's; "je peux" is no part of "je ne peux pas"."""
    said, shown = set(re.findall(r"\w+", folded)), set(re.findall(r"\w+", label))
    return bool(said) and said <= shown and ("pas" in said) == ("pas" in shown)


def _yes_or_no(asked: Asked, folded: str, intent: Intent | None) -> Decision | None:
    ids = {choice.id for choice in asked.choices}
    if "yes" in ids and (folded in WORDS_OF_YES or intent in YES):
        return Decision(asked.kind, "yes")
    if "no" in ids and (folded in WORDS_OF_NO or intent in NO):
        return Decision(asked.kind, "no")
    return None


def _reminder_answer(
    judgement: Judgement, folded: str, intent: Intent | None, *, sure: bool
) -> Decision | None:
    """What a reply means for the appointment. A guess of the model never cancels one, nor does a clear other wish."""
    if folded in WORDS_OF_YES:
        return Decision(QuestionKind.REMINDER, "confirm")
    if folded in WORDS_OF_NO:
        return Decision(QuestionKind.REMINDER, "cancel")
    something_else = sure and intent not in REMINDER_ANSWERS and intent not in MOVES_BY_DATE
    asks_instead = WORDS_OF_INSTEAD.search(folded) and not something_else
    if asks_instead or (judgement.when is not None and intent in MOVES_BY_DATE):
        return Decision(QuestionKind.REMINDER, "move")
    meant = REMINDER_ANSWERS.get(intent) if intent and sure else None
    return Decision(QuestionKind.REMINDER, meant) if meant else None
