"""The score of a bead as log weight: what the evidence is worth, for parallel and for comparable text.

score(bead) = w · features; a sentence left alone scores `null + null_length * log(characters / 100)`, and
`open` is added once a gap. As log weights they define a probability of each alignment (a
conditional random field over the lattice), so that sums over alignments give each bead its posterior.

How much low coverage or an empty side means depends on the text: rare in a translation, ordinary in
two reports of one event. The weights are a line between these two, and `share`, estimated from the
texts themselves, says where on it a pair of documents lies.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from harness.align.clauses import Clauses, weakest
from harness.align.lattice import SHAPES, Array
from harness.align.objective import neighbourhood
from harness.align.spans import Spans


@dataclass(frozen=True, slots=True)
class Weights:
    """One number a feature."""

    cosine: float  # of the vectors of both sides
    around: float  # mean cosine to the sentences just outside the bead
    coverage: float  # of the bead's least covered sentence (`clauses.weakest`)
    length: float  # squared log of the length ratio, at most 4
    bead: float  # 1 for each bead
    size: float  # sentences beyond 1-1
    both: float  # 1 where both sides have two or more
    null: float  # 1 for each sentence left alone
    null_length: float  # its log(characters / 100)
    open: float  # 1 for each gap, sentences left alone in a row

    def at(self, slope: Weights, share: float) -> Weights:
        """`self + share * slope`."""
        return Weights(*(getattr(self, f.name) + share * getattr(slope, f.name) for f in fields(self)))


class Evidence:
    """The log-linear score over a pair of documents; a `lattice.Scorer`.

    `ratio` is target characters per source character.
    """

    def __init__(
        self, spans: tuple[Spans, Spans], parts: tuple[Clauses, Clauses], weights: Weights, ratio: float
    ) -> None:
        self._src, self._tgt = spans
        self._parts, self._weights = parts, weights
        self.n, self.m, self.open = self._src.n, self._tgt.n, weights.open
        self._src_lengths = {k: np.maximum(self._src.lengths(k) * ratio, 1.0) + 10.0 for k in range(1, 5)}
        self._tgt_lengths = {k: np.maximum(self._tgt.lengths(k), 1.0) + 10.0 for k in range(1, 5)}
        self.null_src: Array = self._null(self._src)
        self.null_tgt: Array = self._null(self._tgt)

    def _null(self, side: Spans) -> Array:
        out: Array = self._weights.null + self._weights.null_length * np.log((side.chars + 10.0) / 100.0)
        return out

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        w = self._weights
        if columns[1] <= columns[0]:
            return np.full((len(SHAPES), rows[1] - rows[0], 0), -np.inf)
        cosines, around = neighbourhood(self._src, self._tgt, rows, columns)
        out = w.cosine * cosines + w.around * around
        out += w.coverage * weakest(*self._parts, rows, columns)
        i, j = np.arange(*rows)[:, None], np.arange(*columns)[None, :]
        for s, (a, b) in enumerate(SHAPES):
            left = np.log(self._src_lengths[a][rows[0] : rows[1], None])
            right = np.log(self._tgt_lengths[b][None, columns[0] : columns[1]])
            out[s] += w.length * np.minimum(np.square(left - right), 4.0)
            out[s] += w.bead + w.size * (a + b - 2) + (w.both if min(a, b) > 1 else 0.0)
            out[s][(i + a > self.n) | (j + b > self.m)] = -np.inf
        return out
