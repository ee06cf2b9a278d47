"""The sweeps by `kernels`, compiled by numba (extra `fast`) where it is installed.

The compiler takes some seconds once on a machine and keeps what it made; small lattices are not worth
loading it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.align.search.lattice import ROWS, Array, BeadTable, Lattice

WORTH = 100  # source sentences from which the compiled sweeps are taken
WORTH_LOADING = 1000  # the same where the compiler is not loaded yet, which takes half a second
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sums:
    """Posteriors above the least, sorted by row, shape and column, `(k,)` each; what is left of 1 for each
    sentence, and how many gaps and beads are expected.
    """

    row: Places
    shape: Places
    column: Places
    mass: Array
    alone_src: Array
    alone_tgt: Array
    gaps: float
    beads: float


class Sweeps:
    """Forward and backward over one lattice, by blocks of rows, with the module `kernels`."""

    def __init__(self, lattice: Lattice, kernels: Any) -> None:
        self._lattice, self._kernels = lattice, kernels
        scorer, band = lattice.scorer, lattice.band
        self._low, self._high = band.low.astype(np.int64), band.high.astype(np.int64)
        self._ends = np.concatenate([[0], np.cumsum(self._high - self._low)])
        shapes = np.array(lattice.shapes, dtype=np.int64).reshape(-1, 2)
        null_src = np.ascontiguousarray(scorer.null_src, dtype=np.float64)
        self._where = shapes, self._low, self._high, self._ends
        self._costs = null_src, lattice.alone, float(scorer.open), float(scorer.edge)

    def forward(self, summing: bool) -> tuple[BeadTable, ...]:
        """Tables: the best (or, `summing`, all) ways to a cell after a bead, after source and after target
        sentences left alone, in any state; and which shape leads there.
        """
        lattice = self._lattice
        kinds, width = len(lattice.shapes), lattice.scorer.m + 1
        ring = np.full((self._kernels.KEPT, kinds, width), -np.inf)
        gap = np.full((self._kernels.KEPT, width), -np.inf)
        floats = [BeadTable(lattice.band) for _ in range(4)]
        best = BeadTable(lattice.band, np.int8)
        into = [table.values for table in (*floats, best)]
        for first, count, block, start in self._blocks():
            self._kernels.forward_rows(
                first, count, summing, block, start, *self._where, *self._costs, ring, gap, *into
            )
        return *floats, best

    def posteriors(self, least: float) -> Sums:
        """Forward and backward, with all alignments summed."""
        lattice, n = self._lattice, self._lattice.scorer.n
        bead, _, _, total, _ = self.forward(summing=True)
        log_total = total.at(n, lattice.scorer.m)
        after, after_alone = (np.full((self._kernels.KEPT, lattice.scorer.m + 1), -np.inf) for _ in range(2))
        alone_src, alone_tgt, sums = np.ones(n), np.ones(lattice.scorer.m), np.zeros(2)
        parts = []
        for first, count, block, start in reversed(list(self._blocks())):
            most = int(self._ends[first + count] - self._ends[first]) * len(lattice.shapes)
            room = tuple(np.empty(most, kind) for kind in (np.int64, np.int64, np.int64, np.float64))
            found = self._kernels.backward_rows(
                first, count, block, start, *self._where, *self._costs, log_total, least, bead.values,
                total.values, after, after_alone, alone_src, alone_tgt, sums, *room,
            )  # fmt: skip
            parts.append([column[:found].copy() for column in room])
        row, shape, column, mass = (np.concatenate([part[k] for part in parts]) for k in range(4))
        order = np.lexsort((column, shape, row))
        gaps, beads = map(float, sums)
        return Sums(row[order], shape[order], column[order], mass[order], alone_src, alone_tgt, gaps, beads)

    def _blocks(self) -> Iterator[tuple[int, int, Array, int]]:
        """First row, rows, scores and first column of each block; the row behind the last sentence alone."""
        n = self._lattice.scorer.n
        for index in range(-(-n // ROWS)):
            start, block = self._lattice.block(index)
            yield index * ROWS, block.shape[1], np.ascontiguousarray(block, dtype=np.float64), start
        yield n, 1, np.empty((len(self._lattice.shapes), 0, 0)), 0


def sweeps(lattice: Lattice) -> Sweeps | None:
    """The compiled sweeps over a lattice, where there are any and it is large enough to be worth them."""
    least = WORTH if "numba" in sys.modules else max(WORTH, WORTH_LOADING)
    if lattice.scorer.n < least or importlib.util.find_spec("numba") is None:
        return None
    from harness.align.search import kernels

    return Sweeps(lattice, kernels) if kernels.COMPILED else None
