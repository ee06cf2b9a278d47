"""Fit the second pass of the default aligner (`harness/align/evidence/second_pass.json`).

    python experiments/alignment/second.py ../shared/data WORK/documents
    python experiments/alignment/second.py ../shared/data WORK/documents --folds 6

Maximum likelihood of the gold alignments among the candidates of the first pass, under a mixture of
conditional random fields with a hidden layer, as `fit.py` does for the first. With --folds nothing is
written: the documents of each fold are scored by weights fitted without them, and without others of their
group.
Needs numba and torch; WORK/documents are those of `prepare.py`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmark import Remembered, documents, honesty, quality
from examples import pieces
from second_examples import Example, example

from harness.align.auto import Auto
from harness.align.evidence.candidates import BEAD_FEATURES
from harness.align.evidence.model import Hidden
from harness.align.evidence.regimes import MOST, SHARES, chances
from harness.align.evidence.rescoring import NAMES, WEIGHTS, SecondWeights
from harness.encode.use import Use

BEADS, ALONE = len(BEAD_FEATURES), slice(len(BEAD_FEATURES), len(NAMES) - 2)
BIAS = BEAD_FEATURES.index("bead")
# where the features of plausible beads lie and how far apart, roughly
SCALES = {
    "cosine": (0.4, 0.2), "around": (0.3, 0.1), "coverage": (0.2, 0.15), "clause": (0.1, 0.15),
    "gain": (0.2, 0.3), "length": (0.3, 0.3), "chars": (0.8, 0.6), "ends": (0.2, 0.4), "numbers": (0.2, 0.6),
    "bead": (0.0, 1.0), "size": (2.0, 1.4), "both": (0.5, 0.5), "mean": (0.4, 0.2), "short": (-0.5, 0.8),
    "scatter": (0.5, 1.0), "asks": (0.2, 0.5), "opens": (0.2, 0.4), "closes": (0.2, 0.4),
    "stops": (0.1, 0.3), "cost": (0.6, 0.25), "centred": (0.35, 0.2), "loses": (0.05, 0.1),
    "gains": (-0.05, 0.1), "level": (0.6, 0.15),
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
    "alone:kin", "alone:finished", "edge", "open",
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
    """Documents with their weights, and the features of all their candidates in one matrix."""

    def __init__(self, chosen: list[Example], weights: list[float]) -> None:
        self.chosen, self.weights = chosen, weights
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
        active = np.tanh(self.features @ layer(hidden).T.astype(np.float32))
        base = self.features @ middle[:BEADS] + active @ out
        moved = self.features @ regimes[:, :BEADS].T.astype(np.float32)
        of_score = np.zeros((len(SHARES), len(base)))
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
        return value, np.concatenate([x.ravel() for x in gradient])


def fit(sample: Sample, first: np.ndarray, rounds: int, steps: int) -> np.ndarray:
    """L-BFGS from `first` with a Gaussian prior; the signs are found anew each round."""
    import torch

    torch.set_num_threads(1)
    moves = np.array([name in MOVED for name in NAMES], dtype=float)
    free = [
        np.ones(len(NAMES)),
        np.tile(moves, len(SHARES)),
        *(np.ones(int(np.prod(s))) for s in SHAPES_OF[2:]),
    ]
    prior = [np.full(int(np.prod(s)), PRIOR if k < 3 else HIDDEN_PRIOR) for k, s in enumerate(SHAPES_OF)]
    mask, strength, w = np.concatenate(free), np.concatenate(prior), first
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


def rounded(w: np.ndarray) -> dict[str, list]:
    """As it is written: the regimes in the order of how likely they are in a text full of gaps."""
    middle, regimes, gate, hidden, out = parts(w)
    order = np.argsort(gate @ GAPPY)
    regimes, gate = regimes[order], gate[order]
    arrays = {"middle": middle, "regimes": regimes, "gate": gate, "hidden": layer(hidden), "out": out}
    return {name: np.round(array, 3).tolist() for name, array in arrays.items()}


def weights_of(tables: dict[str, list]) -> SecondWeights:
    middle, regimes, gate = (np.array(tables[name]) for name in ("middle", "regimes", "gate"))
    layer = Hidden(*(np.array(tables[name], dtype=np.float32) for name in ("hidden", "out")))
    return SecondWeights(middle, regimes, gate, layer)


def weight(name: str) -> float:
    """Few decisions of the call and of the easy levels are hard; without this they would hardly count."""
    return 3.0 if "call" in name else 1.6 if "noisy" in name and name[-1] in "12" else 1.0


_own: list[
    Example
] = []  # of the development documents, and of those made: the processes are forked with them
_made: list[Example] = []


def _fitted(task: tuple[int, list[int], argparse.Namespace, np.ndarray]) -> np.ndarray:
    _, chosen, args, first = task
    examples = [_own[k] for k in chosen]
    weights = [weight(one.set) for one in examples] + [args.made_weight] * len(_made)
    return fit(Sample(examples + _made, weights), first, args.rounds, args.steps)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="development documents")
    parser.add_argument("made", type=Path, help="documents of prepare.py")
    parser.add_argument("--every", type=int, default=1, help="of the documents made, one in so many")
    parser.add_argument("--made-weight", type=float, default=0.4, help="of a document of those")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--steps", type=int, default=60, help="of L-BFGS a round")
    parser.add_argument("--folds", type=int, default=0, help="cross-validate over documents instead")
    args = parser.parse_args()
    encoder, chosen = Remembered(Use()), documents(args.folder)
    _own.extend(example(piece, encoder) for document in chosen for piece in pieces(document))
    _made.extend(example(document, encoder) for document in documents(args.made)[:: args.every])
    # of the documents made alone first: the same beginning for every fold
    first = fit(Sample(_made, [1.0] * len(_made)), start(), 2, 40)
    if not args.folds:
        found = rounded(_fitted((0, list(range(len(_own))), args, first)))
        sets = Counter(document.set for document in chosen)
        origin = {
            "fitted_by": "experiments/alignment/second.py", "sets": dict(sets), "made": len(_made),
            "made_weight": args.made_weight, "rounds": args.rounds, "steps": args.steps,
        }  # fmt: skip
        lines = [json.dumps(key) + ": " + json.dumps(value) for key, value in
                 {"origin": origin, "names": NAMES, **found}.items()]  # fmt: skip
        WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
        return
    fold = fold_of({one.group: one.set for one in _own}, args.folds)
    tasks = [
        (f, [k for k, one in enumerate(_own) if fold[one.group] != f], args, first) for f in range(args.folds)
    ]
    with multiprocessing.get_context("fork").Pool() as pool:
        fitted = pool.map(_fitted, tasks, chunksize=1)
    beads = []
    for document in chosen:
        aligner = Auto(encoder)
        aligner.second = weights_of(rounded(fitted[fold[document.group]]))
        beads.append(aligner.align(document.src, document.tgt))
    label = f"auto, {args.folds} folds"
    quality(chosen, {label: beads}, 1000)
    honesty(chosen, beads, label)


def fold_of(groups: dict[str, str], folds: int) -> dict[str, int]:
    """The fold of each group of documents: those of a kind are spread evenly."""
    seen: Counter[str] = Counter()
    out = {}
    for group, name in groups.items():
        kind = "noisy" if "noisy" in name else "literary" if "literary" in name else "other"
        out[group] = seen[kind] % folds
        seen[kind] += 1
    return out


if __name__ == "__main__":
    main()
