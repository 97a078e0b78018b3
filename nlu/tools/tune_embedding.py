"""Tune the embedding's biases and norms to our messages, and write what changed into `components/e5_tuned.npz`.

    .venv/bin/python -m tools.tune_embedding [--epochs 4] [--leave-out 6]

Only vectors are tuned ("BitFit", Ben Zaken et al., ACL 2022): 60,672 numbers of 118 million. The 4-bit matrices stay
those of the package, so speed and memory stay the same. Some ten minutes on two cores; the result is committed,
because nobody should wait for it at the first start. It carries the hash of the messages it was tuned to.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from components.embedding import TUNED, reading_of
from components.noise import noisy_copies
from tools.e5_network import WIDTH, Network, padded
from tools.e5_tokens import Tokens
from tools.examples import Example, read_examples

BATCH = 64
NOISY_EVERY = 2
"""Each time round, one message in so many is read in a noisy copy, another one each time."""
SMOOTHING = 0.05
SHARPNESS = 16.0
BODY_RATE, HEAD_RATE = 1.5e-3, 5e-3
WARM_UP, LAST_SHARE = 100, 0.02
WEIGHTS = {"intent": 1.0, "frein": 0.5, "urgency": 0.7, "activity": 0.4}


@dataclass(frozen=True)
class Question:
    """One head: `values` are its labels, `truth` each message's, `weight` its share in the loss."""

    values: list[str]
    truth: np.ndarray
    weight: float

    @classmethod
    def of(cls, name: str, examples: Sequence[Example]) -> Question:
        """The head of that name over those messages."""
        labels = [str(getattr(example, name)) for example in examples]
        values = sorted(set(labels))
        return cls(values, np.array([values.index(label) for label in labels], dtype=np.int32), WEIGHTS[name])


class Tuning:
    """The network, a linear head for each question, and the steps."""

    def __init__(self, examples: Sequence[Example], steps: int) -> None:
        """`steps`: how many batches there will be in all."""
        tf.random.set_seed(1)
        self.network = Network()
        self._questions = [Question.of(name, examples) for name in WEIGHTS]
        self._heads = [
            (
                tf.Variable(tf.random.normal([WIDTH, len(question.values)], stddev=0.05, seed=1)),
                tf.Variable(tf.zeros([len(question.values)])),
            )
            for question in self._questions
        ]
        self._centre = tf.Variable(tf.zeros([WIDTH]))
        self._steps, self._done = steps, 0
        self._body = tf.keras.optimizers.legacy.Adam(BODY_RATE, beta_2=0.98)
        self._of_heads = tf.keras.optimizers.legacy.Adam(HEAD_RATE)

    def centre(self, batches: Sequence[Sequence[Sequence[int]]]) -> None:
        """Embeddings of e5 lie in a narrow cone: the heads read them from its axis."""
        vectors = [self.network.embed(*map(tf.constant, padded(batch)), training=False) for batch in batches]
        self._centre.assign(tf.reduce_mean(tf.concat(vectors, 0), 0))

    def step(self, pieces: Sequence[Sequence[int]], rows: Sequence[int]) -> float:
        """One batch; returns its loss."""
        truths = [tf.constant(question.truth[rows]) for question in self._questions]
        loss, of_body, of_heads = self._gradients(*map(tf.constant, padded(pieces)), truths)
        self._done += 1
        share = min(1.0, self._done / WARM_UP) * max(
            LAST_SHARE, 0.5 * (1 + np.cos(np.pi * self._done / self._steps))
        )
        self._body.learning_rate, self._of_heads.learning_rate = BODY_RATE * share, HEAD_RATE * share
        self._body.apply_gradients(zip(of_body, self.network.vectors.values(), strict=True))
        self._of_heads.apply_gradients(zip(of_heads, self._head_variables(), strict=True))
        return float(loss)

    def _head_variables(self) -> list[tf.Variable]:
        return [variable for head in self._heads for variable in head]

    @tf.function(reduce_retracing=True, autograph=False)
    def _gradients(self, pieces: tf.Tensor, mask: tf.Tensor, truths: list[tf.Tensor]) -> tuple:
        body = list(self.network.vectors.values())
        with tf.GradientTape() as tape:
            loss = self._loss(self.network.embed(pieces, mask, training=True), truths)
        gradients = tape.gradient(loss, body + self._head_variables())
        clipped, _ = tf.clip_by_global_norm(gradients[: len(body)], 1.0)
        return loss, clipped, gradients[len(body) :]

    def _loss(self, vectors: tf.Tensor, truths: list[tf.Tensor]) -> tf.Tensor:
        read = tf.nn.dropout(tf.math.l2_normalize(vectors - self._centre, -1) * SHARPNESS, 0.1)
        loss = tf.constant(0.0)
        for question, (weights, offsets), truth in zip(self._questions, self._heads, truths, strict=True):
            values = len(question.values)
            wanted = tf.one_hot(truth, values) * (1 - SMOOTHING) + SMOOTHING / values
            surprise = tf.nn.softmax_cross_entropy_with_logits(wanted, read @ weights + offsets)
            loss += question.weight * tf.reduce_mean(surprise) + 1e-4 * tf.reduce_sum(weights * weights)
        return loss


def main() -> None:
    """Tunes and writes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument(
        "--leave-out", type=int, default=0, help="keep one message in so many unseen, to measure"
    )
    chosen = parser.parse_args()
    examples = [
        example for at, example in enumerate(read_examples()) if not chosen.leave_out or at % chosen.leave_out
    ]
    changes = tune(examples, chosen.epochs)
    np.savez_compressed(TUNED, trained_on=np.array(digest(examples)), **changes)


def digest(examples: Sequence[Example]) -> str:
    """SHA-256 of messages and labels, in hexadecimal."""
    return hashlib.sha256("\n".join(map(repr, examples)).encode()).hexdigest()


def tune(examples: Sequence[Example], epochs: int) -> dict[str, np.ndarray]:
    """What is to be added to each vector, by name. Prints the loss as it goes."""
    tokens = Tokens()
    clean = [tokens.of(reading_of(example.text, keep_accents=True)) for example in examples]
    tuning = Tuning(examples, epochs * -(-len(clean) // BATCH))
    tuning.centre([clean[start : start + BATCH] for start in range(0, min(len(clean), 640), BATCH)])
    for epoch in range(epochs):
        began = time.monotonic()
        losses = [tuning.step(*batch) for batch in _batches(examples, clean, tokens, epoch)]
        line = f"epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s"
        print(line, flush=True)  # noqa: T201 - a command line tool
    return tuning.network.changes()


def _batches(
    examples: Sequence[Example], clean: Sequence[list[int]], tokens: Tokens, epoch: int
) -> Iterator[tuple[list[list[int]], list[int]]]:
    """All messages once, those of like length together, one in `NOISY_EVERY` in a noisy copy."""
    rng = random.Random(epoch)  # noqa: S311 - a repeatable draw is the point, nothing is secret
    begun = rng.randrange(NOISY_EVERY)
    copies = noisy_copies([example.text for example in examples[begun:]], NOISY_EVERY, f"tuning {epoch}")
    read = list(clean)
    for at, copy in copies:
        read[begun + at] = tokens.of(reading_of(copy, keep_accents=True))
    rows = sorted(range(len(read)), key=lambda row: len(read[row]) + 4 * rng.random())
    batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    rng.shuffle(batches)
    for batch in batches:
        yield [read[row] for row in batch], batch


if __name__ == "__main__":
    main()
