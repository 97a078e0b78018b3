"""The plan's rules: which step, when it is done, what comes next, the hours of a week."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.plan import (
    Step,
    find_steps,
    in_order,
    is_done,
    next_step,
    says_finished,
    says_more,
    says_of_them,
    status_after,
    telling_words,
    week_hours,
    week_on,
)
from storage.vocabulary import Activity, DemarcheStatus, ProgressStatus

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def a_step(
    title: str,
    activity: Activity | None = None,
    *,
    status: DemarcheStatus = DemarcheStatus.TO_DO,
    due_on: date | None = None,
    age: int = 1,
) -> Step:
    return Step(uuid4(), title, activity, status, None, 0, due_on, NOW - timedelta(days=age))


CV = a_step("Refaire mon CV", Activity.CV_LETTER)
APPLICATIONS = a_step("Envoyer 10 candidatures", Activity.APPLICATION)
KITCHEN = a_step("Candidatures en cuisine", Activity.APPLICATION)
SALES = a_step("Candidatures en vente", Activity.APPLICATION)
CAF = a_step("Refaire le dossier CAF", Activity.ADMIN_STEP)
CHOIR = a_step("Aller à la chorale", None)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_a_week_begins_on_the_monday_before(day: date) -> None:
    monday = week_on(day)
    assert monday.isoweekday() == 1
    assert 0 <= (day - monday).days < 7


def test_a_report_belongs_to_the_step_of_its_activity() -> None:
    assert find_steps(Activity.APPLICATION, "j'ai postulé 3 fois", [CV, APPLICATIONS]).only == APPLICATIONS


def test_the_words_of_the_title_decide_between_two_of_the_same_activity() -> None:
    found = find_steps(Activity.APPLICATION, "2 candidatures en cuisine", [SALES, KITCHEN])
    assert found.only == KITCHEN


def test_two_that_fit_as_well_are_both_returned_and_none_is_taken() -> None:
    found = find_steps(Activity.APPLICATION, "j'ai envoyé 2 candidatures", [SALES, KITCHEN, CV])
    assert set(found.steps) == {SALES, KITCHEN}
    assert found.only is None


def test_without_an_activity_the_words_are_enough() -> None:
    assert find_steps(None, "chorale hier soir", [CV, CHOIR]).only == CHOIR


def test_another_formality_is_not_taken_for_the_one_that_is_planned() -> None:
    found = find_steps(Activity.ADMIN_STEP, "j'ai refait ma carte d'identité", [CAF, CV])
    assert found.steps == (CAF,)
    assert found.only is None


def test_nothing_fits_when_neither_activity_nor_words_do() -> None:
    assert find_steps(Activity.TRAINING, "2h de formation en ligne", [CV, CAF]).steps == ()
    assert find_steps(None, "", []).steps == ()


def test_one_word_in_common_is_not_enough_against_another_activity() -> None:
    assert find_steps(Activity.WORKSHOP, "atelier cv ce matin", [CV]).steps == ()


def test_words_are_compared_without_accents_endings_and_small_words() -> None:
    assert telling_words("Envoyer des CANDIDATURES") == telling_words("j'ai envoyé une candidature")
    assert telling_words("le 3 et la 12") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "j'ai fini",
        "C'est fait !",
        "fini",
        "ça y est",
        "j'ai terminé mon CV",
        "c bon",
        "l'atelier est terminé",
    ],
)
def test_these_words_say_that_it_is_over(text: str) -> None:
    assert says_finished(text)


@pytest.mark.parametrize(
    "text",
    [
        "j'ai fait mon CV",
        "j'ai pas fini",
        "c'est pas encore fini",
        "j'ai presque terminé",
        "je finis demain",
        "",
    ],
)
def test_these_words_do_not(text: str) -> None:
    assert not says_finished(text)


def test_more_of_the_same_and_of_what_was_spoken_of_are_heard() -> None:
    assert says_more("3 candidatures de plus")
    assert not says_more("3 candidatures")
    assert says_of_them("j'en ai fait 2")
    assert not says_of_them("j'ai fait 2 candidatures")


@pytest.mark.parametrize(
    ("target", "done", "finished", "counted", "expected"),
    [
        (10, 10, False, True, True),
        (10, 12, False, True, True),
        (10, 7, False, True, False),
        (10, 7, True, True, False),
        (10, 0, True, False, True),
        (None, 3, False, True, False),
        (None, 0, True, False, True),
        (None, 2, True, True, False),
    ],
)
def test_a_step_is_done_by_its_count_or_by_the_persons_word(
    target: int | None, done: int, finished: bool, counted: bool, expected: bool
) -> None:
    assert is_done(target, done, finished=finished, counted=counted) is expected


def test_a_proposed_step_stays_proposed_until_the_referent_has_spoken() -> None:
    assert status_after(DemarcheStatus.PROPOSED, done=True) is DemarcheStatus.PROPOSED
    assert status_after(DemarcheStatus.STANDBY, done=False) is DemarcheStatus.IN_PROGRESS
    assert status_after(DemarcheStatus.TO_DO, done=True) is DemarcheStatus.DONE


def test_the_next_step_is_the_nearest_date_then_the_oldest_and_the_blocked_one_last() -> None:
    blocked = a_step("a", status=DemarcheStatus.STANDBY, due_on=TODAY)
    soon = a_step("b", due_on=TODAY + timedelta(days=3))
    later = a_step("c", due_on=TODAY + timedelta(days=9))
    old, young = a_step("d", age=30), a_step("e", age=2)
    proposed = a_step("f", status=DemarcheStatus.PROPOSED, age=99)
    steps = [proposed, young, later, blocked, old, soon]
    assert in_order(steps)[:4] == [soon, later, old, young]
    assert next_step(steps) == soon
    assert next_step([blocked, proposed]) == blocked
    assert next_step([proposed]) is None


def test_refused_hours_do_not_count_and_hours_not_said_stay_out() -> None:
    entries = [
        (2.5, ProgressStatus.DECLARED),
        (3.0, ProgressStatus.VALIDATED),
        (9.0, ProgressStatus.REFUSED),
        (None, ProgressStatus.DECLARED),
    ]
    hours = week_hours(entries, 15.0, None, TODAY)
    assert hours.done == 5.5
    assert hours.asked == 15.0


def test_somebody_exempt_sees_hours_without_a_demand_until_the_last_day_included() -> None:
    assert week_hours([], 15.0, TODAY, TODAY).asked is None
    assert week_hours([], 15.0, TODAY - timedelta(days=1), TODAY).asked == 15.0
