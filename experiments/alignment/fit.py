"""Fit the weights of the default aligner (`harness/align/weights.py`) on documents with known alignments.

    python experiments/alignment/prepare.py WORK
    python experiments/alignment/fit.py ../shared/data WORK/documents
    python experiments/alignment/fit.py WORK/documents
    python experiments/alignment/fit.py ../shared/data WORK/documents --folds 5

Maximum likelihood of the gold alignments under a mixture of conditional random fields (Lafferty et al. 2001;
Jacobs et al. 1991), one a regime: the gradient is the expected features under forward-backward less those of
the gold, each regime counted as likely as it is given the gold. The signs that the regimes are told from are
found with the weights of the round before. Prints the weights; nothing is written. With --folds the
documents of each fold are aligned with weights fitted without them, and scored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmark import Document, Remembered, calibration, documents, quality

from harness.align.auto import Auto, Texts
from harness.align.beliefs import believe
from harness.align.clauses import cut
from harness.align.lattice import SHAPES, Lattice
from harness.align.model import OF_BEADS, Evidence, Weights
from harness.align.objective import length_ratio
from harness.align.regimes import SHARES, chances, signs
from harness.align.spans import Spans, embed
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
ZERO = Weights(*[0.0] * len(NAMES))
START = (
    replace(
        ZERO, cosine=12.0, around=-5.0, coverage=6.0, clause=4.0, gain=1.0, length=-8.0, length_long=-5.0,
        bead=-5.0, size=1.0, both=-0.5, null=1.0, edge=3.0, open=-3.0,
    ),
    replace(ZERO, cosine=5.0, coverage=5.0, length=5.0, bead=-3.0, size=1.0, edge=1.0, open=1.0),
)  # fmt: skip
# log chance of a regime at first: of its distance from the log gaps a bead
GATE = np.array([[-(share**2), 2.0 * share, 0.0, 0.0, 0.0] for share in SHARES])
PRIOR = 0.05


@dataclass
class Example:
    """One document: `features` (len(OF_BEADS), shapes, n, m), where no bead fits, the gold's feature sums
    (len(NAMES),), log lengths of sentences for being left alone, weight in the sum, signs of its regime.
    """

    features: np.ndarray
    outside: np.ndarray
    gold: np.ndarray
    alone: tuple[np.ndarray, np.ndarray]
    weight: float
    spans: tuple[Spans, Spans]
    signs: np.ndarray | None = None


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


def example(document: Document, encoder: Remembered, weight: float) -> Example:
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
    return Example(features, outside, gold_sums(document, features, alone), alone, weight, spans)


def weight(name: str) -> float:
    """Few decisions of the call and of the easy levels are hard; without this they would hardly count."""
    return 3.0 if "call" in name else 1.6 if name[-1] in "12" else 1.0


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
    """Negative log likelihood of the gold alignment in one regime, and its gradient."""
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


def mixed_loss(one: Example, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Negative log likelihood of the gold alignment in the mixture, and its gradient."""
    middle, slope, gate = split(w)
    parts = [loss(one, middle + share * slope) for share in SHARES]
    chance = chances(one.signs, gate)
    joint = np.log(chance) - [value for value, _ in parts]
    total = np.logaddexp.reduce(joint)
    given = np.exp(joint - total)  # chances of the regimes when the gold is known
    gradients = given[:, None] * np.array([gradient for _, gradient in parts])
    of_gate = np.outer(chance - given, one.signs)
    return -total, np.concatenate([gradients.sum(axis=0), SHARES @ gradients, of_gate.ravel()])


def split(w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle, slope and gate of all parameters."""
    size = len(NAMES)
    return w[:size], w[size : 2 * size], w[2 * size :].reshape(len(SHARES), -1)


def fit(examples: Sequence[Example], rounds: int, steps: int) -> np.ndarray:
    """L-BFGS over middle, slope and gate, with a weak Gaussian prior."""
    import torch

    w = np.concatenate([*([getattr(side, name) for name in NAMES] for side in START), GATE.ravel()])
    free = torch.tensor(
        [1.0] * len(NAMES) + [float(name in SLOPES) for name in NAMES] + [1.0] * GATE.size,
        dtype=torch.float64,
    )
    for _ in range(rounds):
        for one in examples:
            one.signs = signs(believe(Lattice(Linear(one, split(w)[0]))), one.spans)
        tensor = torch.tensor(w, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([tensor], lr=1, max_iter=steps, line_search_fn="strong_wolfe")

        def closure(tensor: torch.Tensor = tensor) -> torch.Tensor:
            now = tensor.detach().numpy()
            total, gradient = PRIOR * float(now @ now), 2.0 * PRIOR * now
            for one in examples:
                value, change = mixed_loss(one, now)
                total += one.weight * value
                gradient = gradient + one.weight * change
            tensor.grad = torch.tensor(gradient) * free
            print(f"  {total:.2f}", file=sys.stderr, flush=True)
            return torch.tensor(total)

        optimizer.step(closure)
        w = tensor.detach().numpy().copy()
    return w


def use(aligner: Auto, w: np.ndarray) -> None:
    """Give an aligner these parameters, rounded as they are printed."""
    middle, slope, gate = (np.round(part, 3) for part in split(w))
    aligner.weights = Weights(*map(float, middle)), Weights(*map(float, slope))
    aligner.gate = gate


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
        use(aligner, fit([e for g, e in examples if g not in held], args.rounds, args.steps))
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
    parser.add_argument("folder", type=Path, help="development documents")
    parser.add_argument("made", type=Path, nargs="?", help="documents of prepare.py, fitted on beside them")
    parser.add_argument("--made-weight", type=float, default=0.2, help="of a document of those")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=30, help="of L-BFGS a round")
    parser.add_argument("--folds", type=int, default=0, help="cross-validate over documents instead")
    args = parser.parse_args()
    encoder = Remembered(Use())
    chosen = documents(args.folder)
    examples = [(d.group, example(piece, encoder, weight(d.set))) for d in chosen for piece in pieces(d)]
    for document in documents(args.made) if args.made else []:
        examples.append((document.group, example(document, encoder, args.made_weight)))
    if args.folds:
        cross_validated(chosen, examples, encoder, args)
        return
    middle, slope, gate = split(fit([one for _, one in examples], args.rounds, args.steps))
    for label, weights in (("MIDDLE", middle), ("SLOPE", slope)):
        values = "\n".join(f"    {name}={value:.3f}," for name, value in zip(NAMES, weights, strict=True))
        print(f"{label} = Weights(\n{values}\n)")
    rows = "\n".join(f"    ({', '.join(f'{value:.3f}' for value in row)})," for row in gate)
    print(f"GATE = (\n{rows}\n)")


if __name__ == "__main__":
    main()
