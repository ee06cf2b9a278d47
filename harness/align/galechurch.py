"""The length-only baseline (Gale and Church 1993, "A Program for Aligning Sentences in Bilingual Corpora").

A bead costs -log P(shape) - log P(|delta|), with delta = (l2 - c l1) / sqrt(mean length * s2), lengths in
characters (`width`: those of Chinese count more). c is the texts' own length ratio. s2 is estimated from
their own beads: the 6.8 printed there is that of parliament, and novels scatter more. Shape priors are those
of its table 5; the larger beads that books need, which it does not have, come behind them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from typing import Annotated

import numpy as np

from harness.align.evidence.spans import run_lengths
from harness.align.search.band import full_or_diagonal
from harness.align.search.lattice import Array, Lattice
from harness.align.search.path import best_path
from harness.common.limits import Above
from harness.common.width import width
from harness.protocols import Aligner
from harness.types import Bead

# The paper gives 1-1 .89, 1-0 and 0-1 together .0099, 2-1 and 1-2 together .089, 2-2 .011.
PRIORS = {(1, 1): 0.89, (1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011}
PRIORS |= {(1, 3): 0.006, (3, 1): 0.006, (1, 4): 0.002, (4, 1): 0.002, (2, 3): 0.002, (3, 2): 0.002}
NULL_PRIOR = 0.00495
ROUNDS = 3  # of estimating s2
KNOWN = 10  # beads that the s2 given counts for


class LengthScorer:
    """Log probabilities by length; a `lattice.Scorer`. `src`, `tgt` are lengths in characters.

    `variance` is s2, `ratio` is c: target characters per source character.
    """

    def __init__(self, src: Array, tgt: Array, variance: float) -> None:
        self.shapes = tuple(sorted(PRIORS))
        self.n, self.m, self.open = len(src), len(tgt), 0.0
        self.edge = 0.0
        self._variance = variance
        self.ratio = float(tgt.sum() / src.sum()) if src.sum() and tgt.sum() else 1.0
        sizes = set(chain(*PRIORS))
        self._src = {size: run_lengths(src, size) for size in sizes}
        self._tgt = {size: run_lengths(tgt, size) for size in sizes}
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
        return log_two_sided(np.sqrt(self.scatter(left, right) / self._variance))

    def scatter(self, left: Array, right: Array) -> Array:
        """(l2 - c l1)² / mean length: what s2 is the mean of."""
        out: Array = np.square(right - left * self.ratio) / np.maximum((left + right / self.ratio) / 2, 1.0)
        return out


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
    """Alignment by length alone: no vectors, any language pair. `variance` is s2 to begin with."""

    def __init__(self, variance: Annotated[float, Above(0)] = 15.0) -> None:
        self.variance = variance

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Monotone beads in order; `score` is the bead's log probability (natural logarithm)."""
        left, right = (np.array([width(text) for text in side], dtype=np.float64) for side in (src, tgt))
        band, variance = full_or_diagonal(len(left), len(right)), self.variance
        for _ in range(ROUNDS):
            scorer = LengthScorer(left, right, variance)
            beads = best_path(Lattice(scorer, band))
            variance = variance_of(scorer, beads, left, right, self.variance, KNOWN)
        return best_path(Lattice(LengthScorer(left, right, variance), band))


def variance_of(
    scorer: LengthScorer, beads: Sequence[Bead], left: Array, right: Array, given: float, known: int
) -> float:
    """s2 over the beads of an alignment, the one `given` counted as `known` beads."""
    links = [bead for bead in beads if not bead.is_null]
    sums = (
        np.array([side[list(x)].sum() for x in xs])
        for side, xs in ((left, [bead.src for bead in links]), (right, [bead.tgt for bead in links]))
    )
    found = scorer.scatter(*sums)
    return (known * given + float(found.sum())) / (known + len(links))
