"""Weighted n-grams of folded text: characters survive misspelling, words carry the topic."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from components.folding import fold, shorten

# The app's own safety net reads all of a message; beyond this, n-grams of one text only dilute each other.
MOST_CHARACTERS = 3000
_TOKENS = r"[^\s]+"
_KINDS: dict[str, dict[str, object]] = {
    "characters": {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 2},
    "words": {"analyzer": "word", "ngram_range": (1, 2), "min_df": 2, "token_pattern": _TOKENS},
}


@dataclass(frozen=True)
class Ngrams:
    """One fitted vectorizer per kind of n-gram; each kind of a row has norm 1, or 0 for a text without any."""

    vectorizers: dict[str, TfidfVectorizer]

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """One sparse row per text."""
        folded = [shorten(fold(text), MOST_CHARACTERS) for text in texts]
        blocks = [vectorizer.transform(folded) for vectorizer in self.vectorizers.values()]
        return csr_matrix(hstack(blocks), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Vocabulary and weights as plain data: an archive must not need code to be read."""
        for kind, vectorizer in self.vectorizers.items():
            terms = vectorizer.get_feature_names_out().tolist()
            (folder / f"{kind}.json").write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
            np.save(folder / f"{kind}.npy", vectorizer.idf_)


def fit_ngrams(texts: Sequence[str]) -> Ngrams:
    """Learns vocabulary and weights; an n-gram seen in a single text is left out."""
    folded = [shorten(fold(text), MOST_CHARACTERS) for text in texts]
    return Ngrams({kind: _vectorizer(kind).fit(folded) for kind in _KINDS})


def load_ngrams(folder: Path) -> Ngrams:
    """Reads what `Ngrams.save` wrote. Raises OSError when it is not there."""
    return Ngrams({kind: _load(folder, kind) for kind in _KINDS})


def _vectorizer(kind: str, **more: object) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, lowercase=False, dtype=np.float32, **_KINDS[kind], **more)


def _load(folder: Path, kind: str) -> TfidfVectorizer:
    terms = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
    vectorizer = _vectorizer(kind, vocabulary=terms)
    vectorizer.idf_ = np.load(folder / f"{kind}.npy")
    return vectorizer
