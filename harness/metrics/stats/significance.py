"""Two paired tests over stored statistics, with the p-values of sacreBLEU's --paired-bs and --paired-ar.

Every system of a comparison is resampled once with shared indices; each pair is then a few operations
over score vectors. The same calls of the same generator and the same number types as
sacrebleu/significance.py make the p-values identical, not only close: the bootstrap sums and scores in
float32 and compares in it, the randomization in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from harness.metrics.stats.bootstrap import bootstrap_indices, single_counts
from harness.protocols import Metric, Statistics

TestName = Literal["bs", "ar"]
SAMPLES: dict[TestName, int] = {"bs": 1000, "ar": 10000}  # sacreBLEU's own
TEST_NAMES: dict[TestName, str] = {
    "bs": "paired bootstrap resampling (Koehn 2004)",
    "ar": "paired approximate randomization (Riezler and Maxwell 2005)",
}
_BLOCK = 64_000_000
_EXACT = 2**24  # float32 holds every integer up to here


@dataclass(frozen=True)
class Column:
    """The statistics of one system under one metric: `rows` is `(n, k)`."""

    metric: Metric
    rows: Statistics

    @cached_property
    def score(self) -> float:
        """The corpus score; NaN where it is undefined."""
        return float(self.metric.aggregate(self.rows.sum(axis=0, keepdims=True))[0])


def bootstrap_scores(columns: Sequence[Column], samples: int, seed: int) -> list[Any]:
    """The `(samples,)` resampled scores of each column, all from the same drawn segments."""
    sums = _sums_of_draws([column.rows for column in columns], samples, seed)
    return [column.metric.aggregate(total) for column, total in zip(columns, sums, strict=True)]


def bootstrap_p(first: Any, second: Any, difference: float) -> float:
    """Two-sided p of paired bootstrap from two vectors of resampled scores.

    (c + 1) / (samples + 1), with c the resamples whose centred absolute difference exceeds the
    observed one (sacrebleu.significance._paired_bs_test). NaN where a score is undefined.
    """
    gaps = np.abs(second - first)
    return _p_value(gaps - gaps.mean(), abs(float(difference)))


@dataclass(frozen=True, slots=True)
class Shuffled:
    """Sums of a column over the segments chosen in each trial, and over the others: `(trials, k)`."""

    metric: Metric
    chosen: Statistics
    others: Statistics


def shuffle(columns: Sequence[Column], samples: int, seed: int) -> list[Shuffled]:
    """Draw once, for all columns, which segments each trial exchanges."""
    n = len(columns[0].rows)
    generator = np.random.default_rng(seed)
    swap = generator.integers(2, size=(samples, n), dtype=bool)
    exact = [_is_exact(column.rows) for column in columns]
    found: dict[int, tuple[Statistics, Statistics]] = {}
    whole = [k for k, good in enumerate(exact) if good]
    if whole:
        stacked = np.concatenate([columns[k].rows for k in whole], axis=1).astype(np.float32)
        block = max(1, _BLOCK // (4 * n))
        parts = [swap[k : k + block].astype(np.float32) @ stacked for k in range(0, samples, block)]
        chosen = np.concatenate(parts).astype(np.float64)
        others = stacked.astype(np.float64).sum(axis=0) - chosen
        edges = np.cumsum([columns[k].rows.shape[1] for k in whole])[:-1]
        split = zip(np.split(chosen, edges, axis=1), np.split(others, edges, axis=1), strict=True)
        found.update(zip(whole, split, strict=True))
    for k, column in enumerate(columns):
        if not exact[k]:  # the last bit of a fractional sum decides ties: add as sacreBLEU adds
            found[k] = (swap @ column.rows, ~swap @ column.rows)
    return [
        Shuffled(column.metric, np.ascontiguousarray(found[k][0]), np.ascontiguousarray(found[k][1]))
        for k, column in enumerate(columns)
    ]


def randomization_p(first: Shuffled, second: Shuffled, difference: float) -> float:
    """Two-sided p of paired approximate randomization.

    (c + 1) / (trials + 1), with c the trials whose absolute difference exceeds the observed one
    (sacrebleu.significance._paired_ar_test). NaN where a score is undefined.
    """
    a = first.metric.aggregate(first.chosen + second.others)
    b = first.metric.aggregate(first.others + second.chosen)
    return _p_value(np.abs(a - b), abs(float(difference)))


def _p_value(statistics: Any, difference: float) -> float:
    if not (np.isfinite(difference) and np.isfinite(statistics).all()):
        return float("nan")
    return (int(np.sum(statistics > difference)) + 1) / (len(statistics) + 1)


def _is_exact(rows: Statistics) -> bool:
    """Whether float32 holds every sum of a resample: whole numbers that stay below 2^24."""
    if rows.size == 0:
        return True
    whole = bool((rows == np.rint(rows)).all())
    return whole and float(np.abs(rows).max(axis=0).max()) * len(rows) < _EXACT


def _sums_of_draws(matrices: Sequence[Statistics], samples: int, seed: int) -> list[Any]:
    """`(samples, k)` float32 sums per matrix, as sacreBLEU's gather-and-add yields them."""
    n = len(matrices[0])
    exact = [_is_exact(rows) for rows in matrices]
    sums: list[Any] = [None] * len(matrices)
    whole = [k for k, good in enumerate(exact) if good]
    if whole:
        # Sums of whole numbers do not depend on the order of adding, so a matrix product will do.
        stacked = np.concatenate([matrices[k] for k in whole], axis=1).astype(np.float32)
        drawn = [counts @ stacked for counts in single_counts(n, samples, seed)]
        edges = np.cumsum([matrices[k].shape[1] for k in whole])[:-1]
        for k, part in zip(whole, np.split(np.concatenate(drawn), edges, axis=1), strict=True):
            sums[k] = np.ascontiguousarray(part)
    fractional = [k for k, good in enumerate(exact) if not good]
    if fractional:
        parts: dict[int, list[Any]] = {k: [] for k in fractional}
        singles = {k: matrices[k].astype(np.float32) for k in fractional}
        for indices in bootstrap_indices(n, samples, seed):
            for row in indices:
                for k, rows in singles.items():
                    parts[k].append(rows[row].sum(axis=0))
        for k in fractional:
            sums[k] = np.stack(parts[k])
    return sums
