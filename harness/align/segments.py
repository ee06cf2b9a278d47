"""Aligning segments of documents: page furniture stays out of the aligner and comes back unaligned."""

from __future__ import annotations

from collections.abc import Sequence

from harness.protocols import Aligner
from harness.types import Bead, Segment


def align_segments(src: Sequence[Segment], tgt: Sequence[Segment], aligner: Aligner) -> list[Bead]:
    """Beads over positions in `src` and `tgt`; every position is in exactly one bead, in order.

    Segments flagged as furniture are not shown to the aligner and become null beads. A bead that
    would have to reach across one keeps its indices (they are then not consecutive).
    """
    left = [i for i, segment in enumerate(src) if segment.furniture is None]
    right = [j for j, segment in enumerate(tgt) if segment.furniture is None]
    beads = aligner.align([src[i].text for i in left], [tgt[j].text for j in right])
    found = [
        Bead(
            tuple(left[i] for i in bead.src),
            tuple(right[j] for j in bead.tgt),
            bead.score,
            bead.confidence,
            bead.flags,
        )
        for bead in beads
    ]
    taken_src = {i for bead in found if not bead.is_null for i in bead.src}
    taken_tgt = {j for bead in found if not bead.is_null for j in bead.tgt}
    known = {(bead.src, bead.tgt): bead for bead in found if bead.is_null}
    alone_src = [known.get(((i,), ()), Bead((i,), ())) for i in range(len(src)) if i not in taken_src]
    alone_tgt = [known.get(((), (j,)), Bead((), (j,))) for j in range(len(tgt)) if j not in taken_tgt]
    return in_order([bead for bead in found if not bead.is_null], alone_src, alone_tgt)


def in_order(beads: list[Bead], alone_src: list[Bead], alone_tgt: list[Bead]) -> list[Bead]:
    """Null beads where their index falls; between two beads, those of the source come first."""
    out: list[Bead] = []
    s = t = 0
    for bead in beads:
        while s < len(alone_src) and alone_src[s].src[0] < bead.src[0]:
            out.append(alone_src[s])
            s += 1
        while t < len(alone_tgt) and alone_tgt[t].tgt[0] < bead.tgt[0]:
            out.append(alone_tgt[t])
            t += 1
        out.append(bead)
    return out + alone_src[s:] + alone_tgt[t:]
