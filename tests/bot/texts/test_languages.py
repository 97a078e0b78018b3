"""The answers to danger in other languages: all there, true, with the numbers of the directory, affordable."""

import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest
import yaml

from actions.danger import GENERAL, LINES, UNKNOWN, Line
from actions.directory import load_emergency
from bot.texts.gsm import fits_gsm, segments
from bot.texts.render import FRENCH, FrenchTexts, Reader, TextError
from storage.vocabulary import Address, ChannelName, Language
from tests.builders import local

TEXTS, EMERGENCY = FrenchTexts(), load_emergency()
OTHERS = [language for language in Language if language is not Language.FR]
GSM = (Language.EN, Language.ES, Language.PT)
KINDS = sorted({GENERAL, UNKNOWN, *LINES.values()}, key=lambda line: line.text_key)
CALM = {"from_at": local(2026, 11, 30, 9), "until_at": local(2026, 11, 30, 17, 30)}
STATES = (
    {"who": "Marie-Antoinette", "open_now": True},
    {"who": None, "open_now": False},
)
SAYS_PROGRAM = {
    Language.EN: "program", Language.AR: "برنامج", Language.UK: "програма",
    Language.ES: "programa", Language.PT: "programa",
}  # fmt: skip
NAMES_NOTHING = {
    Language.EN: ("violen", "hit", "beat", "husband", "police", "alert", "danger"),
    Language.AR: ("عنف", "ضرب", "زوج", "شرطة", "خطر", "تنبيه"),
    Language.UK: ("насил", "б'є", "чоловік", "поліц", "небезпе", "тривог"),
    Language.ES: ("violen", "pega", "golpe", "marido", "polic", "alert", "peligro"),
    Language.PT: ("violên", "violen", "bate", "marido", "pol", "alert", "perigo"),
}
PROMISES = ("suicid", "24", "always with you", "watch", "siempre con", "sempre con", "самогуб", "انتحار")


def _values(line: Line, state: Mapping[str, object]) -> dict[str, object]:
    numbers = {name: EMERGENCY.numbers[name].number for name in line.numbers}
    places = ["Épicerie solidaire (exemple)", "Restaurant social (exemple)"]
    said = {name: EMERGENCY.say(name, Address.VOUS) for name in line.numbers}
    sample = {"say": said, "number": numbers, "places": places, "next_at": CALM["from_at"]}
    return sample | CALM | dict(state)


def rendered(line: Line, language: Language, state: Mapping[str, object]) -> list[tuple[str, str]]:
    """The full and the shorter text of a kind of danger, as sent by SMS, with their keys."""
    said = line.said_in(language)
    reader = Reader(now=local(2026, 11, 27, 20))
    return [
        (key, TEXTS.render(key, _values(line, state), reader, ChannelName.SMS))
        for key in (said.text_key, said.shorter)
    ]


EACH = list(product(KINDS, OTHERS, STATES))


@pytest.mark.parametrize(("line", "language", "state"), EACH)
def test_each_answer_holds_the_numbers_of_its_danger_and_no_other(
    line: Line, language: Language, state: Mapping[str, object]
) -> None:
    wanted = {EMERGENCY.numbers[name].number for name in line.numbers}
    for key, words in rendered(line, language, state):
        without_times = re.sub(r"\d{1,2}:\d\d|\b30 (?=\w)", "", words)
        assert set(re.findall(r"\d{2,}", without_times)) == wanted, key


@pytest.mark.parametrize(("line", "language", "state"), EACH)
def test_each_answer_fits_the_segments_that_its_file_allows(
    line: Line, language: Language, state: Mapping[str, object]
) -> None:
    for key, words in rendered(line, language, state):
        assert segments(words) <= TEXTS.sentences[key].segments, key
        assert fits_gsm(words) or language not in GSM or "é" in words, key


@pytest.mark.parametrize(("line", "language", "state"), EACH)
def test_each_full_answer_says_that_a_program_writes_for_whom_and_when_they_read(
    line: Line, language: Language, state: Mapping[str, object]
) -> None:
    _, words = rendered(line, language, state)[0]
    assert SAYS_PROGRAM[language] in words
    assert "9:00" in words
    assert "17:30" in words
    assert line is UNKNOWN or state["who"] is None or "Marie-Antoinette" in words


@pytest.mark.parametrize(("line", "language", "state"), EACH)
def test_no_answer_promises_or_names_a_secret(
    line: Line, language: Language, state: Mapping[str, object]
) -> None:
    for key, words in rendered(line, language, state):
        assert not [word for word in PROMISES if word in words.lower()], key


@pytest.mark.parametrize("language", OTHERS)
def test_the_answer_to_violence_names_nothing(language: Language) -> None:
    violence = next(line for line in KINDS if line.text_key == "danger.violence")
    for key, words in rendered(violence, language, STATES[0]):
        assert not [word for word in NAMES_NOTHING[language] if word in words.lower()], key


def test_what_is_called_free_day_and_night_is_so_in_the_directory() -> None:
    for name in ("suicide", "shelter", "child"):
        assert "gratuit, jour et nuit" in EMERGENCY.say(name, Address.VOUS)


@pytest.mark.parametrize("language", OTHERS)
def test_no_number_is_written_in_the_file_itself(language: Language) -> None:
    content = yaml.safe_load(FRENCH.with_name(f"{language}.yaml").read_text(encoding="utf-8"))
    assert not re.search(r"\d", "".join([*content["parts"].values(), *content["texts"].values()]))


@pytest.mark.parametrize(
    ("language", "moment"),
    [
        (Language.EN, "Monday 30 November, 9:00"),
        (Language.AR, "الاثنين 30 نوفمبر، 9:00"),
        (Language.UK, "понеділок 30 листопада, 9:00"),
        (Language.ES, "lunes 30 de noviembre, 9:00"),
        (Language.PT, "segunda-feira, 30 de novembro, 9:00"),
    ],
)
def test_the_next_reading_is_told_as_the_language_tells_days(language: Language, moment: str) -> None:
    key = GENERAL.said_in(language).text_key
    values = _values(GENERAL, STATES[1])
    assert moment in TEXTS.render(key, values, Reader(), ChannelName.TELEGRAM)


def test_a_language_that_lacks_an_answer_stops_the_start(tmp_path: Path) -> None:
    french = "danger.again: {text: Un}\ndanger.food: {text: Deux}\n"
    english = "segments: 1\nparts: {}\ntexts: {danger.again: One}\n"
    (tmp_path / "fr.yaml").write_text(french, encoding="utf-8")
    (tmp_path / "en.yaml").write_text(english, encoding="utf-8")
    with pytest.raises(TextError, match=r"en\.yaml: danger\.food"):
        FrenchTexts(tmp_path / "fr.yaml")


def test_only_the_answers_to_danger_exist_in_other_languages() -> None:
    keys = [key for key, sentence in TEXTS.sentences.items() if sentence.language is not Language.FR]
    assert len(keys) == len(OTHERS) * len({key for key in TEXTS.sentences if key.startswith("danger.")}) / 6
    assert all(key.startswith("danger.") for key in keys)
