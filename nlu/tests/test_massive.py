"""MASSIVE is read, written for Rasa and scored; the lines are invented in its form."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import yaml
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.constants import ENTITIES

from tools import massive
from tools.massive import Slot, Utterance, figures, read_utterances, write_config, write_training

PLACES = ("la cave", "le grenier", "la remise", "le garage", "le couloir", "la véranda")
HOURS = ("six heures", "midi pile", "neuf heures", "minuit", "onze heures", "deux heures")


def _line(partition: str, intent: str, annotated: str) -> str:
    return json.dumps(
        {"id": "0", "partition": partition, "intent": intent, "utt": "", "annot_utt": annotated}
    )


def _written(path: Path, lines: list[str]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return path


def _told(intent: str, *slots: Slot) -> dict[str, object]:
    found = [{"start": slot.start, "end": slot.end, "entity": slot.label} for slot in slots]
    return {"intent": {"name": intent}, "entities": found}


def test_slots_are_found_where_they_lie(tmp_path: Path) -> None:
    line = _line("test", "lamp_on", "allume [room : la cave] à [time : six heures] pile")
    (read,) = read_utterances(_written(tmp_path / "set.jsonl.gz", [line]))
    assert read.text == "allume la cave à six heures pile"
    assert {(read.text[slot.start : slot.end], slot.label) for slot in read.slots} == {
        ("la cave", "room"),
        ("six heures", "time"),
    }
    assert (read.partition, read.intent) == ("test", "lamp_on")


def test_rasa_reads_the_same_texts_and_slots_back(tmp_path: Path) -> None:
    slots = frozenset({Slot(7, 14, "room"), Slot(17, 27, "time")})
    written = [
        Utterance("train", "lamp_on", "allume la cave à six heures pile", slots),
        Utterance("train", "lamp_off", "qu'il fasse noir", frozenset()),
    ]
    write_training(written, tmp_path / "messages.yml")
    read = {one.get("text"): one for one in training_data_from_paths([str(tmp_path)], "fr").training_examples}
    assert set(read) == {one.text for one in written}
    entities = read[written[0].text].get(ENTITIES)
    assert {Slot(found["start"], found["end"], found["entity"]) for found in entities} == slots
    assert read[written[1].text].get("metadata")["intent"] == {"urgency": 0}


def test_a_text_that_rasa_would_take_for_markup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="brackets"):
        write_training([Utterance("train", "x", "un {mot}", frozenset())], tmp_path / "messages.yml")


def test_slots_are_learned_before_copies_are_added(tmp_path: Path) -> None:
    write_config(tmp_path / "config.yml")
    names = [one["name"] for one in yaml.safe_load((tmp_path / "config.yml").read_text("utf-8"))["pipeline"]]
    assert names.index("CRFEntityExtractor") < names.index("components.noisy_copies.NoisyCopies")
    assert names[-1] == "components.message_classifier.MessageClassifier"


def test_a_slot_is_right_when_span_and_label_are() -> None:
    test = [
        Utterance("test", "a", "", frozenset({Slot(0, 3, "time"), Slot(5, 9, "room")})),
        Utterance("test", "b", "", frozenset({Slot(0, 4, "date")})),
    ]
    answers = [
        _told("a", Slot(0, 3, "time"), Slot(5, 8, "room")),  # the second is cut short
        _told("a", Slot(0, 4, "time")),  # another label
    ]
    lines = "\n".join(figures(test, answers))
    assert "intent accuracy  1/2 50.0 %" in lines
    assert "slot micro-F1    33.3 %" in lines
    assert "slot recall      1/3" in lines
    assert "slot precision   1/3" in lines


def test_the_whole_is_trained_read_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = list(zip(PLACES, HOURS, strict=True))
    lines = [
        _line("train", "lamp_on", f"éclaire [room : {place}] à [time : {hour}]") for place, hour in pairs
    ]
    lines += [_line("train", "kettle", f"de l'eau chaude pour [time : {hour}] merci") for hour in HOURS]
    lines += [
        _line("test", "lamp_on", "éclaire [room : la cave] à [time : minuit]"),
        _line("test", "kettle", "de l'eau chaude pour [time : midi pile] merci"),
        _line("dev", "kettle", "une bouilloire pour [time : midi pile]"),
    ]
    massive.main([str(_written(tmp_path / "set.jsonl.gz", lines))])
    told = capsys.readouterr().out
    assert "trained on 12 messages, read 2 of the test partition\n" in told
    assert "intent accuracy  2/2 100.0 %" in told
    assert "slot recall      3/3 100.0 %" in told
    assert "English  XLM-R base" in told
    assert "éclaire" not in told
