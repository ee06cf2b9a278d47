"""On which segments metrics and systems differ: where human judgement tells most."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from harness.compare.evaluate import Result
from harness.protocols import Statistics


def contested(result: Result) -> list[int]:
    """All segment indices: where metrics disagree about two systems first, then by spread of scores."""
    z, _ = standardised(result)
    if not len(z):
        return list(range(result.test_set.n))
    spread = (z.max(axis=1) - z.min(axis=1)).max(axis=0)
    order = np.lexsort((np.arange(len(spread)), -spread, -disagreement(z)))
    return [int(index) for index in order]


def disagreement(z: Statistics) -> Statistics:
    """`(n,)`, at least 0: how strongly metrics prefer different systems of a pair, of the pair where it is
    most.

    One metric prefers a, another b: as strong as the weaker of the two preferences. `z` is `standardised`.
    """
    against = np.zeros(z.shape[2])
    for a, b in combinations(range(z.shape[1]), 2):
        gaps = z[:, a] - z[:, b]
        against = np.maximum(against, np.minimum(gaps.max(axis=0), -gaps.min(axis=0)))
    return against


def standardised(result: Result) -> tuple[Statistics, list[str]]:
    """`(metrics, systems, n)` segment scores, higher better, over the metric's standard deviation; their
    keys.

    Only metrics that all systems have; no row where there are none.
    """
    systems = {system.name: system for system in result.test_set.systems}
    layers, keys = [], []
    for metric in result.metrics:
        if metric.neutral or len(metric.rows) < len(systems):
            continue
        values = np.stack([systems[name].scores[metric.key] for name in systems])
        values = np.nan_to_num(values, nan=0.0) * (1 if metric.higher_is_better else -1)
        layers.append(values / (values.std() or 1.0))
        keys.append(metric.key)
    return np.array(layers).reshape(len(layers), len(systems), result.test_set.n), keys
