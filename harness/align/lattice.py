"""The lattice of all monotone alignments of two texts, within a band of cells.

A path runs from cell (0, 0) to (n, m). Three states keep each alignment to one path only, so that sums
over paths count each alignment once: B after a bead with text on both sides, D after a source
sentence left alone, I after a target sentence left alone; I is never followed by D.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

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
    open: float  # added once where a run of sentences left alone begins

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        """`(len(SHAPES), rows, columns)` scores of beads by their first sentences; -inf where impossible."""
        ...


@dataclass(frozen=True, slots=True)
class Band:
    """For each of the n + 1 rows the first column of a window of `width` columns (non-decreasing)."""

    low: NDArray[np.int64]
    width: int

    @staticmethod
    def full(n: int, m: int) -> Band:
        return Band(np.zeros(n + 1, dtype=np.int64), m + 1)

    def shift(self, there: int, here: int, columns: int) -> tuple[slice, slice]:
        """Where column c + `columns` of row `there` is column c of row `here`: (places there, places here)."""
        offset = int(self.low[here] - self.low[there]) + columns
        start, stop = max(0, -offset), min(self.width, self.width - offset)
        stop = max(start, stop)
        return slice(start + offset, stop + offset), slice(start, stop)


class Lattice:
    """A scorer within a band. Tables are `(n + 1, width)`: row i, column `band.low[i] + k` at `[i, k]`."""

    def __init__(self, scorer: Scorer, band: Band | None = None) -> None:
        self.scorer = scorer
        self.band = band or Band.full(scorer.n, scorer.m)
        self._blocks: dict[int, tuple[int, Array]] = {}

    def beads(self, row: int) -> Array:
        """`(len(SHAPES), width)` scores of the beads that start in `row`."""
        index = row // ROWS
        if index not in self._blocks:
            while len(self._blocks) > 1:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[index] = self._block(index)
        first, block = self._blocks[index]
        start = int(self.band.low[row]) - first
        view = block[:, row - index * ROWS, start : start + self.band.width]
        missing = self.band.width - view.shape[1]
        return np.pad(view, ((0, 0), (0, missing)), constant_values=-np.inf) if missing else view

    def _block(self, index: int) -> tuple[int, Array]:
        rows = index * ROWS, min(self.scorer.n, (index + 1) * ROWS)
        first = int(self.band.low[rows[0]])
        last = min(self.scorer.m, int(self.band.low[rows[1] - 1]) + self.band.width)
        return first, self.scorer.block(rows, (first, max(first, last)))

    def null_tgt(self, row: int) -> Array:
        """`(width,)` score of leaving alone the target sentence that starts at each column of `row`."""
        low, m = int(self.band.low[row]), self.scorer.m
        out = np.full(self.band.width, -np.inf)
        count = max(0, min(self.band.width, m - low))
        out[:count] = self.scorer.null_tgt[low : low + count]
        return out

    def table(self) -> Array:
        return np.full((self.scorer.n + 1, self.band.width), -np.inf)


@dataclass(frozen=True, slots=True)
class Forward:
    """Values of all ways from (0, 0) to each cell, by state, joined; `shape` leads to B on the best way."""

    bead: Array
    deleted: Array
    inserted: Array
    total: Array
    shape: NDArray[np.int8]


def forward(lattice: Lattice, join: Join) -> Forward:
    """The forward sweep, row by row, each row as whole-array operations."""
    scorer, band = lattice.scorer, lattice.band
    bead, deleted, inserted, total = (lattice.table() for _ in range(4))
    shape = np.full(bead.shape, -1, dtype=np.int8)
    bead[0, 0] = 0.0  # a band begins at column 0
    starts: dict[int, Array] = {}  # by row: total + score of the beads that start there
    for i in range(scorer.n + 1):
        for s, (a, b) in enumerate(SHAPES):
            if i >= a:
                there, here = band.shift(i - a, i, -b)
                value = starts[i - a][s, there]
                if join is np.maximum:
                    shape[i, here][value > bead[i, here]] = s
                bead[i, here] = join(bead[i, here], value)
        if i:
            there, here = band.shift(i - 1, i, 0)
            begun = bead[i - 1, there] + scorer.open
            deleted[i, here] = join(begun, deleted[i - 1, there]) + scorer.null_src[i - 1]
        begin = join(bead[i], deleted[i]) + scorer.open
        steps = lattice.null_tgt(i)
        inserted[i, 1:] = run(begin[:-1] + steps[:-1], steps[1:-1], join)
        total[i] = join(join(bead[i], deleted[i]), inserted[i])
        if i < scorer.n:
            starts[i] = lattice.beads(i) + total[i]
            starts.pop(i - REACH, None)
    return Forward(bead, deleted, inserted, total, shape)


def run(begin: Array, step: Array, join: Join) -> Array:
    """`out[k] = join(begin[k], out[k-1] + step[k-1])` as one accumulation; `step` is one shorter."""
    cost = np.concatenate([[0.0], np.cumsum(np.where(np.isfinite(step), step, 0.0))])
    out: Array = join.accumulate(begin - cost) + cost
    return np.where(np.isfinite(begin), out, -np.inf)


# (row, (len(SHAPES), width) probabilities of the beads that start in that row)
Visit = Callable[[int, Array], None]


@dataclass(frozen=True, slots=True)
class Mass:
    """Log of the sum over all alignments, and how many runs of sentences left alone are expected."""

    log_total: float
    runs: float


def posteriors(lattice: Lattice, visit: Visit) -> Mass:
    """Forward-backward in log space: `visit` gets, from the last row to the first, bead probabilities.

    The scores are taken as log weights: P(alignment) is proportional to exp(sum of its scores).
    """
    scorer, band = lattice.scorer, lattice.band
    fore = forward(lattice, np.logaddexp)
    n, width = scorer.n, band.width
    end = scorer.m - int(band.low[n])
    log_total = float(fore.total[n, end])
    opening = np.logaddexp(fore.bead, fore.deleted)
    none = np.full(width, -np.inf)
    after: dict[int, Array] = {}  # by row: ways from state B to the end
    after_deleted = none
    runs = 0.0
    for i in range(n, -1, -1):
        leave = none.copy()
        if i == n:
            leave[end] = 0.0
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
        insert = none.copy()
        insert[:-1] = steps[:-1] + inserted[1:] + scorer.open
        runs += float(np.exp(opening[i] + insert - log_total).sum())
        begin, go_on = none.copy(), none.copy()
        if i < n:
            there, here = band.shift(i + 1, i, 0)
            go_on[here] = scorer.null_src[i] + after_deleted[there]
            begin = go_on + scorer.open
            runs += float(np.exp(fore.bead[i] + begin - log_total).sum())
        stay = np.logaddexp(leave, insert)
        after[i] = np.logaddexp(stay, begin)
        after_deleted = np.logaddexp(stay, go_on)
        after.pop(i + REACH, None)
    return Mass(log_total, runs)


def _backward_run(leave: Array, steps: Array) -> Array:
    """`out[k] = logaddexp(leave[k], steps[k] + out[k+1])`."""
    cost = np.concatenate([[0.0], np.cumsum(np.where(np.isfinite(steps[:-1]), steps[:-1], 0.0))])
    # a way from k to a later l costs cost[l] - cost[k]
    out: Array = np.logaddexp.accumulate((leave + cost)[::-1])[::-1] - cost
    return out
