"""Several labels of one message from one kernel regression, with probabilities calibrated on left-out scores.

Likeness of two messages = shared n-grams (linear) + closeness of meaning (Gaussian on centred embeddings). Intent,
frein, urgency and activity share that likeness, hence one matrix factorization gives all heads, and gives for each
message the scores of a model trained without it (Rasmussen & Williams 2006, §5.4.2), so calibration costs no
second training.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import linalg
from scipy.sparse import csr_matrix

from components.calibration import Array, Calibration, calibrate

_COLUMNS_AT_A_TIME = 500

Matrix = npt.NDArray[np.float32]
Labels = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class KernelSettings:
    """`meaning`: weight of the embedding beside the n-grams (2 at most for identical texts). `sharpness`: how fast
    closeness of meaning fades. `ridge`: doubt about each label; more is smoother."""

    meaning: float = 4.0
    sharpness: float = 1.0
    ridge: float = 0.7


@dataclass(frozen=True)
class KernelHeads:
    """A fitted model: `labels` gives each head's values in the order of its columns."""

    settings: KernelSettings
    labels: dict[str, list[str]]
    centre: Matrix  # of the training embeddings
    landmarks: Matrix  # training embeddings, centred, of norm 1
    pull: Matrix  # landmark x column
    ngram_weights: Matrix  # n-gram x column
    calibrations: dict[str, Calibration]

    def probabilities(self, ngrams: csr_matrix, embeddings: Matrix) -> dict[str, Array]:
        """One row per message and one column per value, for each head."""
        likeness = _closeness(_centred(embeddings, self.centre), self.landmarks, self.settings)
        scores = np.asarray(likeness @ self.pull + ngrams @ self.ngram_weights, dtype=np.float64)
        return {
            head: self.calibrations[head].probabilities(part) for head, part in _split(scores, self.labels)
        }

    def save(self, folder: Path) -> None:
        """Numbers and names as plain data: an archive must not need code to be read."""
        arrays = {name: getattr(self, name) for name in ("centre", "landmarks", "pull", "ngram_weights")}
        for head, calibration in self.calibrations.items():
            arrays[f"slopes_{head}"], arrays[f"offsets_{head}"] = calibration.slopes, calibration.offsets
        np.savez(folder / "heads.npz", **arrays)
        plain = {"settings": asdict(self.settings), "labels": self.labels}
        (folder / "heads.json").write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")


def load_heads(folder: Path) -> KernelHeads:
    """Reads what `KernelHeads.save` wrote. Raises OSError when it is not there."""
    plain = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
    with np.load(folder / "heads.npz", allow_pickle=False) as arrays:
        return KernelHeads(
            settings=KernelSettings(**plain["settings"]),
            labels=plain["labels"],
            centre=arrays["centre"],
            landmarks=arrays["landmarks"],
            pull=arrays["pull"],
            ngram_weights=arrays["ngram_weights"],
            calibrations={
                head: Calibration(arrays[f"slopes_{head}"], arrays[f"offsets_{head}"])
                for head in plain["labels"]
            },
        )


def fit_heads(
    ngrams: csr_matrix,
    embeddings: Matrix,
    labels: Labels,
    sources: Sequence[int],
    settings: KernelSettings | None = None,
) -> KernelHeads:
    """Fits all heads. `labels[head][i]` is the value of message i; `sources[i]` is the same for a message and its
    noisy copies, which calibration leaves out together. Memory: 4 bytes x messages squared."""
    settings = settings or KernelSettings()
    values = {head: sorted(set(column)) for head, column in labels.items()}
    targets = np.hstack([_targets(labels[head], values[head]) for head in values])
    centre = embeddings.mean(axis=0)
    landmarks = _centred(embeddings, centre)
    likeness = _likeness(ngrams, landmarks, settings)
    likeness[np.diag_indices_from(likeness)] += settings.ridge
    factor, _ = linalg.cho_factor(likeness, lower=True, overwrite_a=True, check_finite=False)
    pull = linalg.cho_solve((factor, True), targets, check_finite=False)
    left_out = _left_out_scores(_inverse_root(factor), pull, targets, sources)
    return KernelHeads(
        settings=settings,
        labels=values,
        centre=centre,
        landmarks=landmarks,
        pull=pull,
        ngram_weights=np.asarray(ngrams.T @ pull, dtype=np.float32),
        calibrations=_calibrations(left_out, labels, values),
    )


def _centred(embeddings: Matrix, centre: Matrix) -> Matrix:
    """Embeddings of e5 lie in a narrow cone: without its axis they differ by meaning."""
    apart = embeddings - centre
    return apart / np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), np.float32(1e-6))


def _closeness(left: Matrix, right: Matrix, settings: KernelSettings) -> Matrix:
    # For vectors of norm 1 the squared distance is 2 (1 - cosine).
    close = np.exp(np.float32(2 * settings.sharpness) * (left @ right.T - 1))
    return np.float32(settings.meaning) * close


def _likeness(ngrams: csr_matrix, landmarks: Matrix, settings: KernelSettings) -> Matrix:
    """Of each message to each, by columns: LAPACK then works where it lies, and nothing as large is needed beside it."""
    likeness = np.empty((len(landmarks), len(landmarks)), dtype=np.float32, order="F")
    for start in range(0, len(landmarks), _COLUMNS_AT_A_TIME):
        some = slice(start, start + _COLUMNS_AT_A_TIME)
        likeness[:, some] = _closeness(landmarks, landmarks[some], settings)
        likeness[:, some] += (ngrams @ ngrams[some].T).toarray()
    return likeness


def _targets(column: Sequence[str], values: Sequence[str]) -> Matrix:
    return np.where(np.asarray(column)[:, None] == np.asarray(values)[None, :], 1, -1).astype(np.float32)


def _inverse_root(factor: Matrix) -> Matrix:
    """R with inverse(likeness) = R' R, in place of `factor`: a third of the work of the inverse, of which few entries
    are needed."""
    root, singular = linalg.lapack.strtri(factor, lower=True, overwrite_c=True)
    if singular:
        raise ValueError("two training messages can't be told apart: the ridge must be above 0")
    for column in range(1, len(root)):
        root[:column, column] = 0
    return root


def _left_out_scores(root: Matrix, pull: Matrix, targets: Matrix, sources: Sequence[int]) -> Array:
    """Each row as a model without that message and its copies would score it."""
    members: dict[int, list[int]] = {}
    for row, source in enumerate(sources):
        members.setdefault(source, []).append(row)
    scores = np.empty(targets.shape, dtype=np.float64)
    for rows in members.values():
        columns = root[:, rows]
        scores[rows] = targets[rows] - np.linalg.solve(columns.T @ columns, pull[rows])
    return scores


def _calibrations(scores: Array, labels: Labels, values: dict[str, list[str]]) -> dict[str, Calibration]:
    truth = {head: np.searchsorted(values[head], np.asarray(labels[head])) for head in values}
    return {head: calibrate(part, truth[head]) for head, part in _split(scores, values)}


def _split(scores: Array, labels: Mapping[str, Sequence[str]]) -> list[tuple[str, Array]]:
    ends = np.cumsum([len(values) for values in labels.values()])
    return list(zip(labels, np.split(scores, ends[:-1], axis=1), strict=True))
