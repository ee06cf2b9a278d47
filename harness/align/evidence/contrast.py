"""What parts of a bead would be covered better by the sentences beside it.

A clause that has its counterpart just outside the bead says that the bead ends in the wrong place or is too
small: where contents change places across the end of a sentence, two beads are one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.align.evidence.clauses import Clauses
from harness.align.search.lattice import REACH, Array
from harness.protocols import Matrix

Places = NDArray[np.int64]
Side = tuple[Places, Places]  # (k,) each: the first sentence of each bead, and how many it has
NOTHING = -1.0  # how well a part is covered by a sentence that does not exist


def contrasts(
    parts: tuple[Clauses, Clauses],
    first: tuple[Places, Places],
    sizes: tuple[Places, Places],
    touched: tuple[Array, Array],
) -> tuple[Array, Array, Array, Array]:
    """`(k,)` each, of beads by their `first` sentences and `sizes`: how much better their clauses would be
    covered from just beside them, the mean of both sides, weighted by characters; the most of any clause; how
    well they are covered, the mean; and the least covered sentence.

    `parts` are those of `centred`. `touched`, (n,) and (m,), is raised to how well any of the beads covers
    each sentence in it.
    """
    ends = [len(side.starts) - 1 for side in parts]
    # the sentences of the beads, and those with one more to either side
    own = [(int(f.min()), min(n, int((f + s).max()))) for f, s, n in zip(first, sizes, ends, strict=True)]
    wide = [(max(0, low - 1), min(n, high + 1)) for (low, high), n in zip(own, ends, strict=True)]
    near = [
        side.vectors[side.starts[low] : side.starts[high]]
        for side, (low, high) in zip(parts, wide, strict=True)
    ]
    cosines = near[0] @ near[1].T
    sums = []
    for side, other, between in ((0, 1, cosines), (1, 0, cosines.T)):
        starts = parts[other].starts[slice(*wide[other])]
        covered = np.maximum.reduceat(between, starts - starts[0], axis=1)
        places = parts[side].starts[own[side][0] : own[side][1] + 1]
        skip = parts[side].starts[wide[side][0]]
        best = np.full((places[-1] - places[0], own[other][1] - own[other][0] + 2), NOTHING, np.float32)
        left = 1 - (own[other][0] - wide[other][0])
        best[:, left : left + covered.shape[1]] = covered[places[0] - skip : places[-1] - skip]
        lengths = parts[side].lengths[places[0] : places[-1]]
        beads = [(f - low, s) for f, (low, _), s in zip(first, own, sizes, strict=True)]
        of_own = touched[side][slice(*own[side])]
        sums.append(_of_side(best, places - places[0], lengths, beads[side], beads[other], of_own))
    (leak, most, covered, least), others = sums
    mean = (leak + others[0]) / 2.0, (covered + others[2]) / 2.0
    return mean[0], np.maximum(most, others[1]), mean[1], np.minimum(least, others[3])


def centred(side: Clauses) -> Clauses:
    """With the vectors less their mean, of unit length again: what all of a text's clauses have in common
    says nothing of which belongs to which.
    """
    vectors = side.vectors - side.vectors.mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return Clauses(vectors, side.lengths, side.starts)


def _of_side(
    best: Matrix, starts: Places, weights: Array, own: Side, other: Side, touched: Array
) -> tuple[Array, Array, Array, Array]:
    """`(k,)` each, of beads: how much better the parts of their own side would be covered from beside them,
    the mean by weight, and the most of any part; how well they are covered, and the least covered sentence.

    `best` (parts, 1 + sentences + 1) says how well each part is covered by each sentence of the other side,
    `NOTHING` before its first and behind its last; the parts of own sentence i are starts[i] … starts[i + 1],
    with `weights` (parts,). `touched` (sentences,) is raised to how well any of the beads covers a sentence.
    """
    leak, most, whole, heavy = (np.zeros(len(own[0])) for _ in range(4))
    least = np.full(len(own[0]), np.inf)
    total = np.add.reduceat(weights, starts[:-1])
    inside = best
    for span in range(1, min(REACH, best.shape[1] - 2) + 1):
        if span > 1:
            inside = np.maximum(inside[:, :-1], best[:, span - 1 :])
        width = best.shape[1] - span  # column c: the sentences from c - 1 on
        within = inside[:, 1:width]
        leaks = np.maximum(np.maximum(best[:, : width - 1], best[:, span + 1 :]) - within, 0.0)
        covered, lost = (
            np.add.reduceat(values * weights[:, None], starts[:-1], axis=0) for values in (within, leaks)
        )
        worst = np.maximum.reduceat(leaks, starts[:-1], axis=0)
        here = np.flatnonzero(other[1] == span)
        for step in range(REACH):
            some = here[own[1][here] > step]
            row, column = own[0][some] + step, other[0][some]
            leak[some] += lost[row, column]
            heavy[some] += total[row]
            most[some] = np.maximum(most[some], worst[row, column])
            whole[some] += covered[row, column]
            of_sentence = covered[row, column] / total[row]
            least[some] = np.minimum(least[some], of_sentence)
            np.maximum.at(touched, row, of_sentence)
    return leak / heavy, most, whole / heavy, least
