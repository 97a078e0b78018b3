"""The route of a message: danger, consent, the answer awaited, the intent, else not understood."""

from dataclasses import replace
from datetime import date

import pytest

from actions.ports import Choice
from actions.rules.dialogue import Asked, Decision, Route, Special, chosen, decide
from actions.rules.reading import Judgement
from actions.rules.when import When
from storage.vocabulary import Consent, Intent, QuestionKind

SAID = Judgement(
    intent="greet",
    confidence=0.9,
    frein=None,
    urgency=0,
    activity=None,
    count=None,
    hours=None,
    when=None,
    source="model",
)
YES_NO = (Choice("yes", "Oui"), Choice("no", "Non"))
REMINDER = Asked(
    QuestionKind.REMINDER,
    (Choice("confirm", "Je viens"), Choice("cancel", "Je ne peux pas"), Choice("move", "Changer")),
)
THURSDAY = When(date(2026, 11, 26), None)


def route(said: Judgement, text: str = "bonjour", **given: object) -> Decision:
    options = {"consent": Consent.GIVEN, "understood_from": 0.4} | given
    return decide(said, text, **options)  # type: ignore[arg-type]


def test_danger_comes_before_consent_and_before_any_question() -> None:
    danger = replace(SAID, urgency=3, intent="report_frein")
    asked = Asked(QuestionKind.CONFIRM_DELETE, YES_NO)
    assert route(danger, consent=Consent.UNASKED, asked=asked).route is Special.DANGER


def test_nothing_is_done_before_consent() -> None:
    assert route(replace(SAID, intent="log_progress"), consent=Consent.ASKED).route is Special.ASK_CONSENT


@pytest.mark.parametrize("intent", ["ask_privacy", "ask_bot_identity", "delete_data", "stop_messages"])
def test_rights_do_not_wait_for_consent(intent: str) -> None:
    assert route(replace(SAID, intent=intent), consent=Consent.REFUSED).route == Intent(intent)


def test_a_guess_of_the_model_stops_nothing_before_consent() -> None:
    said = replace(SAID, intent="stop_messages", confidence=0.1)
    assert route(said, consent=Consent.ASKED).route is Special.ASK_CONSENT


def test_a_yes_in_own_words_answers_the_question_of_consent() -> None:
    asked = Asked(QuestionKind.CONSENT, YES_NO)
    said = replace(SAID, intent="affirm")
    assert route(said, "ben oui allez", consent=Consent.ASKED, asked=asked) == Decision(
        QuestionKind.CONSENT, "yes"
    )


def test_an_intent_below_the_threshold_is_not_acted_on() -> None:
    assert route(replace(SAID, confidence=0.2)).route is Special.NOT_UNDERSTOOD
    assert route(replace(SAID, intent=None, confidence=None)).route is Special.NOT_UNDERSTOOD


def test_a_clear_other_wish_is_not_taken_for_an_answer() -> None:
    asked = Asked(QuestionKind.CONFIRM_DELETE, YES_NO)
    assert route(replace(SAID, intent="view_plan"), "mon plan", asked=asked).route is Intent.VIEW_PLAN


@pytest.mark.parametrize(
    ("text", "intent", "when", "meant"),
    [
        ("oui", "affirm", None, "confirm"),
        ("j'y serai", "confirm_appointment", None, "confirm"),
        ("je peux pas", "cancel_appointment", None, "cancel"),
        ("non", "deny", None, "cancel"),
        ("plutôt jeudi", "reschedule_appointment", THURSDAY, "move"),
        ("plutot jeudi", "out_of_scope", THURSDAY, "move"),
        ("2", "out_of_scope", None, "cancel"),
        ("non plutôt jeudi", "deny", THURSDAY, "move"),
    ],
)
def test_a_reminder_is_answered_in_ones_own_words(
    text: str, intent: str, when: When | None, meant: str
) -> None:
    said = replace(SAID, intent=intent, when=when)
    assert route(said, text, asked=REMINDER) == Decision(QuestionKind.REMINDER, meant)


@pytest.mark.parametrize(
    "intent", ["cancel_appointment", "deny", "confirm_appointment", "request_appointment"]
)
def test_a_guess_of_the_model_is_no_answer_to_a_reminder(intent: str) -> None:
    said = replace(SAID, intent=intent, confidence=0.2)
    assert route(said, "bof je sais pas trop quoi dire", asked=REMINDER).route is Special.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("je voudrais changer mes horaires de messages", "change_preferences"),
        ("j'ai changé mon cv et envoyé 2 candidatures", "log_progress"),
        ("on m'a reporté mon entretien, je suis déçu", "report_mood_bad"),
    ],
)
def test_a_clear_other_wish_with_a_word_of_change_moves_no_appointment(text: str, intent: str) -> None:
    assert route(replace(SAID, intent=intent), text, asked=REMINDER).route == Intent(intent)


def test_a_word_of_change_without_a_model_still_asks_for_a_move() -> None:
    said = replace(SAID, intent=None, confidence=None)
    assert route(said, "plutôt jeudi", asked=REMINDER) == Decision(QuestionKind.REMINDER, "move")


def test_something_else_said_after_a_reminder_keeps_its_own_route() -> None:
    assert (
        route(replace(SAID, intent="log_progress"), "j'ai fait 3 cv", asked=REMINDER).route
        is Intent.LOG_PROGRESS
    )


@pytest.mark.parametrize("kind", [QuestionKind.MESSAGE_FOR_REFERENT, QuestionKind.STEP_TO_ADD])
def test_free_words_are_the_answer_whatever_they_seem_to_mean(kind: QuestionKind) -> None:
    assert route(replace(SAID, intent="view_plan"), "mon plan de formation", asked=Asked(kind)) == Decision(
        kind
    )


def test_a_no_to_a_question_of_free_words_is_a_no() -> None:
    said = replace(SAID, intent="deny")
    expected: Route = Intent.DENY
    assert route(said, "non laisse tomber", asked=Asked(QuestionKind.STEP_TO_ADD)).route == expected


CHOICES = (Choice("a", "Envoyer des candidatures"), Choice("b", "Atelier CV"), Choice("no", "Autre chose"))


@pytest.mark.parametrize(
    ("text", "identity"),
    [("1", "a"), ("le 2", "b"), ("numero 3", "no"), ("4", None), ("atelier cv", "b"), ("candidatures", "a"), ("cv", None), ("zut", None)],
)  # fmt: skip
def test_a_choice_is_named_by_its_number_or_its_words(text: str, identity: str | None) -> None:
    assert chosen(text, CHOICES) == identity


@pytest.mark.parametrize(
    ("text", "identity"),
    [("l'atelier cv", "b"), ("mon atelier cv", "b"), ("des candidatures", "a"), ("les candidatures", "a"), ("atelier", "b"), ("l'atelier d'hier", None)],
)  # fmt: skip
def test_a_choice_is_named_with_a_little_word_before_it(text: str, identity: str | None) -> None:
    assert chosen(text, CHOICES) == identity


ANSWERS = (
    Choice("confirm", "Oui, c'est bon"),
    Choice("cancel", "Je ne peux pas"),
    Choice("move", "Autre date"),
)


@pytest.mark.parametrize(
    ("text", "identity"),
    [("je peux", None), ("peux", None), ("peux pas", "cancel"), ("je ne peux pas", "cancel"), ("c'est bon", "confirm"), ("c'est pas bon", None)],
)  # fmt: skip
def test_a_yes_is_never_taken_for_the_choice_that_denies_it(text: str, identity: str | None) -> None:
    assert chosen(text, ANSWERS) == identity
