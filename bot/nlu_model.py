"""The trained NLU model: when it must be trained again, and which archive may be loaded.

A model archive names Python classes and holds pickles: loading one runs it as code. So only an archive trained
here is loaded: its SHA-256 is recorded beside it, and any other content is refused.
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

Progress = Callable[[str], None]

INPUTS = (
    "config.yml",
    "domain.yml",
    "components/**/*.py",
    "components/**/*.yaml",  # word lists that components read
    "components/**/*.npz",  # what the embedding was tuned to
    "data/**/*.yml",
    "requirements.lock",
)
ARCHIVE = "nlu.tar.gz"
RECORD = "record.json"
KEPT_MODELS = 2  # the current one, and the one that a server already running may have to reload

# What Rasa's processes see of our environment: never the app's secrets (tokens, database key).
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "OMP_NUM_THREADS")
_COMPONENT_STARTS = "Starting to train component '"


class ModelRefused(Exception):
    """The archive isn't the one that was trained here. Carries one French sentence for the operator."""


class TrainingFailed(Exception):
    """Rasa produced no model. Carries one French sentence for the operator."""


class TrainingCancelled(Exception):
    """The caller asked to stop before the model was trained."""


def fingerprint(nlu_dir: Path) -> str:
    """The SHA-256, in hexadecimal, of all that a trained model depends on: paths and contents under `nlu_dir`.

    Generated files (`.venv`, `__pycache__`, results) are outside the patterns and change nothing.
    """
    digest = hashlib.sha256()
    for path in sorted({path for pattern in INPUTS for path in nlu_dir.glob(pattern)}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(nlu_dir).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def current_model(nlu_dir: Path, home: Path) -> Path | None:
    """The archive trained from the present inputs, or None when there is none yet.

    Raises `ModelRefused` when there is one and its content isn't what was recorded after its training.
    """
    wanted = fingerprint(nlu_dir)
    folder = _models(home) / wanted[:16]
    record = _read_record(folder / RECORD)
    if record.get("fingerprint") != wanted:
        return None
    archive = folder / ARCHIVE
    if not archive.is_file() or _sha256(archive) != record.get("sha256"):
        raise ModelRefused(
            f"Le modèle de langue {archive} n'est plus celui qui a été entraîné ici : je ne le charge pas. "
            f"Supprimez le dossier {folder} et relancez pour l'entraîner à nouveau."
        )
    return archive


def ensure_model(
    nlu_dir: Path, home: Path, progress: Progress, cancelled: threading.Event | None = None
) -> Path:
    """The archive for the present inputs, trained first when they changed; several minutes in that case.

    `progress` receives French sentences, from the calling thread. Setting `cancelled` ends the training within a
    second. Two starts at once train once: the second waits for the first. Raises `ModelRefused`,
    `TrainingFailed` or `TrainingCancelled`.
    """
    cancelled = cancelled or threading.Event()
    archive = current_model(nlu_dir, home)
    if archive is not None:
        return archive
    with _only_one_training(home, progress, cancelled):
        return current_model(nlu_dir, home) or _train(nlu_dir, home, progress, cancelled)


def rasa_environment(**more: str) -> dict[str, str]:
    """The environment of Rasa's processes: a short list of ours, telemetry off, and `more`."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **kept,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **more,
    }


def rasa_python(nlu_dir: Path) -> str:
    """The interpreter of Rasa's environment. Not its `rasa` script, which breaks when the checkout is moved."""
    return str(nlu_dir.resolve() / ".venv" / "bin" / "python")


def end_group(process: subprocess.Popen[str], grace: float = 5.0) -> None:
    """Ends a process started in its own group, with its children: SIGTERM, then SIGKILL after `grace` seconds."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
            return


def _models(home: Path) -> Path:
    return home / "models"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_record(path: Path) -> dict[str, str]:
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


@contextmanager
def _only_one_training(home: Path, progress: Progress, cancelled: threading.Event) -> Iterator[None]:
    _models(home).mkdir(parents=True, exist_ok=True, mode=0o700)
    with (_models(home) / ".lock").open("w") as lock:
        if not _try_lock(lock):
            progress("Un autre démarrage entraîne déjà le modèle de langue : j'attends qu'il finisse")
            while not _try_lock(lock):
                if cancelled.wait(0.2):
                    raise TrainingCancelled
        yield  # the lock goes when the file is closed, or when the process dies


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _train(nlu_dir: Path, home: Path, progress: Progress, cancelled: threading.Event) -> Path:
    """Trains aside and renames the whole folder, so that a model is there with its record or not at all."""
    wanted = fingerprint(nlu_dir)
    _remove_interrupted(home)
    with tempfile.TemporaryDirectory(dir=_models(home), prefix=".training-") as aside:
        _run_rasa(nlu_dir, Path(aside), _training_log(home), progress, cancelled)
        made = Path(aside) / "model"
        record = {"fingerprint": wanted, "sha256": _sha256(made / ARCHIVE)}
        (made / RECORD).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
        folder = _models(home) / wanted[:16]
        shutil.rmtree(folder, ignore_errors=True)  # a folder without a readable record
        made.rename(folder)
    _prune(home)
    return folder / ARCHIVE


def _run_rasa(nlu_dir: Path, aside: Path, log: Path, progress: Progress, cancelled: threading.Event) -> None:
    """Leaves the archive in `aside/model`."""
    if not Path(rasa_python(nlu_dir)).exists():
        raise TrainingFailed("L'environnement de Rasa n'est pas installé : lancez ./filrouge train.")
    progress("J'entraîne le modèle de langue")
    # The cache starts empty: Rasa's own knows a component by its class alone, not by the modules it imports.
    environment = rasa_environment(RASA_CACHE_DIRECTORY=str(aside.resolve() / "cache"), LOG_LEVEL="INFO")
    with log.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(  # noqa: S603 (every argument is ours)
            _training_command(nlu_dir, aside / "model"),
            cwd=nlu_dir,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            text=True,
            start_new_session=True,
        )
        try:
            _follow(process, log, progress, cancelled)
        finally:
            end_group(process)
    if process.returncode != 0 or not (aside / "model" / ARCHIVE).is_file():
        raise TrainingFailed(f"L'entraînement du modèle de langue a échoué ; les détails sont dans {log}.")


def _training_command(nlu_dir: Path, out: Path) -> list[str]:
    options = {
        "--config": "config.yml",
        "--domain": "domain.yml",
        "--nlu": "data",
        "--out": str(out.resolve()),
    }
    command = [rasa_python(nlu_dir), "-m", "rasa", "train", "nlu", "--fixed-model-name", "nlu"]
    return command + [word for pair in options.items() for word in pair]


def _follow(
    process: subprocess.Popen[str], log: Path, progress: Progress, cancelled: threading.Event
) -> None:
    with log.open(encoding="utf-8", errors="replace") as lines:
        while process.poll() is None:
            if cancelled.is_set():
                raise TrainingCancelled
            for line in lines:
                if _COMPONENT_STARTS in line:
                    component = line.split(_COMPONENT_STARTS)[1].split("'")[0]
                    progress(f"J'entraîne le modèle de langue : {component}")
            time.sleep(0.2)


def _training_log(home: Path) -> Path:
    (home / "logs").mkdir(parents=True, exist_ok=True, mode=0o700)
    return home / "logs" / "train.log"


def _remove_interrupted(home: Path) -> None:
    for left in _models(home).glob(".training-*"):
        shutil.rmtree(left, ignore_errors=True)


def _prune(home: Path) -> None:
    trained = sorted(_models(home).glob("*/" + RECORD), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in trained[KEPT_MODELS:]:
        shutil.rmtree(old.parent, ignore_errors=True)
