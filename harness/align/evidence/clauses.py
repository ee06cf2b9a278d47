"""How well every part of a bead is covered by its other side.

Sentences are cut into clauses; a sentence's coverage by a span of the other side is the mean, weighted by
length, over its clauses of the best cosine to any clause of that span. A bead whose edge sentence has no
counterpart, or whose boundary is misplaced, has a sentence of low coverage even where the
vectors of the whole sides agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.align.search.lattice import LARGEST, REACH, SHAPES, Array
from harness.common.width import width
from harness.protocols import Encoder, Matrix

Places = NDArray[np.int64]

_PLACES = {shape: place for place, shape in enumerate(SHAPES)}
MOST, LEAST = 70, 25  # characters of a clause: longer ones are cut at commas, shorter ones joined

_HARD = re.compile(r"(?<=[.!?…;:。！？])[\"»”“’')]*(?:\s+|(?<=[。！？]))")
_SOFT = re.compile(r"(?<=[,–—\-])\s+|(?<=[、，])|\s+(?=[–—(«„“])")
_UNSPACED = ("、", "，", "。", "！", "？")


def clauses(text: str) -> list[str]:
    """The clauses of a sentence, at least one; their order and words are those of the text."""
    out: list[str] = []
    for part in _joined(_cut(text, _HARD)):
        if width(part) <= MOST:
            out.append(part)
            continue
        current = ""
        for piece in _cut(part, _SOFT):
            if width(current) >= LEAST and width(current) + width(piece) > MOST:
                out.append(current)
                current = piece
            else:
                current = _glued(current, piece)
        if out and width(current) < LEAST:
            out[-1] = _glued(out[-1], current)
        else:
            out.append(current)
    return out or [text]


def _cut(text: str, where: re.Pattern[str]) -> list[str]:
    ends = [match.end() for match in where.finditer(text)]
    parts = [text[a:b].strip() for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [part for part in parts if part]


def _joined(parts: list[str]) -> list[str]:
    out: list[str] = []
    for part in parts:
        if out and (width(out[-1]) < LEAST or width(part) < LEAST):
            out[-1] = _glued(out[-1], part)
        else:
            out.append(part)
    return out


def _glued(first: str, second: str) -> str:
    return first + second if first.endswith(_UNSPACED) else f"{first} {second}".strip()


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of one side: `vectors` (c, d), `lengths` (c,), and where each sentence's begin (n + 1,)."""

    vectors: Matrix
    lengths: Array
    starts: Places


def cut(texts: Sequence[str], encoder: Encoder, known: Matrix) -> Clauses:
    """Cut sentences into clauses and encode them; `known` (n, d) serves for those of a single clause."""
    parts = [clauses(text) for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(some) for some in parts])])
    flat = [part for some in parts for part in some]
    whole = [i for i, some in enumerate(parts) if some == [texts[i]]]
    vectors: Matrix = np.zeros((len(flat), known.shape[1]), dtype=np.float32)
    vectors[starts[whole]] = known[whole]
    rest = np.setdiff1d(np.arange(len(flat)), starts[whole])
    if len(rest):
        vectors[rest] = encoder.encode([flat[k] for k in rest])
    return Clauses(vectors, np.array([max(1.0, len(part)) for part in flat]), starts)


def coverage(
    src: Clauses, tgt: Clauses, rows: tuple[int, int], columns: tuple[int, int]
) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """`(len(SHAPES), rows, columns)` each: the lowest coverage of any sentence of a bead, and of any clause,
    in [-1, 1], the least gain of a sentence at the edge of a side of several, and the mean coverage of both
    sides, by characters.

    The gain is what the sentence adds to the coverage of the other side, in characters, as a share of its own
    length, at most 1; beads of one sentence a side have gain 1. Beads are given by their first sentences;
    where one reaches past the end the values mean nothing.
    """
    h, w = rows[1] - rows[0], columns[1] - columns[0]
    n, m = len(src.starts) - 1, len(tgt.starts) - 1
    last_row, last_column = min(n, rows[1] + REACH - 1), min(m, columns[1] + REACH - 1)
    a0, a1 = src.starts[rows[0]], src.starts[last_row]
    b0, b1 = tgt.starts[columns[0]], tgt.starts[last_column]
    cosines = src.vectors[a0:a1] @ tgt.vectors[b0:b1].T
    src_starts = src.starts[rows[0] : last_row] - a0
    tgt_starts = tgt.starts[columns[0] : last_column] - b0
    forth, forth_least, src_chars = _coverage(cosines, src_starts, tgt_starts, src.lengths[a0:a1])
    back, back_least, tgt_chars = _coverage(cosines.T, tgt_starts, src_starts, tgt.lengths[b0:b1])
    out = low, least, gain, mean = tuple(np.empty((len(SHAPES), h, w), dtype=np.float32) for _ in range(4))
    gain[:] = 1.0
    mean[:] = 0.0
    _fill(_Side(forth, forth_least, src_chars, tgt_chars), out, 0)
    turned = [values.swapaxes(1, 2) for values in out]
    _fill(_Side(back, back_least, tgt_chars, src_chars), turned, 1)
    mean /= 2.0
    return low, least, gain, mean


@dataclass(frozen=True, slots=True)
class _Side:
    """By size of the other side's span: `covered` and `least` as `_coverage` gives them; the characters of
    the own sentences and of the other side's.
    """

    covered: dict[int, Matrix]
    least: dict[int, Matrix]
    chars: Matrix
    other: Matrix


def _fill(side: _Side, out: Sequence[Matrix], number: int) -> None:
    """What one side says, into `(len(SHAPES), own, other)` views of the lowest coverage of a sentence, of a
    clause, the gain, and the sum of the means. Sums and minima grow with the own side, one sentence a step.
    """
    low, least, gain, mean = out
    h, w = low.shape[1:]
    chars = side.chars[:, None]
    for span in range(1, REACH + 1):
        covered = side.covered[span]
        weighted = covered[:, :w] * chars
        edges = []
        if span > 1:
            less = side.covered[span - 1]
            for moved, edge in ((1, 0), (0, span - 1)):  # without its first, without its last
                more = (covered[:, :w] - less[:, moved : moved + w]) * chars
                edges.append((more, np.maximum(side.other[None, edge : edge + w], 1.0)))
        total, summed = np.zeros((h, 1), dtype=np.float32), np.zeros((h, w), dtype=np.float32)
        gains = [np.zeros((h, w), dtype=np.float32) for _ in edges]
        lowest: list[Matrix] = []
        for size in range(1, LARGEST - span + 1):
            here = slice(size - 1, size - 1 + h)
            shape = _PLACES[(size, span) if number == 0 else (span, size)]
            lowest = [
                found if size == 1 else np.minimum(before, found)
                for found, before in zip(
                    (covered[here, :w], side.least[span][here, :w]), lowest or (covered, covered), strict=True
                )
            ]
            for values, found in zip((low, least), lowest, strict=True):
                values[shape] = found if number == 0 else np.minimum(values[shape], found)
            for sums, (more, others) in zip(gains, edges, strict=True):
                sums += more[here]
                np.minimum(gain[shape], sums / others, out=gain[shape])
            summed += weighted[here]
            total += chars[here]
            mean[shape] += summed / np.maximum(total, 1.0)


def _coverage(
    cosines: Matrix, own: Places, other: Places, lengths: Array
) -> tuple[dict[int, Matrix], dict[int, Matrix], Matrix]:
    """By size: coverage of each own sentence (rows) by the span of the other side from each sentence, and
    that of its least covered clause.

    Both axes are padded by `REACH` so that spans past the end can be read; and the own sentences' characters.
    """
    best = np.maximum.reduceat(cosines, other, axis=1)
    lengths = lengths.astype(np.float32)
    total = np.add.reduceat(lengths, own)
    out: dict[int, Matrix] = {}
    least: dict[int, Matrix] = {}
    joined = best
    for size in range(1, REACH + 1):
        if size > 1:
            joined = joined.copy()
            reach = max(0, best.shape[1] - size + 1)
            joined[:, :reach] = np.maximum(joined[:, :reach], best[:, size - 1 :])
        covered = np.add.reduceat(lengths[:, None] * joined, own, axis=0) / total[:, None]
        out[size] = _wider(covered)
        least[size] = _wider(np.minimum.reduceat(joined, own, axis=0))
    return out, least, np.concatenate([total, np.zeros(REACH, dtype=np.float32)])


def _wider(values: NDArray[np.floating[Any]]) -> Matrix:
    """With `REACH` rows and columns of zeros behind the last."""
    out: Matrix = np.zeros((values.shape[0] + REACH, values.shape[1] + REACH), dtype=np.float32)
    out[: values.shape[0], : values.shape[1]] = values
    return out
