"""The vectors of one side: of every sentence, and of runs of two to five sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.align.search.lattice import REACH, Array
from harness.common.width import width
from harness.protocols import Encoder, Matrix

_PAD = REACH + 2


class Spans:
    """Texts of one side with `(n, d)` unit vectors of its sentences and of its runs of sentences.

    The run of `size` sentences from i has row i of `rows(size)`, the zero row where it reaches past
    the end. Runs begin as the mean of their sentences' vectors; `encode_runs` replaces chosen ones by
    the encoder's vector of the concatenated text.
    """

    def __init__(self, texts: Sequence[str], vectors: Matrix) -> None:
        self.texts = [text.strip() for text in texts]
        self.n = len(texts)
        self.chars: Array = np.array([width(text) for text in self.texts], dtype=np.float64)
        self.vectors: dict[int, Matrix] = {1: _padded(vectors)}
        self.encoded: dict[int, NDArray[np.bool_]] = {1: np.ones(self.n, dtype=bool)}
        sums = np.concatenate([np.zeros((1, vectors.shape[1])), np.cumsum(vectors, axis=0, dtype=np.float64)])
        for size in range(2, REACH + 1):
            rows = np.zeros_like(vectors)
            if self.n >= size:
                total = sums[size:] - sums[:-size]
                norms = np.linalg.norm(total, axis=1, keepdims=True)
                rows[: self.n - size + 1] = total / np.maximum(norms, 1e-9)
            self.vectors[size] = _padded(rows)
            self.encoded[size] = np.zeros(self.n, dtype=bool)

    def rows(self, size: int) -> Matrix:
        """`(n, d)` vectors of the runs of `size` sentences."""
        return self.vectors[size][1 : self.n + 1]

    def window(self, size: int, first: int, last: int) -> Matrix:
        """`rows(size)[first:last]`, where -1 and up to `REACH` beyond the end give zero rows."""
        return self.vectors[size][first + 1 : last + 1]

    def lengths(self, size: int) -> Array:
        """`(n,)` characters of the runs of `size` sentences; 0 where they reach past the end."""
        return run_lengths(self.chars, size)

    def encode_runs(self, wanted: dict[int, NDArray[np.bool_]], encoder: Encoder) -> int:
        """Encode the runs marked by size in `wanted`, `(n,)` each; returns how many were encoded."""
        chosen = [
            (size, int(i))
            for size, marks in sorted(wanted.items())
            for i in np.flatnonzero(marks & ~self.encoded[size])
            if i + size <= self.n
        ]
        if chosen:
            vectors = encoder.encode([" ".join(self.texts[i : i + size]) for size, i in chosen])
            for (size, i), vector in zip(chosen, vectors, strict=True):
                self.vectors[size][i + 1] = vector
                self.encoded[size][i] = True
        return len(chosen)


def run_lengths(chars: Array, size: int) -> Array:
    """`(n,)` sums of `size` consecutive numbers from each place; 0 where they reach past the end."""
    out = np.zeros(len(chars))
    if len(chars) >= size:
        sums = np.concatenate([[0.0], np.cumsum(chars)])
        out[: len(chars) - size + 1] = sums[size:] - sums[:-size]
    return out


def _padded(rows: Matrix) -> Matrix:
    out = np.zeros((len(rows) + _PAD, rows.shape[1]), dtype=np.float32)
    out[1 : len(rows) + 1] = rows
    return out


def embed(texts: Sequence[str], encoder: Encoder, runs: bool = True) -> Spans:
    """Encode every sentence, and with `runs` every run of two to `REACH` as well."""
    spans = Spans(texts, encoder.encode([text.strip() for text in texts]))
    if runs:
        spans.encode_runs({k: np.ones(spans.n, dtype=bool) for k in range(2, REACH + 1)}, encoder)
    return spans
