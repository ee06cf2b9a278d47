"""Resampling of stored statistics: intervals, and two paired tests identical to sacreBLEU's.

A score of a test set is a function of summed segment statistics, so a resample is a vector of counts
(how often each segment was drawn) and the sums of a thousand resamples are one matrix product.
Indices are drawn with the calls of sacrebleu/significance.py, so that the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness.interfaces import Metric, Statistics

Counts = NDArray[np.float64]
_CHUNK = 64_000_000  # bytes of one block of counts


def interval(
    metric: Metric, statistics: Statistics, samples: int = 1000, seed: int = 12345, level: float = 0.95
) -> tuple[float, float]:
    """The percentile bootstrap interval (low, high) of a corpus score, in the metric's unit.

    `statistics` is `(n, k)`; each of `samples` resamples draws n of n segments with replacement
    (Koehn 2004, aclanthology.org/W04-3250), by the generator and index rule of sacreBLEU. Resamples
    whose score is undefined are left out; (nan, nan) when there are none.
    """
    statistics = np.asarray(statistics, dtype=np.float64)
    if len(statistics) == 0:
        return float("nan"), float("nan")
    parts = [
        metric.aggregate(counts @ statistics) for counts in bootstrap_counts(len(statistics), samples, seed)
    ]
    return percentile(np.concatenate(parts), level)


def percentile(scores: Statistics, level: float = 0.95) -> tuple[float, float]:
    """The (low, high) of resampled scores: with 1,000 of them at .95, the 26th and the 975th."""
    scores = np.sort(scores[np.isfinite(scores)])
    if len(scores) == 0:
        return float("nan"), float("nan")
    cut = int(len(scores) * (1 - level) / 2 + 1e-9)
    return float(scores[cut]), float(scores[len(scores) - cut - 1])


def bootstrap_counts(n: int, samples: int, seed: int) -> Iterator[Counts]:
    """Blocks `(b, n)` of how often each segment is drawn, `samples` rows in all."""
    for indices in bootstrap_indices(n, samples, seed):
        rows = len(indices)
        flat = (indices + np.arange(rows)[:, None] * n).ravel()
        yield np.bincount(flat, minlength=rows * n).reshape(rows, n).astype(np.float64)


def bootstrap_indices(n: int, samples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Blocks `(b, n)` of drawn indices, the same whatever the size of the blocks."""
    generator = np.random.default_rng(seed)
    block = max(1, _CHUNK // (8 * n))
    for start in range(0, samples, block):
        yield generator.choice(n, size=(min(block, samples - start), n), replace=True)
