"""Texts of many thousand sentences, aligned stretch by stretch: time grows with length, memory hardly.

A path over means of neighbouring sentences says roughly where the end of each stretch lies in the other
text. A stretch is aligned beyond where it will end; it then ends behind a link that is sure, and there the
next begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from harness.align.evidence.spans import Spans
from harness.align.search.band import rough_path
from harness.protocols import Encoder, Matrix
from harness.types import Bead

Align = Callable[[Sequence[str], Sequence[str]], list[Bead]]

STRETCH = 4000  # sentences aligned at once
MARGIN = 100  # sentences of its end that the next stretch aligns anew
SURE = 0.9  # the confidence of a link that a stretch may end behind
_COARSE = 5000  # means of sentences that the rough path goes over
_AT_ONCE = 10_000  # sentences encoded for it at a time


def is_long(src: Sequence[str], tgt: Sequence[str]) -> bool:
    """Whether the texts are better aligned in stretches."""
    longest, shortest = max(len(src), len(tgt)), min(len(src), len(tgt))
    return longest > STRETCH * 5 // 4 and shortest > STRETCH // 4


def in_stretches(src: Sequence[str], tgt: Sequence[str], encoder: Encoder, align: Align) -> list[Bead]:
    """The beads that `align` gives for one stretch of the texts after another; monotone where `align` is."""
    ends = _ends(src, tgt, encoder)
    out: list[Bead] = []
    i = j = 0
    while len(src) - i > STRETCH * 5 // 4:
        i1 = i + STRETCH
        j1 = max(j, int(ends(i1)))
        beads = align(src[i:i1], tgt[j:j1])
        kept = _sure(beads, i1 - i - MARGIN, j1 - j - MARGIN)
        out += [_moved(bead, i, j) for bead in beads[:kept]]
        i += sum(len(bead.src) for bead in beads[:kept])
        j += sum(len(bead.tgt) for bead in beads[:kept])
    return out + [_moved(bead, i, j) for bead in align(src[i:], tgt[j:])]


def _sure(beads: Sequence[Bead], most_src: int, most_tgt: int) -> int:
    """How many beads end before the margins, up to the last sure link, else to any link, else to any bead."""
    i = j = 0
    last = {"sure": 0, "link": 0, "bead": 0}
    for number, bead in enumerate(beads, start=1):
        i, j = i + len(bead.src), j + len(bead.tgt)
        if i > most_src or j > max(most_tgt, 0):
            break
        last["bead"] = number
        if not bead.is_null:
            last["link"] = number
            if (bead.confidence or 0.0) >= SURE:
                last["sure"] = number
    least = len(beads) // 2  # a stretch that is hardly sure of anything must not become many
    return next((k for k in last.values() if k >= least), 0) or len(beads)


def _moved(bead: Bead, i: int, j: int) -> Bead:
    src, tgt = tuple(k + i for k in bead.src), tuple(k + j for k in bead.tgt)
    return Bead(src, tgt, bead.score, bead.confidence, bead.flags)


def _ends(src: Sequence[str], tgt: Sequence[str], encoder: Encoder) -> Callable[[int], float]:
    """Where in the target a place of the source roughly lies."""
    size = -(-max(len(src), len(tgt)) // _COARSE)
    left, right = (Spans([""] * len(v), v) for v in (_means(src, encoder, size), _means(tgt, encoder, size)))
    rows, columns = np.array(rough_path(left, right), dtype=np.float64).T * size
    rows[-1], columns[-1] = len(src), len(tgt)
    return lambda row: float(np.interp(row, rows, columns))


def _means(texts: Sequence[str], encoder: Encoder, size: int) -> Matrix:
    """Unit means of `size` neighbours; of the last there may be fewer."""
    parts = []
    step = size * max(1, _AT_ONCE // size)
    for first in range(0, len(texts), step):
        vectors = encoder.encode([text.strip() for text in texts[first : first + step]])
        parts.append(np.add.reduceat(vectors, np.arange(0, len(vectors), size), axis=0))
    sums = np.concatenate(parts)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    out: Matrix = (sums / np.maximum(norms, 1e-9)).astype(np.float32)
    return out
