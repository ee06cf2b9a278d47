"""The resamples of a comparison, drawn once for all metrics and systems, and the tests they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from harness.common.progress import bar
from harness.compare.columns import Columns
from harness.compare.options import Options
from harness.metrics.stats.ranking import holm
from harness.metrics.stats.significance import (
    Shuffled,
    TestName,
    bootstrap_p,
    bootstrap_scores,
    randomization_p,
    shuffle,
)
from harness.metrics.stats.simultaneous import all_pairs, joint_scores
from harness.protocols import Statistics

Pair = tuple[str, str]
FEWEST = 10
"""With fewer segments (or documents) nothing is tested."""


@dataclass(frozen=True, slots=True)
class PairTest:
    """Two systems of one metric. `difference` is second minus first, `error` its standard error.

    `p` is corrected for all pairs, NaN where nothing could be tested. `p_equal` tests that the difference
    reaches the margin: a small one says that the two are equal within it. NaN without a margin.
    """

    difference: float
    error: float
    p: float
    p_equal: float

    @property
    def identical(self) -> bool:
        """No difference, in any resample: the same output, as far as the metric can see."""
        return self.difference == 0 and self.error == 0


class Draws:
    """Scores of every column on shared resamples; sacreBLEU's own samples only where its tests are wanted."""

    def __init__(self, columns: Columns, options: Options) -> None:
        self.columns = columns
        self.options = options
        places = [(key, name) for key, column in columns.items() for name in column]
        flat = [columns[key][name] for key, name in places]
        self.n = len(flat[0].rows) if flat else 0
        self.joint: dict[tuple[str, str], Statistics] = {}
        self._single: dict[tuple[str, str], Statistics] = {}
        self._shuffled: dict[tuple[str, str], Shuffled] = {}
        if not flat:
            return
        with bar("resampling", options.resamples, "resamples") as ticker:
            scores = joint_scores(flat, options.resamples, options.seed, ticker.advance)
        self.joint = dict(zip(places, scores, strict=True))
        if self.n < FEWEST or len({name for _, name in places}) < 2:
            return
        if "bs" in options.tests:
            drawn = bootstrap_scores(flat, options.samples_of("bs"), options.seed)
            self._single = dict(zip(places, drawn, strict=True))
        if "ar" in options.tests:
            trials = shuffle(flat, options.samples_of("ar"), options.seed)
            self._shuffled = dict(zip(places, trials, strict=True))

    def p(self, test: TestName, key: str, first: str, second: str) -> float:
        """sacreBLEU's p of one pair; NaN below `FEWEST` segments."""
        if self.n < FEWEST:
            return float("nan")
        gap = self.columns[key][second].score - self.columns[key][first].score
        if test == "bs":
            return bootstrap_p(self._single[key, first], self._single[key, second], gap)
        return randomization_p(self._shuffled[key, first], self._shuffled[key, second], gap)

    def pairs(self, key: str, ranked: Sequence[str], margin: float | None) -> dict[Pair, PairTest]:
        """Every pair of `ranked`, the one that ranks higher first; p is NaN below `FEWEST` segments."""
        column = self.columns[key]
        scores = np.array([column[name].score for name in ranked])
        tested = all_pairs(scores, [self.joint[key, name] for name in ranked], self.n, margin)
        names = list(combinations(ranked, 2))
        p = self._holm(key, names, tested.difference) if self.options.correction == "holm" else tested.p
        if self.n < FEWEST:
            p = np.full(len(names), np.nan)
        values = zip(tested.difference, tested.error, p, tested.p_equal, strict=True)
        return {pair: PairTest(*map(float, found)) for pair, found in zip(names, values, strict=True)}

    def _holm(self, key: str, names: Sequence[Pair], difference: Statistics) -> Statistics:
        """Holm-corrected p of all pairs but those with equal scores; the larger of two tests, so that both
        must agree."""
        if self.n < FEWEST:
            return np.full(len(names), np.nan)
        p = np.where(difference == 0, 1.0, np.nan)
        differing = np.flatnonzero(difference != 0).tolist()
        for test in self.options.tests:
            found = holm([self.p(test, key, *names[k]) for k in differing])
            p[differing] = np.fmax(p[differing], found)
        return p
