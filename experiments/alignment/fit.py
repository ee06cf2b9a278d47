"""Fit the weights of the default aligner on the development documents (`harness/align/weights.py`).

    python experiments/alignment/fit.py ../shared/data --rounds 2

Maximum likelihood of the gold alignments (a conditional random field, Lafferty et al. 2001): the gradient is
the expected features under forward-backward less those of the gold. `share` is estimated with the weights of
the round before, as the aligner does. Prints the weights; nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmark import Document, Remembered, documents

from harness.align.auto import Texts, estimate_share
from harness.align.band import around
from harness.align.beliefs import believe
from harness.align.clauses import cut, weakest
from harness.align.lattice import SHAPES, Band, Lattice, posteriors
from harness.align.model import Evidence, Weights
from harness.align.objective import length_ratio, neighbourhood
from harness.align.spans import embed
from harness.align.weights import MIDDLE, SLOPE
from harness.encode.use import Use

NAMES = [f.name for f in fields(Weights)]
SLOPES = ("cosine", "coverage", "length", "bead", "size", "null", "open")  # the others have no slope
BEAD = 7  # features of a bead; then null, null_length, open


@dataclass
class Example:
    """One document: `features` (7, shapes, n, m), gold's feature sums (10,), null lengths, band, weight."""

    texts: Texts
    features: np.ndarray
    gold: np.ndarray
    alone: tuple[np.ndarray, np.ndarray]
    band: Band
    weight: float
    share: float = 0.0


class Linear:
    """The score with weights `w` (10,) over precomputed features; a `lattice.Scorer`."""

    def __init__(self, example: Example, w: np.ndarray) -> None:
        self.n, self.m = example.features.shape[2:]
        self.scores = np.tensordot(w[:BEAD], example.features, 1).astype(np.float64)
        for s, (a, b) in enumerate(SHAPES):
            self.scores[s, max(0, self.n - a + 1) :] = -np.inf
            self.scores[s, :, max(0, self.m - b + 1) :] = -np.inf
        self.null_src, self.null_tgt = (w[7] + w[8] * lengths for lengths in example.alone)
        self.open = float(w[9])

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> np.ndarray:
        return self.scores[:, slice(*rows), slice(*columns)]


def example(document: Document, encoder: Remembered) -> Example:
    spans = embed(document.src, encoder), embed(document.tgt, encoder)
    parts = (
        cut(spans[0].texts, encoder, spans[0].rows(1)),
        cut(spans[1].texts, encoder, spans[1].rows(1)),
    )
    texts = Texts(spans, parts, length_ratio(*spans))
    n, m = spans[0].n, spans[1].n
    found = np.zeros((BEAD, len(SHAPES), n, m), dtype=np.float32)
    found[0], found[1] = neighbourhood(*spans, (0, n), (0, m))
    found[2] = weakest(*parts, (0, n), (0, m))
    for s, (a, b) in enumerate(SHAPES):
        left = np.maximum(spans[0].lengths(a)[:, None] * texts.ratio, 1.0) + 10.0
        right = np.maximum(spans[1].lengths(b)[None, :], 1.0) + 10.0
        found[3, s] = np.minimum(np.square(np.log(left / right)), 4.0)
        found[4, s], found[5, s], found[6, s] = 1.0, a + b - 2, min(a, b) > 1
    alone = tuple(np.log((side.chars + 10.0) / 100.0) for side in spans)
    gold, path = gold_sums(document, found, alone)
    weight = 3.0 if n < 20 and "call" in document.set else 1.6 if document.set[-1] in "12" else 1.0
    band = around(path, n, m, 40) if n > 150 else Band.full(n, m)
    return Example(texts, found, gold, alone, band, weight)


def gold_sums(
    document: Document, features: np.ndarray, alone: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Feature sums of the gold alignment, and the cells it goes through; beads too large count as gaps."""
    sums, i, j = np.zeros(len(NAMES)), 0, 0
    path = [(0, 0)]
    beads = [b for b in document.gold if (len(b.src), len(b.tgt)) in SHAPES]
    ends = [(b.src[0], b.tgt[0], b) for b in beads] + [(len(document.src), len(document.tgt), None)]
    for i2, j2, bead in ends:
        sums[7] += i2 - i + j2 - j
        sums[8] += alone[0][i:i2].sum() + alone[1][j:j2].sum()
        sums[9] += (i2, j2) != (i, j)
        if bead:
            sums[:BEAD] += features[:, SHAPES.index((len(bead.src), len(bead.tgt))), i2, j2]
            i, j = bead.src[-1] + 1, bead.tgt[-1] + 1
        path.append((i, j) if bead else (i2, j2))
    return sums, path


def loss(one: Example, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Negative log likelihood of the gold alignment, and its gradient."""
    scorer = Linear(one, w)
    lattice, expected = Lattice(scorer, one.band), np.zeros(len(NAMES))
    left = [np.ones(scorer.n), np.ones(scorer.m + 8)]

    def visit(row: int, probability: np.ndarray) -> None:
        low = int(one.band.low[row])
        p = probability[:, : scorer.m - low]
        expected[:BEAD] += np.einsum("fsj,sj->f", one.features[:, :, row, low : low + p.shape[1]], p)
        for s, (a, b) in enumerate(SHAPES):
            left[0][row : row + a] -= p[s].sum()
            for step in range(b):
                left[1][low + step : low + step + p.shape[1]] -= p[s]

    mass = posteriors(lattice, visit)
    src, tgt = left[0], left[1][: scorer.m]
    expected[7], expected[9] = src.sum() + tgt.sum(), mass.gaps
    expected[8] = src @ one.alone[0] + tgt @ one.alone[1]
    return mass.log_total - float(w @ one.gold), expected - one.gold


def fit(examples: Sequence[Example], start: np.ndarray, steps: int) -> np.ndarray:
    """L-BFGS over middle (10,) and slope (10,), with a weak Gaussian prior."""
    import torch

    free = torch.tensor([1.0] * len(NAMES) + [float(name in SLOPES) for name in NAMES], dtype=torch.float64)
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([w], lr=1, max_iter=steps, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        now = w.detach().numpy()
        total, gradient = 0.01 * float(now @ now), 0.02 * now
        for one in examples:
            value, slope = loss(one, now[: len(NAMES)] + one.share * now[len(NAMES) :])
            total += one.weight * value
            gradient = gradient + one.weight * np.concatenate([slope, one.share * slope])
        w.grad = torch.tensor(gradient) * free
        print(f"  {total:.2f}", file=sys.stderr, flush=True)
        return torch.tensor(total)

    optimizer.step(closure)
    return w.detach().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="sets whose name contains this")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=15, help="of L-BFGS a round")
    args = parser.parse_args()
    encoder = Remembered(Use())
    examples = [example(d, encoder) for d in documents(args.folder) if args.only in d.set]
    w = np.array([getattr(side, name) for side in (MIDDLE, SLOPE) for name in NAMES])
    for _ in range(args.rounds):
        middle, slope = (Weights(*map(float, part)) for part in np.split(w, 2))
        for one in examples:
            weights = middle.at(slope, one.share)
            lattice = Lattice(Evidence(one.texts.spans, one.texts.parts, weights, one.texts.ratio), one.band)
            one.share = estimate_share(believe(lattice))
        w = fit(examples, w, args.steps)
    for label, part in zip(("MIDDLE", "SLOPE"), np.split(w, 2), strict=True):
        values = "\n".join(f"    {name}={value:.3f}," for name, value in zip(NAMES, part, strict=True))
        print(f"{label} = Weights(\n{values}\n)")


if __name__ == "__main__":
    main()
