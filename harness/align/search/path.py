"""The best alignment of a lattice, traced back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.align.search.forward_backward import Forward, forward
from harness.align.search.lattice import Lattice
from harness.types import Bead


def best_path(lattice: Lattice) -> list[Bead]:
    """The alignment of the highest total score, in order; between two beads source nulls come first."""
    return list(_trace(lattice, forward(lattice, np.maximum)))[::-1]


def _trace(lattice: Lattice, fore: Forward) -> Iterator[Bead]:
    scorer = lattice.scorer
    tables = {"B": fore.bead, "D": fore.deleted, "I": fore.inserted}

    def best(row: int, column: int, states: str = "BDI") -> str:
        return max(states, key=lambda s: tables[s].at(row, column))

    def begins() -> float:
        return 0.0 if i or j else scorer.edge

    i, j = scorer.n, scorer.m
    state = best(i, j)
    ends = scorer.edge
    while i or j:
        if state == "B":
            a, b = lattice.shapes[int(fore.shape.at(i, j))]
            value = fore.bead.at(i, j)
            i, j = i - a, j - b
            yield Bead(tuple(range(i, i + a)), tuple(range(j, j + b)), value - fore.total.at(i, j))
            state = best(i, j)
        elif state == "D":
            i -= 1
            going = fore.deleted.at(i, j) > fore.bead.at(i, j) + scorer.open
            state = "D" if going else "B"
            yield Bead(
                (i,), (), float(scorer.null_src[i]) + ends + (0.0 if going else scorer.open + begins())
            )
        else:
            j -= 1
            before = {
                "I": fore.inserted.at(i, j),
                "D": fore.deleted.at(i, j),
                "B": fore.bead.at(i, j) + scorer.open,
            }
            state = max(before, key=lambda s: before[s])
            value = scorer.open + begins() if state == "B" else 0.0
            yield Bead((), (j,), float(scorer.null_tgt[j]) + ends + value)
        ends = 0.0
