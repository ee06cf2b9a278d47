"""Measures of agreement against their definitions, worked through pair by pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from harness import registry
from harness.metrics.stats import agreement as measures
from harness.metrics.stats.significance import Column

METRIC = registry.build("metric", {"kind": "length_ratio"})


def columns(values: np.ndarray) -> list[Column]:
    ones = np.ones(len(values))
    return [Column(METRIC, np.stack([values[:, j], ones], axis=1)) for j in range(values.shape[1])]


def test_system_level_measures_by_hand() -> None:
    metric, human = np.array([[1.0, 2.0, 3.0, 3.0]]), np.array([[1.0, 3.0, 2.0, 4.0]])
    # Of 6 pairs: 1<2, 1<3, 1<3 and 2<3 (first and last) agree, 2<3 against 3>2 does not, 3=3 is no order.
    assert measures.pairwise_accuracy(metric, human)[0] == pytest.approx(4 / 6)
    assert measures.kendall(metric, human)[0] == pytest.approx((4 - 1) / np.sqrt(5 * 6))
    assert measures.pearson(metric, human)[0] == pytest.approx(np.corrcoef(metric[0], human[0])[0, 1])
    assert np.isnan(measures.pearson(np.ones((1, 4)), human)[0])


def test_pairs_that_judges_do_not_order_are_not_counted() -> None:
    assert measures.pairwise_accuracy(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 1.0, 2.0]]))[0] == 1.0


@pytest.mark.parametrize("ties", [0.0, 0.5])
def test_calibrated_accuracy_is_the_best_over_all_thresholds(ties: float) -> None:
    generator = np.random.default_rng(5)
    human = np.where(generator.random((30, 5)) < ties, 0.0, generator.integers(0, 4, (30, 5)).astype(float))
    metric = np.round(human + generator.normal(size=human.shape), 1)

    def mean(epsilon: float) -> float:
        each = []
        for h, m in zip(human, metric, strict=True):
            right = [
                (h[i] == h[j] and abs(m[i] - m[j]) <= epsilon)
                or (h[i] != h[j] and abs(m[i] - m[j]) > epsilon and (h[i] > h[j]) == (m[i] > m[j]))
                for i, j in combinations(range(5), 2)
            ]
            each.append(np.mean(right))
        return float(np.mean(each))

    found, epsilon = measures.calibrated_accuracy(metric, human)
    candidates = [0.0, *(abs(row[i] - row[j]) for row in metric for i, j in combinations(range(5), 2))]
    assert found.mean() == pytest.approx(max(map(mean, candidates)))
    assert mean(epsilon) == pytest.approx(found.mean())


def test_unrated_outputs_take_no_part() -> None:
    human = np.array([[1.0, np.nan, 2.0], [np.nan, np.nan, 1.0]])
    metric = np.array([[1.0, 9.0, 2.0], [1.0, 2.0, 3.0]])
    found, _ = measures.calibrated_accuracy(metric, human)
    assert found[0] == 1.0
    assert np.isnan(found[1])


def test_p_values_of_metric_and_judges_are_the_same_for_the_same_numbers() -> None:
    """A metric whose corpus score is the mean of what the judges said agrees with them entirely."""
    generator = np.random.default_rng(2)
    values = generator.normal(size=(200, 4)) + 10 + np.array([0.0, 0.0, 0.15, 1.0])
    values[:, 1] = values[:, 0]
    human = measures.human_p(values, 2000, 1)
    metric = measures.metric_p(columns(values), 2000, 2)
    assert human[0] == metric[0] == 0.5, "equal systems: neither is better"
    assert human[2] == metric[2] == 1.0, "the first is surely not better than the last"
    assert human == pytest.approx(metric, abs=0.04)
    assert measures.soft_pairwise_accuracy(metric, human) > 0.97
    gap, error = values[:, 2] - values[:, 3], values[:, 0] - values[:, 2]
    normal = measures.normal_p(np.array([error.mean()]), np.array([error.std() / np.sqrt(200)]))
    assert normal[0] == pytest.approx(human[1], abs=0.04)
    assert measures.normal_p(np.array([1.959964]), np.array([1.0]))[0] == pytest.approx(0.025, abs=1e-6)
    assert gap.mean() < 0


def test_contributions_average_to_the_corpus_score() -> None:
    bleu = registry.build("metric", {"kind": "bleu", "workers": 1})
    hypotheses = [f"the cat number {k} sat on a mat" for k in range(40)]
    references = [[f"the cat number {k} sat on the mat today"] for k in range(40)]
    column = Column(bleu, bleu.statistics(hypotheses, hypotheses, references))
    assert measures.contributions(column).mean() == pytest.approx(column.score, abs=0.1)
    values = np.random.default_rng(1).normal(size=(30, 1)) + 5
    assert measures.contributions(columns(values)[0]) == pytest.approx(values[:, 0])


def test_permutation_tells_a_good_metric_from_a_random_one_and_not_from_itself() -> None:
    generator = np.random.default_rng(4)
    truth = generator.normal(size=(150, 8)) + np.linspace(0, 0.8, 8)
    human = measures.human_p(truth, 500, 1)
    good = truth + generator.normal(size=truth.shape) / 2
    noise = generator.normal(size=truth.shape)
    assert measures.soft_accuracy_p(good, noise, human, 500, 1) < 0.05
    assert measures.soft_accuracy_p(good, good * 3 + 1, human, 500, 1) > 0.5, "the scale does not matter"
    assert measures.paired_p(np.full(40, 0.6), np.full(40, 0.6), 200, 1) == 1.0
    assert measures.paired_p(np.full(40, 0.6), np.full(40, 0.5), 200, 1) < 0.05
