"""What happens exactly at the boundary of each comparison: a tie counts for neither side."""

from __future__ import annotations

import numpy as np

from harness import registry
from harness.metrics.stats.ranking import Tally, clusters, tally
from harness.metrics.stats.significance import Shuffled, bootstrap_p, randomization_p


def test_a_resample_that_only_equals_the_observed_difference_does_not_count() -> None:
    first = np.zeros(4, dtype=np.float32)
    second = np.array([3, 1, 1, 3], dtype=np.float32)  # differences centred on their mean: 1, -1, -1, 1
    assert bootstrap_p(first, second, 1.0) == 1 / 5
    assert bootstrap_p(first, second, 0.5) == 3 / 5


def test_a_trial_that_only_equals_the_observed_difference_does_not_count() -> None:
    metric = registry.build("metric", {"kind": "length_ratio"})

    def shuffled(chosen: list[float], others: list[float]) -> Shuffled:
        return Shuffled(metric, *(np.array([[value, 2.0] for value in part]) for part in (chosen, others)))

    # Ratios of the sums, (chosen + others' others) / 4: differences of .5, 0 and .5 in absolute value.
    first, second = shuffled([2, 1, 0], [0, 1, 2]), shuffled([1, 1, 1], [0, 1, 2])
    a = (np.array([2, 1, 0]) + np.array([0, 1, 2])) / 4
    b = (np.array([0, 1, 2]) + np.array([1, 1, 1])) / 4
    observed = float(np.abs(a - b).max())
    assert randomization_p(first, second, observed) == 1 / 4
    assert randomization_p(first, second, observed - 0.01) > 1 / 4


def test_a_p_value_of_exactly_alpha_does_not_separate() -> None:
    assert clusters(["a", "b"], {("a", "b"): 0.05}, alpha=0.05) == [1, 1]
    assert clusters(["a", "b"], {("a", "b"): 0.0499}, alpha=0.05) == [1, 2]


def test_equal_segment_scores_are_ties_in_either_direction() -> None:
    system, baseline = np.array([1.0, 2.0, 3.0, np.nan]), np.array([1.0 + 1e-10, 2.5, 2.5, 1.0])
    assert tally(system, baseline, higher_is_better=True) == Tally(wins=1, ties=1, losses=1)
    assert tally(system, baseline, higher_is_better=False) == Tally(wins=1, ties=1, losses=1)
    assert tally(baseline, system, higher_is_better=True).ties == 1
