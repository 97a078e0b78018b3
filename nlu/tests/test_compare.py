"""The comparison of pipelines, on invented messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from tools import compare
from tools.compare import Case, Entry, entries, measured, read_cases, row, thinned
from tools.figures import Share, macro_f1
from tools.rasa_models import Trained

BLOCKS = """version: "3.1"
nlu:
- intent: thank
  metadata: {urgency: 0}
  examples: |
    - merci mille fois
    - grand merci à toi
    - mrc bcp
    - merci, vraiment
- intent: report_frein
  metadata: {urgency: 3, frein: housing}
  examples: |
    - je dors dehors ce soir
    - plus de toit cette nuit
"""


def _answer(intent: str, level: int | None = None) -> dict[str, object]:
    return {"intent": {"name": intent}} | ({} if level is None else {"urgency": {"level": level}})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "thank.yml").write_text(BLOCKS, encoding="utf-8")
    return folder


def test_an_accepted_intent_counts_as_right() -> None:
    cases = [Case("a", ("view_plan", "ask_next_step"), 0), Case("b", ("thank",), 0)]
    reading = measured(cases, [_answer("ask_next_step"), _answer("greet")])
    assert reading.intent == Share(1, 2)
    # ask_next_step 1, thank 0: an accepted intent stands for the expected one.
    assert reading.macro_f1 == pytest.approx(0.5)


def test_a_pipeline_without_urgency_has_no_figure_of_danger() -> None:
    reading = measured([Case("a", ("thank",), 3)], [_answer("thank")])
    assert (reading.found, reading.false) == (None, None)


def test_found_and_false_dangers_are_counted_apart() -> None:
    cases = [Case("", ("x",), level) for level in (3, 3, 2, 0, 0)]
    reading = measured(cases, [_answer("x", level) for level in (3, 2, 3, 0, 0)])
    assert (reading.found, reading.false) == (Share(1, 2), Share(1, 3))


def test_macro_f1_gives_each_label_the_same_weight() -> None:
    expected = [["a"]] * 8 + [["b"]] * 2
    # a: 8 right, 2 too many: F1 = 16/18; b: none found.
    assert macro_f1(expected, ["a"] * 10) == pytest.approx(16 / 18 / 2)


def test_the_interval_is_wilson_s() -> None:
    low, high = Share(8, 10).interval()
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert str(Share(8, 10)) == "8/10 80.0 % [49.0, 94.3]"
    assert str(Share(0, 0)) == "0/0"


def test_one_message_in_n_of_each_block_keeps_labels(data: Path, tmp_path: Path) -> None:
    assert thinned(data, 3, tmp_path / "lean.yml") == 3
    blocks = yaml.safe_load((tmp_path / "lean.yml").read_text(encoding="utf-8"))["nlu"]
    assert [block["examples"].splitlines() for block in blocks] == [
        ["- merci mille fois", "- merci, vraiment"],
        ["- je dors dehors ce soir"],
    ]
    assert blocks[1]["metadata"] == {"urgency": 3, "frein": "housing"}


def test_all_messages_are_kept_when_n_is_one(data: Path, tmp_path: Path) -> None:
    assert thinned(data, 1, tmp_path / "all.yml") == 6


def test_a_pipeline_may_have_its_own_share_of_messages() -> None:
    asked = entries(["rasa_default:4", "config"], 2)
    assert [(one.name, one.every) for one in asked] == [("rasa_default", 4), ("config", 2)]


def test_without_names_all_pipelines_are_tried() -> None:
    names = {one.name for one in entries([], 1)}
    assert names >= {"config", "rasa_default", "logistic_regression", "e5_logistic", "without_e5"}


def test_an_unknown_pipeline_is_told() -> None:
    with pytest.raises(FileNotFoundError, match="no pipeline nothing"):
        entries(["nothing"], 1)


@pytest.mark.parametrize("entry", entries([], 1), ids=lambda entry: entry.name)
def test_rasa_knows_how_to_train_each_pipeline(entry: Entry) -> None:
    config = yaml.safe_load(entry.config.read_text(encoding="utf-8"))
    assert config["language"] == "fr"
    graph = DefaultV1Recipe().graph_config_for_recipe(config, {})
    assert any(node.startswith("train_") for node in graph.train_schema.nodes)


def test_a_row_has_a_cell_for_each_column(tmp_path: Path) -> None:
    archive = tmp_path / "nlu.tar.gz"
    archive.write_bytes(bytes(2_500_000))
    reading = measured([Case("a", ("thank",), 0)], [_answer("thank")])
    line = row(Entry("x", tmp_path, 4), 12, reading, reading, Trained(archive, 61.2, 2_000_000_000))
    assert line.count("|") == len(compare.COLUMNS) + 1
    assert "| 12 messages, 1 in 4 |" in line
    assert line.endswith("| – | – | – | 61 s | 2.00 GB | 2.5 MB |")


def test_a_table_comes_out_and_a_failed_pipeline_is_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [
        {"text": "merci mille fois", "intent": "thank", "accept": [], "urgency": 0},
        {"text": "je dors dehors ce soir", "intent": "report_frein", "accept": [], "urgency": 3},
    ]
    dev = tmp_path / "dev.jsonl"
    dev.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    assert [case.urgency for case in read_cases(dev)] == [0, 3]
    broken = tmp_path / "broken.yml"
    broken.write_text(
        "{recipe: default.v1, language: fr, pipeline: [{name: NoSuchComponent}]}\n", encoding="utf-8"
    )
    monkeypatch.setattr(compare, "DEV", dev)
    assert compare.main(["--data", str(data), "logistic_regression", str(broken)]) == 1
    told = capsys.readouterr()
    assert "| logistic_regression | 6 messages | 2/2 100.0 %" in told.out
    assert "| broken | training failed |" in told.out
    assert "NoSuchComponent" in told.err
    assert "merci" not in told.out
