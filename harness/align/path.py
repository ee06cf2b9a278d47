"""The best alignment of a lattice, traced back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.align.lattice import SHAPES, Array, Forward, Lattice, forward
from harness.types import Bead


def best_path(lattice: Lattice) -> list[Bead]:
    """The alignment of the highest total score, in order; between two beads source nulls come first."""
    return list(_trace(lattice, forward(lattice, np.maximum)))[::-1]


def _trace(lattice: Lattice, fore: Forward) -> Iterator[Bead]:
    scorer, band = lattice.scorer, lattice.band
    tables = {"B": fore.bead, "D": fore.deleted, "I": fore.inserted}

    def at(table: Array, row: int, column: int) -> float:
        k = column - int(band.low[row])
        return float(table[row, k]) if 0 <= k < band.width else -np.inf

    def best(row: int, column: int, states: str = "BDI") -> str:
        return max(states, key=lambda s: at(tables[s], row, column))

    i, j = scorer.n, scorer.m
    state = best(i, j)
    while i or j:
        if state == "B":
            a, b = SHAPES[int(fore.shape[i, j - int(band.low[i])])]
            value = at(fore.bead, i, j)
            i, j = i - a, j - b
            yield Bead(tuple(range(i, i + a)), tuple(range(j, j + b)), value - at(fore.total, i, j))
            state = best(i, j)
        elif state == "D":
            i -= 1
            going = at(fore.deleted, i, j) > at(fore.bead, i, j) + scorer.open
            state = "D" if going else "B"
            yield Bead((i,), (), float(scorer.null_src[i]) + (0.0 if going else scorer.open))
        else:
            j -= 1
            begun = max(at(fore.bead, i, j), at(fore.deleted, i, j)) + scorer.open
            going = at(fore.inserted, i, j) > begun
            state = "I" if going else best(i, j, "BD")
            yield Bead((), (j,), float(scorer.null_tgt[j]) + (0.0 if going else scorer.open))
