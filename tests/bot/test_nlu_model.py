import json
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from bot.nlu_model import (
    ARCHIVE,
    RECORD,
    ModelRefused,
    TrainingCancelled,
    TrainingFailed,
    current_model,
    ensure_model,
    fingerprint,
    rasa_environment,
)

pytestmark = pytest.mark.process

INPUTS = (
    "config.yml",
    "domain.yml",
    "components/a.py",
    "components/words.yaml",
    "data/fr/greet.yml",
    "requirements.lock",
)

# Stands where Rasa's interpreter stands: writes the archive that `--out` asks for and counts its runs.
FAKE_RASA = """#!/bin/sh
echo run >> "{runs}"
echo "INFO Starting to train component 'Featurizer'."
while [ $# -gt 0 ]; do
  if [ "$1" = --out ]; then out=$2; fi
  shift
done
sleep {seconds}
{outcome}
"""
WRITES_A_MODEL = 'mkdir -p "$out" && echo weights > "$out/nlu.tar.gz"'


@pytest.fixture
def nlu_dir(tmp_path: Path) -> Path:
    root = tmp_path / "nlu"
    for name in INPUTS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, "utf-8")
    install_fake_rasa(root, WRITES_A_MODEL)
    return root


def install_fake_rasa(nlu_dir: Path, outcome: str, seconds: float = 0) -> None:
    python = nlu_dir / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    script = FAKE_RASA.format(runs=nlu_dir.parent / "runs", seconds=seconds, outcome=outcome)
    python.write_text(script, "utf-8")
    python.chmod(0o755)


def runs(nlu_dir: Path) -> int:
    path = nlu_dir.parent / "runs"
    return len(path.read_text("utf-8").splitlines()) if path.exists() else 0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def train(nlu_dir: Path, home: Path) -> Path:
    return ensure_model(nlu_dir, home, lambda _sentence: None)


@pytest.mark.parametrize("name", INPUTS)
def test_the_fingerprint_follows_the_content_of_every_input(nlu_dir: Path, name: str) -> None:
    before = fingerprint(nlu_dir)
    (nlu_dir / name).write_text("changed", "utf-8")
    assert fingerprint(nlu_dir) != before


def test_the_fingerprint_follows_the_name_of_a_file(nlu_dir: Path) -> None:
    before = fingerprint(nlu_dir)
    (nlu_dir / "data/fr/greet.yml").rename(nlu_dir / "data/fr/goodbye.yml")
    assert fingerprint(nlu_dir) != before


def test_the_fingerprint_ignores_what_training_leaves_behind(nlu_dir: Path) -> None:
    before = fingerprint(nlu_dir)
    for left in ("components/__pycache__/a.pyc", "results/report.json", ".rasa/cache/x"):
        (nlu_dir / left).parent.mkdir(parents=True, exist_ok=True)
        (nlu_dir / left).write_text("left", "utf-8")
    assert fingerprint(nlu_dir) == before


def test_a_second_start_trains_nothing(nlu_dir: Path, home: Path) -> None:
    first = train(nlu_dir, home)
    assert train(nlu_dir, home) == first
    assert runs(nlu_dir) == 1
    assert first.read_text("utf-8") == "weights\n"


def test_a_changed_input_trains_again(nlu_dir: Path, home: Path) -> None:
    train(nlu_dir, home)
    (nlu_dir / "data/fr/greet.yml").write_text("changed", "utf-8")
    assert current_model(nlu_dir, home) is None
    train(nlu_dir, home)
    assert runs(nlu_dir) == 2


def test_an_archive_with_another_content_is_refused_in_one_sentence(nlu_dir: Path, home: Path) -> None:
    archive = train(nlu_dir, home)
    archive.write_text("other weights", "utf-8")
    with pytest.raises(ModelRefused, match="je ne le charge pas"):
        train(nlu_dir, home)
    assert runs(nlu_dir) == 1


def test_an_archive_that_disappeared_is_refused(nlu_dir: Path, home: Path) -> None:
    train(nlu_dir, home).unlink()
    with pytest.raises(ModelRefused):
        current_model(nlu_dir, home)


def test_a_folder_whose_record_was_lost_is_trained_again(nlu_dir: Path, home: Path) -> None:
    archive = train(nlu_dir, home)
    (archive.parent / RECORD).unlink()
    assert train(nlu_dir, home) == archive
    assert runs(nlu_dir) == 2


def test_the_record_names_the_inputs_and_the_content(nlu_dir: Path, home: Path) -> None:
    record = json.loads((train(nlu_dir, home).parent / RECORD).read_text("utf-8"))
    assert record["fingerprint"] == fingerprint(nlu_dir)
    assert len(record["sha256"]) == 64


def test_a_training_without_a_model_fails_with_a_sentence_and_leaves_nothing(
    nlu_dir: Path, home: Path
) -> None:
    install_fake_rasa(nlu_dir, "exit 1")
    with pytest.raises(TrainingFailed, match=r"train\.log"):
        train(nlu_dir, home)
    assert current_model(nlu_dir, home) is None
    assert [path.name for path in (home / "models").iterdir()] == [".lock"]


def test_a_training_that_ends_well_without_an_archive_fails_too(nlu_dir: Path, home: Path) -> None:
    install_fake_rasa(nlu_dir, "exit 0")
    with pytest.raises(TrainingFailed):
        train(nlu_dir, home)


def test_without_the_environment_of_rasa_the_command_to_run_is_named(nlu_dir: Path, home: Path) -> None:
    (nlu_dir / ".venv/bin/python").unlink()
    with pytest.raises(TrainingFailed, match=r"\./filrouge train"):
        train(nlu_dir, home)


def test_progress_names_the_component_in_training(nlu_dir: Path, home: Path) -> None:
    install_fake_rasa(nlu_dir, WRITES_A_MODEL, seconds=0.6)
    said: list[str] = []
    ensure_model(nlu_dir, home, said.append)
    assert said == ["J'entraîne le modèle de langue", "J'entraîne le modèle de langue : Featurizer"]


def test_a_cancelled_training_ends_at_once_with_its_children(nlu_dir: Path, home: Path) -> None:
    install_fake_rasa(nlu_dir, WRITES_A_MODEL, seconds=60)
    cancelled = threading.Event()
    threading.Timer(0.5, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(TrainingCancelled):
        ensure_model(nlu_dir, home, lambda _sentence: None, cancelled)
    assert time.monotonic() - began < 5


def test_two_starts_at_once_train_once(nlu_dir: Path, home: Path) -> None:
    install_fake_rasa(nlu_dir, WRITES_A_MODEL, seconds=0.5)
    said: list[str] = []
    threads = [threading.Thread(target=ensure_model, args=(nlu_dir, home, said.append)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs(nlu_dir) == 1
    assert any("j'attends" in sentence for sentence in said)


def test_only_the_last_models_are_kept(nlu_dir: Path, home: Path) -> None:
    for version in range(4):
        (nlu_dir / "config.yml").write_text(str(version), "utf-8")
        train(nlu_dir, home)
    assert len(list((home / "models").glob(f"*/{ARCHIVE}"))) == 2
    assert current_model(nlu_dir, home) is not None


def test_rasa_never_sees_the_secrets_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILROUGE_TELEGRAM_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    environment = rasa_environment()
    assert "FILROUGE_TELEGRAM_TOKEN" not in environment
    assert "PYTHONPATH" not in environment
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"
