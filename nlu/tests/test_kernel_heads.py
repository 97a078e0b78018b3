from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from components import kernel_heads
from components.calibration import calibrate
from components.kernel_heads import KernelHeads, KernelSettings, fit_heads, load_heads

SETTINGS = KernelSettings(meaning=2.0, sharpness=1.0, ridge=0.5)


def _data(messages: int = 60):
    rng = np.random.default_rng(5)
    values = [str(at % 3) for at in range(messages)]
    ngrams = np.eye(3, dtype=np.float32)[[int(value) for value in values]]
    meanings = rng.normal(size=(messages, 8)).astype(np.float32) + 2 * ngrams @ rng.normal(
        size=(3, 8)
    ).astype(np.float32)
    return (
        csr_matrix(ngrams),
        meanings,
        {"topic": values, "tone": ["a" if at % 2 else "" for at in range(messages)]},
    )


def _fitted() -> KernelHeads:
    ngrams, meanings, labels = _data()
    return fit_heads(ngrams, meanings, labels, range(60), SETTINGS)


def test_each_head_gives_probabilities_that_sum_to_one() -> None:
    ngrams, meanings, _ = _data()
    tables = _fitted().probabilities(ngrams, meanings)
    assert tables["topic"].shape == (60, 3)
    assert tables["tone"].shape == (60, 2)
    for table in tables.values():
        assert np.allclose(table.sum(axis=1), 1)


def test_what_can_be_learned_is_learned() -> None:
    ngrams, meanings, labels = _data()
    heads = _fitted()
    best = heads.probabilities(ngrams, meanings)["topic"].argmax(axis=1)
    assert [heads.labels["topic"][at] for at in best] == labels["topic"]


def test_what_cannot_be_learned_stays_uncertain() -> None:
    ngrams, meanings, _ = _data()
    assert _fitted().probabilities(ngrams, meanings)["tone"].max() < 0.8


def test_left_out_scores_are_those_of_a_model_trained_without_the_message_and_its_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = {}
    scores_of = kernel_heads._left_out_scores
    monkeypatch.setattr(kernel_heads, "_left_out_scores", lambda *a: kept.setdefault("scores", scores_of(*a)))
    ngrams, meanings, labels = _data()
    sources = [at // 2 for at in range(60)]
    heads = fit_heads(ngrams, meanings, labels, sources, SETTINGS)
    closeness = SETTINGS.meaning * np.exp(2 * SETTINGS.sharpness * (heads.landmarks @ heads.landmarks.T - 1))
    likeness = closeness + (ngrams @ ngrams.T).toarray()
    targets = np.array([[1 if value == label else -1 for label in "012"] for value in labels["topic"]])
    others = [at for at in range(60) if at // 2 != 4]
    without = np.linalg.solve(likeness[np.ix_(others, others)] + SETTINGS.ridge * np.eye(58), targets[others])
    assert np.allclose(likeness[[8, 9]][:, others] @ without, kept["scores"][[8, 9], :3], atol=1e-3)


def test_saved_heads_answer_alike(tmp_path: Path) -> None:
    ngrams, meanings, _ = _data()
    heads = _fitted()
    heads.save(tmp_path)
    again = load_heads(tmp_path)
    assert again.labels == heads.labels
    for head, table in heads.probabilities(ngrams, meanings).items():
        assert np.array_equal(again.probabilities(ngrams, meanings)[head], table)


def test_two_fits_answer_alike() -> None:
    ngrams, meanings, _ = _data()
    first, second = (_fitted().probabilities(ngrams, meanings)["topic"] for _ in range(2))
    assert np.allclose(first, second, atol=1e-6)


def test_calibration_tells_how_often_a_score_is_right() -> None:
    rng = np.random.default_rng(1)
    chance = rng.uniform(size=5000)
    truth = (rng.uniform(size=5000) < chance).astype(np.intp)
    logit = np.log(chance / (1 - chance))
    scores = np.stack([-logit, logit], axis=1) / 7
    found = calibrate(scores, truth).probabilities(scores)[:, 1]
    assert np.abs(found - chance).mean() < 0.03
