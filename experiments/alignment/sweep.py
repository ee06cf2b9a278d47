"""Forward-backward and decoding over candidates alone, compiled: what fitting needs thousands of times.

The same sums as `harness.align.search.forward_backward`, cell by cell. Without numba (pip install numba) they
are not compiled, and some hundred times slower.
"""

from __future__ import annotations

import math

import numpy as np

try:
    from numba import njit
except ImportError:

    def njit(*args, **_):  # type: ignore[no-untyped-def]
        """Leaves the function as it is; with or without options, as numba's."""
        return args[0] if args else lambda function: function


NEVER = -1e30


@njit(inline="always")
def log_sum(a, b):
    if a < b:
        a, b = b, a
    if b < -1e29 or a - b > 40:
        return a
    return a + math.log1p(math.exp(b - a))


@njit(cache=True)
def sweep(low, high, beads, start, scores, alone, opening, edge, probability, left):
    """Log of the sum over all alignments, expected gaps and expected gaps at the edges.

    `beads` (4, k): row, column and sizes; those of cell c = row * (m + 1) + column are start[c] … start[c+1].
    `scores` (k,); `alone` and `left`: a pair, (n,) and (m,), of scores and, filled in, of posteriors of being
    left alone; `probability` (k,) is filled in. Row i is searched from column low[i] to high[i] - 1.
    """
    n, m = len(alone[0]), len(alone[1])
    w = m + 1
    shape = (n + 1) * w
    bead, gap, inserted, deleted, total = (
        np.full(shape, NEVER), np.full(shape, NEVER), np.full(shape, NEVER), np.full(shape, NEVER),
        np.full(shape, NEVER),
    )  # fmt: skip
    bead[0] = 0.0
    for i in range(n + 1):
        for j in range(low[i], high[i]):
            c = i * w + j
            if i > 0:
                deleted[c] = gap[c - w] + alone[0][i - 1]
            if j > 0:
                inserted[c] = log_sum(gap[c - 1], inserted[c - 1]) + alone[1][j - 1]
            gap[c] = log_sum(bead[c] + opening + (edge if c == 0 else 0.0), deleted[c])
            last = edge if i == n and j == m else 0.0
            total[c] = log_sum(log_sum(bead[c], deleted[c] + last), inserted[c] + last)
            for k in range(start[c], start[c + 1]):
                d = c + beads[2, k] * w + beads[3, k]
                bead[d] = log_sum(bead[d], total[c] + scores[k])
    whole = total[shape - 1]
    after, after_deleted, after_inserted = np.full(shape, NEVER), np.full(shape, NEVER), np.full(shape, NEVER)
    after[shape - 1] = 0.0
    after_deleted[shape - 1] = after_inserted[shape - 1] = edge
    gaps = 0.0
    for i in range(n, -1, -1):
        for j in range(high[i] - 1, low[i] - 1, -1):
            c = i * w + j
            if c == shape - 1:
                continue
            go = NEVER
            for k in range(start[c], start[c + 1]):
                value = scores[k] + after[c + beads[2, k] * w + beads[3, k]]
                go = log_sum(go, value)
                possible = total[c] > -1e29 and value > -1e29
                probability[k] = math.exp(min(0.0, total[c] + value - whole)) if possible else 0.0
            insert = alone[1][j] + after_inserted[c + 1] if j < m else NEVER
            delete = alone[0][i] + after_deleted[c + w] if i < n else NEVER
            some = log_sum(insert, delete)
            after_inserted[c], after_deleted[c] = log_sum(go, insert), log_sum(go, some)
            begin = opening + (edge if c == 0 else 0.0)
            after[c] = log_sum(go, some + begin)
            if bead[c] > -1e29 and some > -1e29:
                gaps += math.exp(bead[c] + some + begin - whole)
    left[0][:] = 1.0
    left[1][:] = 1.0
    edges = 2.0
    for k in range(len(scores)):
        i, j, a, b = beads[0, k], beads[1, k], beads[2, k], beads[3, k]
        left[0][i : i + a] -= probability[k]
        left[1][j : j + b] -= probability[k]
        edges -= probability[k] * ((i == 0 and j == 0) + (i + a == n and j + b == m))
    return whole, gaps, edges


@njit(cache=True)
def decode(beads, start, gain, null_src, null_tgt):
    """The candidates on the path of the largest gain, in order: places in `beads` (as in `sweep`).

    `gain` (k,), `null_src` (n,), `null_tgt` (m,): of beads and of sentences left alone.
    """
    n, m = len(null_src), len(null_tgt)
    w = m + 1
    best = np.full((n + 1) * w, NEVER)
    came = np.full((n + 1) * w, -1)  # -1: a source sentence left alone, -2: a target sentence, else a bead
    best[0] = 0.0
    for i in range(n + 1):
        for j in range(w):
            c = i * w + j
            if best[c] < -1e29:
                continue
            if j < m and best[c] + null_tgt[j] > best[c + 1]:
                best[c + 1], came[c + 1] = best[c] + null_tgt[j], -2
            if i < n and best[c] + null_src[i] > best[c + w]:
                best[c + w], came[c + w] = best[c] + null_src[i], -1
            for k in range(start[c], start[c + 1]):
                d = c + beads[2, k] * w + beads[3, k]
                if best[c] + gain[k] > best[d]:
                    best[d], came[d] = best[c] + gain[k], k
    path = np.empty(n + m, dtype=np.int64)
    size, c = 0, (n + 1) * w - 1
    while c > 0:
        k = came[c]
        if k >= 0:
            path[size] = k
            size += 1
            c -= beads[2, k] * w + beads[3, k]
        else:
            c -= 1 if k == -2 else w
    return path[:size][::-1]
