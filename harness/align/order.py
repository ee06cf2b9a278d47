"""Text that was moved: what a monotone alignment leaves alone may match in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.align.pairing import SURE
from harness.protocols import Encoder
from harness.types import Bead

Align = Callable[[Sequence[str], Sequence[str]], list[Bead]]


def free_order(src: Sequence[str], tgt: Sequence[str], align: Align) -> list[Bead]:
    """Beads in any order, by source: what `align` leaves alone is aligned again, as long as it links any.

    Each pass finds one monotone stretch after another of a text whose blocks have changed places. Every index
    of either side is in exactly one bead; links reach over consecutive sentences only.
    """
    beads = align(src, tgt)
    links = [bead for bead in beads if not bead.is_null]
    alone = [bead for bead in beads if bead.is_null]
    while True:
        left = [i for bead in alone for i in bead.src]
        right = [j for bead in alone for j in bead.tgt]
        if not left or not right:
            break
        again = align([src[i] for i in left], [tgt[j] for j in right])
        moved = [_placed(bead, left, right) for bead in again if not bead.is_null]
        moved = [bead for bead in moved if _consecutive(bead.src) and _consecutive(bead.tgt)]
        if not moved:
            break
        links += moved
        taken_src = {i for bead in moved for i in bead.src}
        taken_tgt = {j for bead in moved for j in bead.tgt}
        alone = [bead for bead in alone if not taken_src & {*bead.src} and not taken_tgt & {*bead.tgt}]
    return _by_source(links, alone)


def out_of_order(src: Sequence[str], tgt: Sequence[str], beads: Sequence[Bead], encoder: Encoder) -> int:
    """Pairs of sentences left alone that are surely each other's best counterpart (cosine .6 and more)."""
    left = [i for bead in beads if not bead.tgt for i in bead.src]
    right = [j for bead in beads if not bead.src for j in bead.tgt]
    if not left or not right:
        return 0
    cosines = encoder.encode([src[i] for i in left]) @ encoder.encode([tgt[j] for j in right]).T
    best, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    return sum(bool(back[j] == i and cosines[i, j] >= SURE) for i, j in enumerate(best))


def _placed(bead: Bead, left: Sequence[int], right: Sequence[int]) -> Bead:
    src, tgt = tuple(left[i] for i in bead.src), tuple(right[j] for j in bead.tgt)
    return Bead(src, tgt, bead.score, bead.confidence, bead.flags)


def _consecutive(indices: Sequence[int]) -> bool:
    return indices[-1] - indices[0] == len(indices) - 1


def _by_source(links: Sequence[Bead], alone: Sequence[Bead]) -> list[Bead]:
    """By the first source sentence; target sentences left alone come where they stand in the target."""
    ordered = sorted([bead for bead in (*links, *alone) if bead.src], key=lambda bead: bead.src[0])
    for bead in sorted((bead for bead in alone if not bead.src), key=lambda bead: bead.tgt[0]):
        before = [k for k, other in enumerate(ordered) if other.tgt and other.tgt[-1] == bead.tgt[0] - 1]
        ordered.insert(before[0] + 1 if before else len(ordered), bead)
    return ordered
