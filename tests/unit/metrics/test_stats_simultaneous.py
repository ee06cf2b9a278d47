"""Simultaneous tests over all pairs, checked by simulation: what they claim is how often they err."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from harness import registry
from harness.metrics.stats.ranking import holm
from harness.metrics.stats.significance import Column, bootstrap_p, bootstrap_scores
from harness.metrics.stats.simultaneous import AllPairs, all_pairs, joint_scores

METRIC = registry.build("metric", {"kind": "length_ratio"})  # a ratio of two sums: any numbers will do


def columns(values: np.ndarray) -> list[Column]:
    """A column a system from `(n, m)` values: its score is their mean."""
    ones = np.ones(len(values))
    return [Column(METRIC, np.stack([values[:, j], ones], axis=1)) for j in range(values.shape[1])]


def outcome(values: np.ndarray, samples: int = 400, seed: int = 1, margin: float | None = None) -> AllPairs:
    found = columns(values)
    draws = joint_scores(found, samples, seed)
    return all_pairs(np.array([column.score for column in found]), draws, len(values), margin)


def made(generator: np.random.Generator, n: int, means: list[float]) -> np.ndarray:
    """Systems that share most of a segment's difficulty, as systems do."""
    return 10 + generator.normal(size=(n, 1)) + generator.normal(size=(n, len(means))) / 2 + np.array(means)


@pytest.mark.parametrize("whole", [True, False])
def test_resampled_scores_are_to_the_bit_those_of_plain_counting(whole: bool) -> None:
    generator = np.random.default_rng(3)
    values = generator.random((300, 5)) * 40
    found = columns(np.round(values) if whole else values)
    stacked = np.concatenate([column.rows.astype(np.float32) for column in found], axis=1)
    drawn = np.random.default_rng(7).choice(300, size=(200, 300), replace=True)
    counts = np.array([[np.count_nonzero(row == k) for k in range(300)] for row in drawn])
    sums = np.split((counts.astype(np.float32) @ stacked).astype(np.float64), 5, axis=1)
    for scores, total in zip(joint_scores(found, 200, 7), sums, strict=True):
        assert scores.tobytes() == METRIC.aggregate(total).tobytes()


@pytest.mark.parametrize("n", [15, 100])
def test_equal_systems_are_separated_no_more_often_than_alpha(n: int) -> None:
    trials = 400
    wrong = 0
    for trial in range(trials):
        found = outcome(made(np.random.default_rng(trial), n, [0.0] * 6), seed=trial)
        wrong += bool((found.p < 0.05).any())
    assert wrong / trials <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)
    assert wrong, "a test that never errs has no power either"


def test_true_null_hypotheses_among_false_ones_keep_the_family_wise_error() -> None:
    """Step-down must not spend on the equal pairs what the unequal ones gain."""
    trials, means = 300, [0.0, 0.0, 0.0, 3.0, 3.0]
    null = [k for k, (a, b) in enumerate(combinations(means, 2)) if a == b]
    wrong = sum(
        bool((outcome(made(np.random.default_rng(t), 80, means), seed=t).p[null] < 0.05).any())
        for t in range(trials)
    )
    assert wrong / trials <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)


def test_it_separates_more_than_holm_over_the_same_tests() -> None:
    """Four variants of each of three systems: differences that share nearly everything."""
    ours = theirs = 0
    for trial in range(8):
        generator = np.random.default_rng(trial)
        values = np.repeat(made(generator, 200, [0.0, 0.2, 0.4]), 4, axis=1)
        found = columns(values + generator.normal(size=values.shape) / 20)
        scores, draws = np.array([column.score for column in found]), joint_scores(found, 2000, trial)
        pairs = [list(pair) for pair in combinations(range(12), 2)]
        single = [float(all_pairs(scores[p], [draws[k] for k in p], 200).p[0]) for p in pairs]
        ours += int((all_pairs(scores, draws, 200).p < 0.05).sum())
        theirs += int((np.array(holm(single)) < 0.05).sum())
    assert ours > 1.03 * theirs > 0


def test_sixteen_systems_are_separated_where_holm_with_sacrebleus_samples_separates_none() -> None:
    values = made(np.random.default_rng(1), 500, [0.1 * k for k in range(16)])
    found = columns(values)
    scores = [column.score for column in found]
    drawn = bootstrap_scores(found, 1000, 1)
    single = [bootstrap_p(drawn[a], drawn[b], scores[b] - scores[a]) for a, b in combinations(range(16), 2)]
    assert min(holm(single)) > 0.05
    assert (outcome(values, samples=1000).p < 0.05).sum() > 60


def test_the_smallest_p_does_not_grow_with_the_number_of_pairs() -> None:
    values = made(np.random.default_rng(1), 300, [2.0 * k for k in range(40)])
    found = outcome(values, samples=199)
    assert len(found.p) == 780
    assert found.p.max() == pytest.approx(1 / 200), "780 pairs, 199 resamples: Holm could not go below 3.9"


def test_equal_outputs_have_no_difference_no_error_and_p_of_one() -> None:
    values = made(np.random.default_rng(1), 50, [0.0, 0.0, 1.0])
    values[:, 1] = values[:, 0]
    found = outcome(values)
    assert (found.difference[0], found.error[0], found.p[0]) == (0.0, 0.0, 1.0)
    assert found.p[1] == found.p[2] < 0.05
    draws = joint_scores(columns(values), 20, 1)
    assert draws[0] is draws[1], "what is equal is scored once"


def test_a_constant_difference_is_as_significant_as_the_resamples_can_say() -> None:
    values = np.full((20, 4), 2.0)
    values[:, 1] = 3.0
    values[:, 3] = made(np.random.default_rng(1), 20, [0.0])[:, 0]
    found = outcome(values, margin=0.5)
    assert found.p[[0, 3]] == pytest.approx(1 / 401)
    assert found.p[1] == 1.0, "only a difference of zero is a tie"
    assert found.p_equal[[0, 3]].tolist() == [1.0, 1.0]
    assert (found.p[[2, 4, 5]] < 0.05).all(), "pairs that vary are tested as before"
    assert outcome(values, margin=2).p_equal[0] == pytest.approx(1 / 401)
    assert np.isnan(outcome(values[:1]).p[0]), "one segment says nothing"


def test_an_undefined_score_is_not_tested() -> None:
    undefined = columns(made(np.random.default_rng(1), 20, [0.0, 1.0, 5.0]))
    undefined[0] = Column(METRIC, np.zeros((20, 2)))
    scores = np.array([column.score for column in undefined])
    p = all_pairs(scores, joint_scores(undefined, 200, 1), 20).p
    assert np.isnan(p[:2]).all()
    assert p[2] < 0.05


def test_equivalence_is_claimed_inside_the_margin_only() -> None:
    values = made(np.random.default_rng(3), 400, [0.0, 0.0, 0.5])
    found = outcome(values, margin=0.2)
    assert found.p_equal[0] < 0.05
    assert (found.p_equal[1:] > 0.5).all()
    assert np.isnan(outcome(values).p_equal).all(), "without a margin there is nothing to claim"


def test_systems_exactly_a_margin_apart_are_called_equal_no_more_often_than_alpha() -> None:
    trials = 400
    wrong = sum(
        bool((outcome(made(np.random.default_rng(t), 60, [0.0, 0.5]), seed=t, margin=0.5).p_equal < 0.05)[0])
        for t in range(trials)
    )
    assert wrong / trials <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)


def test_joint_scores_follow_the_metric_and_tell_their_progress() -> None:
    done: list[int] = []
    values = made(np.random.default_rng(1), 30, [0.0, 1.0])
    first, second = joint_scores(columns(values), 250, 7, done.append)
    assert sum(done) == 250 == len(first)
    assert second.mean() - first.mean() == pytest.approx((values[:, 1] - values[:, 0]).mean(), abs=0.05)
