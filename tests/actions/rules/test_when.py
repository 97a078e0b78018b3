from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.when import When, find_when, format_day, format_when

PARIS = ZoneInfo("Europe/Paris")
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=PARIS)
CASES = [
    (text, None if intent == "none" else intent, expected)
    for intent, rows in yaml.safe_load((Path(__file__).parent / "when_fr.yaml").read_text("utf-8")).items()
    for text, expected in rows
]

OTHER_DAYS = [
    (moment, intent, text, expected)
    for moment, rows in yaml.safe_load(
        (Path(__file__).parent / "when_other_days_fr.yaml").read_text("utf-8")
    ).items()
    for intent, text, expected in rows
]


def read(
    text: str, at: datetime = WEDNESDAY, *, zone: ZoneInfo = PARIS, intent: str | None = None
) -> str | None:
    when = find_when(text, at, zone, intent=intent)
    return when.iso() if when else None


@pytest.mark.parametrize(("text", "intent", "expected"), CASES)
def test_the_moment_a_message_is_about_is_found(text: str, intent: str | None, expected: str | None) -> None:
    assert read(text, intent=intent) == expected


@pytest.mark.parametrize(("moment", "intent", "text", "expected"), OTHER_DAYS)
def test_the_moment_is_found_on_any_day_and_at_any_hour(
    moment: str, intent: str, text: str, expected: str | None
) -> None:
    assert read(text, datetime.fromisoformat(moment).replace(tzinfo=PARIS), intent=intent) == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mercredi", 7), ("ce mercredi", 0), ("mercredi prochain", 7), ("jeudi", 1), ("jeudi prochain", 8),
        ("vendredi prochain", 2), ("mardi", 6), ("mardi en huit", 13), ("mardi en quinze", 20), ("jeudi en 8", 8),
        ("lundi dernier", -2), ("mercredi dernier", -7), ("jeudi de la semaine prochaine", 8),
        ("mardi de la semaine dernière", -8), ("dans 15 jours", 14), ("dans quinze jours", 14), ("dans 8 jours", 7),
        ("dans 3 jours", 3), ("dans une semaine", 7), ("dans deux semaines", 14), ("sous 48h", 2), ("il y a 3 jours", -3),
        ("il y a une semaine", -7), ("avant-hier", -2), ("après-demain", 2), ("demain en huit", 8), ("d'ici dix jours", 10),
    ],
)  # fmt: skip
def test_a_day_is_counted_from_the_day_of_the_message(text: str, days: int) -> None:
    assert read(text) == (WEDNESDAY.date() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "le jeudi", "tous les jeudis", "chaque mardi à 14h", "les lundis et jeudis", "un mardi sur deux",
        "du lundi au vendredi", "pendant un mois", "mi-décembre", "après les fêtes", "en décembre", "fin du mois",
        "la semaine prochaine", "ce week-end", "bientôt", "dans quelques jours", "depuis 3 semaines", "24h/24 7j/7",
        "06 12 34 56 78", "0612345678", "12 rue du 4 septembre", "salle 12", "bus 24", "14,30 €", "24 ans", "appelez le 15",
        "né le 12/03/1990", "", "😀", "2/3 cv",
    ],
)  # fmt: skip
def test_habits_vague_spans_and_other_numbers_are_no_moment(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "spelling", ["demain", "2main", "dm1", "dem1", "2m1", "dmain", "DEMAIN", "Demainn", "deamin"]
)
def test_tomorrow_is_read_in_every_spelling(spelling: str) -> None:
    assert read(f"ok pour {spelling} 9h") == "2026-11-26T09:00"


@pytest.mark.parametrize(
    "spelling", ["aujourd'hui", "aujourd’hui", "ojd", "auj", "ajd", "aujourdhui", "aujourd hui", "ojourd'hui"]
)
def test_today_is_read_in_every_spelling(spelling: str) -> None:
    assert read(f"je peux pas {spelling} à 15h") == "2026-11-25T15:00"


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("lun", "2026-11-30"), ("lundit", "2026-11-30"), ("mardit", "2026-12-01"), ("mercredit", "2026-12-02"),
        ("mercr", "2026-12-02"), ("jeudii", "2026-11-26"), ("jeud", "2026-11-26"), ("vend", "2026-11-27"),
        ("vendredit", "2026-11-27"), ("samdi", "2026-11-28"), ("dimanch", "2026-11-29"), ("vndredi", "2026-11-27"),
    ],
)  # fmt: skip
def test_weekdays_are_read_when_misspelt(spelling: str, expected: str) -> None:
    assert read(f"rdv {spelling}") == expected


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("lund 10h", "2026-11-30T10:00"), ("ludi 10h", "2026-11-30T10:00"), ("mard 10h", "2026-12-01T10:00"),
        ("mari 10h", "2026-12-01T10:00"), ("merc 10h", "2026-12-02T10:00"), ("geudi 10h", "2026-11-26T10:00"),
        ("jedi 10h", "2026-11-26T10:00"), ("vendre 10h", "2026-11-27T10:00"), ("samed 10h", "2026-11-28T10:00"),
        ("de main 9h", "2026-11-26T09:00"), ("dem1 9 h30", "2026-11-26T09:30"), ("demain 14h3O", "2026-11-26T14:30"),
        ("le 12 marss a 14h", "2027-03-12T14:00"), ("le 12 avrl", "2027-04-12"), ("le 12 juinn", "2027-06-12"),
        ("le 04.12 a 14h", "2026-12-04T14:00"), ("le 17 12 a 9h", "2026-12-17T09:00"), ("jeudi 9.30", "2026-11-26T09:30"),
        ("le 12 desembre", "2026-12-12"), ("lundi en huit à 9h", "2026-12-07T09:00"),
    ],
)  # fmt: skip
def test_days_and_hours_are_read_when_typed_in_haste(spelling: str, expected: str) -> None:
    assert read(f"ok pour {spelling}", intent="confirm_appointment") == expected


@pytest.mark.parametrize(
    "word", ["mari", "marie", "vendre", "manche", "mer", "jeu", "mars", "demi", "fichier", "demande"]
)
def test_words_that_look_like_a_day_are_no_day(word: str) -> None:
    assert read(f"voilà mon {word}") is None


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("14h", "14:00"), ("14 h 30", "14:30"), ("14:30", "14:30"), ("14H30", "14:30"), ("deux heures de l'aprem", "14:00"),
        ("midi", "12:00"), ("midi et demi", "12:30"), ("minuit", "00:00"), ("9h du mat", "09:00"), ("neuf heures et quart", "09:15"),
        ("dix heures moins le quart", "09:45"), ("7h du soir", "19:00"), ("2h", "14:00"), ("14 heures trente", "14:30"),
        ("9h pile", "09:00"), ("9 heure", "09:00"), ("8h00", "08:00"),
    ],
)  # fmt: skip
def test_the_hour_is_read_in_every_spelling(said: str, hour: str) -> None:
    assert read(f"je viens demain à {said}") == f"2026-11-26T{hour}"


def test_a_time_alone_is_today_only_when_still_ahead() -> None:
    assert read("je serai là à 10h") == "2026-11-25T10:00"
    assert read("je serai là à 9h") is None
    assert read("j'ai vu ma conseillère à 9h") == "2026-11-25T09:00"


def test_a_date_without_a_year_is_the_next_or_with_a_past_verb_the_last() -> None:
    assert read("je commence le 15 janvier") == "2027-01-15"
    assert read("j'ai commencé le 15 septembre") == "2026-09-15"
    assert read("rendez-vous le 31") == "2026-12-31"


@pytest.mark.parametrize("text", ["le 31 février", "le 30/02", "le 31/04/2027", "le 99", "le 12/13"])
def test_a_date_that_no_calendar_holds_is_no_date(text: str) -> None:
    assert read(f"je viens {text}") is None


def test_a_weekday_that_disagrees_with_its_number_gives_way_to_the_number() -> None:
    assert read("jeudi 27 novembre") == "2026-11-27"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Paris", "2026-11-26"), ("Indian/Reunion", "2026-11-27"), ("America/Guadeloupe", "2026-11-26"),
        ("Pacific/Tahiti", "2026-11-26"), ("Pacific/Noumea", "2026-11-27"),
    ],
)  # fmt: skip
def test_tomorrow_is_tomorrow_where_the_person_lives(zone: str, expected: str) -> None:
    at = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)
    assert read("demain", at, zone=ZoneInfo(zone)) == expected


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_hours_that_the_clock_skips_or_repeats_do_no_harm(day: date) -> None:
    at = datetime.combine(day, time(0, 30), PARIS)
    assert read("à 2h30 du matin", at) == f"{day}T02:30"


def test_hours_ahead_are_counted_on_the_clock_of_the_world() -> None:
    before_the_change = datetime(2026, 10, 25, 1, 30, tzinfo=PARIS)
    assert read("mon rdv est dans 3 heures", before_the_change) == "2026-10-25T03:30"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        find_when("demain", datetime(2026, 11, 25, 10, 0), PARIS)  # noqa: DTZ001 - the naive moment is the test


@pytest.mark.parametrize(
    "pattern",
    [
        "a",
        "mardi ",
        "1 ",
        "12/",
        "14h ",
        "deux ",
        "le 24 ",
        "9h a ",
        "j'ai ",
        "dans 3 jours ",
        "midi et demi ",
        "06 ",
        "é",
    ],
)
def test_a_very_long_message_is_read_in_little_time(pattern: str) -> None:
    long = (pattern * 10_000)[:10_000]
    started = datetime.now(UTC)
    find_when(long, WEDNESDAY, PARIS)
    assert datetime.now(UTC) - started < timedelta(seconds=2)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2036, 12, 31), timezones=st.just(PARIS))  # noqa: DTZ001
ZONES = st.sampled_from(
    ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Pacific/Tahiti", "Pacific/Marquesas"]
)


@given(st.text(max_size=300), MOMENTS, ZONES)
def test_any_text_is_read_without_an_error(text: str, at: datetime, zone: str) -> None:
    when = find_when(text, at, ZoneInfo(zone))
    assert when is None or datetime.fromisoformat(when.iso())


PIECES = (
    "mardi jeudi le 24 31 /12 dans 15 jours semaine prochaine en huit 14h 3h à de plutôt pas j'ai fait 1er mai 29 février "
    "demain hier il y a : , . une heure et demie moins quart midi minuit depuis 2026 2-3 9h-12h rdv dernier du mois"
)
FRAGMENTS = st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join)


@given(
    FRAGMENTS,
    MOMENTS,
    st.sampled_from([None, "reschedule_appointment", "log_progress", "cancel_appointment"]),
)
def test_any_jumble_of_dates_is_read_without_an_error(text: str, at: datetime, intent: str | None) -> None:
    when = find_when(text, at, PARIS, intent=intent)
    assert when is None or abs((when.day - at.date()).days) < 366 * 100


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.none() | st.times(), MOMENTS)
def test_what_is_said_back_reads_as_the_same_moment(day: date, at_time: time | None, now: datetime) -> None:
    when = When(day, at_time.replace(second=0, microsecond=0) if at_time else None)
    said = format_when(when, now.date())
    assert find_when(said, now, PARIS) == when


def test_days_are_said_the_way_people_say_them() -> None:
    today = date(2026, 11, 25)
    assert format_day(today, today) == "aujourd'hui"
    assert format_day(date(2026, 11, 26), today) == "demain"
    assert format_day(date(2026, 12, 1), today) == "mardi 1er décembre"
    assert format_day(date(2025, 12, 1), today) == "lundi 1er décembre 2025"


def test_hours_are_said_the_way_people_say_them() -> None:
    today = date(2026, 11, 20)
    assert format_when(When(date(2026, 11, 24), time(14, 30)), today) == "mardi 24 novembre à 14 h 30"
    assert format_when(When(today, time(9)), today) == "aujourd'hui à 9 h"
    assert format_when(When(date(2026, 11, 21)), today) == "demain"
