"""How long the translations are beside their references: a number that shows omissions and runaway output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.metrics.base import check
from harness.protocols import Metric, Statistics


class LengthRatio(Metric):
    """Characters (Unicode code points) of the hypotheses over those of the references; 1 is equal.

    Of several references the one nearest in length counts. Neither direction is better
    (`neutral`), so no ranking or significance verdict is drawn from it.
    """

    name = "length ratio"
    neutral = True
    signature = "lengthratio:characters"

    def statistics(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> Statistics:
        """`(n, 2)`: characters of the hypothesis and of its nearest reference."""
        check(self.name, sources, hypotheses, references)
        rows = [
            (len(hypothesis), min((len(r) for r in found), key=lambda size: abs(size - len(hypothesis))))
            for hypothesis, found in zip(hypotheses, references, strict=True)
        ]
        return np.array(rows, dtype=np.float64).reshape(len(rows), 2)

    def aggregate(self, sums: Statistics) -> Statistics:
        """`(m,)` ratios; NaN where the references are empty."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: Statistics = np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)
        return ratio

    def segment_scores(self, statistics: Statistics) -> Statistics:
        """`(n,)` ratios."""
        return self.aggregate(statistics)
