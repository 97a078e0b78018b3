from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.amounts import find_count, find_hours

CASES = yaml.safe_load((Path(__file__).parent / "amounts_fr.yaml").read_text("utf-8"))
COUNTS = [(text, activity, expected) for activity, rows in CASES["count"].items() for text, expected in rows]


@pytest.mark.parametrize(("text", "activity", "expected"), COUNTS)
def test_the_items_of_the_activity_are_counted(text: str, activity: str, expected: int | None) -> None:
    assert find_count(text, activity) == expected


@pytest.mark.parametrize(("text", "expected"), CASES["hours"])
def test_the_time_spent_is_read_in_hours(text: str, expected: float | None) -> None:
    assert find_hours(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ajoute le yoga, 1h par semaine", 1.0),
        ("je voudrais faire 3 heures par semaine au jardin partagé", 3.0),
        ("mettez 1h30/semaine de natation", 1.5),
        ("on peut ajouter un cours de 2h le samedi", 2.0),
        ("je voudrais ajouter le yoga", None),
    ],
)
def test_a_rate_is_the_length_of_what_is_to_be_added_and_no_time_spent(
    text: str, expected: float | None
) -> None:
    assert find_hours(text, intent="add_step") == expected
    assert "semaine" not in text or find_hours(text, intent="log_progress") is None


@pytest.mark.parametrize("intent", ["add_step", "postpone_step", "share_good_news"])
@pytest.mark.parametrize("text", ["essai demain de 8h à 12h", "visite décalée à vendredi 7h30"])
def test_the_hours_of_what_is_still_to_come_are_no_time_spent(text: str, intent: str) -> None:
    assert find_hours(text, intent=intent) is None


def test_the_activity_decides_which_items_count() -> None:
    text = "10 candidatures envoyées et 2 entretiens passés"
    assert find_count(text) == 10
    assert find_count(text, "application") == 10
    assert find_count(text, "job_interview") == 2


@pytest.mark.parametrize(
    "text",
    [
        "j'ai fait mon CV", "un CV", "des candidatures", "plusieurs CV", "quelques lettres", "pas mal d'offres",
        "06 12 34 56 78", "rdv à 14h30", "le 24/11", "12 rue des lilas", "salle 12", "540 €", "j'ai 24 ans", "bus 42",
        "3 h de formation", "dans 3 jours", "deux enfants", "", "😀",
    ],
)  # fmt: skip
def test_what_is_no_number_of_items_is_no_count(text: str) -> None:
    assert find_count(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "à 14h30",
        "rdv 9h",
        "dans 2 heures",
        "depuis 3 h",
        "pendant un mois",
        "10 minutes de retard",
        "bonne journée",
        "la journée",
        "",
        "24h/24",
    ],
)
def test_clock_times_and_delays_are_no_time_spent(text: str) -> None:
    assert find_hours(text) is None


@pytest.mark.parametrize(
    "pattern", ["1 ", "3 cv ", "deux ", "1h30 ", "une journee ", "j'en ai fait ", "cv : ", "2-3 ", "1h et "]
)
def test_a_very_long_message_is_counted_in_little_time(pattern: str) -> None:
    long = (pattern * 10_000)[:10_000]
    started = datetime.now(UTC)
    find_count(long, "application")
    find_hours(long)
    assert datetime.now(UTC) - started < timedelta(seconds=2)


WORDS = "3 cv deux candidatures une lettre journée demi 1h30 de 9h à 12h hier en ai fait envoyé un zéro dizaine fois ou , . / x :"
JUMBLE = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)


@given(st.text(max_size=300) | JUMBLE)
def test_any_text_gives_plausible_amounts_or_none(text: str) -> None:
    count, hours = find_count(text), find_hours(text)
    assert count is None or 0 <= count < 10_000
    assert hours is None or 0 < hours < 10_000


@given(st.integers(2, 99), st.sampled_from(["candidatures", "cv", "lettres", "entretiens", "ateliers"]))
def test_a_number_before_an_item_is_its_count(number: int, item: str) -> None:
    assert find_count(f"j'ai fait {number} {item} hier à 14h") == number


@given(st.integers(1, 23), st.integers(0, 59))
def test_a_length_of_work_is_its_hours(hours: int, minutes: int) -> None:
    assert find_hours(f"j'ai travaillé pendant {hours}h{minutes:02d}") == round(hours + minutes / 60, 2)
