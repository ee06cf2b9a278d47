"""What a second pass makes of documents as examples, and how sure of it to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from crf import BEADS
from examples import Example
from sweep import decode

from harness.align.evidence.calibration import INPUTS, inputs
from harness.align.evidence.regimes import chances
from harness.align.evidence.rescoring import UNLIKELY

COST = 0.95  # as `Auto` decodes
PRIORS = np.array([0.1, 1.0, 1.0, 1.0, 1.0, 1.0]) * 2.0  # of the calibration: about the posterior as it is


@dataclass
class Outcome:
    """The beads of one document: `inputs` of the calibration, which are `null`, which are `right`."""

    of: Example
    inputs: np.ndarray
    null: np.ndarray
    right: np.ndarray


def outcome(one: Example, weights: dict[str, list]) -> Outcome:
    """Of a second pass with `weights` as they are written, without a calibration."""
    middle, regimes, gate, hidden, out = (
        np.array(weights[name]) for name in ("middle", "regimes", "gate", "hidden", "out")
    )
    features = one.features.astype(np.float64)
    plain = features @ middle[:BEADS] + np.tanh(features @ hidden.T) @ out
    chance = chances(one.signs(plain, middle), gate)
    beads, alone = 0.0, [np.zeros(len(side)) for side in one.alone]
    kept = np.flatnonzero(chance >= UNLIKELY)
    for r in kept:
        share = chance[r] / chance[kept].sum()
        _, _, _, probability, left = one.sums(plain + features @ regimes[r, :BEADS], middle + regimes[r])
        beads = beads + share * probability
        alone = [now + share * more for now, more in zip(alone, left, strict=True)]
    alone = [np.clip(side, 0.0, 1.0) for side in alone]
    path = decode(one.beads, one.start, 2.0 * beads - COST, alone[0] - COST, alone[1] - COST)
    lonely = [np.ones(len(side), dtype=bool) for side in alone]
    unlinked = [np.ones(len(side), dtype=bool) for side in alone]
    for left, chosen in ((lonely, path), (unlinked, np.flatnonzero(one.gold))):
        for i, j, a, b in one.beads[:, chosen].T:
            left[0][i : i + a] = left[1][j : j + b] = False
    sizes = one.beads[2:, path].sum(axis=0)
    nulls = sum(int(side.sum()) for side in lonely)
    null = np.arange(len(path) + nulls) >= len(path)
    posteriors = [beads[path], *(side[some] for side, some in zip(alone, lonely, strict=True))]
    right = [one.gold[path], *(side[some] for side, some in zip(unlinked, lonely, strict=True))]
    found = inputs(np.concatenate(posteriors), null.tolist(), np.append(sizes, np.ones(nulls)))
    return Outcome(one, found, null, np.concatenate(right))


def calibration(outcomes: Sequence[Outcome]) -> dict[str, list[float]]:
    """`links` and `nulls` of `harness.align.evidence.calibration`: maximum likelihood of which beads are
    right, with a Gaussian prior about posteriors as they are.
    """
    out = {}
    for name, null in (("links", False), ("nulls", True)):
        x = np.concatenate([one.inputs[one.null == null] for one in outcomes])
        y = np.concatenate([one.right[one.null == null] for one in outcomes]).astype(float)
        start = np.array([name == "odds" for name in INPUTS], dtype=float)
        found = start.copy()

        def lost(w: np.ndarray, x: np.ndarray = x, y: np.ndarray = y, start: np.ndarray = start) -> float:
            odds = x @ w
            return float((np.logaddexp(0.0, odds) - y * odds).sum() + PRIORS @ (w - start) ** 2 / 2.0)

        for _ in range(30):  # Newton, each step halved until it gains
            p = 1.0 / (1.0 + np.exp(-x @ found))
            gradient = x.T @ (p - y) + PRIORS * (found - start)
            step = np.linalg.solve((x * (p * (1.0 - p))[:, None]).T @ x + np.diag(PRIORS), gradient)
            while lost(found - step) > lost(found) and np.abs(step).max() > 1e-9:
                step /= 2.0
            found = found - step
        out[name] = found.round(4).tolist()
    return out
