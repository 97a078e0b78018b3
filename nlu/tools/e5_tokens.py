"""The pieces that multilingual-e5-small reads, as numbers: only tuning needs them, the engine cuts texts up by itself."""

from __future__ import annotations

import struct
from functools import cached_property

import numpy as np

from components.e5_file import MODEL, read_layout

PREFIX = "query: "
MOST = 128
"""Pieces; the embedding reads 600 characters at most."""
_SPACE = "\u2581"
_NEVER = -1e30


class Tokens:
    """SentencePiece's unigram model (Kudo 2018) as it lies in the model file."""

    def __init__(self) -> None:
        """Reads the file: half a second."""
        self._image = MODEL.read_bytes()
        self._place, _ = read_layout(self._image)

    @cached_property
    def _scores(self) -> np.ndarray:
        return np.frombuffer(self._image, "<f4", self._place.pieces, self._place.scores)

    @cached_property
    def _pieces(self) -> dict[str, int]:
        ends = (
            np.frombuffer(self._image, "<u4", self._place.pieces + 1, self._place.offsets) + self._place.texts
        )
        texts = (
            self._image[ends[at] : ends[at + 1]].decode("utf-8", "replace")
            for at in range(self._place.pieces)
        )
        known: dict[str, int] = {}
        for at, text in enumerate(texts):
            if text and at != self._place.unknown:
                known.setdefault(text, at)
        return known

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._pieces))

    @cached_property
    def _normal(self) -> dict[str, str]:
        at = self._place.normalization
        (count, _size), at = struct.unpack_from("<iI", self._image, at), at + 8
        table = {}
        for _ in range(count):
            sign, length = struct.unpack_from("<IB", self._image, at)
            table[chr(sign)] = "".join(map(chr, struct.unpack_from(f"<{length}I", self._image, at + 5)))
            at += 5 + 4 * length
        return table

    def of(self, text: str) -> list[int]:
        """The numbers of the likeliest pieces of `text`, between the marks of beginning and end; `MOST` at most."""
        normal = "".join(self._normal.get(sign, sign) for sign in PREFIX + text)
        while "  " in normal:
            normal = normal.replace("  ", " ")
        pieces = self._likeliest(_SPACE + normal.lstrip(" ").replace(" ", _SPACE))
        return [self._place.bos, *pieces[: MOST - 2], self._place.eos]

    def _likeliest(self, text: str) -> list[int]:
        strange = float(self._scores.min()) - 10
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(_NEVER, 0, 0)] * len(text)
        for start in range(len(text)):
            score = best[start][0]
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                piece = self._pieces.get(text[start:end])
                if piece is not None and score + self._scores[piece] > best[end][0]:
                    best[end] = (score + float(self._scores[piece]), piece, start)
            if score + strange > best[start + 1][0]:
                best[start + 1] = (score + strange, self._place.unknown, start)
        return _back(best)


def _back(best: list[tuple[float, int, int]]) -> list[int]:
    pieces, at = [], len(best) - 1
    while at > 0:
        _, piece, start = best[at]
        pieces.append(piece)
        at = start
    return pieces[::-1]
