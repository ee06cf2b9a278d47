"""The power of a test set: the smallest difference it detects, and how many segments a difference needs."""

from __future__ import annotations

import math
from statistics import NormalDist

from harness.metrics.stats.simultaneous import studentised

MOST = 10_000_000
"""No test set has more segments; a need beyond that is not reported."""


def smallest_difference(
    error: float, n: int, alpha: float = 0.05, power: float = 0.8, at: int | None = None
) -> float:
    """The difference of two systems that a two-sided test at `alpha` finds with probability `power`.

    `error` is the bootstrap standard error of a difference on `n` segments; `at` asks for another number of
    such segments (the error shrinks with its root). In the unit of `error`; infinite below 2 segments.
    """
    size = n if at is None else at
    if size < 2:
        return math.inf
    normal = NormalDist()
    critical = studentised(normal.inv_cdf(1 - alpha / 2), size)
    margin = normal.inv_cdf(power) * math.sqrt(size / (size - 1))
    return error * math.sqrt(n / size) * (critical + margin)


def segments_needed(
    error: float, n: int, difference: float, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """The fewest segments of the same kind that detect `difference`; None above 10,000,000."""

    def enough(size: int) -> bool:
        return smallest_difference(error, n, alpha, power, at=size) <= abs(difference)

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
