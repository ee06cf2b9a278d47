"""What both passes are fitted by: maximum likelihood of gold alignments among candidates.

A mixture of conditional random fields (Lafferty et al. 2001; Jacobs et al. 1991), one a regime, that share a
hidden layer (Peng et al. 2009): the gradient is the expected features under forward-backward less those of
the gold, each regime counted as likely as it is given the gold, and goes back through the layer.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from examples import Example

from harness.align.evidence.candidates import BEAD_FEATURES
from harness.align.evidence.regimes import MOST, SHARES, chances
from harness.align.evidence.rescoring import NAMES

BEADS, ALONE = len(BEAD_FEATURES), slice(len(BEAD_FEATURES), len(NAMES) - 2)
BIAS = BEAD_FEATURES.index("bead")
# where the features of plausible beads lie and how far apart, roughly
SCALES = {
    "cosine": (0.4, 0.2), "around": (0.3, 0.1), "coverage": (0.2, 0.15), "clause": (0.1, 0.15),
    "gain": (0.2, 0.3), "length": (0.3, 0.3), "chars": (0.8, 0.6), "ends": (0.2, 0.4), "numbers": (0.2, 0.6),
    "bead": (0.0, 1.0), "size": (2.0, 1.4), "both": (0.5, 0.5), "mean": (0.4, 0.2), "short": (-0.5, 0.8),
    "scatter": (0.5, 1.0), "asks": (0.2, 0.5), "opens": (0.2, 0.4), "closes": (0.2, 0.4),
    "stops": (0.1, 0.3), "cost": (0.6, 0.25), "centred": (0.35, 0.2), "loses": (0.05, 0.1),
    "gains": (-0.05, 0.1), "level": (0.6, 0.15), "leak": (0.03, 0.06), "worst": (0.12, 0.15),
    "within": (0.35, 0.2), "least": (0.3, 0.2),
}  # fmt: skip
CENTRES, SPREADS = np.array([SCALES[name] for name in BEAD_FEATURES]).T
START = {
    "cosine": 12.0, "around": -5.0, "coverage": 6.0, "clause": 4.0, "gain": 1.0, "length": -8.0, "bead": -5.0,
    "size": 1.0, "both": -0.5, "alone:null": 1.0, "edge": 3.0, "open": -3.0,
}  # fmt: skip
SLOPE = {"cosine": 5.0, "coverage": 5.0, "length": 5.0, "bead": -3.0, "size": 1.0, "edge": 1.0, "open": 1.0}
# which weights a regime moves
MOVED = {
    "cosine", "coverage", "length", "bead", "size", "both", "short", "mean", "alone:null", "alone:length",
    "alone:kin", "alone:finished", "alone:touched", "edge", "open",
}  # fmt: skip
GAPPY = np.array([1.0, 0.6, 1.0, 0.5, 0.0, 0.0, -1.5])  # `regimes.signs` of a text full of gaps
UNITS, PRIOR, HIDDEN_PRIOR = 12, 0.05, 3.0
SIGNS = len(MOST)
SHAPES_OF = (
    (len(NAMES),), (len(SHARES), len(NAMES)), (len(SHARES), SIGNS), (UNITS, BEADS), (UNITS,),
)  # fmt: skip


def parts(w: np.ndarray) -> list[np.ndarray]:
    """Middle, regimes, gate, hidden (over moved and divided features) and out of the vector of all."""
    out, at = [], 0
    for shape in SHAPES_OF:
        size = int(np.prod(shape))
        out.append(w[at : at + size].reshape(shape))
        at += size
    return out


def start(seed: int = 0) -> np.ndarray:
    middle, slope = (np.array([table.get(name, 0.0) for name in NAMES]) for table in (START, SLOPE))
    shares, draw = np.array(SHARES), np.random.default_rng(seed)
    gate = np.zeros((len(SHARES), SIGNS))
    gate[:, 0], gate[:, 1] = -(shares**2), 2.0 * shares
    hidden = draw.normal(size=(UNITS, BEADS)) / BEADS**0.5
    out = draw.normal(size=UNITS) * 0.01
    return np.concatenate([x.ravel() for x in (middle, np.outer(shares, slope), gate, hidden, out)])


def layer(hidden: np.ndarray) -> np.ndarray:
    """`(UNITS, BEADS)` over plain features."""
    weights = hidden / SPREADS
    weights[:, BIAS] -= weights @ CENTRES
    return weights


class Sample:
    """Documents with their weights, and the features of all their candidates in one matrix.

    With `single` there are no regimes: all that they would add is left out.
    """

    def __init__(self, chosen: list[Example], weights: list[float], single: bool = False) -> None:
        self.chosen, self.weights, self.single = chosen, weights, single
        self.features = np.concatenate([one.features for one in chosen])
        self.ends = np.cumsum([0, *(len(one.features) for one in chosen)])

    def signs(self, w: np.ndarray) -> list[np.ndarray]:
        middle, _, _, hidden, out = parts(w)
        scores = self.features @ middle[:BEADS] + np.tanh(self.features @ layer(hidden).T) @ out
        return [one.signs(scores[self.rows(k)], middle) for k, one in enumerate(self.chosen)]

    def rows(self, k: int) -> slice:
        return slice(int(self.ends[k]), int(self.ends[k + 1]))

    def loss(self, w: np.ndarray, signs: list[np.ndarray]) -> tuple[float, np.ndarray]:
        """Negative log likelihood of the gold alignments in the mixture, and its gradient."""
        middle, regimes, gate, hidden, out = parts(w)
        if self.single:
            regimes, gate = np.zeros((1, len(NAMES))), np.zeros((1, SIGNS))
        active = np.tanh(self.features @ layer(hidden).T.astype(np.float32))
        base = self.features @ middle[:BEADS] + active @ out
        moved = self.features @ regimes[:, :BEADS].T.astype(np.float32)
        of_score = np.zeros((len(regimes), len(base)))
        of_regimes, of_gate, value = np.zeros_like(regimes), np.zeros_like(gate), 0.0
        for k, one in enumerate(self.chosen):
            rows, chance = self.rows(k), chances(signs[k], gate)
            found = [
                one.loss(base[rows] + moved[rows, r], middle + row)
                for r, row in enumerate(regimes)
            ]  # fmt: skip
            joint = np.log(chance + 1e-300) - [lost for lost, _, _ in found]
            total = np.logaddexp.reduce(joint)
            given = np.exp(joint - total) * self.weights[k]  # chances of the regimes when the gold is known
            value -= self.weights[k] * total
            of_gate += np.outer(chance * self.weights[k] - given, signs[k])
            for r, (_, of_beads, of_rest) in enumerate(found):
                of_score[r, rows] = given[r] * of_beads
                of_regimes[r, BEADS:] += given[r] * of_rest
        of_regimes[:, :BEADS] = of_score @ self.features
        whole = of_score.sum(axis=0)
        plain = ((1.0 - active**2) * out * whole[:, None]).T @ self.features
        of_hidden = (plain - np.outer(plain[:, BIAS], CENTRES)) / SPREADS
        gradient = [of_regimes.sum(axis=0), of_regimes, of_gate, of_hidden, active.T @ whole]
        if self.single:
            gradient[1:3] = (np.zeros(shape) for shape in SHAPES_OF[1:3])
        return value, np.concatenate([x.ravel() for x in gradient])


def fit(
    sample: Sample, first: np.ndarray, rounds: int, steps: int, only: Sequence[str] = NAMES
) -> np.ndarray:
    """L-BFGS from `first` with a Gaussian prior, of the weights of `only` these features; the signs are found
    anew each round.
    """
    import torch

    torch.set_num_threads(1)
    some = np.array([name in only for name in NAMES], dtype=float)
    moves = some * [name in MOVED for name in NAMES]
    free = [
        some,
        np.tile(moves, len(SHARES)),
        np.ones(len(SHARES) * SIGNS),
        np.tile(some[:BEADS], UNITS),
        np.ones(UNITS),
    ]
    prior = [np.full(int(np.prod(s)), PRIOR if k < 3 else HIDDEN_PRIOR) for k, s in enumerate(SHAPES_OF)]
    mask, strength = np.concatenate(free), np.concatenate(prior)
    w = first * mask
    for _ in range(rounds):
        signs = sample.signs(w)
        tensor = torch.tensor(w, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([tensor], lr=1, max_iter=steps, line_search_fn="strong_wolfe")

        def closure(tensor: torch.Tensor = tensor, signs: list[np.ndarray] = signs) -> torch.Tensor:
            now = tensor.detach().numpy()
            value, gradient = sample.loss(now, signs)
            tensor.grad = torch.tensor((gradient + 2.0 * strength * now) * mask)
            return torch.tensor(value + float(strength @ now**2))

        optimizer.step(closure)
        w = tensor.detach().numpy().copy()
        print(f"  {float(closure()):.2f}", file=sys.stderr, flush=True)
    return w


def tables(w: np.ndarray) -> dict[str, np.ndarray]:
    """The regimes in the order of how likely they are in text full of gaps; the layer over plain features."""
    middle, regimes, gate, hidden, out = parts(w)
    order = np.argsort(gate @ GAPPY)
    regimes, gate = regimes[order], gate[order]
    return {"middle": middle, "regimes": regimes, "gate": gate, "hidden": layer(hidden), "out": out}


def together(fitted: Sequence[np.ndarray]) -> dict[str, list]:
    """The mean of the scores of several fits, as it is written: their layers stand side by side."""
    several = [tables(w) for w in fitted]
    out = {name: np.mean([one[name] for one in several], axis=0) for name in ("middle", "regimes", "gate")}
    out["hidden"] = np.concatenate([one["hidden"] for one in several])
    out["out"] = np.concatenate([one["out"] for one in several]) / len(several)
    return {name: np.round(array, 4).tolist() for name, array in out.items()}
