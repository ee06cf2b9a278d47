"""Fit the first pass of the default aligner (`harness/align/evidence/weights.py`).

    python experiments/alignment/prepare.py WORK
    python experiments/alignment/fit.py ../shared/data WORK/documents
    python experiments/alignment/fit.py WORK/documents

Maximum likelihood of the gold alignments under a mixture of conditional random fields (Lafferty et al. 2001;
Jacobs et al. 1991), one a regime, that share a hidden layer (Peng et al. 2009): the gradient is the expected
features under forward-backward less those of the gold, each regime counted as likely as it is given the gold,
and goes back through the layer. The signs that the regimes are told from are found with the weights of the
round before. Prints the weights; nothing is written. All cores are used; the number of them changes no digit.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.pool import Pool
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmark import Remembered, documents
from examples import EDGE, NAMES, NULL, NULL_LENGTH, OF_BEAD, OPEN, ZERO, Example, example, pieces, weight

from harness.align.evidence.beliefs import believe
from harness.align.evidence.model import OF_BEADS, BeadWeights, Hidden
from harness.align.evidence.regimes import SHARES, chances, signs
from harness.align.search.forward_backward import posteriors
from harness.align.search.lattice import SHAPES, Lattice
from harness.encode.use import Use

# which weights move with the share
SLOPES = ("cosine", "coverage", "length", "bead", "size", "null", "edge", "open")
BIAS = OF_BEADS.index("bead")
# round numbers to begin with, so that the result does not depend on the weights shipped
START = (
    replace(
        ZERO, cosine=12.0, around=-5.0, coverage=6.0, clause=4.0, gain=1.0, length=-8.0, bead=-5.0,
        size=1.0, both=-0.5, null=1.0, edge=3.0, open=-3.0,
    ),
    replace(ZERO, cosine=5.0, coverage=5.0, length=5.0, bead=-3.0, size=1.0, edge=1.0, open=1.0),
)  # fmt: skip
# log chance of a regime at first: of its distance from the log gaps a bead
GATE = np.array([[-(share**2), 2.0 * share, 0.0, 0.0, 0.0] for share in SHARES])
PRIOR = 0.05
# the hidden layer: its units, and its prior times the least weight of a document
UNITS, HIDDEN_PRIOR = 12, 5.0
# where the features of plausible beads lie and how far apart, roughly
CENTRES, SPREADS = np.array(
    [
        {
            "cosine": (0.4, 0.2), "around": (0.3, 0.1), "coverage": (0.2, 0.15), "clause": (0.1, 0.15),
            "gain": (0.2, 0.3), "length": (0.3, 0.3), "chars": (0.8, 0.6), "ends": (0.2, 0.4),
            "numbers": (0.2, 0.6), "bead": (0.0, 1.0), "size": (2.0, 1.4), "both": (0.5, 0.5),
        }[name]
        for name in OF_BEADS
    ]
).T  # fmt: skip
CHUNK = 16  # documents a process takes at once


class Linear:
    """The score with weights `w` (len(NAMES),) over precomputed features, and what the hidden layer adds;
    a `lattice.Scorer`.
    """

    def __init__(self, one: Example, w: np.ndarray, added: np.ndarray) -> None:
        self.n, self.m = one.features.shape[2:]
        self.shapes, self.edge, self.open = SHAPES, float(w[EDGE]), float(w[OPEN])
        self.scores = np.tensordot(w[OF_BEAD].astype(np.float32), one.features, 1) + added
        self.scores[one.outside] = -np.inf
        self.null_src, self.null_tgt = (w[NULL] + w[NULL_LENGTH] * lengths for lengths in one.alone)

    def block(self, rows: tuple[int, int], columns: tuple[int, int]) -> np.ndarray:
        return self.scores[:, slice(*rows), slice(*columns)]


@dataclass
class Parameters:
    """All that is fitted: `middle` and `slope` (len(NAMES),), `gate` (regimes, signs), `hidden`
    (UNITS, len(OF_BEADS)) over features moved by `CENTRES` and divided by `SPREADS`, `out` (UNITS,).
    """

    middle: np.ndarray
    slope: np.ndarray
    gate: np.ndarray
    hidden: np.ndarray
    out: np.ndarray

    @staticmethod
    def start() -> Parameters:
        middle, slope = (np.array([getattr(side, name) for name in NAMES]) for side in START)
        r = np.random.default_rng(0)
        hidden = r.normal(size=(UNITS, len(OF_BEADS))) / len(OF_BEADS) ** 0.5
        return Parameters(middle, slope, GATE.copy(), hidden, r.normal(size=UNITS) * 0.01)

    @staticmethod
    def of(w: np.ndarray) -> Parameters:
        """From the vector of all."""
        parts, at = [], 0
        for one in vars(Parameters.start()).values():
            parts.append(w[at : at + one.size].reshape(one.shape))
            at += one.size
        return Parameters(*parts)

    def vector(self) -> np.ndarray:
        return np.concatenate([part.ravel() for part in vars(self).values()])

    @property
    def layer(self) -> Hidden:
        """The hidden layer over plain features."""
        weights = self.hidden / SPREADS
        weights[:, BIAS] -= weights @ CENTRES
        return Hidden(weights, self.out)


def loss(one: Example, w: np.ndarray, added: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Negative log likelihood of the gold alignment in one regime, its gradient for `w`, and the posteriors
    (shapes, n, m) of all beads.
    """
    scorer = Linear(one, w, added)
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
                left[side][step:] -= taken[: max(0, len(taken) - step)]
    expected[NULL], expected[OPEN] = left[0].sum() + left[1].sum(), mass.gaps
    expected[NULL_LENGTH] = left[0] @ one.alone[0] + left[1] @ one.alone[1]
    last = sum(probability[s, n - a, m - b] for s, (a, b) in enumerate(SHAPES) if a <= n and b <= m)
    expected[EDGE] = 2.0 - probability[:, 0, 0].sum() - last
    value = mass.log_total - float(w @ one.gold) - float(added[one.links].sum())
    return value, expected - one.gold, probability


def mixed_loss(one: Example, now: Parameters, signs: np.ndarray) -> tuple[float, np.ndarray]:
    """Negative log likelihood of the gold alignment in the mixture, and its gradient."""
    layer = now.layer
    active = np.tanh(np.tensordot(layer.weights.astype(np.float32), one.features, 1))
    added = np.tensordot(layer.out.astype(np.float32), active, 1)
    parts = [loss(one, now.middle + share * now.slope, added) for share in SHARES]
    chance = chances(signs, now.gate)
    joint = np.log(chance) - [value for value, _, _ in parts]
    total = np.logaddexp.reduce(joint)
    given = np.exp(joint - total)  # chances of the regimes when the gold is known
    gradients = given[:, None] * np.array([gradient for _, gradient, _ in parts])
    of_gate = np.outer(chance - given, signs)
    of_score = sum(share * probability for share, (_, _, probability) in zip(given, parts, strict=True))
    of_score[one.links] -= 1.0
    of_score, active = of_score.ravel(), active.reshape(UNITS, -1)
    back = layer.out[:, None] * (1.0 - active**2) * of_score
    of_plain = back @ one.features.reshape(len(OF_BEADS), -1).T
    of_hidden = (of_plain - np.outer(of_plain[:, BIAS], CENTRES)) / SPREADS
    gradient = Parameters(gradients.sum(axis=0), SHARES @ gradients, of_gate, of_hidden, active @ of_score)
    return -total, gradient.vector()


_examples: list[Example] = []  # of all documents; the processes of the pool are forked with them


def _signs(task: tuple[list[int], np.ndarray]) -> list[np.ndarray]:
    chosen, w = task
    now = Parameters.of(w)
    out = []
    for k in chosen:
        one = _examples[k]
        added = now.layer.score(one.features).astype(np.float32)
        out.append(signs(believe(Lattice(Linear(one, now.middle, added))), one.spans, 0.0)[: GATE.shape[1]])
    return out


def _losses(task: tuple[list[int], list[np.ndarray], np.ndarray]) -> tuple[float, np.ndarray]:
    chosen, of_chosen, w = task
    now, total, gradient = Parameters.of(w), 0.0, np.zeros(len(w))
    for k, own in zip(chosen, of_chosen, strict=True):
        value, change = mixed_loss(_examples[k], now, own)
        total += _examples[k].weight * value
        gradient += _examples[k].weight * change
    return total, gradient


def fit(pool: Pool, chosen: Sequence[int], rounds: int, steps: int) -> Parameters:
    """L-BFGS over all parameters on some of the examples, with a Gaussian prior."""
    import torch

    first = Parameters.start()
    w = first.vector()
    size = len(NAMES)
    free, prior = np.ones(len(w)), np.full(len(w), PRIOR)
    free[size : 2 * size] = [name in SLOPES for name in NAMES]
    prior[-(first.hidden.size + first.out.size) :] = HIDDEN_PRIOR * min(_examples[k].weight for k in chosen)
    chunks = [list(chosen[k : k + CHUNK]) for k in range(0, len(chosen), CHUNK)]
    for _ in range(rounds):
        known = pool.map(_signs, [(chunk, w) for chunk in chunks], chunksize=1)
        tensor = torch.tensor(w, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([tensor], lr=1, max_iter=steps, line_search_fn="strong_wolfe")

        def closure(tensor: torch.Tensor = tensor, known: list[list[np.ndarray]] = known) -> torch.Tensor:
            now = tensor.detach().numpy()
            tasks = [(chunk, own, now) for chunk, own in zip(chunks, known, strict=True)]
            total, gradient = float(prior @ now**2), 2.0 * prior * now
            for value, change in pool.map(_losses, tasks, chunksize=1):
                total += value
                gradient = gradient + change
            tensor.grad = torch.tensor(gradient * free)
            print(f"  {total:.2f}", file=sys.stderr, flush=True)
            return torch.tensor(total)

        optimizer.step(closure)
        w = tensor.detach().numpy().copy()
    return Parameters.of(w)


def rounded(now: Parameters) -> tuple[BeadWeights, BeadWeights, np.ndarray, Hidden]:
    """As they are printed."""
    middle, slope, gate, weights, out = (
        np.round(part, 3) for part in (now.middle, now.slope, now.gate, now.layer.weights, now.out)
    )
    return (
        BeadWeights(*map(float, middle)),
        BeadWeights(*map(float, slope)),
        gate,
        Hidden(weights.astype(np.float32), out.astype(np.float32)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="development documents")
    parser.add_argument("made", type=Path, nargs="?", help="documents of prepare.py, fitted on beside them")
    parser.add_argument("--made-weight", type=float, default=0.2, help="of a document of those")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=45, help="of L-BFGS a round")
    args = parser.parse_args()
    encoder = Remembered(Use())
    chosen = documents(args.folder)
    for document in chosen:
        for piece in pieces(document):
            _examples.append(example(piece, encoder, weight(document.set)))
    for document in documents(args.made) if args.made else []:
        _examples.append(example(document, encoder, args.made_weight))
    with multiprocessing.get_context("fork").Pool() as pool:
        show(*rounded(fit(pool, range(len(_examples)), args.rounds, args.steps)))


def show(middle: BeadWeights, slope: BeadWeights, gate: np.ndarray, hidden: Hidden) -> None:
    """Print the weights as they stand in `harness/align/evidence/weights.py`."""

    def table(rows: np.ndarray) -> str:
        return "".join(f"    ({', '.join(f'{value:.3f}' for value in row)}),\n" for row in rows)

    for label, weights in (("MIDDLE", middle), ("SLOPE", slope)):
        values = "".join(f"    {name}={getattr(weights, name):.3f},\n" for name in NAMES)
        print(f"{label} = BeadWeights(\n{values})\n")
    print(f"_HIDDEN = (\n{table(hidden.weights)})")
    print("_OUT =", table(hidden.out[None]).strip(" ,\n"))


if __name__ == "__main__":
    main()
