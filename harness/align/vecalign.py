"""The cost of vecalign as a baseline (Thompson and Koehn 2019, aclanthology.org/D19-1136, equation 1).

cost(x, y) = (1 - cos(x, y)) |x| |y| / mean(1 - cosine of x and of y to sentences drawn at random), and a
sentence left alone costs the 20th percentile of the costs of random 1-1 pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np

from harness.align.evidence.spans import Spans, embed
from harness.align.search.band import search_band
from harness.align.search.lattice import SHAPES, Array, Lattice
from harness.align.search.path import best_path
from harness.common.limits import Inside
from harness.protocols import Aligner, Encoder
from harness.types import Bead

SAMPLES = 100  # sentences drawn for the normalisation
PAIRS = 5000  # random 1-1 pairs for the cost of leaving a sentence alone
SEED = 42


class VecalignScorer:
    """Vecalign's cost with its sign turned, so that higher is better; a `lattice.Scorer`."""

    def __init__(self, src: Spans, tgt: Spans, percentile: float) -> None:
        self.shapes = SHAPES
        self.n, self.m, self.open = src.n, tgt.n, 0.0
        self.edge = 0.0
        self._src, self._tgt = src, tgt
        draw = np.random.default_rng(SEED)
        some_src = src.rows(1)[draw.integers(0, src.n, SAMPLES)]
        some_tgt = tgt.rows(1)[draw.integers(0, tgt.n, SAMPLES)]
        self._src_norm = {k: 1.0 - src.rows(k) @ some_tgt.mean(axis=0) for k in src.vectors}
        self._tgt_norm = {k: 1.0 - tgt.rows(k) @ some_src.mean(axis=0) for k in tgt.vectors}
        i, j = draw.integers(0, src.n, PAIRS), draw.integers(0, tgt.n, PAIRS)
        cosines = np.einsum("kd,kd->k", src.rows(1)[i], tgt.rows(1)[j])
        norms = (self._src_norm[1][i] + self._tgt_norm[1][j]) / 2
        alone = -float(np.percentile((1.0 - cosines) / np.maximum(norms, 1e-6), percentile))
        self.null_src: Array = np.full(self.n, alone)
        self.null_tgt: Array = np.full(self.m, alone)

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        i, j = np.arange(*rows)[:, None], np.arange(*columns)[None, :]
        out = np.empty((len(SHAPES), rows[1] - rows[0], columns[1] - columns[0]))
        for s, (a, b) in enumerate(SHAPES):
            cosines = self._src.rows(a)[slice(*rows)] @ self._tgt.rows(b)[slice(*columns)].T
            left, right = self._src_norm[a][slice(*rows), None], self._tgt_norm[b][None, slice(*columns)]
            value = -(1.0 - cosines) * a * b / np.maximum((left + right) / 2, 1e-6)
            out[s] = np.where((i + a <= self.n) & (j + b <= self.m), value, -np.inf)
        return out


class Vecalign(Aligner):
    """Alignment by vecalign's cost, searched exactly (in a band where the text is long)."""

    def __init__(self, encoder: Encoder, percentile: Annotated[float, Inside(0, 100)] = 20.0) -> None:
        self.encoder, self.percentile = encoder, percentile

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Monotone beads in order; `score` is the negated cost (at most 0)."""
        if not src or not tgt:
            return [Bead((i,), ()) for i in range(len(src))] + [Bead((), (j,)) for j in range(len(tgt))]
        left, right = embed(src, self.encoder), embed(tgt, self.encoder)
        return best_path(Lattice(VecalignScorer(left, right, self.percentile), search_band(left, right)))
