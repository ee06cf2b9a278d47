"""The score of a bead as log weight in the first pass: what the evidence is worth.

score(bead) = w · features + out · tanh(hidden · features); a sentence left alone scores
`null + null_length * log(characters / 100)`, and `open` is added once a gap. As log weights they define a
probability of each alignment (a conditional random field over the lattice, with a hidden layer as in Peng et
al. 2009), so that sums over alignments give each bead its posterior. Which beads are worth a closer look
(`rescoring`) is all that is asked of it; how much they mean in this text is not.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from harness.align.evidence.clauses import Clauses, coverage
from harness.align.evidence.marks import Marks, marks
from harness.align.evidence.objective import neighbourhood
from harness.align.evidence.spans import Spans
from harness.align.search.lattice import REACH, SHAPES, Array
from harness.protocols import Matrix

Place = tuple[tuple[int, int], tuple[int, int]]  # rows and columns of a block


@dataclass(frozen=True, slots=True)
class BeadWeights:
    """One number a feature."""

    cosine: float  # of the vectors of both sides
    around: float  # mean cosine to the sentences just outside the bead
    coverage: float  # of the bead's least covered sentence (`clauses.coverage`)
    clause: float  # coverage of the bead's least covered clause
    gain: float  # of a sentence at the edge of a side of several, the least
    length: float  # squared log of the length ratio, at most 4
    chars: float  # log(mean characters of both sides / 100 + .1), at most of `LONG` hundreds
    ends: float  # 1 where only one side ends with a punctuation mark
    numbers: float  # numbers on one side only, at most 4
    bead: float  # 1 for each bead
    size: float  # sentences beyond 1-1
    both: float  # 1 where both sides have two or more
    null: float  # 1 for each sentence left alone
    null_length: float  # its log(characters / 100)
    edge: float  # 1 for a gap that begins the text, and for one that ends it
    open: float  # 1 for each gap, sentences left alone in a row


LONG = 15.0  # hundreds of characters; of longer beads, none of which was fitted on, the layer knows nothing
# the weights of beads; the others are of gaps
OF_BEADS = tuple(f.name for f in fields(BeadWeights) if f.name not in ("null", "null_length", "edge", "open"))


@dataclass(frozen=True, slots=True)
class Hidden:
    """What features mean together: `out · tanh(weights @ features)`; the feature `bead` is its bias.

    `weights` is `(h, len(OF_BEADS))`, `out` is `(h,)`.
    """

    weights: Matrix
    out: Matrix

    def score(self, features: Matrix) -> Matrix:
        """Of `(len(OF_BEADS), …)` features, the scores `(…)`."""
        found: Matrix = np.tensordot(self.out, np.tanh(np.tensordot(self.weights, features, 1)), 1)
        return found


class Evidence:
    """What the texts say about each bead, weighed by `weights` and the layer.

    `ratio` is target characters per source character. Scores are computed once, and serve for any heat.
    """

    def __init__(
        self,
        spans: tuple[Spans, Spans],
        parts: tuple[Clauses, Clauses],
        ratio: float,
        weights: BeadWeights,
        hidden: Hidden,
    ) -> None:
        self.spans, self.parts, self.ratio = spans, parts, ratio
        self.weights, self._hidden = weights, hidden
        self.marks = Marks(spans[0].texts), Marks(spans[1].texts)
        sizes = range(1, REACH + 1)
        # in target characters
        self._lengths = (
            {k: spans[0].lengths(k) * ratio for k in sizes},
            {k: spans[1].lengths(k) for k in sizes},
        )
        # numbers and lengths of every bead, once; logarithms as `length` compares them
        self._logs = tuple(
            {k: np.log(np.maximum(side, 1.0) + 10.0) for k, side in lengths.items()}
            for lengths in self._lengths
        )
        self._blocks: dict[Place, Matrix] = {}
        self._kept: dict[Place, tuple[Matrix, ...]] = {}
        self._last = False  # whether every block is looked at once more at most

    def at(self, heat: float = 1.0) -> AtHeat:
        return AtHeat(self, heat)

    def encoded(self) -> None:
        """Called when vectors of runs have changed: what they tell is computed anew."""
        self._blocks.clear()
        self._last = True

    def null(self, side: int) -> Array:
        """`(n,)` scores of leaving each sentence of a side alone."""
        sizes = np.log((self.spans[side].chars + 10.0) / 100.0)
        out: Array = self.weights.null + self.weights.null_length * sizes
        return out

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Matrix:
        """`(len(SHAPES), rows, columns)` scores."""
        if (rows, columns) not in self._blocks:
            self._blocks[rows, columns] = self._weigh(rows, columns)
        return self._blocks[rows, columns]

    def features(self, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[Matrix, Matrix]:
        """`(len(OF_BEADS), len(SHAPES), rows, columns)`: what each weight is multiplied with; and the mean
        coverage, which the second pass looks at.
        """
        out = np.empty((len(OF_BEADS), len(SHAPES), rows[1] - rows[0], columns[1] - columns[0]), np.float32)
        known = dict(zip(OF_BEADS, out, strict=True))
        known["cosine"][:], known["around"][:] = neighbourhood(*self.spans, rows, columns)
        *fixed, mean = self._fixed(rows, columns)
        for name, values in zip(("coverage", "clause", "gain", "ends", "numbers"), fixed, strict=True):
            known[name][:] = values
        for s, (a, b) in enumerate(SHAPES):
            left = self._lengths[0][a][slice(*rows), None]
            right = self._lengths[1][b][None, slice(*columns)]
            logs = self._logs[0][a][slice(*rows), None], self._logs[1][b][None, slice(*columns)]
            known["length"][s] = np.minimum(np.square(np.subtract(*logs)), 4.0)
            known["chars"][s] = np.log(np.minimum((left + right) / 200.0, LONG) + 0.1)
            known["bead"][s], known["size"][s], known["both"][s] = 1.0, a + b - 2, min(a, b) > 1
        return out, mean

    def _fixed(self, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[Matrix, ...]:
        """What vectors of runs have no part in, kept until `encoded`: coverage, clause, gain, ends,
        numbers, and the mean coverage.
        """
        known = self._kept.pop((rows, columns), None)
        if known is None:
            *covered, mean = coverage(*self.parts, rows, columns)
            known = (*covered, *marks(*self.marks, rows, columns), mean)
            if not self._last:
                self._kept[rows, columns] = known
        return known

    def _weigh(self, rows: tuple[int, int], columns: tuple[int, int]) -> Matrix:
        features, _ = self.features(rows, columns)
        known = np.array([getattr(self.weights, name) for name in OF_BEADS], np.float32)
        scores: Matrix = np.tensordot(known, features, 1)
        scores += self._hidden.score(features)
        n, m = self.spans[0].n, self.spans[1].n
        for s, (a, b) in enumerate(SHAPES):
            scores[s, max(0, n - a + 1 - rows[0]) :] = -np.inf
            scores[s, :, max(0, m - b + 1 - columns[0]) :] = -np.inf
        return scores


class AtHeat:
    """The log-linear score of a pair of documents, times `heat`: below 1, posteriors are flatter.

    A `lattice.Scorer`.
    """

    def __init__(self, evidence: Evidence, heat: float = 1.0) -> None:
        self._evidence, self._heat = evidence, np.float32(heat)
        self.n, self.m = evidence.spans[0].n, evidence.spans[1].n
        self.shapes, self.edge, self.open = SHAPES, evidence.weights.edge * heat, evidence.weights.open * heat
        self.null_src, self.null_tgt = (evidence.null(side) * heat for side in (0, 1))

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> Matrix:
        scaled: Matrix = self._evidence.block(rows, columns) * self._heat
        return scaled
