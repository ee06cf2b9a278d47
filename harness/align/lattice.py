"""The lattice of all monotone alignments of two texts, within a band of cells.

A path runs from cell (0, 0) to (n, m). Three states keep each alignment to one path only, so that sums
over paths count each alignment once: B after a bead with text on both sides, D after a source
sentence left alone, I after a target sentence left alone; I is never followed by D.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = tuple[int, int]
Join = np.ufunc  # np.maximum: the best path; np.logaddexp: the sum over paths

SHAPES: tuple[Shape, ...] = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2), (1, 4), (4, 1), (2, 3), (3, 2))
REACH = 4  # the longest side of a bead
ROWS = 64  # rows of the lattice scored at once


class Scorer(Protocol):
    """Scores of beads and of sentences left alone, in one unit (higher is better)."""

    n: int
    m: int
    null_src: Array  # (n,) score of leaving source sentence i alone
    null_tgt: Array  # (m,)
    open: float  # added once where a gap begins: sentences left alone on one or both sides

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        """`(len(SHAPES), rows, columns)` scores of beads by their first sentences; -inf where impossible."""
        ...


@dataclass(frozen=True, slots=True)
class Band:
    """The cells searched: columns low[i] … high[i]-1 of each row i of n + 1; neither ever decreases."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]

    @staticmethod
    def full(n: int, m: int) -> Band:
        return Band(np.zeros(n + 1, dtype=np.int64), np.full(n + 1, m + 1, dtype=np.int64))

    def width(self, row: int) -> int:
        return int(self.high[row] - self.low[row])

    @property
    def cells(self) -> int:
        return int((self.high - self.low).sum())

    def shift(self, there: int, here: int, columns: int) -> tuple[slice, slice]:
        """Column c + `columns` of row `there` as column c of row `here`: (places there, places here)."""
        offset = int(self.low[here] - self.low[there]) + columns
        start, stop = max(0, -offset), min(self.width(here), self.width(there) - offset)
        stop = max(start, stop)
        return slice(start + offset, stop + offset), slice(start, stop)


class Table:
    """One number a cell of a band, stored flat: `table[i]` is row i as a view."""

    def __init__(self, band: Band, fill: float = -np.inf, dtype: type = np.float64) -> None:
        self._ends = np.concatenate([[0], np.cumsum(band.high - band.low)])
        self._low = band.low
        self.values: NDArray[Any] = np.full(int(self._ends[-1]), fill, dtype=dtype)

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self._ends[row] : self._ends[row + 1]]

    def at(self, row: int, column: int) -> float:
        """The value of a cell, -inf outside the band."""
        place = int(self._ends[row]) + column - int(self._low[row])
        inside = row >= 0 and self._ends[row] <= place < self._ends[row + 1]
        return float(self.values[place]) if inside else -np.inf


class Lattice:
    """A scorer within a band."""

    def __init__(self, scorer: Scorer, band: Band | None = None) -> None:
        self.scorer = scorer
        self.band = band or Band.full(scorer.n, scorer.m)
        self._blocks: dict[int, tuple[int, Array]] = {}

    def beads(self, row: int) -> Array:
        """`(len(SHAPES), width of the row)` scores of the beads that start in `row`."""
        index = row // ROWS
        if index not in self._blocks:
            while len(self._blocks) > 1:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[index] = self._block(index)
        first, block = self._blocks[index]
        start, width = int(self.band.low[row]) - first, self.band.width(row)
        view = block[:, row - index * ROWS, start : start + width]
        missing = width - view.shape[1]
        return np.pad(view, ((0, 0), (0, missing)), constant_values=-np.inf) if missing else view

    def _block(self, index: int) -> tuple[int, Array]:
        rows = index * ROWS, min(self.scorer.n, (index + 1) * ROWS)
        first = int(self.band.low[rows[0]])
        last = min(self.scorer.m, int(self.band.high[rows[1] - 1]))
        return first, self.scorer.block(rows, (first, max(first, last)))

    def null_tgt(self, row: int) -> Array:
        """Score of leaving alone the target sentence that starts at each column of `row`."""
        low, width = int(self.band.low[row]), self.band.width(row)
        out = np.full(width, -np.inf)
        count = max(0, min(width, self.scorer.m - low))
        out[:count] = self.scorer.null_tgt[low : low + count]
        return out


@dataclass(frozen=True, slots=True)
class Forward:
    """Values of all ways from (0, 0) to each cell, by state, joined; `shape` leads to B on the best way."""

    bead: Table
    deleted: Table
    inserted: Table
    total: Table
    shape: Table


def forward(lattice: Lattice, join: Join) -> Forward:
    """The forward sweep, row by row, each row as whole-array operations."""
    scorer, band = lattice.scorer, lattice.band
    bead, deleted, inserted, total = (Table(band) for _ in range(4))
    shape = Table(band, -1, np.int8)
    bead[0][0] = 0.0  # a band begins at column 0
    starts: dict[int, Array] = {}  # by row: total + score of the beads that start there
    for i in range(scorer.n + 1):
        for s, (a, b) in enumerate(SHAPES):
            if i >= a:
                there, here = band.shift(i - a, i, -b)
                value = starts[i - a][s, there]
                if join is np.maximum:
                    shape[i][here][value > bead[i][here]] = s
                bead[i][here] = join(bead[i][here], value)
        if i:
            there, here = band.shift(i - 1, i, 0)
            begun = bead[i - 1][there] + scorer.open
            deleted[i][here] = join(begun, deleted[i - 1][there]) + scorer.null_src[i - 1]
        begin = join(bead[i] + scorer.open, deleted[i])
        steps = lattice.null_tgt(i)
        inserted[i][1:] = _run(begin[:-1] + steps[:-1], steps[1:-1], join)
        total[i][:] = join(join(bead[i], deleted[i]), inserted[i])
        if i < scorer.n:
            starts[i] = lattice.beads(i) + total[i]
            starts.pop(i - REACH, None)
    return Forward(bead, deleted, inserted, total, shape)


def _run(begin: Array, step: Array, join: Join) -> Array:
    """`out[k] = join(begin[k], out[k-1] + step[k-1])` as one accumulation; `step` is one shorter."""
    cost = np.concatenate([[0.0], np.cumsum(step)])
    out: Array = join.accumulate(begin - cost) + cost
    return out


# (row, (len(SHAPES), width) probabilities of the beads that start in that row)
Visit = Callable[[int, Array], None]


@dataclass(frozen=True, slots=True)
class Mass:
    """Log of the sum over all alignments, and how many gaps (sentences left alone in a row) are expected."""

    log_total: float
    gaps: float


def posteriors(lattice: Lattice, visit: Visit) -> Mass:
    """Forward-backward in log space: `visit` gets, from the last row to the first, bead probabilities.

    The scores are taken as log weights: P(alignment) is proportional to exp(sum of its scores).
    """
    scorer, band = lattice.scorer, lattice.band
    fore = forward(lattice, np.logaddexp)
    n = scorer.n
    log_total = fore.total.at(n, scorer.m)
    after: dict[int, Array] = {}  # by row: ways from state B to the end
    after_deleted = np.zeros(0)
    gaps = 0.0
    for i in range(n, -1, -1):
        leave = np.full(band.width(i), -np.inf)
        if i == n:
            leave[scorer.m - int(band.low[n])] = 0.0
        else:
            scores = lattice.beads(i)
            ways = np.full(scores.shape, -np.inf)
            for s, (a, b) in enumerate(SHAPES):
                if i + a <= n:
                    there, here = band.shift(i + a, i, b)
                    ways[s, here] = scores[s, here] + after[i + a][there]
            visit(i, np.exp(ways + fore.total[i] - log_total))
            leave = np.logaddexp.reduce(ways, axis=0)
        steps = lattice.null_tgt(i)
        inserted = _backward_run(leave, steps)
        insert, delete = np.full((2, band.width(i)), -np.inf)
        insert[:-1] = steps[:-1] + inserted[1:]
        if i < n:
            there, here = band.shift(i + 1, i, 0)
            delete[here] = scorer.null_src[i] + after_deleted[there]
        alone = np.logaddexp(insert, delete)
        gaps += float(np.exp(fore.bead[i] + scorer.open + alone - log_total).sum())
        after[i] = np.logaddexp(leave, alone + scorer.open)
        after_deleted = np.logaddexp(leave, alone)
        after.pop(i + REACH, None)
    return Mass(log_total, gaps)


def _backward_run(leave: Array, steps: Array) -> Array:
    """`out[k] = logaddexp(leave[k], steps[k] + out[k+1])`."""
    cost = np.concatenate([[0.0], np.cumsum(steps[:-1])])
    # a way from k to a later l costs cost[l] - cost[k]
    out: Array = np.logaddexp.accumulate((leave + cost)[::-1])[::-1] - cost
    return out
