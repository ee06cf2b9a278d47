"""The vectors of one side: of every sentence and of every run of up to four of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.align.lattice import REACH, Array
from harness.interfaces import Encoder, Matrix

PAD = REACH + 2


class Spans:
    """`vectors[k]` is `(n + PAD, d)`: row `i + 1` holds the unit vector of sentences i … i+k-1.

    Rows that would reach past either end are zero, so a neighbour that is not there has cosine 0.
    `chars[i]` is the number of characters of sentence i without surrounding white space.
    """

    def __init__(self, texts: Sequence[str], vectors: dict[int, Matrix]) -> None:
        self.texts = [text.strip() for text in texts]
        self.n = len(texts)
        self.chars: Array = np.array([len(text) for text in self.texts], dtype=np.float64)
        self.vectors = {size: _padded(rows) for size, rows in vectors.items()}

    def lengths(self, size: int) -> Array:
        """`(n,)` characters of the span of `size` sentences from each start; 0 where it would not fit."""
        out = np.zeros(self.n)
        if self.n >= size:
            sums = np.concatenate([[0.0], np.cumsum(self.chars)])
            out[: self.n - size + 1] = sums[size:] - sums[:-size]
        return out


def _padded(rows: Matrix) -> Matrix:
    out = np.zeros((len(rows) + PAD, rows.shape[1]), dtype=np.float32)
    out[1 : len(rows) + 1] = rows
    return out


def embed(texts: Sequence[str], encoder: Encoder) -> Spans:
    """Encode every sentence and every concatenation of two to four."""
    clean = [text.strip() for text in texts]
    n = len(clean)
    vectors: dict[int, Matrix] = {}
    for size in range(1, REACH + 1):
        joined = [" ".join(clean[i : i + size]) for i in range(n - size + 1)]
        rows = encoder.encode(joined) if joined else np.zeros((0, 1), dtype=np.float32)
        width = rows.shape[1] if len(rows) else (vectors[1].shape[1] if 1 in vectors else 1)
        vectors[size] = np.zeros((n, width), dtype=np.float32)
        vectors[size][: len(rows)] = rows
    return Spans(clean, vectors)
