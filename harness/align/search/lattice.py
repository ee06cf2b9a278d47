"""The lattice of all monotone alignments of two texts, within a band of cells.

A path runs from cell (0, 0) to (n, m). Three states keep each alignment to one path only, so that sums
over paths count each alignment once: B after a bead with text on both sides, D after a source
sentence left alone, I after a target sentence left alone; I is never followed by D.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = tuple[int, int]

LARGEST, REACH = 6, 5  # sentences of a bead in all, and on its longest side
SHAPES: tuple[Shape, ...] = tuple(
    (a, b) for a in range(1, REACH + 1) for b in range(1, REACH + 1) if a + b <= LARGEST
)
ROWS = 32  # rows of the lattice scored at once


class Scorer(Protocol):
    """Scores of beads and of sentences left alone, in one unit (higher is better)."""

    n: int
    m: int
    shapes: tuple[Shape, ...]  # by size of the source side; for each, target sides 1, 2 … without a hole
    null_src: Array  # (n,) score of leaving source sentence i alone
    null_tgt: Array  # (m,)
    edge: float  # added where a gap begins the text, and where one ends it
    open: float  # added once where a gap begins: sentences left alone on one or both sides

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> NDArray[np.floating[Any]]:
        """`(len(shapes), rows, columns)` scores of beads by their first sentences; -inf where impossible."""
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


class BeadTable:
    """One number per cell of a band, stored flat: `table[i]` is row i as a view."""

    def __init__(self, band: Band, kind: type = float) -> None:
        self._ends = [0, *np.cumsum(band.high - band.low).tolist()]
        self._low = band.low
        empty = -np.inf if kind is float else -1
        self.values: NDArray[Any] = np.full(self._ends[-1], empty, dtype=kind)

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self._ends[row] : self._ends[row + 1]]

    def at(self, row: int, column: int) -> float:
        """The value of a cell, -inf outside the band."""
        place = self._ends[row] + column - int(self._low[row])
        inside = row >= 0 and self._ends[row] <= place < self._ends[row + 1]
        return float(self.values[place]) if inside else -np.inf


class Lattice:
    """A scorer within a band; the scores of its beads are computed once."""

    def __init__(self, scorer: Scorer, band: Band | None = None) -> None:
        self.scorer, self.shapes = scorer, scorer.shapes
        self.band = band or Band.full(scorer.n, scorer.m)
        # the score of leaving alone all target sentences before each column
        self.alone: Array = np.concatenate([[0.0], np.cumsum(scorer.null_tgt)])
        self._blocks: dict[int, tuple[int, NDArray[np.floating[Any]]]] = {}

    @property
    def sides(self) -> list[tuple[int, slice]]:
        """Each size of a source side, with the places of its shapes."""
        sizes = [a for a, _ in self.shapes]
        return [(a, slice(sizes.index(a), sizes.index(a) + sizes.count(a))) for a in sorted(set(sizes))]

    def beads(self, row: int) -> NDArray[np.floating[Any]]:
        """`(len(shapes), width of the row)` scores of the beads that start in `row`."""
        index = row // ROWS
        first, block = self.block(index)
        start, width = int(self.band.low[row]) - first, self.band.width(row)
        return block[:, row - index * ROWS, start : start + width]

    def block(self, index: int) -> tuple[int, NDArray[np.floating[Any]]]:
        """The first column, and `(len(shapes), rows, columns)` scores, of rows index * `ROWS` and after."""
        if index not in self._blocks:
            self._blocks[index] = self._block(index)
        return self._blocks[index]

    def _block(self, index: int) -> tuple[int, NDArray[np.floating[Any]]]:
        rows = index * ROWS, min(self.scorer.n, (index + 1) * ROWS)
        first, end = int(self.band.low[rows[0]]), int(self.band.high[rows[1] - 1])
        last = max(first, min(self.scorer.m, end))
        scores = self.scorer.block(rows, (first, last))
        out = np.full((len(self.shapes), rows[1] - rows[0], end - first), -np.inf, dtype=scores.dtype)
        out[:, :, : last - first] = scores
        return first, out
