"""The power that is promised is the power that simulated comparisons have."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.metrics.stats.power import segments_needed, smallest_difference
from harness.metrics.stats.simultaneous import all_pairs, normal_deviate, studentised


@pytest.mark.parametrize(("n", "power"), [(15, 0.8), (100, 0.8), (100, 0.6)])
def test_the_smallest_difference_is_found_as_often_as_promised(n: int, power: float) -> None:
    error = math.sqrt((n - 1) / n / n)  # the bootstrap's, of the mean of n differences of variance 1
    difference = smallest_difference(error, n, power=power)
    trials, samples, found = 500, 400, 0
    for trial in range(trials):
        generator = np.random.default_rng(trial)
        values = generator.normal(size=n) + difference
        counts = generator.multinomial(n, np.full(n, 1 / n), size=samples)
        draws = [np.zeros(samples), counts @ values / n]
        found += all_pairs(np.array([0.0, values.mean()]), draws, n).p[0] < 0.05
    assert found / trials == pytest.approx(power, abs=3.5 * math.sqrt(power * (1 - power) / trials))


def test_segments_needed_are_the_fewest_that_detect_a_difference() -> None:
    for difference in (0.3, 1.0, 5.0):
        needed = segments_needed(1.0, 100, difference)
        assert needed is not None
        assert smallest_difference(1.0, 100, at=needed) <= difference
        assert smallest_difference(1.0, 100, at=needed - 1) > difference
    assert segments_needed(1.0, 100, 1e-6) is None, "no test set has so many"


def test_a_single_segment_detects_nothing() -> None:
    assert smallest_difference(1.0, 1) == math.inf


def test_studentised_inverts_the_normal_deviate() -> None:
    for n in (10, 50, 3000):
        assert normal_deviate(np.array([studentised(1.96, n)]), n)[0] == pytest.approx(1.96)
    # Student's t of 9 degrees at .025 is 2.262, over sqrt(9/10) for the bootstrap's error.
    assert studentised(1.959964, 10) == pytest.approx(2.262 / math.sqrt(0.9), abs=0.01)
