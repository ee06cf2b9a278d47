"""The gate for CI: which systems are significantly worse than the baseline, by more than is tolerated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.compare.draws import FEWEST
from harness.compare.evaluate import MetricResult, Result
from harness.compare.options import Margin
from harness.errors import ConfigError, UserError


@dataclass(frozen=True, slots=True)
class Drop:
    """A system that is significantly worse than the baseline under one metric.

    `difference` is its score minus the baseline's, `p` corrected for all pairs; `allowed` is the tolerance
    in the unit of the metric, and `tolerated` says that the difference is within it.
    """

    system: str
    baseline: str
    metric: str
    difference: float
    p: float
    allowed: float

    @property
    def tolerated(self) -> bool:
        return abs(self.difference) <= self.allowed

    def __str__(self) -> str:
        within = f", within the tolerance of {self.allowed:g}" if self.tolerated else ""
        return (
            f"{self.system} is significantly worse than {self.baseline} in {self.metric}"
            f" ({self.difference:+.2f}, p {self.p:.4f}, corrected for all pairs){within}"
        )


def drops(results: Sequence[Result], tolerance: Margin | None) -> list[Drop]:
    """Every significant drop, tolerated ones too.

    Raises UserError where there are too few segments for a test, ConfigError for a share of judges under a
    metric that has no fit of them.
    """
    found = []
    for result in results:
        if result.n_drawn < FEWEST:
            raise UserError(
                f"--fail-if-worse: {result.n_drawn} {result.options.unit} of {result.test_set.name} are too"
                f" few for a test; use a test set of at least {FEWEST}"
            )
        for metric in result.metrics:
            allowed = _allowed(result, metric, tolerance)
            for row in metric.rows:
                gap = row.difference
                if gap and gap.verdict == "worse":
                    name = metric.name
                    drop = Drop(row.system, metric.baseline, name, gap.value, gap.corrected, allowed)
                    found.append(drop)
    return found


def _allowed(result: Result, metric: MetricResult, tolerance: Margin | None) -> float:
    if tolerance is None or metric.neutral:
        return 0.0
    system = next(s for s in result.test_set.systems if metric.key in s.metrics)
    allowed = tolerance.of(system.record.metric_config(metric.key))
    if allowed is None:
        raise ConfigError(
            f"--tolerance: the study of human judges has no fit for {metric.name}; give a number of points,"
            " or name the metrics with --metric"
        )
    return allowed
