"""Every measure of agreement for every metric, with intervals, and clusters of metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from harness.agree.match import Judged
from harness.common.progress import bar
from harness.compare.columns import Columns, columns_of, is_neutral
from harness.errors import UserError
from harness.metrics.stats import agreement as measures
from harness.metrics.stats.bootstrap import bootstrap_counts, percentile
from harness.metrics.stats.ranking import clusters, holm
from harness.metrics.stats.significance import Column
from harness.protocols import Statistics


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure and its 95 % interval over resampled segments."""

    value: float
    ci: tuple[float, float]


@dataclass(frozen=True, slots=True)
class MetricAgreement:
    """One metric against human judgement. The first four are over systems, the others over segments.

    `epsilon` is the largest difference of segment scores that counts as a tie for `calibrated`. Clusters are
    numbered from 1, the best; metrics in one are not separated.
    """

    key: str
    name: str
    pearson: Estimate
    kendall: Estimate
    accuracy: Estimate
    soft: Estimate
    segment_kendall: Estimate
    calibrated: Estimate
    epsilon: float
    soft_cluster: int = 1
    calibrated_cluster: int = 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """All metrics, best soft pairwise accuracy first; `human` holds each system's mean with its interval,
    best first.

    `p` has the Holm-corrected p of every pair of metrics, for soft and for calibrated accuracy.
    """

    metrics: tuple[MetricAgreement, ...]
    human: tuple[tuple[str, Estimate], ...]
    p: tuple[tuple[str, str, float, float], ...]
    notes: tuple[str, ...]


def agreement(judged: Judged, wanted: tuple[str, ...], samples: int, seed: int, alpha: float) -> Agreement:
    """Measure every ranking metric that all judged systems have.

    Raises UserError when there is none, ConfigError for an unknown metric.
    """
    notes = list(judged.notes)
    columns = _complete(judged, wanted, notes)
    # A segment drawn with half the probability of another stands for twice as many.
    human_p = measures.human_p(judged.human * judged.weights[:, None], samples, seed)
    with bar("resampling", len(columns), "metrics") as ticker:
        found = []
        for key in columns:
            found.append(_measure(key, columns, judged, human_p, samples, seed))
            ticker.advance()
    found.sort(key=lambda one: -one.soft.value)
    ranked, p = _clustered(found, columns, judged, human_p, samples, seed, alpha)
    names = [system.name for system in judged.test_set.systems]
    human = sorted(zip(names, _human(judged, samples, seed), strict=True), key=lambda one: -one[1].value)
    return Agreement(ranked, tuple(human), p, tuple(notes))


def _complete(judged: Judged, wanted: tuple[str, ...], notes: list[str]) -> Columns:
    columns = columns_of(judged.test_set, wanted, notes)
    names = [system.name for system in judged.test_set.systems]
    weights = judged.weights[:, None]
    complete = {
        key: {name: Column(column[name].metric, column[name].rows * weights) for name in names}
        for key, column in columns.items()
        if not is_neutral(column) and len(column) == len(names)
    }
    for key in list(complete):  # such as a judge that could not be read
        without = [name for name, column in complete[key].items() if not np.isfinite(column.score)]
        if without:
            notes.append(f"{key} is left out: it has no score of {', '.join(without)}")
            del complete[key]
    if not complete:
        raise UserError(f"no ranking metric was scored for all of {', '.join(names)}")
    return complete


def _measure(
    key: str, columns: Columns, judged: Judged, human_p: Statistics, samples: int, seed: int
) -> MetricAgreement:
    column = list(columns[key].values())
    metric = column[0].metric
    sign = 1 if metric.higher_is_better else -1
    human, weights = judged.human, judged.weights
    rated = np.isfinite(human) * weights[:, None]
    filled = np.nan_to_num(human) * weights[:, None]
    segments = _segment_scores(key, judged)
    accuracies, epsilon = measures.calibrated_accuracy(segments, human, weights)
    taus = measures.kendall(segments, human)

    corpus = sign * np.array([part.score for part in column])
    means = _means(judged)
    drawn: dict[str, list[Statistics]] = {"metric": [], "human": [], "tau": [], "accuracy": []}
    for draws in bootstrap_counts(int(judged.units.max()) + 1, samples, seed):
        counts = draws[:, judged.units]
        drawn["metric"].append(
            sign * np.stack([metric.aggregate(counts @ part.rows) for part in column], axis=1)
        )
        with np.errstate(invalid="ignore"):
            drawn["human"].append((counts @ filled) / (counts @ rated))
        for name, values in (("tau", taus), ("accuracy", accuracies)):
            known = np.isfinite(values) * weights
            with np.errstate(invalid="ignore"):
                drawn[name].append((counts @ (known * np.nan_to_num(values))) / (counts @ known))
    scores, judgements = np.concatenate(drawn["metric"]), np.concatenate(drawn["human"])

    def over_systems(measure: Callable[[Statistics, Statistics], Statistics]) -> Estimate:
        value = float(measure(corpus[None], means[None])[0])
        return Estimate(value, percentile(measure(scores, judgements)))

    def over_segments(values: Statistics, name: str) -> Estimate:
        return Estimate(_mean(values, weights), percentile(np.concatenate(drawn[name])))

    soft = measures.soft_pairwise_accuracy(measures.metric_p(column, samples, seed), human_p)
    return MetricAgreement(
        key,
        metric.name,
        over_systems(measures.pearson),
        over_systems(measures.kendall),
        over_systems(measures.pairwise_accuracy),
        Estimate(float(soft), _soft_interval(scores, judgements)),
        over_segments(taus, "tau"),
        over_segments(accuracies, "accuracy"),
        epsilon,
    )


def _means(judged: Judged) -> Statistics:
    """`(m,)` each system's mean human score, by Hájek's estimator where segments have weights."""
    return np.array([_mean(column, judged.weights) for column in judged.human.T])


def _human(judged: Judged, samples: int, seed: int) -> list[Estimate]:
    """The same with intervals."""
    rated = np.isfinite(judged.human) * judged.weights[:, None]
    filled = np.nan_to_num(judged.human) * judged.weights[:, None]
    parts = []
    for draws in bootstrap_counts(int(judged.units.max()) + 1, samples, seed):
        counts = draws[:, judged.units]
        with np.errstate(invalid="ignore"):
            parts.append((counts @ filled) / (counts @ rated))
    drawn = np.concatenate(parts)
    return [Estimate(float(mean), percentile(drawn[:, k])) for k, mean in enumerate(_means(judged))]


def _mean(values: Statistics, weights: Statistics) -> float:
    """The weighted mean of those that are known; NaN where none is."""
    known = np.isfinite(values)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")


def _soft_interval(scores: Statistics, judgements: Statistics) -> tuple[float, float]:
    """The interval of soft pairwise accuracy, each resample's p-values taken from the normal law."""
    found = []
    for drawn in (scores, judgements):
        gap = measures.gaps(drawn)
        found.append(measures.normal_p(gap, np.broadcast_to(gap.std(axis=0), gap.shape)))
    return percentile(measures.soft_pairwise_accuracy(*found))


def _segment_scores(key: str, judged: Judged) -> Statistics:
    """`(n, m)`, higher is better."""
    systems = judged.test_set.systems
    sign = 1 if systems[0].metrics[key].higher_is_better else -1
    return sign * np.stack([system.scores[key] for system in systems], axis=1)


def _clustered(
    found: list[MetricAgreement],
    columns: Columns,
    judged: Judged,
    human_p: Statistics,
    samples: int,
    seed: int,
    alpha: float,
) -> tuple[tuple[MetricAgreement, ...], tuple[tuple[str, str, float, float], ...]]:
    """The metrics with their clusters, and the Holm-corrected permutation p of each pair of them."""
    keys = [one.key for one in found]
    weights = judged.weights
    each = {
        key: measures.calibrated_accuracy(_segment_scores(key, judged), judged.human, weights)[0]
        for key in keys
    }
    parts = {
        key: np.stack([measures.contributions(part) for part in columns[key].values()], axis=1)
        for key in keys
    }
    pairs = list(combinations(keys, 2))
    soft = holm([measures.soft_accuracy_p(parts[a], parts[b], human_p, samples, seed) for a, b in pairs])
    tied = holm([measures.paired_p(each[a] * weights, each[b] * weights, samples, seed) for a, b in pairs])
    soft_of = dict(zip(keys, clusters(keys, dict(zip(pairs, soft, strict=True)), alpha), strict=True))
    by_segment = sorted(keys, key=lambda key: -_mean(each[key], weights))
    tied_of = dict(
        zip(by_segment, clusters(by_segment, dict(zip(pairs, tied, strict=True)), alpha), strict=True)
    )
    ranked = tuple(
        replace(one, soft_cluster=soft_of[one.key], calibrated_cluster=tied_of[one.key]) for one in found
    )
    return ranked, tuple((a, b, p, q) for (a, b), p, q in zip(pairs, soft, tied, strict=True))
