"""What a bead is worth: cosine above its surroundings, weighted by how well the lengths agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.align.evidence.spans import Spans
from harness.align.search.lattice import REACH, SHAPES, Array, Shape
from harness.protocols import Matrix


@dataclass(frozen=True, slots=True)
class CosineWeights:
    """score = (cos - threshold - margin * mean cosine to neighbours) * log2(1 + min/max length) ** power."""

    threshold: float = 0.2
    margin: float = 0.5
    power: float = 0.5
    null: float = 0.0
    open: float = 0.0


class Cosine:
    """The objective over a pair of documents; a `lattice.Scorer`.

    `ratio` is target characters per source character.
    """

    def __init__(
        self,
        src: Spans,
        tgt: Spans,
        weights: CosineWeights,
        ratio: float,
        shapes: tuple[Shape, ...] = SHAPES,
    ) -> None:
        self.n, self.m, self.shapes = src.n, tgt.n, shapes
        self._src, self._tgt, self._weights, self._ratio = src, tgt, weights, ratio
        self.null_src: Array = np.full(self.n, weights.null)
        self.null_tgt: Array = np.full(self.m, weights.null)
        self.open, self.edge = weights.open, 0.0
        self._src_lengths = {k: src.lengths(k) * ratio for k in range(1, REACH + 1)}
        self._tgt_lengths = {k: tgt.lengths(k) for k in range(1, REACH + 1)}

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
        cosines, around = neighbourhood(self._src, self._tgt, rows, columns, self.shapes)
        w = self._weights
        out = np.full(cosines.shape, -np.inf)
        for s, (a, b) in enumerate(self.shapes):
            left = self._src_lengths[a][rows[0] : rows[1], None]
            right = self._tgt_lengths[b][None, columns[0] : columns[1]]
            fits = (np.arange(*rows)[:, None] + a <= self.n) & (np.arange(*columns)[None, :] + b <= self.m)
            longest = np.maximum(np.maximum(left, right), 1.0)
            agree = np.log2(1.0 + np.minimum(left, right) / longest) ** w.power
            value = (cosines[s] - w.threshold - w.margin * around[s]) * agree
            out[s] = np.where(fits, value, -np.inf)
        return out


def neighbourhood(
    src: Spans,
    tgt: Spans,
    rows: tuple[int, int],
    columns: tuple[int, int],
    shapes: tuple[Shape, ...] = SHAPES,
) -> tuple[Matrix, Matrix]:
    """Cosine of each bead, and the mean cosine of its spans to the sentences just outside the other span.

    Both `(len(shapes), rows, columns)`.
    """
    (i0, i1), (j0, j1) = rows, columns
    h, w = i1 - i0, j1 - j0

    left, right = src.window, tgt.window
    # by size: source spans against single target sentences from j0-1, and the mirror
    across = {a: left(a, i0, i1) @ right(1, j0 - 1, j1 + REACH).T for a in {a for a, _ in shapes}}
    down = {b: left(1, i0 - 1, i1 + REACH) @ right(b, j0, j1).T for b in {b for _, b in shapes}}
    i, j = np.arange(i0, i1)[:, None], np.arange(j0, j1)[None, :]
    cosines = np.empty((len(shapes), h, w), dtype=np.float32)
    around = np.empty_like(cosines)
    for s, (a, b) in enumerate(shapes):
        if b == 1:
            cosines[s] = across[a][:, 1 : w + 1]
        elif a == 1:
            cosines[s] = down[b][1 : h + 1]
        else:
            cosines[s] = left(a, i0, i1) @ right(b, j0, j1).T
        total = across[a][:, :w] + across[a][:, 1 + b : 1 + b + w] + down[b][:h] + down[b][1 + a : 1 + a + h]
        rows_around = (
            ((i > 0).astype(np.float32) + (i + a < src.n)),
            ((j > 0) + (j + b < tgt.n).astype(np.float32)),
        )
        around[s] = total / np.maximum(rows_around[0] + rows_around[1], 1.0)
    return cosines, around


def length_ratio(src: Spans, tgt: Spans, limit: int = 1000) -> float:
    """Target characters per source character over mutual-best sentence pairs (all text without any)."""
    step_src, step_tgt = max(1, -(-src.n // limit)), max(1, -(-tgt.n // limit))
    if step_src == 1 and step_tgt == 1 and src.n and tgt.n:
        cosines = src.rows(1) @ tgt.rows(1).T
        forth, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
        mutual = np.flatnonzero(back[forth] == np.arange(src.n))
        if len(mutual) >= 3:
            a, b = float(src.chars[mutual].sum()), float(tgt.chars[forth[mutual]].sum())
            if a and b:
                return b / a
    a, b = float(src.chars.sum()), float(tgt.chars.sum())
    return b / a if a and b else 1.0
