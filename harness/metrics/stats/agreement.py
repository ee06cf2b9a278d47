"""How well a metric agrees with human judgement, over systems and over the segments of each.

Scores are oriented so that higher is better on both sides. Arrays of systems have the systems on the last
axis, so that one call serves one sample and a thousand resamples alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.metrics.stats.significance import Column, shuffle
from harness.protocols import Statistics

_Places = NDArray[np.intp]


def pairs_of(m: int) -> tuple[_Places, _Places]:
    """The places of the first and of the second of all pairs of m systems."""
    first, second = np.array(list(combinations(range(m), 2)), dtype=np.intp).reshape(-1, 2).T
    return first, second


def gaps(scores: Statistics) -> Statistics:
    """`first - second` of all pairs: `(..., m)` becomes `(..., m(m-1)/2)`."""
    first, second = pairs_of(scores.shape[-1])
    found: Statistics = scores[..., first] - scores[..., second]
    return found


def pearson(metric: Statistics, human: Statistics) -> Statistics:
    """Pearson's correlation over the last axis; NaN where one side does not vary."""
    a = metric - metric.mean(axis=-1, keepdims=True)
    b = human - human.mean(axis=-1, keepdims=True)
    return _ratio((a * b).sum(axis=-1), np.sqrt((a**2).sum(axis=-1) * (b**2).sum(axis=-1)))


def kendall(metric: Statistics, human: Statistics) -> Statistics:
    """Kendall's τ-b over the last axis, of the pairs known on both sides; NaN where a side has only ties."""
    a, b = np.sign(gaps(metric)), np.sign(gaps(human))
    known = np.isfinite(a) & np.isfinite(b)
    a, b = np.where(known, a, 0), np.where(known, b, 0)
    return _ratio((a * b).sum(axis=-1), np.sqrt(np.abs(a).sum(axis=-1) * np.abs(b).sum(axis=-1)))


def pairwise_accuracy(metric: Statistics, human: Statistics) -> Statistics:
    """The share of pairs, of those that judges order, on whose order metric and judges agree
    (Kocmi et al. 2021, aclanthology.org/2021.wmt-1.57)."""
    a, b = np.sign(gaps(metric)), np.sign(gaps(human))
    ordered = b != 0
    return _ratio(((a == b) & ordered).sum(axis=-1), ordered.sum(axis=-1))


def soft_pairwise_accuracy(metric_p: Statistics, human_p: Statistics) -> Statistics:
    """1 - the mean of |p - p| over pairs `(..., k)` of one-sided p-values
    (Thompson, Mathur, Deutsch and Khayrallah 2024, aclanthology.org/2024.wmt-1.118)."""
    found: Statistics = 1 - np.abs(metric_p - human_p).mean(axis=-1)
    return found


def human_p(scores: Statistics, samples: int, seed: int) -> Statistics:
    """One-sided p `(k,)` of all pairs of mean human scores, from `(n, m)` segments, NaN where unrated.

    The scores of a pair are exchanged at random, segment by segment, `samples` times; p is the share of
    trials whose difference reaches the observed one, a tie counting half.
    """
    found = np.nan_to_num(gaps(scores))
    signs = np.random.default_rng(seed).integers(2, size=(samples, len(scores))) * 2 - 1
    return _share(signs.astype(np.float64) @ found, found.sum(axis=0))


def metric_p(columns: Sequence[Column], samples: int, seed: int) -> Statistics:
    """As `human_p`, of corpus scores: the statistics of the exchanged segments are summed and scored."""
    metric = columns[0].metric
    sign = 1 if metric.higher_is_better else -1
    trials = shuffle(columns, samples, seed)
    found = []
    for i, j in combinations(range(len(columns)), 2):
        a = metric.aggregate(trials[i].chosen + trials[j].others)
        b = metric.aggregate(trials[i].others + trials[j].chosen)
        observed = np.array([sign * (columns[i].score - columns[j].score)])
        found.append(_share(sign * (a - b)[:, None], observed)[0])
    return np.array(found)


def _share(trials: Statistics, observed: Statistics) -> Statistics:
    slack = 1e-9 * (1 + np.abs(observed))  # the same sum in another order is a tie
    above = (trials > observed + slack).mean(axis=0)
    equal = (np.abs(trials - observed) <= slack).mean(axis=0)
    found: Statistics = above + equal / 2
    return found


def normal_p(difference: Statistics, error: Statistics) -> Statistics:
    """One-sided p of differences with standard errors, 1 - Φ(difference / error); .5 for no difference."""
    z = np.divide(difference, error, out=np.zeros_like(difference), where=error > 0)
    # Abramowitz and Stegun 26.2.17, within 7.5e-8
    t = 1 / (1 + 0.2316419 * np.abs(z))
    tail = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    upper = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * tail
    found: Statistics = np.where(z >= 0, upper, 1 - upper)
    return found


def calibrated_accuracy(
    metric: Statistics, human: Statistics, weights: Statistics | None = None
) -> tuple[Statistics, float]:
    """Pairwise accuracy with tie calibration, acc*_eq, of each segment, and the ε that gives the best mean.

    `metric` and `human` are `(n, m)`. Within a segment a pair counts where both sides order it alike, or
    where human scores are equal and the metric's differ by at most ε (Deutsch, Foster and Freitag 2023,
    aclanthology.org/2023.emnlp-main.798). NaN for a segment without a pair known on both sides. `weights`
    `(n,)` are those of the segments in the mean that ε makes best.
    """
    a, b = gaps(metric), gaps(human)
    known = np.isfinite(a) & np.isfinite(b)
    each = known.sum(axis=1)
    weight = np.where(known, 1 / np.maximum(each, 1)[:, None], 0.0)
    if weights is not None:
        weight = weight * weights[:, None]
    alike = known & (b != 0) & (np.sign(a) == np.sign(b))
    tied = known & (b == 0)
    size, order = np.abs(a[known]), np.argsort(np.abs(a[known]), kind="stable")
    # As ε passes |difference|, the pair becomes a tie: right where the judges tie, wrong where they order.
    gain = (weight * (tied.astype(np.float64) - alike))[known][order].cumsum()
    last = np.append(np.diff(size[order]) > 0, True)  # all pairs with one difference tie together
    epsilon = 0.0
    if len(gain):
        best = int(np.argmax(np.where(last, gain, -np.inf)))
        ties_at_zero = size[order][0] == 0
        epsilon = float(size[order][best]) if gain[best] > 0 or ties_at_zero else 0.0
    near = np.abs(a) <= epsilon
    right = (tied & near) | (alike & ~near)
    return _ratio(right.sum(axis=1), each), epsilon


def paired_p(first: Statistics, second: Statistics, samples: int, seed: int) -> float:
    """Two-sided p that two `(n,)` vectors have the same mean, by exchanging their values at random."""
    found = first - second
    found = found[np.isfinite(found)]
    signs = np.random.default_rng(seed).integers(2, size=(samples, len(found))) * 2 - 1
    beyond = np.abs(signs @ found) >= np.abs(found.sum()) - 1e-12
    return float((beyond.sum() + 1) / (samples + 1))


def soft_accuracy_p(
    first: Statistics, second: Statistics, human: Statistics, samples: int, seed: int
) -> float:
    """Two-sided p that two metrics have the same soft pairwise accuracy against human p-values `(k,)`.

    `first` and `second` are the metrics' `(n, m)` `contributions`. They are brought to one scale and
    exchanged at random, segment by segment (PERM-BOTH of Deutsch, Dror and Roth 2021,
    aclanthology.org/2021.tacl-1.67); p-values of systems are those of the normal law.
    """
    n = len(first)
    both = [gaps(_standard(scores)) for scores in (first, second)]
    moments = [np.concatenate([found, found**2], axis=1) for found in both]
    swap = np.random.default_rng(seed).integers(2, size=(samples, n)).astype(np.float64)
    swap[0] = 0  # the first trial is what was observed
    mixed = (
        (1 - swap) @ moments[0] + swap @ moments[1],
        swap @ moments[0] + (1 - swap) @ moments[1],
    )
    one, other = (_soft_of_moments(found / n, n, human) for found in mixed)
    gap = np.abs(one - other)
    return float((gap >= gap[0] - 1e-12).mean())


def contributions(column: Column) -> Statistics:
    """What each segment adds to a corpus score, `(n,)`, higher is better: its jackknife pseudo-value.

    n times the score less n - 1 times the score without the segment; their mean is the corpus score up to
    its bias, and of a score that is a mean they are the segment scores (Tukey 1958).
    """
    n = len(column.rows)
    without = column.metric.aggregate(column.rows.sum(axis=0) - column.rows)
    sign = 1 if column.metric.higher_is_better else -1
    found: Statistics = sign * (n * column.score - (n - 1) * np.asarray(without, dtype=np.float64))
    return found


def _soft_of_moments(found: Statistics, n: int, human: Statistics) -> Statistics:
    mean, square = np.split(found, 2, axis=1)
    error = np.sqrt(np.maximum(square - mean**2, 0) / n)
    return soft_pairwise_accuracy(normal_p(mean, error), human)


def _standard(scores: Statistics) -> Statistics:
    found: Statistics = (scores - scores.mean()) / (scores.std() or 1.0)
    return found


def _ratio(above: Statistics, below: Statistics) -> Statistics:
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    found: Statistics = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return found
