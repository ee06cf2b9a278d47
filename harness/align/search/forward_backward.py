"""The sweeps over a lattice: the best alignment to each cell, and the probability of each bead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from harness.align.search.compiled import sweeps
from harness.align.search.lattice import REACH, Array, Band, BeadTable, Lattice
from harness.common.progress import bar

Join = np.ufunc  # np.maximum: the best path; np.logaddexp: the sum over paths
KEPT = REACH + 1  # rows
_LONG = 5000  # rows from which a sweep shows how far it is


class Ring:
    """The last rows of a sweep, each as long as the text, so that one can be read at another's columns.

    Columns outside the band hold -inf, and so do rows before the first and after the last.
    """

    def __init__(self, band: Band, shapes: int = 1) -> None:
        self._low, self._high = (band.low + REACH).tolist(), (band.high + REACH).tolist()
        self._rows = np.full((KEPT, shapes, self._high[-1] + REACH), -np.inf)

    def write(self, row: int, values: Array, old: int) -> None:
        """Keep the `(shapes, width)` values of a row in place of those of row `old`."""
        rows = self._rows[row % KEPT]
        if 0 <= old < len(self._low):
            rows[:, self._low[old] : self._high[old]] = -np.inf
        rows[:, self._low[row] : self._high[row]] = values

    def read(self, row: int, at: int) -> Array:
        """`(width,)`: the first shape of `row` at the columns of row `at`; a view."""
        out: Array = self._rows[row % KEPT, 0, self._low[at] : self._high[at]]
        return out

    def before(self, places: slice) -> list[Array]:
        """By row modulo KEPT: views of these shapes in which shape k is moved right by k + 1 columns."""
        rows, shapes = self._rows[:, places], places.stop - places.start
        line, step = rows.strides[1:]
        size = (shapes, rows.shape[2] - 1)
        # one element less a line: each shape then begins one column further left in the line above
        return [np.lib.stride_tricks.as_strided(row, size, (line - step, step)) for row in rows]

    def behind(self, shapes: int) -> list[Array]:
        """By row modulo KEPT: the first shape `shapes` times, copy k moved left by k + 1 columns; views."""
        step = self._rows.strides[2]
        size = (shapes, self._rows.shape[2] - shapes)
        return [np.lib.stride_tricks.as_strided(row[0, 1:], size, (step, step)) for row in self._rows]


@dataclass(frozen=True, slots=True)
class Forward:
    """Values of all ways from (0, 0) to each cell joined, by state; `shape` leads to B on the best way."""

    bead: BeadTable
    deleted: BeadTable
    inserted: BeadTable
    total: BeadTable
    shape: BeadTable


@contextmanager
def _sweeping(lattice: Lattice) -> Iterator[Callable[[], None]]:
    """Yields what to call after each row: over a long text it moves a progress bar on."""
    rows = lattice.scorer.n + 1
    if rows < _LONG:
        yield lambda: None
        return
    with bar("searching", rows, "sentences") as ticker:
        yield ticker.advance


def forward(lattice: Lattice, join: Join) -> Forward:
    """The forward sweep: compiled, or row by row, each row as whole-array operations."""
    if (compiled := sweeps(lattice)) is not None:
        return Forward(*compiled.forward(join is np.logaddexp))
    with _sweeping(lattice) as tick, np.errstate(divide="ignore"):
        return _forward(lattice, join, tick)


def _forward(lattice: Lattice, join: Join, tick: Callable[[], None]) -> Forward:
    scorer, band = lattice.scorer, lattice.band
    low, high = band.low.tolist(), band.high.tolist()
    bead, deleted, inserted, total = (BeadTable(band) for _ in range(4))
    shape = BeadTable(band, np.int8)
    starts, gap = Ring(band, len(lattice.shapes)), Ring(band)
    arriving = [(a, places, starts.before(places)) for a, places in lattice.sides]
    for i in range(scorer.n + 1):
        ways = np.empty((len(lattice.shapes), high[i] - low[i]))
        for a, places, views in arriving:  # from column c - b; views begin a column before
            ways[places] = views[(i - a) % KEPT][:, low[i] + REACH - 1 : high[i] + REACH - 1]
        here, left, right = bead[i], deleted[i], inserted[i]  # views, -inf as yet
        if join is np.maximum:
            np.maximum.reduce(ways, axis=0, out=here)
            shape[i][:] = ways.argmax(axis=0)
        else:
            here[:] = log_sum(ways)
        if i == 0:
            here[0] = 0.0  # a band begins at column 0
        else:
            np.add(gap.read(i - 1, i), scorer.null_src[i - 1], out=left)
        leave = join(here + scorer.open, left)
        leave[0] += scorer.edge if i == 0 else 0.0
        cost = lattice.alone[low[i] : high[i]]
        np.add(join.accumulate(leave - cost)[:-1], cost[1:], out=right[1:])
        if i == scorer.n:  # only the last cell counts here
            left += scorer.edge
            right += scorer.edge
        whole = join(join(here, left), right, out=total[i])
        if i < scorer.n:
            gap.write(i, leave, i - KEPT)
            starts.write(i, lattice.beads(i) + whole, i - KEPT)
        tick()
    return Forward(bead, deleted, inserted, total, shape)


def log_sum(values: Array) -> Array:
    """The logarithm of the sum of exp(values) over the first axis; -inf where all of them are. Uses `values`
    up, and divides by zero where they all are -inf.
    """
    top = np.maximum(np.maximum.reduce(values, axis=0), -1e300)
    values -= top
    out: Array = np.log(np.add.reduce(np.exp(values, out=values), axis=0)) + top
    return out


# (row, (len(shapes), width) logarithms of the probabilities of the beads that start in that row)
Visit = Callable[[int, Array], None]


@dataclass(frozen=True, slots=True)
class Mass:
    """Log of the sum over all alignments, and how many gaps (sentences left alone in a row) are expected."""

    log_total: float
    gaps: float


def posteriors(lattice: Lattice, visit: Visit) -> Mass:
    """Forward-backward in log space: `visit` gets log probabilities of beads, from the last row to the first.

    The scores are taken as log weights: P(alignment) is proportional to exp(sum of its scores).
    """
    fore = forward(lattice, np.logaddexp)
    with _sweeping(lattice) as tick, np.errstate(divide="ignore"):
        return _backward(lattice, fore, visit, tick)


def _backward(lattice: Lattice, fore: Forward, visit: Visit, tick: Callable[[], None]) -> Mass:
    scorer, band = lattice.scorer, lattice.band
    low, high = band.low.tolist(), band.high.tolist()
    n = scorer.n
    log_total = fore.total.at(n, scorer.m)
    after, after_alone = Ring(band), Ring(band)  # ways to the end from state B, and from D
    leaving = [(a, places, after.behind(places.stop - places.start)) for a, places in lattice.sides]
    gaps = 0.0
    for i in range(n, -1, -1):
        if i == n:
            leave = np.full(band.width(n), -np.inf)
            leave[scorer.m - int(low[n])] = 0.0
            delete, stop = np.full(band.width(n), -np.inf), leave + scorer.edge
        else:
            ways = lattice.beads(i).astype(np.float64)
            for a, places, views in leaving:
                ways[places] += views[(i + a) % KEPT][:, low[i] + REACH : high[i] + REACH]
            visit(i, ways + (fore.total[i] - log_total))
            leave = stop = log_sum(ways)
            delete = after_alone.read(i + 1, i) + scorer.null_src[i]
        # leaving alone the sentences from a column to a later one adds the difference of `alone`
        cost = lattice.alone[low[i] : high[i]]
        alone = delete.copy()
        insert = np.logaddexp.accumulate((stop + cost)[:0:-1])[::-1] - cost[:-1]
        np.logaddexp(insert, delete[:-1], out=alone[:-1])
        begin = scorer.open - log_total + (scorer.edge if i == 0 else 0.0)
        gaps += float(np.add.reduce(np.exp(fore.bead[i] + alone + begin)))
        after.write(i, np.logaddexp(leave, alone + scorer.open), i + KEPT)
        after_alone.write(i, np.logaddexp(stop, alone), i + KEPT)
        tick()
    return Mass(log_total, gaps)
