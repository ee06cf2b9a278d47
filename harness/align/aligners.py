"""The aligners over sentence vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from harness.align.evidence.objective import Cosine, CosineWeights, length_ratio
from harness.align.evidence.spans import embed
from harness.align.search.band import search_band
from harness.align.search.lattice import Lattice
from harness.align.search.path import best_path
from harness.common.limits import AtLeast
from harness.protocols import Aligner, Encoder
from harness.types import Bead


class Comparable(Aligner):
    """Exact monotone alignment for comparable text: it leaves alone what has no counterpart."""

    def __init__(
        self,
        encoder: Encoder,
        threshold: float = 0.2,
        margin: float = 0.5,
        power: Annotated[float, AtLeast(0)] = 0.5,
        null: float = 0.0,
        open: float = 0.0,
    ) -> None:
        self.encoder = encoder
        self.weights = CosineWeights(threshold, margin, power, null, open)

    def align(self, src: Sequence[str], tgt: Sequence[str]) -> list[Bead]:
        """Monotone beads in order; `score` is the objective (unitless, 0 = as good as no link)."""
        if not src or not tgt:
            return [Bead((i,), ()) for i in range(len(src))] + [Bead((), (j,)) for j in range(len(tgt))]
        left, right = embed(src, self.encoder), embed(tgt, self.encoder)
        scorer = Cosine(left, right, self.weights, length_ratio(left, right))
        return best_path(Lattice(scorer, search_band(left, right)))
