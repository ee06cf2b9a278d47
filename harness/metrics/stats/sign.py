"""The sign test: whether one of two wins more often than chance would have it."""

from __future__ import annotations

from math import exp, lgamma, log


def sign_test(wins: int, losses: int) -> float:
    """Two-sided exact p-value of the binomial test with p = 1/2; ties are left out before. 1 for no pairs."""
    n, fewer = wins + losses, min(wins, losses)
    every = lgamma(n + 1) - n * log(2)
    tail = sum(exp(every - lgamma(k + 1) - lgamma(n - k + 1)) for k in range(fewer + 1))
    return min(1.0, 2 * tail)
