"""Which regime a pair of texts is in, from plain translation to two reports of one event.

A mixture of experts (Jacobs et al. 1991) over the weights of `model`: each regime is a share, a softmax over
what a first sweep finds in the texts gives the chance of each, and their posteriors are averaged. A text
with a single sentence left alone may be either; one estimate of the share could not say so.
"""

from __future__ import annotations

import math

import numpy as np

from harness.align.evidence.beliefs import Beliefs
from harness.align.evidence.spans import Spans
from harness.align.search.lattice import SHAPES, Array

SHARES = (-1.5, -0.4, 0.8)  # plain translation, free translation, comparable text
MOST = (1.0, 1.0, 1.0, 1.0, 1.0, 3.0, 2.0)  # of each sign


def signs(beliefs: Beliefs, spans: tuple[Spans, Spans], level: float) -> Array:
    """`(7,)`: 1, log gaps a bead, log share of characters left alone, gaps at the edges, log beads, `level`
    (of `candidates`), log share of beads that are not 1-1.

    Each is moved to lie about 0 and cut to -3 … `MOST`, so that no text is far from those fitted on.
    """
    alone = (beliefs.alone_src, beliefs.alone_tgt)
    lost = sum(float(side.chars @ left) for side, left in zip(spans, alone, strict=True))
    whole = sum(float(side.chars.sum()) for side in spans)
    sizes = np.array(SHAPES)[beliefs.shape]
    first = (beliefs.row == 0) & (beliefs.column == 0)
    last = (beliefs.row + sizes[:, 0] == spans[0].n) & (beliefs.column + sizes[:, 1] == spans[1].n)
    edges = 2.0 - float(beliefs.probability[first].sum() + beliefs.probability[last].sum())
    merged = float(beliefs.probability[sizes.sum(axis=1) > 2].sum())
    values = (
        1.0,
        math.log((beliefs.rate.gaps + 0.5) / (beliefs.rate.beads + 5.0)) + 1.5,
        math.log(lost / max(whole, 1.0) + 0.02) + 2.5,
        edges - 0.5,
        math.log(beliefs.rate.beads + 1.0) - 3.0,
        (level - 0.6) / 0.15,
        math.log((merged + 0.5) / (beliefs.rate.beads + 5.0)) + 1.5,
    )
    return np.clip(values, -3.0, MOST)


def chances(signs: Array, gate: Array) -> Array:
    """`(len(SHARES),)` chances of the regimes, which add up to 1; `gate` is `(len(SHARES), len(signs))`."""
    odds = gate @ signs
    out: Array = np.exp(odds - np.logaddexp.reduce(odds))
    return out
