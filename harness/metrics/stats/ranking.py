"""From pairwise tests to a ranking: correction for many tests, clusters, wins over segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.protocols import Statistics


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm-adjusted p-values in the given order (Holm 1979, jstor.org/stable/4615733).

    The k-th smallest of m is multiplied by m - k + 1, kept monotone and at most 1. NaN stays NaN
    and does not count as a test.
    """
    order = sorted((i for i, p in enumerate(p_values) if not np.isnan(p)), key=lambda i: p_values[i])
    adjusted = [float("nan")] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, p_values[index] * (len(order) - rank)))
        adjusted[index] = running
    return adjusted


def clusters(
    ranked: Sequence[str], p_values: Mapping[tuple[str, str], float], alpha: float = 0.05
) -> list[int]:
    """The cluster number, from 1, of each system of `ranked` (best first).

    As WMT draws its lines: a line stands between two neighbours when every system above it is
    significantly better than every system below it (p < alpha). Systems between two lines are not
    separated. `p_values` holds either order of a pair; a missing or NaN p does not separate.
    """
    numbers, current = [], 1
    for position in range(len(ranked)):
        if position and all(
            _lookup(p_values, above, below) < alpha
            for above in ranked[:position]
            for below in ranked[position:]
        ):
            current += 1
        numbers.append(current)
    return numbers


def rank_ranges(
    ranked: Sequence[str], p_values: Mapping[tuple[str, str], float], alpha: float = 0.05
) -> list[tuple[int, int]]:
    """The interval of ranks (best, worst) of each system of `ranked` (best first, m systems).

    From 1 + the systems that are significantly better to m - those that are significantly worse. With
    p-values corrected for all pairs, all intervals hold at once with probability 1 - alpha (Mogstad, Romano,
    Shaikh and Wilhelm 2024, Review of Economic Studies 91(1), doi.org/10.1093/restud/rdad006).
    """
    ranges = []
    for place, system in enumerate(ranked):
        better = sum(_lookup(p_values, above, system) < alpha for above in ranked[:place])
        worse = sum(_lookup(p_values, system, below) < alpha for below in ranked[place + 1 :])
        ranges.append((1 + better, len(ranked) - worse))
    return ranges


def _lookup(p_values: Mapping[tuple[str, str], float], a: str, b: str) -> float:
    p = p_values.get((a, b), p_values.get((b, a), 1.0))
    return 1.0 if np.isnan(p) else p


@dataclass(frozen=True, slots=True)
class Tally:
    """Over segments: how often the system beat the baseline, tied with it, lost to it."""

    wins: int
    ties: int
    losses: int


def tally(system: Statistics, baseline: Statistics, higher_is_better: bool) -> Tally:
    """Compare `(n,)` segment scores; a segment without a score in either system is not counted.

    Scores closer than 1e-9 are a tie.
    """
    gap = np.asarray(system) - np.asarray(baseline)
    gap = gap[np.isfinite(gap)] * (1 if higher_is_better else -1)
    return Tally(int((gap > 1e-9).sum()), int((np.abs(gap) <= 1e-9).sum()), int((gap < -1e-9).sum()))
