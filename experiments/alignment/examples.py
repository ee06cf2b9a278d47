"""Documents with known alignments as the aligner sees them: the features of every bead and of the gold."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from benchmark import Document, Remembered

from harness.align.evidence.clauses import cut
from harness.align.evidence.model import OF_BEADS, BeadWeights, Evidence, Hidden
from harness.align.evidence.objective import length_ratio
from harness.align.evidence.spans import Spans, embed
from harness.align.search.lattice import SHAPES
from harness.types import Bead

NAMES = [f.name for f in fields(BeadWeights)]
OF_BEAD = [NAMES.index(name) for name in OF_BEADS]
NULL, NULL_LENGTH, EDGE, OPEN = (NAMES.index(name) for name in ("null", "null_length", "edge", "open"))
PIECE = 100  # sentences; longer documents are fitted in pieces
ZERO = BeadWeights(*[0.0] * len(NAMES))
UNUSED = Hidden(np.zeros((1, len(OF_BEADS))), np.zeros(1))


@dataclass
class Example:
    """One document: `features` (len(OF_BEADS), shapes, n, m), where no bead fits, the places of the gold
    beads, feature sums of those and of the gaps (len(NAMES),), log lengths of sentences for being left
    alone, weight in the sum.
    """

    features: np.ndarray
    outside: np.ndarray
    links: tuple[np.ndarray, np.ndarray, np.ndarray]
    gold: np.ndarray
    alone: tuple[np.ndarray, np.ndarray]
    weight: float
    spans: tuple[Spans, Spans]


def pieces(document: Document) -> list[Document]:
    """A long document cut behind beads of its gold alignment."""
    cuts = [(0, 0)]
    for bead in (b for b in document.gold if not b.is_null):
        left = len(document.src) - bead.src[-1] - 1
        if bead.src[-1] + 1 - cuts[-1][0] >= PIECE and left >= PIECE / 2:
            cuts.append((bead.src[-1] + 1, bead.tgt[-1] + 1))
    cuts.append((len(document.src), len(document.tgt)))
    out = []
    for (i, j), (i2, j2) in pairwise(cuts):
        gold = [
            Bead(tuple(s - i for s in bead.src), tuple(t - j for t in bead.tgt))
            for bead in document.gold
            if (i <= bead.src[0] < i2 if bead.src else j <= bead.tgt[0] < j2)
        ]
        out.append(Document(document.set, document.group, document.src[i:i2], document.tgt[j:j2], gold))
    return out


def example(document: Document, encoder: Remembered, weight: float) -> Example:
    """A document with every run of sentences encoded, and what its gold alignment is worth."""
    spans = embed(document.src, encoder), embed(document.tgt, encoder)
    parts = tuple(cut(side.texts, encoder, side.rows(1)) for side in spans)
    n, m = spans[0].n, spans[1].n
    evidence = Evidence(spans, (parts[0], parts[1]), length_ratio(*spans), ZERO, ZERO, UNUSED)
    features, _ = evidence.features((0, n), (0, m))
    outside = np.zeros(features.shape[1:], dtype=bool)
    for s, (a, b) in enumerate(SHAPES):
        outside[s, max(0, n - a + 1) :] = True
        outside[s, :, max(0, m - b + 1) :] = True
    features[:, outside] = 0.0
    alone = np.log((spans[0].chars + 10.0) / 100.0), np.log((spans[1].chars + 10.0) / 100.0)
    links, sums = gold(document, features, alone)
    return Example(features, outside, links, sums, alone, weight, spans)


def weight(name: str) -> float:
    """Few decisions of the call and of the easy levels are hard; without this they would hardly count."""
    return 3.0 if "call" in name else 1.6 if name[-1] in "12" else 1.0


def gold(
    document: Document, features: np.ndarray, alone: tuple[np.ndarray, np.ndarray]
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Places and feature sums of the gold alignment; beads too large or with a hole count as gaps."""
    places, sums, i, j = [], np.zeros(len(NAMES)), 0, 0
    beads = [
        b
        for b in document.gold
        if (len(b.src), len(b.tgt)) in SHAPES
        and all(side[-1] - side[0] < len(side) for side in (b.src, b.tgt))
    ]
    ends = [(b.src[0], b.tgt[0], b) for b in beads] + [(len(document.src), len(document.tgt), None)]
    sums[EDGE] += ends[0][:2] != (0, 0)
    for i2, j2, bead in ends:
        if i2 < i or j2 < j:
            continue  # the gold crosses itself here
        sums[NULL] += i2 - i + j2 - j
        sums[NULL_LENGTH] += alone[0][i:i2].sum() + alone[1][j:j2].sum()
        sums[OPEN] += (i2, j2) != (i, j)
        if bead:
            places.append((SHAPES.index((len(bead.src), len(bead.tgt))), i2, j2))
            i, j = bead.src[-1] + 1, bead.tgt[-1] + 1
    sums[EDGE] += (i, j) != (len(document.src), len(document.tgt))
    shape, row, column = np.array(places, dtype=np.int64).reshape(-1, 3).T
    sums[OF_BEAD] = features[:, shape, row, column].sum(axis=1)
    return (shape, row, column), sums
