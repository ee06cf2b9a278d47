"""Several test sets at once: where each system stands on every set, and its mean standardised difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.compare.evaluate import MetricResult, Result


@dataclass(frozen=True, slots=True)
class Across:
    """One system under one metric over all test sets.

    `values`, `clusters` and `ranges` (of ranks) have an entry a set, None where the system is missing; `mean`
    is over all sets, NaN unless the system has them all and they are of one pair of languages: scores of
    different pairs have no common scale. `standardised` is the mean over sets of the difference from
    `baseline` in standard deviations of a segment, positive where the system is better, with its 95 %
    interval; NaN unless both systems are on every set.
    """

    system: str
    values: tuple[float | None, ...]
    clusters: tuple[int | None, ...]
    ranges: tuple[tuple[int, int] | None, ...]
    mean: float
    baseline: str
    standardised: float
    ci: tuple[float, float]


def across(results: Sequence[Result], key: str) -> list[Across]:
    """One metric over several test sets, one line per system. The baseline is that of the first set.

    A set's difference is divided by its bootstrap standard error times √n, so that sets of different sizes
    and difficulties count alike; that quotient has a standard error of about 1/√n, and sets are independent.
    """
    found = [next((metric for metric in result.metrics if metric.key == key), None) for result in results]
    baseline = next(metric.baseline for metric in found if metric)
    names = dict.fromkeys(row.system for metric in found if metric for row in metric.rows)
    sizes = [result.test_set.n for result in results]
    lines = [_line(name, baseline, found, sizes) for name in names]
    one_pair = len({(result.test_set.src, result.test_set.tgt) for result in results}) == 1
    return lines if one_pair else [replace(line, mean=math.nan) for line in lines]


def _line(name: str, baseline: str, found: Sequence[MetricResult | None], sizes: Sequence[int]) -> Across:
    rows = [metric.row(name) if metric else None for metric in found]
    values = [row.value for row in rows if row]
    complete = len(values) == len(rows)
    gaps = [_standardised(metric, name, baseline, n) for metric, n in zip(found, sizes, strict=True)]
    mean = sum(gaps) / len(gaps)  # NaN when one of them is
    half = 1.96 * math.sqrt(sum(1 / n for n in sizes)) / len(sizes)
    return Across(
        name,
        tuple(row.value if row else None for row in rows),
        tuple(row.cluster if row else None for row in rows),
        tuple(row.ranks if row else None for row in rows),
        sum(values) / len(values) if complete else math.nan,
        baseline,
        mean,
        (mean - half, mean + half),
    )


def _standardised(metric: MetricResult | None, name: str, baseline: str, n: int) -> float:
    if metric is None or metric.neutral or name == baseline:
        return math.nan
    pair, row, reference = metric.pair(name, baseline), metric.row(name), metric.row(baseline)
    if pair is None or row is None or reference is None:
        return math.nan
    if pair.identical:
        return 0.0
    sign = 1 if metric.higher_is_better else -1
    return sign * (row.value - reference.value) / (pair.error * math.sqrt(n)) if pair.error > 0 else math.nan
