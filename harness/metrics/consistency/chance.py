"""How many words would be in the segments of a term by chance: what a pair must be rarer than."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from math import exp, lgamma


class Chance:
    """The sizes of the sets of segments in which the candidates of one side of a document are.

    Candidates in the same segments count once: they are there together ("Puerto", "Rico"), and n-grams of
    one word too.
    """

    def __init__(self, sets: Iterable[tuple[int, ...]]) -> None:
        self._sizes = sorted(map(len, set(sets)))

    def expected(self, n: int, term: int, candidate: int, both: int) -> float:
        """The number of sets expected to share `both` segments or more with a term by chance.

        Of `n` segments the term is in `term` and the candidate in `candidate`. The number is the tail of the
        hypergeometric distribution (Fisher's exact test) times the sets that are large enough.
        """
        rivals = len(self._sizes) - bisect_left(self._sizes, both)
        return rivals * tail(n, term, candidate, both)


@cache
def tail(n: int, one: int, other: int, both: int) -> float:
    """Probability that two sets of `one` and `other` of `n` segments share `both` or more, 0 to 1."""
    whole = _choose(n, other)
    shared = range(max(both, one + other - n), min(one, other) + 1)
    return min(1.0, sum(exp(_choose(one, k) + _choose(n - one, other - k) - whole) for k in shared))


def _choose(n: int, k: int) -> float:
    """The logarithm of the binomial coefficient."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
