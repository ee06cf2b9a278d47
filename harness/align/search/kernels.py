"""The sweeps of `forward_backward` as plain loops over numbers, compiled where numba is installed.

They are the same sums and maxima in the same order: of equal scores the best path is the same to the last
bit; log sums differ in the last digits, as the library's exp does. Uncompiled they run too, slowly.

Cells are stored flat: row i of the band from ends[i], its columns low[i] … high[i]-1. `ring` holds, for the
last rows, each shape's score on top of the cell that it leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
kernel: Callable[[F], F]
try:
    from numba import njit
except ImportError:
    COMPILED = False  # not installed, or refused, as numba refuses a numpy younger than itself

    def kernel(function: F) -> F:
        """As it is."""
        return function
else:
    COMPILED = True
    kernel = njit(cache=True)

KEPT = 6  # rows of the ring: the longest side of a bead, and one


@kernel
def log_add(x: float, y: float) -> float:
    """log(exp(x) + exp(y))."""
    if x == -np.inf:
        return y
    if y == -np.inf:
        return x
    top = max(x, y)
    return float(top + np.log1p(np.exp(min(x, y) - top)))


@kernel
def forward_rows(
    first: int, count: int, summing: bool, block: Any, start: int, shapes: Any, low: Any, high: Any,
    ends: Any, null_src: Any, alone: Any, opens: float, edge: float, ring: Any, gap: Any,
    bead: Any, deleted: Any, inserted: Any, total: Any, best: Any,
) -> None:  # fmt: skip
    """Fill in rows first … first + count - 1 of the tables; `block` (shapes, rows, columns from `start`)
    scores the beads that begin there. The row after the last sentence has none.
    """
    n, kinds = len(null_src), len(shapes)
    ways = np.empty(kinds)
    for i in range(first, first + count):
        here_low, here_high, place = low[i], high[i], ends[i]
        passed = -np.inf  # ways to leave target sentences alone from a column further left
        for c in range(here_low, here_high):
            top, chosen = -np.inf, 0
            for s in range(kinds):
                p, q = i - shapes[s, 0], c - shapes[s, 1]
                value = -np.inf
                if p >= 0 and q >= low[p] and q < high[p]:
                    value = ring[p % KEPT, s, q]
                ways[s] = value
                if value > top:
                    top, chosen = value, s
            here = top
            if summing and top > -np.inf:
                mass = 0.0
                for s in range(kinds):
                    mass += np.exp(ways[s] - top)
                here = np.log(mass) + top
            if i == 0 and c == 0:
                here = 0.0
            left = -np.inf
            if i > 0 and c >= low[i - 1] and c < high[i - 1]:
                left = gap[(i - 1) % KEPT, c] + null_src[i - 1]
            leave = log_add(here + opens, left) if summing else max(here + opens, left)
            if i == 0 and c == here_low:
                leave += edge
            right = passed + alone[c] if c > here_low else -np.inf
            moved = leave - alone[c]
            passed = log_add(passed, moved) if summing else max(passed, moved)
            if i == n:
                left, right = left + edge, right + edge
            whole = log_add(log_add(here, left), right) if summing else max(here, left, right)
            at = place + c - here_low
            bead[at], deleted[at], inserted[at], total[at], best[at] = here, left, right, whole, chosen
            if i < n:
                gap[i % KEPT, c] = leave
                for s in range(kinds):
                    ring[i % KEPT, s, c] = block[s, i - first, c - start] + whole


@kernel
def backward_rows(
    first: int, count: int, block: Any, start: int, shapes: Any, low: Any, high: Any, ends: Any,
    null_src: Any, alone: Any, opens: float, edge: float, log_total: float, least: float,
    bead: Any, total: Any, after: Any, after_alone: Any, alone_src: Any, alone_tgt: Any, sums: Any,
    rows: Any, kinds_of: Any, columns: Any, masses: Any,
) -> int:  # fmt: skip
    """Rows first + count - 1 down to `first`: posteriors above `least` are written to `rows`, `kinds_of`,
    `columns` and `masses`, as far as they have room; returns how many there are.

    `after`, `after_alone` (KEPT, columns): ways to the end from a bead's end, and from within a gap. What is
    not left alone is taken from `alone_src` and `alone_tgt`; `sums` gets the expected gaps and beads.
    """
    n, kinds, found = len(null_src), len(shapes), 0
    ways = np.empty(kinds)
    for i in range(first + count - 1, first - 1, -1):
        here_low, here_high = low[i], high[i]
        passed = -np.inf
        for c in range(here_high - 1, here_low - 1, -1):
            at = ends[i] + c - here_low
            leave, delete, stop = -np.inf, -np.inf, -np.inf
            if i == n:
                if c == len(alone_tgt):
                    leave = 0.0
                stop = leave + edge
            else:
                top = -np.inf
                for s in range(kinds):
                    p, q = i + shapes[s, 0], c + shapes[s, 1]
                    value = -np.inf
                    if p <= n and q >= low[p] and q < high[p]:
                        value = block[s, i - first, c - start] + after[p % KEPT, q]
                    ways[s] = value
                    top = max(top, value)
                if top > -np.inf:
                    mass = 0.0
                    for s in range(kinds):
                        mass += np.exp(ways[s] - top)
                    leave = np.log(mass) + top
                    if leave + total[at] - log_total > -80.0:
                        for s in range(kinds):
                            chance = np.exp(ways[s] + (total[at] - log_total))
                            if chance == 0.0:
                                continue
                            sums[1] += chance
                            for d in range(shapes[s, 0]):
                                alone_src[i + d] -= chance
                            for d in range(shapes[s, 1]):
                                alone_tgt[c + d] -= chance
                            if chance > least:
                                if found < len(rows):
                                    rows[found], kinds_of[found] = i, s
                                    columns[found], masses[found] = c, chance
                                found += 1
                stop = leave
                if c >= low[i + 1] and c < high[i + 1]:
                    delete = after_alone[(i + 1) % KEPT, c] + null_src[i]
            insert = passed - alone[c] if c < here_high - 1 else -np.inf
            passed = log_add(passed, stop + alone[c])
            gone = log_add(insert, delete)
            begin = opens - log_total + (edge if i == 0 else 0.0)
            sums[0] += np.exp(bead[at] + gone + begin)
            after[i % KEPT, c] = log_add(leave, gone + opens)
            after_alone[i % KEPT, c] = log_add(stop, gone)
    return found
