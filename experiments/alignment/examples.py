"""Documents with known alignments as the passes see them: candidates, their features, and the gold."""

from __future__ import annotations

import hashlib
import math
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from benchmark import Document, Remembered
from sweep import sweep

from harness.align.auto import Auto, Texts
from harness.align.evidence.candidates import (
    BEAD_FEATURES,
    NULL_FEATURES,
    Candidates,
    level_of,
    measured,
)
from harness.align.evidence.clauses import cut
from harness.align.evidence.objective import length_ratio
from harness.align.evidence.regimes import MOST
from harness.align.evidence.spans import embed
from harness.align.evidence.weights import FIRST, First
from harness.align.search.band import search_band
from harness.align.search.lattice import SHAPES
from harness.types import Bead

ALONE = slice(len(BEAD_FEATURES), len(BEAD_FEATURES) + len(NULL_FEATURES))
SINGLE = SHAPES.index((1, 1))
MARGIN = 4  # columns searched beyond the candidates
MEASURING = (
    "search/band", "search/forward_backward", "search/lattice", "evidence/beliefs", "evidence/candidates",
    "evidence/clauses", "evidence/contrast", "evidence/marks", "evidence/model", "evidence/objective",
    "evidence/spans", "auto",
)  # fmt: skip
PIECE = 100  # sentences; longer documents are fitted in pieces
HERE = Path(__file__).resolve().parents[2]
Place = tuple[int, int, int]  # row, shape, column


@dataclass
class Example:
    """One document: its candidates with `features` (k, len(BEAD_FEATURES)), which of them are `gold`,
    features of its sentences, and of the gold's gaps: sums (len(NULL_FEATURES) + 2,) with those at the edges
    and all.
    """

    set: str
    group: str
    found: Candidates
    features: np.ndarray
    gold: np.ndarray
    alone: tuple[np.ndarray, np.ndarray]
    gaps: np.ndarray
    chars: tuple[np.ndarray, np.ndarray]

    def __post_init__(self) -> None:
        n, m = (len(side) for side in self.alone)
        row, column, (a, b) = self.found.row, self.found.column, self.found.sizes
        self.beads = np.stack([row, column, a, b]).astype(np.int64)
        self.start = np.searchsorted(row * (m + 1) + column, np.arange((n + 1) * (m + 1) + 1))
        low, high = np.full(n + 1, m), np.zeros(n + 1, dtype=np.int64)
        np.minimum.at(low, row + a, column)
        np.maximum.at(high, row, column + b)
        low = np.maximum(np.minimum.accumulate(low[::-1])[::-1] - MARGIN, 0)
        high = np.minimum(np.maximum.accumulate(high) + MARGIN + 1, m + 1)
        low[0], high[n] = 0, m + 1
        self._low, self._high = low, np.maximum(high, low + 1)

    def sums(self, scores: np.ndarray, weights: np.ndarray):  # type: ignore[no-untyped-def]
        """Log of the sum over all alignments, gaps, gaps at the edges, posteriors of beads and of sentences
        left alone; `weights` (len(NAMES),).
        """
        probability = np.zeros(len(scores))
        left = tuple(np.zeros(len(side)) for side in self.alone)
        scored = tuple(side @ weights[ALONE] for side in self.alone)
        total, gaps, edges = sweep(
            self._low, self._high, self.beads, self.start, scores.astype(np.float64), scored,
            float(weights[-1]), float(weights[-2]), probability, left,
        )  # fmt: skip
        return total, gaps, edges, probability, left

    def loss(self, scores: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Negative log likelihood of the gold, its gradient for `scores` and for the weights of gaps."""
        total, gaps, edges, probability, left = self.sums(scores, weights)
        expected = np.append(
            sum(own @ side for own, side in zip(left, self.alone, strict=True)), [edges, gaps]
        )
        value = total - float(scores[self.gold].sum()) - float(weights[ALONE.start :] @ self.gaps)
        return value, probability - self.gold, expected - self.gaps

    def signs(self, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """What `regimes.signs` finds."""
        _, gaps, edges, probability, left = self.sums(scores, weights)
        lost = sum(float(chars @ np.clip(own, 0, 1)) for chars, own in zip(self.chars, left, strict=True))
        whole, beads = sum(float(chars.sum()) for chars in self.chars), float(probability.sum())
        merged = float(probability[self.found.shape != SINGLE].sum())
        values = (
            1.0, math.log((gaps + 0.5) / (beads + 5.0)) + 1.5, math.log(lost / max(whole, 1.0) + 0.02) + 2.5,
            edges - 0.5, math.log(beads + 1.0) - 3.0, (level_of(self.features) - 0.6) / 0.15,
            math.log((merged + 0.5) / (beads + 5.0)) + 1.5,
        )  # fmt: skip
        return np.clip(values, -3.0, MOST)


def example(document: Document, encoder: Remembered, first: First = FIRST) -> Example:
    """A document as the aligner sees it after a first pass with those weights; gold beads that are no
    candidates are added to them.
    """
    spans = embed(document.src, encoder, runs=False), embed(document.tgt, encoder, runs=False)
    parts = tuple(cut(side.texts, encoder, side.rows(1)) for side in spans)
    texts = Texts(spans, (parts[0], parts[1]), length_ratio(*spans))
    aligner = Auto(encoder)
    aligner.first = first
    evidence, found = aligner.candidates(texts, search_band(*spans))
    wanted = gold(document)
    every = sorted(
        {*zip(found.row.tolist(), found.shape.tolist(), found.column.tolist(), strict=True), *wanted},
        key=lambda place: (place[0], place[2], place[1]),
    )
    row, shape, column = np.array(every, dtype=np.int64).reshape(-1, 3).T
    found = Candidates(row, shape, column)
    features, alone = measured(evidence, found)
    right = np.array([place in set(wanted) for place in every])
    gaps = gold_gaps(wanted, alone)
    chars = spans[0].chars, spans[1].chars
    return Example(document.set, document.group, found, features, right, alone, gaps, chars)


def gold(document: Document) -> list[Place]:
    """The gold's links in order; those too large, with a hole or crossing others count as gaps."""
    out, i, j = [], 0, 0
    for bead in document.gold:
        size = len(bead.src), len(bead.tgt)
        if size not in SHAPES or any(side[-1] - side[0] >= len(side) for side in (bead.src, bead.tgt)):
            continue
        if bead.src[0] >= i and bead.tgt[0] >= j:
            out.append((bead.src[0], SHAPES.index(size), bead.tgt[0]))
            i, j = bead.src[0] + size[0], bead.tgt[0] + size[1]
    return out


def gold_gaps(links: list[Place], alone: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Feature sums of the sentences left alone, gaps at the edges, gaps."""
    n, m = (len(side) for side in alone)
    sums, edges, opened, i, j = np.zeros(len(NULL_FEATURES)), 0, 0, 0, 0
    ends = [(row, column, SHAPES[shape]) for row, shape, column in links] + [(n, m, (0, 0))]
    edges += ends[0][:2] != (0, 0)
    for row, column, (a, b) in ends:
        sums += alone[0][i:row].sum(axis=0) + alone[1][j:column].sum(axis=0)
        opened += (row, column) != (i, j)
        edges += (row, column) == (n, m) and (i, j) != (n, m)
        i, j = row + a, column + b
    return np.append(sums, [edges, opened])


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


def examples(
    chosen: Sequence[Document], encoder: Remembered, store: Path | None, first: First = FIRST
) -> list[Example]:
    """Of each document. `store` (a file) keeps them until the documents, the weights of the first pass or
    what is measured change: a fit then begins at once.
    """
    folder = HERE / "harness" / "align"
    sources = [(folder / f"{name}.py").read_text("utf-8") for name in MEASURING]
    told = [sources, repr(first), repr(list(chosen)), Path(__file__).read_text("utf-8")]
    key = hashlib.sha256(repr(told).encode()).hexdigest()
    if store and store.exists():
        kept, found = pickle.loads(store.read_bytes())
        if kept == key:
            return found  # type: ignore[no-any-return]
    found = []
    for number, document in enumerate(chosen, start=1):
        found.append(example(document, encoder, first))
        if number % 200 == 0:
            print(f"{number} of {len(chosen)} documents measured", file=sys.stderr, flush=True)
    if store:
        store.write_bytes(pickle.dumps((key, found), protocol=5))
    return found
