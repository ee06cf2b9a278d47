"""What every metric of the harness shares: statistics in rows, one row per segment, checked input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.errors import DataError
from harness.protocols import Metric, Statistics


def check(
    name: str, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]] | None
) -> None:
    """Raise DataError where the columns differ in length or a segment has no reference.

    `references` is None for a metric that reads none.
    """
    n = len(hypotheses)
    if len(sources) != n or (references is not None and len(references) != n):
        counts = f"{len(sources)} sources, {n} hypotheses"
        counts += f", {len(references)} reference lists" if references is not None else ""
        raise DataError(f"{name}: the columns differ in length ({counts})")
    for index, found in enumerate(references or ()):
        if not found:
            raise DataError(
                f"{name}: segment {index} (counted from 0) has no reference; drop it, or choose a metric"
                " that needs none (cometkiwi)"
            )


class Mean(Metric):
    """A metric whose corpus score is the mean of its segment scores.

    Statistics are `(n, 2)`: the score and 1, or (0, 0) where the segment has no score, so a sum
    divided by a count stays right in every resample.
    """

    @staticmethod
    def rows(scores: Sequence[float | None]) -> Statistics:
        """`(n, 2)` statistics from segment scores; None and NaN are segments without a score."""
        values = np.array([np.nan if score is None else score for score in scores], dtype=np.float64)
        known = np.isfinite(values)
        return np.stack([np.where(known, values, 0.0), known.astype(np.float64)], axis=1)

    def aggregate(self, sums: Statistics) -> Statistics:
        """`(m,)` means; NaN where no segment had a score."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: Statistics = np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)
        return mean

    def segment_scores(self, statistics: Statistics) -> Statistics:
        """`(n,)` segment scores; NaN where there is none."""
        return self.aggregate(statistics)
