"""What forward-backward believes: posterior probabilities of beads, kept sparse, and decoding from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.align.search.compiled import sweeps
from harness.align.search.forward_backward import posteriors
from harness.align.search.lattice import REACH, SHAPES, Array, Lattice
from harness.types import Bead

LEAST = 1e-4  # posteriors below are dropped
_AT_ONCE = 64  # rows
# (REACH, len(SHAPES)): which shapes have that many sentences on that side
_OF_SOURCE_SIZE, _OF_TARGET_SIZE = (
    np.array([[float(shape[side] == size) for shape in SHAPES] for size in range(1, REACH + 1)])
    for side in (0, 1)
)


@dataclass(frozen=True, slots=True)
class Rate:
    """The expected numbers of gaps (sentences left alone in a row) and of beads."""

    gaps: float
    beads: float


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Posteriors of the beads worth naming, sorted by row, and of each sentence being left alone.

    `row`, `shape`, `column`, `probability` are `(k,)`: the bead of shape `SHAPES[shape]` whose first
    sentences are `row` and `column`. `alone_src` `(n,)`, `alone_tgt` `(m,)` and `probability` lie in [0, 1].
    """

    row: NDArray[np.int64]
    shape: NDArray[np.int64]
    column: NDArray[np.int64]
    probability: Array
    alone_src: Array
    alone_tgt: Array
    rate: Rate

    def of(self, bead: Bead) -> float:
        """The posterior of a bead; of a null bead, that its sentences are left alone."""
        if bead.is_null:
            alone, side = (self.alone_src, bead.src) if bead.src else (self.alone_tgt, bead.tgt)
            return float(min(alone[i] for i in side))
        shape = SHAPES.index((len(bead.src), len(bead.tgt)))
        first, last = np.searchsorted(self.row, [bead.src[0], bead.src[0] + 1])
        here = (self.shape[first:last] == shape) & (self.column[first:last] == bead.tgt[0])
        return float(self.probability[first:last][here].sum())


def believe(lattice: Lattice, least: float = LEAST) -> Beliefs:
    """Forward-backward over a lattice; posteriors below `least` are dropped."""
    if (compiled := sweeps(lattice)) is not None:
        sums = compiled.posteriors(least)
        mass = np.minimum(sums.mass, 1.0)
        alone_src, alone_tgt = (np.clip(side, 0.0, 1.0) for side in (sums.alone_src, sums.alone_tgt))
        rate = Rate(sums.gaps, sums.beads)
        return Beliefs(sums.row, sums.shape, sums.column, mass, alone_src, alone_tgt, rate)
    return _believed(lattice, least)


def _believed(lattice: Lattice, least: float) -> Beliefs:
    """`believe` without a compiler."""
    scorer, collected = lattice.scorer, _Collected(lattice, least)
    mass = posteriors(lattice, collected.visit)
    collected.add_up()
    row, shape, column, numbers = (np.concatenate(part) for part in zip(*collected.found, strict=True))
    order = np.lexsort((column, shape, row))
    return Beliefs(
        row[order],
        shape[order],
        column[order],
        np.minimum(numbers[order], 1.0),
        np.clip(collected.alone_src[: scorer.n], 0.0, 1.0),
        np.clip(1.0 - np.cumsum(collected.change)[: scorer.m], 0.0, 1.0),
        Rate(mass.gaps, collected.expected),
    )


class _Collected:
    """Posteriors as the sweep visits its rows, added up for many rows at once."""

    def __init__(self, lattice: Lattice, least: float) -> None:
        self._low, self._least = lattice.band.low, least
        self._waiting: list[tuple[int, Array]] = []
        self.found: list[tuple[NDArray[Any], ...]] = []  # row, shape, column, probability
        self.alone_src = np.ones(lattice.scorer.n + REACH)
        # what is not left alone of the target: how much more than of the sentence before
        self.change = np.zeros(lattice.scorer.m + 2 * REACH + 1)
        self.expected = 0.0

    def visit(self, row: int, logs: Array) -> None:
        """Take the `(shapes, width)` log posteriors of the beads that begin in a row."""
        self._waiting.append((row, logs))
        if len(self._waiting) == _AT_ONCE:
            self.add_up()

    def add_up(self) -> None:
        """Of the rows taken since the last time."""
        if not self._waiting:
            return
        rows = np.array([row for row, _ in self._waiting])
        widths = np.array([logs.shape[1] for _, logs in self._waiting])
        chance = np.exp(np.concatenate([logs for _, logs in self._waiting], axis=1))
        self._waiting.clear()
        begins = np.cumsum(widths) - widths
        by_source = _OF_SOURCE_SIZE @ np.add.reduceat(chance, begins, axis=1)
        self.expected += float(by_source.sum())
        row = np.repeat(rows, widths)
        column = np.arange(len(row)) + np.repeat(self._low[rows] - begins, widths)
        first = int(column.min())
        by_target = [np.bincount(column - first, sums) for sums in _OF_TARGET_SIZE @ chance]
        for size in range(1, REACH + 1):
            for step in range(size):
                self.alone_src[rows + step] -= by_source[size - 1]
            sums = by_target[size - 1]
            self.change[first : first + len(sums)] += sums
            self.change[first + size : first + size + len(sums)] -= sums
        shape, place = np.nonzero(chance > self._least)
        self.found.append((row[place], shape, column[place], chance[shape, place]))


def averaged(parts: Sequence[Beliefs], chances: Sequence[float]) -> Beliefs:
    """The beliefs of a mixture whose parts have these chances, which add up to 1."""
    weighted = list(zip(parts, chances, strict=True))
    row, shape, column = (np.concatenate([getattr(p, x) for p in parts]) for x in ("row", "shape", "column"))
    mass = np.concatenate([chance * p.probability for p, chance in weighted])
    width = len(parts[0].alone_tgt) + 1
    keys, place = np.unique((row * width + column) * len(SHAPES) + shape, return_inverse=True)
    return Beliefs(
        keys // len(SHAPES) // width,
        keys % len(SHAPES),
        keys // len(SHAPES) % width,
        np.bincount(place, mass, len(keys)).astype(np.float64),
        np.sum([chance * p.alone_src for p, chance in weighted], axis=0),
        np.sum([chance * p.alone_tgt for p, chance in weighted], axis=0),
        Rate(*(sum(c * getattr(p.rate, x) for p, c in weighted) for x in ("gaps", "beads"))),
    )


class ExpectedGain:
    """Decoding for expected F1; a `lattice.Scorer`.

    A bead gains (1 + recall) * P - cost, a sentence left alone P - cost: beads with text on both sides count
    in precision and recall, null beads in precision only.
    """

    def __init__(self, beliefs: Beliefs, recall: float, cost: float) -> None:
        self._beliefs, self._recall, self._cost = beliefs, recall, cost
        self.shapes = SHAPES
        self.n, self.m, self.open = len(beliefs.alone_src), len(beliefs.alone_tgt), 0.0
        self.edge = 0.0
        self.null_src: Array = beliefs.alone_src - cost
        self.null_tgt: Array = beliefs.alone_tgt - cost

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        out = np.full((len(SHAPES), rows[1] - rows[0], columns[1] - columns[0]), -np.inf)
        b = self._beliefs
        first, last = np.searchsorted(b.row, rows)
        inside = (b.column[first:last] >= columns[0]) & (b.column[first:last] < columns[1])
        row, shape, column = (x[first:last][inside] for x in (b.row, b.shape, b.column))
        gain = (1.0 + self._recall) * b.probability[first:last][inside] - self._cost
        out[shape, row - rows[0], column - columns[0]] = gain
        return out
