"""Minimum edit distance of an output to the segments of its references, row by row of the table.

The segmentation follows Matusov et al. 2005 (aclanthology.org/2005.iwslt-1.19): the edit distance of the
whole output to the whole reference is found by dynamic programming, over all references of each segment, and
the cheapest path says where in the output each segment ends. Three things are added to it: words cost the
less to substitute the more alike they are, a place of the output costs what speaks against a boundary there,
and a segment without output, or a stretch of output that belongs nowhere, costs less than its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.realign.band import Window
from harness.realign.likeness import Likeness, Weights

Costs = NDArray[np.float64]
Indices = NDArray[np.intp]

GAP = 0.65
"""Cost of a word that only one side has, times its weight; 1 is that of two words without likeness."""
REPEATED = 0.3
"""Share of the cost of an inserted word that the segment has, too, which falls away: what stands twice."""
SKIPPED, SKIPPED_WORD = 2.0, 0.45
"""Cost of a segment without output: once, and for each of its words."""
NOWHERE, NOWHERE_WORD = 1.0, 0.45
"""Cost of sentences of output that belong to no segment: once, and for each word."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference of one segment: its words, and the cost `(m + 1,)` of ending it at each place."""

    words: Sequence[str]
    ending: Costs


class Table:
    """The edit costs of the `m` words of an output against any words.

    `final` `(m + 1,)` are the places where a sentence ends, so that a stretch that belongs nowhere may.
    """

    def __init__(self, words: Sequence[str], weights: Weights, final: NDArray[np.bool_]) -> None:
        self.words, self.weights, self.final = words, weights, final
        vocabulary = sorted(set(words))
        self._number = {word: at for at, word in enumerate(vocabulary)}
        self._ids = np.array([self._number[word] for word in words], dtype=np.intp)
        self._each = np.array([weights.of(word) for word in vocabulary])
        self._gaps = np.concatenate([[0.0], np.cumsum(self._each[self._ids])])
        self._likeness = Likeness(vocabulary)
        self._rows: dict[str, Costs] = {}
        self._keep = max(16, 20_000_000 // max(1, len(vocabulary)))  # of rows, so that memory stays bounded

    def row(self, word: str) -> Costs:
        """`(V,)` cost of substituting `word` by each word of the output's vocabulary."""
        if (known := self._rows.get(word)) is not None:
            return known
        found = (1.0 - self._likeness.of(word)) * (self.weights.of(word) + self._each) / 2
        if len(self._rows) >= self._keep:
            self._rows.clear()
        self._rows[word] = found
        return found

    def through(self, words: Sequence[str], costs: Costs, window: Window) -> Costs:
        """Read one reference of a segment: the cost of each place of the window, from the costs before it."""
        ids = self._ids[window.start : window.stop - 1]
        steps = self._inserted(words)
        gaps = np.concatenate([[0.0], np.cumsum(steps[ids])])
        level = np.minimum.accumulate(costs - gaps)  # what is inserted is free on this level
        for word in words:
            substituted = (self.row(word) - steps)[ids]
            substituted += level[:-1]
            level += GAP * self.weights.of(word)
            np.minimum(level[1:], substituted, out=level[1:])
            np.minimum.accumulate(level, out=level)
        found: Costs = level + gaps
        return found

    def _inserted(self, words: Sequence[str]) -> Costs:
        """`(V,)` cost of inserting each word of the output's vocabulary in a segment of `words`."""
        found: Costs = GAP * self._each
        for word in {word for word in words if word in self._number}:
            found[self._number[word]] *= 1 - REPEATED
        return found

    def skipped(self, words: Sequence[str]) -> float:
        """Cost of a segment without output."""
        return SKIPPED + SKIPPED_WORD * sum(map(self.weights.of, words))

    def nowhere(self, costs: Costs, window: Window) -> tuple[Costs, Indices]:
        """Cost of each place where a stretch that belongs nowhere may have ended there, and its beginning.

        A stretch ends at the end of a sentence, and begins where the previous segment ended.
        """
        slope = NOWHERE_WORD * self._gaps[window.start : window.stop]
        places = np.arange(len(costs))
        level = costs - slope
        lowest = np.minimum.accumulate(level)
        begins = np.maximum.accumulate(np.where(level <= lowest, places, 0))
        reached = lowest + slope + NOWHERE
        taken = (reached < costs) & self.final[window.start : window.stop]
        return np.where(taken, reached, costs), np.where(taken, begins, places)

    def nowhere_backward(self, costs: Costs, window: Window) -> Costs:
        """The same seen from the end: a stretch that begins at each place, after which `costs` follow."""
        slope = NOWHERE_WORD * self._gaps[window.start : window.stop]
        follows = np.where(self.final[window.start : window.stop], costs + slope, np.inf)
        reached = np.minimum.accumulate(follows[::-1])[::-1] - slope
        return np.minimum(costs, reached + NOWHERE)
