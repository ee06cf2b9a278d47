"""Fit the weights of the default aligner on the development documents (`harness/align/weights.py`).

    python experiments/alignment/fit.py ../shared/data
    python experiments/alignment/fit.py ../shared/data --folds 5

Maximum likelihood of the gold alignments (a conditional random field, Lafferty et al. 2001): the gradient is
the expected features under forward-backward less those of the gold. `share` is estimated with the weights of
the round before, as the aligner does. Prints the weights; nothing is written. With --folds the documents of
each fold are aligned with weights fitted without them, and scored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmark import Document, Remembered, calibration, documents, quality

from harness.align.auto import Auto, Texts, settle
from harness.align.beliefs import rate
from harness.align.clauses import cut
from harness.align.lattice import SHAPES, Lattice
from harness.align.model import OF_BEADS, Evidence, Weights
from harness.align.objective import length_ratio
from harness.align.spans import embed
from harness.align.sweep import posteriors
from harness.encode.use import Use
from harness.types import Bead

NAMES = [f.name for f in fields(Weights)]
# which weights move with the share
SLOPES = ("cosine", "coverage", "length", "bead", "size", "null", "edge", "open")
OF_BEAD = [NAMES.index(name) for name in OF_BEADS]
NULL, NULL_LENGTH, EDGE, OPEN = (NAMES.index(name) for name in ("null", "null_length", "edge", "open"))
PIECE = 100  # sentences; longer documents are fitted in pieces
# round numbers to begin with, so that the result does not depend on the weights shipped
START = (
    Weights(10.0, -5.0, 10.0, 1.0, -5.0, -5.0, 1.0, 0.0, 1.0, 0.0, 0.0, -3.0),
    Weights(3.0, 0.0, 5.0, 0.0, 3.0, -3.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
)


@dataclass
class Example:
    """One document: `features` (len(OF_BEADS), shapes, n, m), where no bead fits, the gold's feature sums
    (len(NAMES),), log lengths of sentences for being left alone, weight in the sum, share.
    """

    features: np.ndarray
    outside: np.ndarray
    gold: np.ndarray
    alone: tuple[np.ndarray, np.ndarray]
    weight: float
    share: float = 0.0


class Linear:
    """The score with weights `w` (len(NAMES),) over precomputed features; a `lattice.Scorer`."""

    def __init__(self, one: Example, w: np.ndarray) -> None:
        self.n, self.m = one.features.shape[2:]
        self.shapes, self.edge, self.open = SHAPES, float(w[EDGE]), float(w[OPEN])
        self.scores = np.tensordot(w[OF_BEAD].astype(np.float32), one.features, 1)
        self.scores[one.outside] = -np.inf
        self.null_src, self.null_tgt = (w[NULL] + w[NULL_LENGTH] * lengths for lengths in one.alone)

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> np.ndarray:
        return self.scores[:, slice(*rows), slice(*columns)]


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


def example(document: Document, encoder: Remembered) -> Example:
    spans = embed(document.src, encoder), embed(document.tgt, encoder)
    parts = tuple(cut(side.texts, encoder, side.rows(1)) for side in spans)
    texts = Texts(spans, (parts[0], parts[1]), length_ratio(*spans))
    n, m = spans[0].n, spans[1].n
    features = Evidence(texts.spans, texts.parts, texts.ratio, *START).features((0, n), (0, m))
    outside = np.zeros(features.shape[1:], dtype=bool)
    for s, (a, b) in enumerate(SHAPES):
        outside[s, max(0, n - a + 1) :] = True
        outside[s, :, max(0, m - b + 1) :] = True
    features[:, outside] = 0.0
    alone = np.log((spans[0].chars + 10.0) / 100.0), np.log((spans[1].chars + 10.0) / 100.0)
    # few decisions of the call and of the easy levels are hard; without this they would hardly count
    weight = 3.0 if "call" in document.set else 1.6 if document.set[-1] in "12" else 1.0
    return Example(features, outside, gold_sums(document, features, alone), alone, weight)


def gold_sums(document: Document, features: np.ndarray, alone: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Feature sums of the gold alignment; beads too large or with a hole count as gaps."""
    sums, i, j = np.zeros(len(NAMES)), 0, 0
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
            sums[OF_BEAD] += features[:, SHAPES.index((len(bead.src), len(bead.tgt))), i2, j2]
            i, j = bead.src[-1] + 1, bead.tgt[-1] + 1
    sums[EDGE] += (i, j) != (len(document.src), len(document.tgt))
    return sums


def loss(one: Example, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Negative log likelihood of the gold alignment, and its gradient."""
    scorer = Linear(one, w)
    n, m = scorer.n, scorer.m
    probability = np.zeros((len(SHAPES), n, m), dtype=np.float32)

    def visit(row: int, here: np.ndarray) -> None:
        probability[:, row] = here[:, :m]

    mass = posteriors(Lattice(scorer), visit)
    expected = np.zeros(len(NAMES))
    expected[OF_BEAD] = one.features.reshape(len(OF_BEAD), -1) @ probability.reshape(-1)
    left = [np.ones(n), np.ones(m)]
    for s, shape in enumerate(SHAPES):
        for side, size in enumerate(shape):
            taken = probability[s].sum(axis=1 - side)
            for step in range(size):
                left[side][step:] -= taken[: len(taken) - step]
    expected[NULL], expected[OPEN] = left[0].sum() + left[1].sum(), mass.gaps
    expected[NULL_LENGTH] = left[0] @ one.alone[0] + left[1] @ one.alone[1]
    last = sum(probability[s, n - a, m - b] for s, (a, b) in enumerate(SHAPES) if a <= n and b <= m)
    expected[EDGE] = 2.0 - probability[:, 0, 0].sum() - last
    return mass.log_total - float(w @ one.gold), expected - one.gold


def settled(one: Example, middle: np.ndarray, slope: np.ndarray) -> float:
    return settle(lambda share: rate(Lattice(Linear(one, middle + share * slope))), 0.0)


def fit(examples: Sequence[Example], rounds: int, steps: int) -> np.ndarray:
    """L-BFGS over middle and slope (2 * len(NAMES),), with a weak Gaussian prior."""
    import torch

    w = np.array([getattr(side, name) for side in START for name in NAMES])
    free = torch.tensor([1.0] * len(NAMES) + [float(name in SLOPES) for name in NAMES], dtype=torch.float64)
    for _ in range(rounds):
        middle, slope = np.split(w, 2)
        for one in examples:
            one.share = settled(one, middle, slope)
        tensor = torch.tensor(w, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([tensor], lr=1, max_iter=steps, line_search_fn="strong_wolfe")

        def closure(tensor: torch.Tensor = tensor) -> torch.Tensor:
            now = tensor.detach().numpy()
            total, gradient = 0.01 * float(now @ now), 0.02 * now
            for one in examples:
                value, slope = loss(one, now[: len(NAMES)] + one.share * now[len(NAMES) :])
                total += one.weight * value
                gradient = gradient + one.weight * np.concatenate([slope, one.share * slope])
            tensor.grad = torch.tensor(gradient) * free
            print(f"  {total:.2f}", file=sys.stderr, flush=True)
            return torch.tensor(total)

        optimizer.step(closure)
        w = tensor.detach().numpy().copy()
    return w


def both(w: np.ndarray) -> tuple[Weights, Weights]:
    middle, slope = (Weights(*(round(float(value), 3) for value in part)) for part in np.split(w, 2))
    return middle, slope


def cross_validated(
    documents: Sequence[Document],
    examples: Sequence[tuple[str, Example]],
    encoder: Remembered,
    args: argparse.Namespace,
) -> None:
    """Print the scores of documents aligned with weights fitted on the news items of the other folds."""
    groups = list(dict.fromkeys(d.group for d in documents))
    found: dict[int, list[Bead]] = {}
    for fold in range(args.folds):
        held = set(groups[fold :: args.folds])
        aligner = Auto(encoder)
        aligner.weights = both(fit([e for g, e in examples if g not in held], args.rounds, args.steps))
        for i, document in enumerate(documents):
            if document.group in held:
                found[i] = aligner.align(document.src, document.tgt)
    beads = [found[i] for i in range(len(documents))]
    quality(list(documents), {f"auto, {args.folds} folds": beads}, 1000)
    noisy = [i for i, d in enumerate(documents) if "noisy" in d.set]
    calibration([documents[i] for i in noisy], [beads[i] for i in noisy], "the noisy sets")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="sets whose name contains this")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=15, help="of L-BFGS a round")
    parser.add_argument("--folds", type=int, default=0, help="cross-validate over documents instead")
    args = parser.parse_args()
    encoder = Remembered(Use())
    chosen = [d for d in documents(args.folder) if args.only in d.set]
    examples = [(d.group, example(piece, encoder)) for d in chosen for piece in pieces(d)]
    if args.folds:
        cross_validated(chosen, examples, encoder, args)
        return
    fitted = both(fit([one for _, one in examples], args.rounds, args.steps))
    for label, weights in zip(("MIDDLE", "SLOPE"), fitted, strict=True):
        values = "\n".join(f"    {name}={getattr(weights, name):.3f}," for name in NAMES)
        print(f"{label} = Weights(\n{values}\n)")


if __name__ == "__main__":
    main()
