"""The lattice of all monotone alignments of two texts, searched exactly within a band of cells.

A path runs from cell (0, 0) to (n, m). Three states keep each alignment to one path only, so that sums
over paths count each alignment once: B after a bead with text on both sides, D after a source
sentence left alone, I after a target sentence left alone; I is never followed by D.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = tuple[int, int]
Pair = tuple[tuple[int, ...], tuple[int, ...]]

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


def _slice(low_from: int, low_to: int, shift: int, width: int) -> tuple[slice, slice]:
    """Where column `low_to + k - shift` of another row lies: (positions there, positions k here)."""
    offset = low_to - shift - low_from
    start, stop = max(0, -offset), min(width, width - offset)
    stop = max(start, stop)
    return slice(start + offset, stop + offset), slice(start, stop)


class Rows:
    """Bead scores by row within the band, computed in blocks of rows and kept for the last few blocks."""

    def __init__(self, scorer: Scorer, band: Band) -> None:
        self._scorer = scorer
        self._band = band
        self._blocks: dict[int, tuple[int, Array]] = {}

    def at(self, row: int) -> Array:
        """`(len(SHAPES), width)` scores of the beads that start in `row`, columns as in the band."""
        index = row // ROWS
        if index not in self._blocks:
            while len(self._blocks) > 2:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[index] = self._compute(index)
        first, block = self._blocks[index]
        start = int(self._band.low[row]) - first
        width = self._band.width
        view = block[:, row - index * ROWS, start : start + width]
        if view.shape[1] == width:
            return view
        return np.pad(view, ((0, 0), (0, width - view.shape[1])), constant_values=-np.inf)

    def _compute(self, index: int) -> tuple[int, Array]:
        first_row, last_row = index * ROWS, min(self._scorer.n, (index + 1) * ROWS)
        first = int(self._band.low[first_row])
        last = min(self._scorer.m, int(self._band.low[last_row - 1]) + self._band.width)
        return first, self._scorer.block((first_row, last_row), (first, max(first, last)))


@dataclass(frozen=True, slots=True)
class Sweep:
    """Forward values of the three states `(n + 1, width)`, and which shape led to B (int8, -1 none)."""

    bead: Array
    deleted: Array
    inserted: Array
    shape: NDArray[np.int8]

    def total(self) -> Array:
        return np.maximum(np.maximum(self.bead, self.deleted), self.inserted)


def best_path(scorer: Scorer, band: Band | None = None) -> list[tuple[Pair, float]]:
    """The alignment of the highest total score: (source indices, target indices) and score of each bead."""
    band = band or Band.full(scorer.n, scorer.m)
    rows = Rows(scorer, band)
    sweep = _forward(scorer, band, rows)
    return list(reversed(list(_trace(scorer, band, sweep))))


def _columns(values: Array, low: int, width: int) -> Array:
    """`values[low-1 : low-1+width]`: what the step into each column of a row costs, -inf outside."""
    out = np.full(width, -np.inf)
    start, stop = max(1, low), min(len(values) + 1, low + width)
    if stop > start:
        out[start - low : stop - low] = values[start - 1 : stop - 1]
    return out


def _forward(scorer: Scorer, band: Band, rows: Rows) -> Sweep:
    n, width = scorer.n, band.width
    bead = np.full((n + 1, width), -np.inf)
    deleted, inserted = bead.copy(), bead.copy()
    shape = np.full((n + 1, width), -1, dtype=np.int8)
    total = bead.copy()
    bead[0, 0] = 0.0  # the band begins at column 0
    for i in range(n + 1):
        low = int(band.low[i])
        for s, (a, b) in enumerate(SHAPES):
            if i >= a:
                there, here = _slice(int(band.low[i - a]), low, b, width)
                value = total[i - a, there] + rows.at(i - a)[s, there]
                better = value > bead[i, here]
                bead[i, here][better] = value[better]
                shape[i, here][better] = s
        if i:
            there, here = _slice(int(band.low[i - 1]), low, 0, width)
            opened = bead[i - 1, there] + scorer.open
            deleted[i, here] = np.maximum(opened, deleted[i - 1, there]) + scorer.null_src[i - 1]
        inserted[i] = _insertions(np.maximum(bead[i], deleted[i]), scorer, low, np.maximum)
        total[i] = np.maximum(np.maximum(bead[i], deleted[i]), inserted[i])
    return Sweep(bead, deleted, inserted, shape)


def _insertions(before: Array, scorer: Scorer, low: int, join: np.ufunc) -> Array:
    """State I of one row: a run of insertions that begins at any earlier column, as one accumulation."""
    steps = _columns(scorer.null_tgt, low, len(before))
    finite = np.where(np.isfinite(steps), steps, 0.0)
    cost = np.cumsum(finite)
    begun = np.full(len(before), -np.inf)
    begun[1:] = before[:-1] + scorer.open + steps[1:]
    out: Array = join.accumulate(begun - cost) + cost
    return np.where(np.isfinite(steps), out, -np.inf)


def _trace(scorer: Scorer, band: Band, sweep: Sweep) -> Iterator[tuple[Pair, float]]:
    i, j = scorer.n, scorer.m

    def at(table: Array, row: int, column: int) -> float:
        k = column - int(band.low[row])
        return float(table[row, k]) if 0 <= k < band.width else -np.inf

    def state_of(row: int, column: int, states: str) -> str:
        tables = {"B": sweep.bead, "D": sweep.deleted, "I": sweep.inserted}
        return max(states, key=lambda s: at(tables[s], row, column))

    state = state_of(i, j, "BDI")
    while i or j:
        if state == "B":
            a, b = SHAPES[int(sweep.shape[i, j - int(band.low[i])])]
            before = max(at(t, i - a, j - b) for t in (sweep.bead, sweep.deleted, sweep.inserted))
            score = at(sweep.bead, i, j) - before
            i, j = i - a, j - b
            yield (tuple(range(i, i + a)), tuple(range(j, j + b))), score
            state = state_of(i, j, "BDI")
        elif state == "D":
            i -= 1
            going = at(sweep.deleted, i, j) > at(sweep.bead, i, j) + scorer.open
            state = "D" if going else "B"
            yield ((i,), ()), float(scorer.null_src[i]) + (0.0 if going else scorer.open)
        else:
            j -= 1
            begun = max(at(sweep.bead, i, j), at(sweep.deleted, i, j)) + scorer.open
            going = at(sweep.inserted, i, j) > begun
            state = "I" if going else state_of(i, j, "BD")
            yield ((), (j,)), float(scorer.null_tgt[j]) + (0.0 if going else scorer.open)
