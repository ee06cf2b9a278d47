"""Resampling of stored statistics: intervals, and two paired tests identical to sacreBLEU's.

A score of a test set is a function of summed segment statistics, so a resample is a vector of counts
(how often each segment was drawn) and the sums of a thousand resamples are one matrix product.
Indices are drawn with the calls of sacrebleu/significance.py, so that the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.protocols import Metric, Statistics

Counts = NDArray[np.float64]
_CHUNK = 64_000_000  # bytes of one block of counts
SINGLE = 100_000
"""Up to so many segments the bootstrap draws single segments."""
BLOCKS = 20_000
"""Above, it draws at most so many blocks of them."""


def interval(
    metric: Metric, statistics: Statistics, samples: int = 1000, seed: int = 12345, level: float = 0.95
) -> tuple[float, float]:
    """The percentile bootstrap interval (low, high) of a corpus score, in the metric's unit.

    `statistics` is `(n, k)`, one row per segment (or block of segments, see `block_size`); each of `samples`
    resamples draws n of n rows with replacement
    (Koehn 2004, aclanthology.org/W04-3250), by the generator and index rule of sacreBLEU. Resamples
    whose score is undefined are left out; (nan, nan) when there are none or all of them have the same score.
    """
    statistics = np.asarray(statistics, dtype=np.float64)
    if len(statistics) == 0:
        return float("nan"), float("nan")
    parts = [
        metric.aggregate(counts @ statistics) for counts in bootstrap_counts(len(statistics), samples, seed)
    ]
    return percentile(np.concatenate(parts), level)


def block_size(n: int) -> int:
    """How many consecutive segments are drawn together in the bootstrap of `n` segments.

    One up to 100,000 segments. Above, the smallest of 1, 2, 5, 10, 20, 50 … that leaves at most 20,000
    blocks, so that the memory of an interval does not grow with the test set. This is the bootstrap of
    non-overlapping blocks (Carlstein 1986, Annals of Statistics 14(3), doi.org/10.1214/aos/1176350057;
    Künsch 1989, doi.org/10.1214/aos/1176347265 for overlapping ones): for independent segments it estimates
    the same variance, where neighbours of a document resemble each other it keeps what they share.
    """
    if n <= SINGLE:
        return 1
    decade = 1
    while True:
        for size in (decade, 2 * decade, 5 * decade):
            if -(-n // size) <= BLOCKS:
                return size
        decade *= 10


def block_sums(statistics: Statistics, start: int, size: int) -> tuple[int, Statistics]:
    """The number of the first block touched and the sums `(b, k)` of the blocks that segments
    `start` … `start + n` fall into, from their `(n, k)` statistics."""
    first = start // size
    if size == 1:
        return first, statistics
    edges = np.arange((first + 1) * size, start + len(statistics), size) - start
    return first, np.add.reduceat(statistics, [0, *edges.tolist()], axis=0)


def percentile(scores: Statistics, level: float = 0.95) -> tuple[float, float]:
    """The (low, high) of resampled scores: with 1,000 of them at .95, the 26th and the 975th.

    (nan, nan) where they do not differ, as for a single segment: they say nothing about other segments.
    """
    scores = np.sort(scores[np.isfinite(scores)])
    if len(scores) == 0 or scores[-1] - scores[0] <= 1e-9 * np.abs(scores).max():
        return float("nan"), float("nan")
    cut = int(len(scores) * (1 - level) / 2 + 1e-9)
    return float(scores[cut]), float(scores[len(scores) - cut - 1])


def bootstrap_counts(n: int, samples: int, seed: int) -> Iterator[Counts]:
    """Blocks `(b, n)` of how often each segment is drawn, `samples` rows in all."""
    return _counts(n, samples, seed, np.dtype(np.float64))


def single_counts(n: int, samples: int, seed: int) -> Iterator[NDArray[np.float32]]:
    """The same in single precision, which holds every count and is half of what is read and written."""
    return _counts(n, samples, seed, np.dtype(np.float32))


def _counts(n: int, samples: int, seed: int, kind: np.dtype[Any]) -> Iterator[NDArray[Any]]:
    for indices in bootstrap_indices(n, samples, seed):
        counts = np.empty(indices.shape, kind)
        for row, drawn in zip(counts, indices, strict=True):  # one by one: a row stays in the cache
            row[:] = np.bincount(drawn, minlength=n)
        yield counts


def bootstrap_indices(n: int, samples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Blocks `(b, n)` of drawn indices, the same whatever the size of the blocks."""
    generator = np.random.default_rng(seed)
    block = max(1, _CHUNK // (8 * n))
    for start in range(0, samples, block):
        yield generator.choice(n, size=(min(block, samples - start), n), replace=True)
