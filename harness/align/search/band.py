"""Where to search: everything for texts of ordinary length, a band around a coarse path for long ones.

Coarse to fine, as in vecalign: neighbouring sentence vectors are averaged two by two until the text is
short enough to be searched whole; each finer level is searched around the path of the coarser one.
Time and memory then grow linearly with the number of sentences.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from harness.align.evidence.objective import Cosine, CosineWeights
from harness.align.evidence.spans import Spans
from harness.align.search.lattice import Band, Lattice, Shape
from harness.align.search.path import best_path
from harness.types import Bead

Columns = NDArray[np.int64]

EXACT = 400_000  # cells up to which everything is searched
RADIUS = 12  # sentences searched to either side of a path of small beads
COARSE_RADIUS = 20  # the same around the path of the texts halved
_COARSE = CosineWeights(threshold=0.2, margin=0.5, power=0.0, null=0.0, open=0.0)
_SMALL: tuple[Shape, ...] = ((1, 1), (1, 2), (2, 1))


def search_band(src: Spans, tgt: Spans, exact: int = EXACT, radius: int = RADIUS) -> Band:
    """The full lattice up to `exact` cells, else a band of `radius` around a path of small beads."""
    if (src.n + 1) * (tgt.n + 1) <= exact or min(src.n, tgt.n) < 2:
        return Band.full(src.n, tgt.n)
    return around(_path(src, tgt, exact), src.n, tgt.n, radius)


def full_or_diagonal(n: int, m: int, exact: int = 4_000_000, share: float = 0.05, least: int = 300) -> Band:
    """For aligners without vectors: the full lattice, or beyond `exact` cells a strip along the diagonal."""
    if (n + 1) * (m + 1) <= exact:
        return Band.full(n, m)
    radius = max(least, int(share * max(n, m)))
    return around([(0, 0), (n, m)], n, m, radius)


def rough_path(src: Spans, tgt: Spans) -> list[tuple[int, int]]:
    """The cells of a path of small beads through two texts, from (0, 0) to their ends."""
    return _path(src, tgt, EXACT)


def _path(src: Spans, tgt: Spans, exact: int) -> list[tuple[int, int]]:
    """The cells of the best path of small beads, searched around that of the texts halved."""
    n, m = src.n, tgt.n
    if (n + 1) * (m + 1) <= exact or min(n, m) < 2:
        band = Band.full(n, m)
    else:
        half = _path(_halved(src), _halved(tgt), exact)
        band = around([*((2 * i, 2 * j) for i, j in half[:-1]), (n, m)], n, m, COARSE_RADIUS)
    return _corners(best_path(Lattice(Cosine(src, tgt, _COARSE, 1.0, _SMALL), band)))


def around(path: list[tuple[int, int]], n: int, m: int, radius: int) -> Band:
    """The band of all cells within `radius` rows or columns of a path of cells from (0, 0) to (n, m)."""
    rows = np.arange(n + 1)
    slope = max(1.0, m / max(n, 1))
    low = _along(path, rows - radius, first=True) - int(radius * slope)
    high = _along(path, rows + radius, first=False) + int(radius * slope)
    low, high = np.clip(low, 0, m), np.clip(high + 1, 1, m + 1)
    low[0], high[n] = 0, m + 1
    return Band(np.maximum.accumulate(low), np.maximum.accumulate(high))


def _along(path: list[tuple[int, int]], rows: Columns, first: bool) -> Columns:
    """The path's column at each row, the first or last of them where it stays in one row."""
    i, j = np.array(path, dtype=np.float64).T
    moves = np.diff(i) > 0
    keep = np.concatenate([[True], moves] if first else [moves, [True]])
    out: Columns = np.interp(rows, i[keep], j[keep]).round().astype(np.int64)
    return out


def _corners(beads: Iterable[Bead]) -> list[tuple[int, int]]:
    """The cells that a path goes through."""
    i = j = 0
    out = [(0, 0)]
    for bead in beads:
        i, j = i + len(bead.src), j + len(bead.tgt)
        out.append((i, j))
    return out


def _halved(side: Spans) -> Spans:
    """Unit means of neighbours two by two; a last odd one stays as it is."""
    vectors = side.rows(1)
    even = vectors[: len(vectors) // 2 * 2]
    pooled = even[0::2] + even[1::2]
    if len(vectors) % 2:
        pooled = np.concatenate([pooled, vectors[-1:]])
    norms = np.linalg.norm(pooled, axis=1, keepdims=True)
    return Spans([""] * len(pooled), (pooled / np.maximum(norms, 1e-9)).astype(np.float32))
