"""The second pass: the candidates that the first one leaves are scored anew, by more features.

score(bead) = (middle + regime) · features + out · tanh(hidden · features), and likewise without the layer
for a sentence left alone and for a gap. As log weights they define a probability of each alignment, a
conditional random field over the candidates. Which regime a pair of texts is in is told as `regimes` says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from harness.align.evidence.beliefs import Beliefs, averaged, believe
from harness.align.evidence.calibration import Calibration
from harness.align.evidence.candidates import BEAD_FEATURES, NULL_FEATURES, Candidates
from harness.align.evidence.model import Hidden
from harness.align.evidence.regimes import SHARES, chances, signs
from harness.align.evidence.spans import Spans
from harness.align.search.lattice import SHAPES, Array, Band, Lattice
from harness.protocols import Matrix

NAMES = (*BEAD_FEATURES, *(f"alone:{name}" for name in NULL_FEATURES), "edge", "open")
_NULLS = slice(len(BEAD_FEATURES), len(BEAD_FEATURES) + len(NULL_FEATURES))
UNLIKELY = 0.001  # regimes of less chance are left out
WEIGHTS = Path(__file__).with_name("second_pass.json")


@dataclass(frozen=True, slots=True)
class SecondWeights:
    """`middle` (len(NAMES),), `regimes` (len(SHARES), len(NAMES)) added to it, `gate` (…, signs)."""

    middle: Array
    regimes: Array
    gate: Array
    hidden: Hidden
    calibration: Calibration


@lru_cache(maxsize=1)
def second_weights() -> SecondWeights:
    """The weights as `experiments/alignment/second.py` wrote them."""
    known = json.loads(WEIGHTS.read_text("utf-8"))
    assert tuple(known["names"]) == NAMES, "second_pass.json was fitted with other features"
    return second_weights_of(known)


def second_weights_of(known: Mapping[str, Any]) -> SecondWeights:
    """The weights out of such tables."""
    middle, regimes, gate = (np.array(known[name]) for name in ("middle", "regimes", "gate"))
    layer = Hidden(*(np.array(known[name], dtype=np.float32) for name in ("hidden", "out")))
    sure = Calibration(*(np.array(known["calibration"][name]) for name in ("links", "nulls")))
    return SecondWeights(middle, regimes, gate, layer, sure)


class Rescored:
    """Candidates with what they are worth in every regime.

    `features` is `(k, len(BEAD_FEATURES))`, `alone` `(n, len(NULL_FEATURES))` and `(m, …)`.
    """

    def __init__(
        self, found: Candidates, features: Matrix, alone: tuple[Matrix, Matrix], weights: SecondWeights
    ) -> None:
        self.found, self.alone, self.weights = found, alone, weights
        beads = slice(0, len(BEAD_FEATURES))
        # sums in double precision and in one order: the same for any number of threads
        plain = np.einsum("kf,f->k", features.astype(np.float64), weights.middle[beads])
        self.middle: Array = plain + weights.hidden.score(features.T)
        self.regimes: Array = np.einsum("kf,rf->rk", features.astype(np.float64), weights.regimes[:, beads])

    def at(self, regime: Array) -> InRegime:
        """With the regimes mixed, `(len(SHARES),)`: all zeros is the middle."""
        return InRegime(self, regime)


class InRegime:
    """The score in one regime; a `lattice.Scorer`. What is no candidate is impossible."""

    def __init__(self, rescored: Rescored, regime: Array) -> None:
        weights = rescored.weights.middle + regime @ rescored.weights.regimes
        self._found = rescored.found
        self._scores = rescored.middle + regime @ rescored.regimes
        self.null_src, self.null_tgt = (
            np.einsum("nf,f->n", side.astype(np.float64), weights[_NULLS]) for side in rescored.alone
        )
        self.n, self.m = len(self.null_src), len(self.null_tgt)
        self.shapes, self.edge, self.open = SHAPES, float(weights[-2]), float(weights[-1])

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        out = np.full((len(SHAPES), rows[1] - rows[0], columns[1] - columns[0]), -np.inf)
        first, last = np.searchsorted(self._found.row, rows)
        column = self._found.column[first:last]
        inside = (column >= columns[0]) & (column < columns[1])
        row, shape = self._found.row[first:last][inside], self._found.shape[first:last][inside]
        out[shape, row - rows[0], column[inside] - columns[0]] = self._scores[first:last][inside]
        return out


def rescore(
    rescored: Rescored, spans: tuple[Spans, Spans], level: float, band: Band, share: float | None = None
) -> Beliefs:
    """The beliefs after the second pass: averaged over the regimes by their chances, or those of `share`."""
    single = np.eye(len(SHARES))
    if share is not None:
        mixed = np.array([np.interp(share, SHARES, one) for one in single])
        return believe(Lattice(rescored.at(mixed), band))
    beliefs = believe(Lattice(rescored.at(np.zeros(len(SHARES))), band))
    chance = chances(signs(beliefs, spans, level), rescored.weights.gate)
    kept = np.flatnonzero(chance >= UNLIKELY)
    parts = [believe(Lattice(rescored.at(single[k]), band)) for k in kept]
    return averaged(parts, (chance[kept] / chance[kept].sum()).tolist())
