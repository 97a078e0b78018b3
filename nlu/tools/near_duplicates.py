"""Messages that say nearly the same in nearly the same words: one of each pair teaches nothing and is to be rewritten.

    .venv/bin/python -m tools.near_duplicates [--likeness 0.8]

Prints the pairs, most alike first, and ends with 1 when there are any. Short answers ("oui merci") are left alone: there
are only so many ways to say them. So are pairs with different labels: what sets them apart is what must be learned.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sklearn.feature_extraction.text import TfidfVectorizer

from components.folding import fold
from tools.examples import Example, read_examples

LIKENESS = 0.8
"""Cosine of the tf-idf of characters by four. Pairs above it differ by a name, a number or a word."""
FEWEST_WORDS = 5
_ROWS = 1000


def near_duplicates(
    examples: Sequence[Example], likeness: float = LIKENESS
) -> Iterator[tuple[float, Example, Example]]:
    """Pairs of equally labelled messages at least that alike, each once."""
    longer = [example for example in examples if len(example.text.split()) >= FEWEST_WORDS]
    if not longer:
        return
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), preprocessor=fold)
    table = counts.fit_transform([example.text for example in longer])
    columns = table.T.tocsr()
    for start in range(0, len(longer), _ROWS):
        close = (table[start : start + _ROWS] @ columns).tocoo()
        alike = close.data >= likeness
        for row, other, share in zip(close.row[alike], close.col[alike], close.data[alike], strict=True):
            one, two = longer[start + row], longer[other]
            if start + row < other and replace(one, text=two.text) == two:
                yield float(share), one, two


def main() -> int:
    """Prints the pairs; 1 when there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--likeness", type=float, default=LIKENESS)
    chosen = parser.parse_args()
    examples = read_examples()
    pairs = sorted(near_duplicates(examples, chosen.likeness), key=lambda pair: -pair[0])
    for share, one, two in pairs:
        print(f"{share:.2f} {one.intent}\n  {one.text}\n  {two.text}")  # noqa: T201 - a command line tool
    print(f"{len(pairs)} pairs in {len(examples)} messages")  # noqa: T201 - a command line tool
    return 1 if pairs else 0


if __name__ == "__main__":
    sys.exit(main())
