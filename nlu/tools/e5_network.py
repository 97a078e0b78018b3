"""multilingual-e5-small in TensorFlow, its vectors trainable and its matrices fixed: what tuning differentiates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from components.e5_file import MODEL, Tensor, read_layout, vectors_of

WIDTH, LAYERS, HEADS, INNER = 384, 12, 12, 1536
DROPOUT = 0.1
_BLOCK = 32
_EPSILON = 1e-12
FIXED = ("emb.pos", "emb.type")
"""Vectors that stay as they are: positions and segments say nothing of our messages."""
_MATRICES = (("q", WIDTH), ("k", WIDTH), ("v", WIDTH), ("ao", WIDTH), ("fi", WIDTH), ("fo", INNER))


def padded(batch: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Pieces and mask, one row per text; the length is a multiple of eight so that few graphs are traced."""
    length = -(-max(map(len, batch)) // 8) * 8
    pieces = np.zeros((len(batch), length), dtype=np.int32)
    mask = np.zeros((len(batch), length), dtype=np.float32)
    for row, text in enumerate(batch):
        pieces[row, : len(text)], mask[row, : len(text)] = text, 1
    return pieces, mask


@dataclass(frozen=True)
class _Norm:
    weight: tf.Variable
    shift: tf.Variable

    def __call__(self, values: tf.Tensor) -> tf.Tensor:
        apart = values - tf.reduce_mean(values, -1, keepdims=True)
        spread = tf.reduce_mean(apart * apart, -1, keepdims=True)
        return apart * tf.math.rsqrt(spread + _EPSILON) * self.weight + self.shift


class Network:
    """`vectors`: the trainable biases and norms by their names in the model file."""

    def __init__(self) -> None:
        """Reads the model of the package. The engine computes with rounded activations: it differs by 1e-4."""
        image = MODEL.read_bytes()
        _, tensors = read_layout(image)
        self.original = vectors_of(image)
        self.vectors = {
            name: tf.Variable(values, name=name.replace(".", "_"))
            for name, values in self.original.items()
            if name not in FIXED
        }
        self._words = tf.constant(_matrix(image, tensors["emb.word"], WIDTH).astype(np.float16))
        self._positions = tf.constant(self.original["emb.pos"].reshape(-1, WIDTH))
        self._segment = tf.constant(self.original["emb.type"][:WIDTH])
        self._weights = {
            f"l{layer}.{name}": tf.constant(_matrix(image, tensors[f"l{layer}.{name}.w"], inputs).T.copy())
            for layer in range(LAYERS)
            for name, inputs in _MATRICES
        }

    def changes(self) -> dict[str, npt.NDArray[np.float16]]:
        """What is to be added to each vector of the package."""
        return {
            name: (variable.numpy() - self.original[name]).astype(np.float16)
            for name, variable in self.vectors.items()
        }

    def embed(self, pieces: tf.Tensor, mask: tf.Tensor, *, training: bool) -> tf.Tensor:
        """One vector of norm 1 per text."""
        rows, length = tf.shape(pieces)[0], tf.shape(pieces)[1]
        values = (
            tf.cast(tf.gather(self._words, pieces), tf.float32) + self._positions[:length] + self._segment
        )
        values = tf.reshape(self._norm("emb.ln")(values), [-1, WIDTH])
        hidden = (1 - mask)[:, None, None, :] * -1e9
        for layer in range(LAYERS):
            values = self._layer(f"l{layer}", values, hidden, (rows, length), training)
        values = tf.reshape(values, [rows, length, WIDTH]) * mask[:, :, None]
        return tf.math.l2_normalize(tf.reduce_sum(values, 1), -1)

    def _layer(
        self,
        layer: str,
        values: tf.Tensor,
        hidden: tf.Tensor,
        shape: tuple[tf.Tensor, tf.Tensor],
        training: bool,
    ) -> tf.Tensor:
        asked, known, told = (
            self._heads(self._linear(layer, name, values), shape) for name in ("q", "k", "v")
        )
        shares = tf.nn.softmax(tf.matmul(asked, known, transpose_b=True) / np.sqrt(WIDTH // HEADS) + hidden)
        seen = tf.matmul(_dropped(shares, training), told)
        seen = tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [-1, WIDTH])
        values = self._norm(f"{layer}.aln")(values + _dropped(self._linear(layer, "ao", seen), training))
        inner = tf.nn.gelu(self._linear(layer, "fi", values), approximate=False)
        return self._norm(f"{layer}.oln")(values + _dropped(self._linear(layer, "fo", inner), training))

    def _heads(self, values: tf.Tensor, shape: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        return tf.transpose(tf.reshape(values, [*shape, HEADS, WIDTH // HEADS]), [0, 2, 1, 3])

    def _linear(self, layer: str, name: str, values: tf.Tensor) -> tf.Tensor:
        return tf.matmul(values, self._weights[f"{layer}.{name}"]) + self.vectors[f"{layer}.{name}.b"]

    def _norm(self, name: str) -> _Norm:
        return _Norm(self.vectors[f"{name}.w"], self.vectors[f"{name}.b"])


def _dropped(values: tf.Tensor, training: bool) -> tf.Tensor:
    return tf.nn.dropout(values, DROPOUT) if training else values


def _matrix(image: bytes, tensor: Tensor, inputs: int) -> npt.NDArray[np.float32]:
    """A matrix of 4-bit blocks in full, one row per output."""
    blocks = np.frombuffer(image[tensor.offset : tensor.offset + tensor.size], np.uint8).reshape(-1, 18)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    weights = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    return (weights * scales).reshape(-1, inputs // _BLOCK * _BLOCK)
