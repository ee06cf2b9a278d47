"""The length-only baseline (Gale and Church 1993, "A Program for Aligning Sentences in Bilingual Corpora").

A bead costs -log P(shape) - log P(|delta|), with delta = (l2 - c l1) / sqrt(mean length * s2), lengths in
characters, s2 = 6.8 and shape priors as printed there (table 5); c is the texts' own length ratio.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np

from harness.align.evidence.spans import run_lengths
from harness.align.search.band import full_or_diagonal
from harness.align.search.lattice import Array, Lattice
from harness.align.search.path import best_path
from harness.common.limits import Above
from harness.protocols import Aligner
from harness.types import Bead

# The paper gives 1-1 .89, 1-0 and 0-1 together .0099, 2-1 and 1-2 together .089, 2-2 .011.
PRIORS = {(1, 1): 0.89, (1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011}
NULL_PRIOR = 0.00495


class LengthScorer:
    """Log probabilities by length; a `lattice.Scorer`. `src`, `tgt` are lengths in characters."""

    def __init__(self, src: Array, tgt: Array, variance: float) -> None:
        self.shapes = tuple(sorted(PRIORS))
        self.n, self.m, self.open = len(src), len(tgt), 0.0
        self.edge = 0.0
        self._variance = variance
        self._ratio = float(tgt.sum() / src.sum()) if src.sum() and tgt.sum() else 1.0
        self._src = {size: run_lengths(src, size) for size in (1, 2)}
        self._tgt = {size: run_lengths(tgt, size) for size in (1, 2)}
        alone = math.log(NULL_PRIOR)
        self.null_src: Array = alone + self._log_match(src, np.zeros(1))
        self.null_tgt: Array = alone + self._log_match(np.zeros(1), tgt)

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        i, j = np.arange(*rows)[:, None], np.arange(*columns)[None, :]
        out = np.full((len(self.shapes), rows[1] - rows[0], columns[1] - columns[0]), -np.inf)
        for s, (a, b) in enumerate(self.shapes):
            left = self._src[a][rows[0] : rows[1], None]
            right = self._tgt[b][None, columns[0] : columns[1]]
            value = math.log(PRIORS[a, b]) + self._log_match(left, right)
            out[s] = np.where((i + a <= self.n) & (j + b <= self.m), value, -np.inf)
        return out

    def _log_match(self, left: Array, right: Array) -> Array:
        mean = np.maximum((left + right / self._ratio) / 2, 1.0)
        delta = np.abs(right - left * self._ratio) / np.sqrt(mean * self._variance)
        return log_two_sided(delta)


def log_two_sided(delta: Array) -> Array:
    """log 2(1 - Phi(|delta|)), the two-sided tail of the standard normal distribution.

    Chebyshev fit of erfc with a relative error below 1.2e-7 (Press et al., Numerical Recipes, section 6.2).
    """
    z = np.abs(delta) / math.sqrt(2.0)
    t = 1.0 / (1.0 + 0.5 * z)
    terms = (-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398,
             1.48851587, -0.82215223, 0.17087277)  # fmt: skip
    polynomial = np.polynomial.polynomial.polyval(t, np.array(terms))
    out: Array = np.minimum(np.log(t) - z * z + polynomial, 0.0)
    return out


class GaleChurch(Aligner):
    """Alignment by length alone: no vectors, any language pair."""

    def __init__(self, variance: Annotated[float, Above(0)] = 6.8) -> None:
        self.variance = variance

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Monotone beads in order; `score` is the bead's log probability (natural logarithm)."""
        left = np.array([float(len(text.strip())) for text in src])
        right = np.array([float(len(text.strip())) for text in tgt])
        scorer = LengthScorer(left, right, self.variance)
        return best_path(Lattice(scorer, full_or_diagonal(scorer.n, scorer.m)))
