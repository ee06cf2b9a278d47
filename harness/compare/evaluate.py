"""Scores, tests and ranks of the systems of one test set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from harness.compare.groups import TestSet
from harness.errors import ConfigError, did_you_mean
from harness.metrics.stats.bootstrap import percentile
from harness.metrics.stats.human import accuracy
from harness.metrics.stats.ranking import Tally, clusters, holm, tally
from harness.metrics.stats.significance import (
    SAMPLES,
    Column,
    TestName,
    bootstrap_p,
    bootstrap_scores,
    difference_interval,
    randomization_p,
    shuffle,
)

Pair = tuple[str, str]
Unit = Literal["segments", "documents"]


@dataclass(frozen=True, slots=True)
class Options:
    """What to compute. `samples` None is sacreBLEU's number for each test."""

    tests: tuple[TestName, ...] = ("bs",)
    samples: int | None = None
    seed: int = 12345
    alpha: float = 0.05
    metrics: tuple[str, ...] = ()
    baseline: str | None = None  # a run id
    unit: Unit = "segments"  # what is drawn and exchanged

    def samples_of(self, test: TestName) -> int:
        return self.samples or SAMPLES[test]


@dataclass(frozen=True, slots=True)
class Difference:
    """A system beside the baseline. p-values by test, as they are and after Holm's correction."""

    value: float
    ci: tuple[float, float]
    p: dict[TestName, float]
    holm: dict[TestName, float]
    segments: Tally
    human: float | None  # share of such differences that human judges confirmed

    @property
    def known(self) -> bool:
        return math.isfinite(self.value)


@dataclass(frozen=True, slots=True)
class Row:
    """One system under one metric; `difference` is None for the baseline itself."""

    system: str
    value: float
    ci: tuple[float, float]
    cluster: int | None
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class MetricResult:
    """One metric over all systems, best first. `pairs` holds Holm-corrected p of all pairs."""

    key: str
    name: str
    signature: str
    higher_is_better: bool
    neutral: bool
    baseline: str
    rows: tuple[Row, ...]
    pairs: dict[Pair, float]

    def row(self, system: str) -> Row | None:
        return next((row for row in self.rows if row.system == system), None)

    def worse(self, row: Row, alpha: float) -> bool:
        """Whether the system is significantly worse than the baseline, by every test that was run."""
        gap = row.difference
        if gap is None or self.neutral or not gap.known or not gap.holm:
            return False
        sign = 1 if self.higher_is_better else -1
        return sign * gap.value < 0 and all(p < alpha for p in gap.holm.values())


@dataclass(frozen=True, slots=True)
class Result:
    """A test set compared: one MetricResult a metric, and what had to be left out."""

    test_set: TestSet
    baseline: str
    options: Options
    metrics: tuple[MetricResult, ...]
    notes: tuple[str, ...]


def evaluate(test_set: TestSet, options: Options) -> Result:
    """Compare all systems of a test set under each metric.

    Without a baseline of the user's, it is the best system under the first metric, the control that
    repeats the reference aside. Raises ConfigError for a metric that no run has, and for resampling of
    documents where there are none.
    """
    notes: list[str] = []
    columns = _columns(test_set, options.metrics, notes)
    if options.unit == "documents":
        columns = _by_document(test_set, columns)
    baseline = _baseline(test_set, options, columns)
    draws = _Draws(columns, options)
    results = [_metric(key, test_set, baseline, draws, options) for key in columns]
    return Result(test_set, baseline, options, tuple(results), tuple(notes))


def _columns(test_set: TestSet, wanted: Sequence[str], notes: list[str]) -> dict[str, dict[str, Column]]:
    """metric key → system name → statistics; only systems that used the same settings."""
    known = list(dict.fromkeys(key for system in test_set.systems for key in system.metrics))
    for key in wanted:
        if key not in known:
            raise ConfigError(
                f"no run of {test_set.name} has the metric '{key}'.{did_you_mean(key, known)}"
                f" They have: {', '.join(known) or 'none'}"
            )
    columns: dict[str, dict[str, Column]] = {}
    for key in wanted or known:
        having = [system for system in test_set.systems if key in system.metrics]
        signature = having[0].settings(key)
        for system in having:
            if system.settings(key) == signature:
                columns.setdefault(key, {})[system.name] = Column(system.metrics[key], system.statistics[key])
            else:
                notes.append(
                    f"{key}: {system.name} is left out, its settings ({system.settings(key)}) are not those"
                    f" of {having[0].name} ({signature})"
                )
        for system in test_set.systems:
            if system not in having:
                notes.append(f"{key}: {system.name} has no such score")
    return columns


def _by_document(test_set: TestSet, columns: dict[str, dict[str, Column]]) -> dict[str, dict[str, Column]]:
    """The same columns with a row a document: segments of a document are not independent of each other."""
    docs = test_set.systems[0].docs
    without = docs.count(None)
    if without or len(set(docs)) < 2:
        found = f"{without} of its {len(docs)} segments have none" if without else "it has only one"
        raise ConfigError(
            f"{test_set.title}: --resample documents needs several documents, and {found}; a set names them"
            " with data.docs or data.doc_id"
        )
    _, place = np.unique(np.asarray(docs, dtype=str), return_inverse=True)

    def summed(column: Column) -> Column:
        rows = np.zeros((place.max() + 1, column.rows.shape[1]))
        np.add.at(rows, place, column.rows)
        return Column(column.metric, rows)

    return {key: {name: summed(part) for name, part in column.items()} for key, column in columns.items()}


def _baseline(test_set: TestSet, options: Options, columns: dict[str, dict[str, Column]]) -> str:
    for system in test_set.systems:
        if system.run_id == options.baseline:
            return system.name
    if not columns:
        return test_set.systems[0].name
    ranking = [column for column in columns.values() if not _neutral(column)]
    ordered = _order((ranking or list(columns.values()))[0])
    ceilings = {s.name for s in test_set.systems if s.record.model.engine == "reference"}
    # A distance to the ceiling says nothing about which system is better.
    return next((name for name in ordered if name not in ceilings), ordered[0])


def _neutral(column: dict[str, Column]) -> bool:
    """Whether neither direction of this metric is better, as of a length ratio."""
    return any(part.metric.neutral for part in column.values())


def _order(column: dict[str, Column]) -> list[str]:
    """System names, best first; an undefined score is last."""

    def goodness(name: str) -> float:
        score = column[name].score
        higher = column[name].metric.higher_is_better
        return -math.inf if math.isnan(score) else (score if higher else -score)

    return sorted(column, key=goodness, reverse=True)


class _Draws:
    """The resamples of every column, drawn once."""

    def __init__(self, columns: dict[str, dict[str, Column]], options: Options) -> None:
        self.columns = columns
        places = [(key, name) for key, column in columns.items() for name in column]
        flat = [columns[key][name] for key, name in places]
        several = len({name for _, name in places}) > 1
        # Intervals come from the bootstrap even when only randomization is asked for.
        count = options.samples_of("bs") if "bs" in options.tests else SAMPLES["bs"]
        scores = bootstrap_scores(flat, count, options.seed) if flat else []
        self.scores = dict(zip(places, scores, strict=True))
        self.shuffled = (
            dict(zip(places, shuffle(flat, options.samples_of("ar"), options.seed), strict=True))
            if "ar" in options.tests and several
            else {}
        )

    def p(self, test: TestName, key: str, first: str, second: str) -> float:
        gap = self.columns[key][second].score - self.columns[key][first].score
        if test == "bs":
            return bootstrap_p(self.scores[key, first], self.scores[key, second], gap)
        return randomization_p(self.shuffled[key, first], self.shuffled[key, second], gap)


def _metric(key: str, test_set: TestSet, baseline: str, draws: _Draws, options: Options) -> MetricResult:
    column = draws.columns[key]
    ranked = _order(column)
    metric = column[ranked[0]].metric
    reference = baseline if baseline in column else ranked[0]
    by_name = {system.name: system for system in test_set.systems}
    others = [name for name in ranked if name != reference]
    raw = {test: {name: draws.p(test, key, reference, name) for name in others} for test in options.tests}
    corrected = {
        test: dict(zip(others, holm([raw[test][name] for name in others]), strict=True))
        for test in options.tests
    }
    pairs = _pairs(key, ranked, draws, options)
    neutral = _neutral(column)
    numbers = [None] * len(ranked) if neutral or len(ranked) < 2 else clusters(ranked, pairs, options.alpha)
    rows = []
    for name, number in zip(ranked, numbers, strict=True):
        gap = None
        if name != reference:
            value = column[name].score - column[reference].score
            gap = Difference(
                value,
                difference_interval(draws.scores[key, reference], draws.scores[key, name]),
                {test: raw[test][name] for test in options.tests},
                {test: corrected[test][name] for test in options.tests},
                tally(by_name[name].scores[key], by_name[reference].scores[key], metric.higher_is_better),
                accuracy(value, by_name[name].record.metric_config(key)),
            )
        ci = percentile(np.asarray(draws.scores[key, name], dtype=np.float64))
        rows.append(Row(name, column[name].score, ci, number, gap))
    first = by_name[ranked[0]]
    recorded = first.record.corpus_scores.get(key)
    signature = recorded.signature if recorded else metric.signature
    return MetricResult(
        key, metric.name, signature, metric.higher_is_better, neutral, reference, tuple(rows), pairs
    )


def _pairs(key: str, ranked: Sequence[str], draws: _Draws, options: Options) -> dict[Pair, float]:
    """Holm-corrected p of all pairs; with two tests the larger, so that both must agree."""
    pairs = list(combinations(ranked, 2))
    both = [holm([draws.p(test, key, a, b) for a, b in pairs]) for test in options.tests]
    return {pair: max(values) for pair, values in zip(pairs, zip(*both, strict=True), strict=True)}
