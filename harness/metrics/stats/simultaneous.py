"""Simultaneous inference over all pairs of systems, from one joint resampling of the segments.

Every system is scored on the same resamples, so that what two differences share (segments, a common system)
enters the joint distribution of all of them. Step-down max-T uses this dependence where Bonferroni and Holm
pay for it: the smallest corrected p is 1/(resamples + 1) however many pairs there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.metrics.stats.bootstrap import block_size, block_sums, single_counts
from harness.metrics.stats.significance import Column
from harness.protocols import Statistics

RESAMPLES = 5000
"""Joint resamples by default: near p = .05 their own error is .003."""
_BLOCK = 8_000_000  # numbers held at a time
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class AllPairs:
    """Differences `second - first` of all pairs, each array `(m(m-1)/2,)` in the order of `combinations`.

    `p` is corrected for all pairs: 1 for a pair with equal scores, NaN where a score is undefined. A
    difference that is the same in every resample has an infinite statistic, so the smallest p there is.
    `p_equal` tests that the difference is at least the margin; NaN throughout without one.
    """

    difference: Statistics
    error: Statistics
    p: Statistics
    p_equal: Statistics


def joint_scores(
    columns: Sequence[Column], samples: int, seed: int, advance: Callable[[int], None] = lambda done: None
) -> list[Statistics]:
    """The `(samples,)` scores of each column over shared resamples, n of n rows with replacement.

    Columns with equal statistics get the same array. Above 100,000 rows, blocks of consecutive rows are
    drawn (see `block_size`). Sums are single precision: their rounding is far below any standard error.
    `advance` is called with the number of resamples done, block by block.
    """
    firsts: dict[tuple[str, bytes], int] = {}
    same = [firsts.setdefault((c.metric.signature, c.rows.tobytes()), k) for k, c in enumerate(columns)]
    distinct = sorted(firsts.values())
    size = block_size(len(columns[0].rows))
    rows = [block_sums(columns[k].rows, 0, size)[1].astype(np.float32) for k in distinct]
    stacked = np.concatenate(rows, axis=1)
    edges = np.cumsum([part.shape[1] for part in rows])[:-1]
    parts: dict[int, list[Statistics]] = {k: [] for k in distinct}
    for counts in single_counts(len(stacked), samples, seed):
        sums = np.split((counts @ stacked).astype(np.float64), edges, axis=1)
        for k, part in zip(distinct, sums, strict=True):
            parts[k].append(np.asarray(columns[k].metric.aggregate(part), dtype=np.float64))
        advance(len(counts))
    whole = {k: np.concatenate(found) for k, found in parts.items()}
    return [whole[k] for k in same]


def all_pairs(
    scores: Statistics, draws: Sequence[Statistics], n: int, margin: float | None = None
) -> AllPairs:
    """Test every pair of m systems at once, two-sided, controlling the family-wise error.

    `scores` is `(m,)`, `draws` holds their `(samples,)` scores over shared resamples of `n` rows. Differences
    are divided by their bootstrap standard error; p-values are those of the step-down max-T procedure of
    Romano and Wolf (2005, Econometrica 73(4), doi.org/10.1111/j.1468-0262.2005.00615.x), computed as in their
    2016 note (doi.org/10.1016/j.spl.2016.02.012). With `margin` (in the unit of the scores), equivalence is
    tested as well, by two one-sided tests (Schuirmann 1987, doi.org/10.1007/BF01068419) corrected likewise.
    """
    drawn = np.stack(draws)
    drawn = drawn[:, np.isfinite(drawn[np.isfinite(scores)]).all(axis=0)]
    first, second = np.array(list(combinations(range(len(scores)), 2)), dtype=np.intp).reshape(-1, 2).T
    return tested(scores, drawn, first, second, np.full(len(first), n), margin)


def tested(
    scores: Statistics,
    drawn: Statistics,
    first: Indices,
    second: Indices,
    n: NDArray[np.int64],
    margin: float | None = None,
) -> AllPairs:
    """As `all_pairs`, for `k` pairs of places in `scores`, which may be scores of different rows.

    `drawn` is `(m, samples)` and finite, `n` `(k,)` the rows behind each pair.
    """
    difference = scores[second] - scores[first]
    error = _errors(drawn, first, second)
    scale = np.abs(scores[np.isfinite(scores)]).max(initial=0.0)
    varying = error > 1e-9 * scale
    testable = np.isfinite(difference) & varying & (drawn.shape[1] > 1)
    # One row says nothing of the others, and a difference of the size of rounding is none.
    constant = (np.abs(difference) > 1e-9 * scale) & ~varying & (n > 1) & (drawn.shape[1] > 1)
    smallest = 1 / (drawn.shape[1] + 1)
    p = np.where(difference == 0, 1.0, np.where(constant, smallest, np.nan))
    p_equal = np.full(len(p), np.nan)
    if margin is not None:
        p_equal[difference == 0] = smallest
        p_equal[constant] = np.where(np.abs(difference[constant]) < margin, smallest, 1.0)
    some = np.flatnonzero(testable)
    if len(some):
        centred = (drawn - drawn.mean(axis=1, keepdims=True)).T.astype(np.float32)
        found = _Family(centred, first[some], second[some], error[some])
        p[some] = found.step_down(normal_deviate(np.abs(difference[some]) / error[some], n[some]), signs=None)
        p[difference == 0] = 1.0
        if margin is not None:
            inside = (margin - np.abs(difference[some])) / error[some]
            signs = np.where(difference[some] < 0, 1.0, -1.0).astype(np.float32)
            p_equal[some] = found.step_down(np.sign(inside) * normal_deviate(np.abs(inside), n[some]), signs)
    return AllPairs(difference, error, p, p_equal)


@dataclass(frozen=True)
class _Family:
    """Pairs that are tested together; `centred` is `(samples, m)`, the resampled scores minus their means."""

    centred: NDArray[np.float32]
    first: Indices
    second: Indices
    error: Statistics

    def step_down(self, observed: Statistics, signs: NDArray[np.float32] | None) -> Statistics:
        """Corrected p of `(k,)` observed statistics; two-sided without `signs`, else in their direction.

        The statistic at each place of the order, largest first, is compared with the resampled maximum over
        itself and all smaller ones; p-values never fall along that order.
        """
        order = np.argsort(observed, kind="stable")  # ascending: the maximum over smaller ones accumulates
        exceeding = np.zeros(len(order), dtype=np.int64)
        for block in self._blocks(order, signs):
            np.maximum.accumulate(block, axis=1, out=block)
            exceeding += (block >= observed[order]).sum(axis=0)
        sorted_p = (exceeding + 1) / (len(self.centred) + 1)
        p = np.empty(len(order))
        p[order] = np.maximum.accumulate(sorted_p[::-1])[::-1]
        return p

    def _blocks(self, order: Indices, signs: NDArray[np.float32] | None) -> Iterator[NDArray[np.float32]]:
        first, second = self.first[order], self.second[order]
        factor = (1 / self.error[order]).astype(np.float32)
        if signs is not None:
            factor = factor * signs[order]
        size = max(1, _BLOCK // len(order))
        for start in range(0, len(self.centred), size):
            part = self.centred[start : start + size]
            block = (part[:, second] - part[:, first]) * factor
            yield np.abs(block, out=block) if signs is None else block


def _errors(drawn: Statistics, first: Indices, second: Indices) -> Statistics:
    """The standard deviation `(k,)` of each resampled difference; exactly 0 for equal columns."""
    if not drawn.shape[1]:
        return np.full(len(first), np.nan)
    size = max(1, _BLOCK // drawn.shape[1])
    parts = [
        (drawn[second[k : k + size]] - drawn[first[k : k + size]]).std(axis=1)
        for k in range(0, len(first), size)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def normal_deviate(t: Statistics, n: int | NDArray[np.int64]) -> Statistics:
    """The normal deviate as likely as a bootstrap-studentised t ≥ 0 from `n` segments (or `(k,)` of them).

    The standard error is itself estimated: the bootstrap's falls short by sqrt((n-1)/n), and their ratio
    follows Student's law of n - 1 degrees. The approximation is Wallace's (1959, Annals of Mathematical
    Statistics 30(4), doi.org/10.1214/aoms/1177706083), within .02 from 5 degrees on.
    """
    degrees = np.maximum(1, np.asarray(n) - 1)
    deviate = np.sqrt(degrees * np.log1p(t**2 / n))  # t² (n-1)/n, divided by the degrees
    found: Statistics = deviate * ((8 * degrees + 1) / (8 * degrees + 3))
    return found


def studentised(z: float, n: int) -> float:
    """The bootstrap-studentised t as likely as a normal deviate z ≥ 0: the inverse of `normal_deviate`."""
    degrees = max(1, n - 1)
    return math.sqrt(n * math.expm1((z * (8 * degrees + 3) / (8 * degrees + 1)) ** 2 / degrees))
