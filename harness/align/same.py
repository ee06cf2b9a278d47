"""Two texts in one language: sentences that stayed as they are must be linked, which checks an alignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.types import Bead


def kept(src: Sequence[str], tgt: Sequence[str], beads: Sequence[Bead]) -> tuple[int, int]:
    """How many sentences stand once in either text, but for case and spaces, and how many of them share a
    bead.
    """
    sides = [[" ".join(text.casefold().split()) for text in side] for side in (src, tgt)]
    once = [{text for text, times in Counter(side).items() if text and times == 1} for side in sides]
    both = once[0] & once[1]
    linked = sum(
        len({sides[0][i] for i in bead.src} & {sides[1][j] for j in bead.tgt} & both) for bead in beads
    )
    return len(both), linked
