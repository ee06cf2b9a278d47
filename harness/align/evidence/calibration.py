"""How sure of a bead to be: its posterior, seen in the light of what the whole alignment looks like.

In a free but complete translation a sentence left alone is a piece of some neighbour's link that was not
seen; in text full of gaps it is what it seems. One logistic regression (Platt 1999) for links and one for
sentences left alone says so, fitted on documents that the weights had not seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.align.search.lattice import Array

INPUTS = ("one", "odds", "sure", "merged", "alone", "both")
SUREST = 7.0  # log odds beyond which posteriors are not told apart


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights over `INPUTS`, `(len(INPUTS),)` each: of links, and of sentences left alone."""

    links: Array
    nulls: Array

    def odds(self, posteriors: Array, null: Sequence[bool], sizes: Array) -> Array:
        """`(beads,)` log odds that each bead is right; the arguments are those of `inputs`."""
        found = inputs(posteriors, null, sizes)
        odds = np.where(np.array(null, dtype=bool), found @ self.nulls, found @ self.links)
        out: Array = np.clip(odds, -2.0 * SUREST, 2.0 * SUREST)
        return out


def inputs(posteriors: Array, null: Sequence[bool], sizes: Array) -> Array:
    """`(beads, len(INPUTS))` of the beads of one alignment: 1; log odds of the posterior, in [-`SUREST`,
    `SUREST`]; of all links, the mean posterior and the share of those of more than two sentences, as far from
    those of plain text; log share of sentences left alone; and the product of the last two.

    `posteriors` (beads,), whether each is `null`, and its sentences, `sizes` (beads,).
    """
    alone = np.array(null, dtype=bool)
    p = np.clip(posteriors, 1e-9, 1.0 - 1e-9)
    odds = np.clip(np.log(p) - np.log1p(-p), -SUREST, SUREST)
    links = int((~alone).sum())
    sure = float(posteriors[~alone].sum() + 1.8) / (links + 2.0) - 0.9
    merged = float((sizes[~alone] > 2).sum() + 0.4) / (links + 2.0) - 0.2
    left = math.log(float(sizes[alone].sum() + 1.0) / float(sizes.sum() + 20.0)) + 2.5
    sure, merged, left = (
        max(sure, -0.15),
        min(merged, 0.4),
        min(left, 2.0),
    )  # beyond, all the same
    out = np.tile([1.0, 0.0, sure, merged, left, left * merged], (len(odds), 1))
    out[:, 1] = odds
    return out
