"""Scores, tests and ranks of the systems of one test set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.common.progress import bar
from harness.compare.columns import Columns, best_first, by_document, columns_of, is_neutral
from harness.compare.draws import FEWEST, Draws, Pair, PairTest
from harness.compare.groups import TestSet
from harness.compare.options import Options
from harness.metrics.stats.bootstrap import percentile
from harness.metrics.stats.human import accuracy
from harness.metrics.stats.ranking import Tally, clusters, rank_ranges, tally
from harness.metrics.stats.significance import TestName

Verdict = Literal["better", "worse", "equal", "undecided"]
SMALL = 100
"""With fewer segments (or documents) a note warns how little the test can show."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A system beside the baseline: system minus baseline.

    `p` holds sacreBLEU's own p-values by test, `corrected` the one corrected for all pairs.
    """

    value: float
    ci: tuple[float, float]
    p: dict[TestName, float]
    corrected: float
    verdict: Verdict
    identical: bool
    segments: Tally
    human: float | None  # share of such differences that human judges confirmed

    @property
    def known(self) -> bool:
        return math.isfinite(self.value)


@dataclass(frozen=True, slots=True)
class SystemScore:
    """One system under one metric; `difference` is None for the baseline itself.

    `ranks` is the interval of ranks that the comparisons leave open, best first.
    """

    system: str
    value: float
    ci: tuple[float, float]
    cluster: int | None
    ranks: tuple[int, int] | None
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class MetricResult:
    """One metric over all systems, best first. `pairs` holds each pair once, the higher rank first."""

    key: str
    name: str
    signature: str
    higher_is_better: bool
    neutral: bool
    baseline: str
    rows: tuple[SystemScore, ...]
    pairs: dict[Pair, PairTest]
    margin: float | None  # the δ of `--margin` in this metric's unit

    def row(self, system: str) -> SystemScore | None:
        return next((row for row in self.rows if row.system == system), None)

    def pair(self, a: str, b: str) -> PairTest | None:
        return self.pairs.get((a, b)) or self.pairs.get((b, a))

    def identical(self, a: str, b: str) -> bool:
        """Whether the two are one system or have the same output, as far as the metric can see."""
        found = self.pair(a, b)
        return a == b or (found is not None and found.identical)

    def verdict(self, system: str, other: str, alpha: float) -> Verdict:
        """What is known of `system` beside `other`.

        "equal" is equal within the margin (or identical) and goes before "better" and "worse": a difference
        smaller than the margin may well be significant.
        """
        found = self.pairs.get((system, other))
        ahead = found is not None  # `system` ranks higher
        found = found or self.pairs.get((other, system))
        if found is None:
            return "undecided"
        if found.identical or found.p_equal < alpha:
            return "equal"
        if self.neutral or not found.p < alpha:
            return "undecided"
        return "better" if ahead else "worse"


@dataclass(frozen=True, slots=True)
class Result:
    """A compared test set: one MetricResult per metric, and what had to be left out."""

    test_set: TestSet
    baseline: str
    options: Options
    metrics: tuple[MetricResult, ...]
    notes: tuple[str, ...]
    n_drawn: int  # segments, or documents where these are drawn


def evaluate(test_set: TestSet, options: Options) -> Result:
    """Compare all systems of a test set under each metric.

    Without a baseline of the user's, it is the best system under the first metric, the control that
    repeats the reference aside. Raises ConfigError for a metric that no run has, and for resampling of
    documents where there are none.
    """
    notes: list[str] = []
    columns = columns_of(test_set, options.metrics, notes)
    unit, remark = options.drawn(test_set.systems[0].docs)
    options = replace(options, unit=unit)
    notes += [remark] if remark else []
    if unit == "documents":
        columns = by_document(test_set, columns)
    baseline = _baseline(test_set, options, columns)
    draws = Draws(columns, options)
    results = []
    silent: dict[str, list[str]] = {}
    with bar("testing", len(columns), "metrics") as ticker:
        for key in columns:
            results.append(_metric(key, test_set, baseline, draws, options, notes))
            if line := _without_interval(results[-1].rows, draws.n, options.unit):
                silent.setdefault(line, []).append(results[-1].name)
            ticker.advance()
    notes += [f"{', '.join(names)}: {line}" for line, names in silent.items()]
    if len(test_set.systems) > 1:
        notes += _limits(draws, options)
    return Result(test_set, baseline, options, tuple(results), tuple(notes), draws.n)


def _baseline(test_set: TestSet, options: Options, columns: Columns) -> str:
    for system in test_set.systems:
        if system.run_id == options.baseline:
            return system.name
    if not columns:
        return test_set.systems[0].name
    ranking = [column for column in columns.values() if not is_neutral(column)]
    ordered = best_first((ranking or list(columns.values()))[0])
    # The distance to the ceiling does not say which system is better.
    return next((name for name in ordered if name not in test_set.ceilings), ordered[0])


def contender(result: Result, metric: MetricResult) -> str | None:
    """The best system of a metric that is not the reference; None where no score is defined."""
    known = [row.system for row in metric.rows if math.isfinite(row.value)]
    return next((name for name in known if name not in result.test_set.ceilings), next(iter(known), None))


def _metric(
    key: str, test_set: TestSet, baseline: str, draws: Draws, options: Options, notes: list[str]
) -> MetricResult:
    column = draws.columns[key]
    ranked = best_first(column)
    metric = column[ranked[0]].metric
    reference = baseline if baseline in column else ranked[0]
    by_name = {system.name: system for system in test_set.systems}
    first = by_name[ranked[0]]
    recorded = first.record.corpus_scores.get(key)
    margin = options.margin.of(first.record.metric_config(key)) if options.margin else None
    if options.margin and margin is None:
        notes.append(f"{metric.name}: no margin: the study of human judges has no fit for this metric")
    pairs = draws.pairs(key, ranked, margin)
    neutral = is_neutral(column)
    p_values = {pair: found.p for pair, found in pairs.items()}
    ranks_known = not neutral and len(ranked) > 1 and draws.n >= FEWEST
    numbers = clusters(ranked, p_values, options.alpha) if ranks_known else [None] * len(ranked)
    ranges = rank_ranges(ranked, p_values, options.alpha) if ranks_known else [None] * len(ranked)
    found = MetricResult(
        key,
        metric.name,
        recorded.signature if recorded else metric.signature,
        metric.higher_is_better,
        neutral,
        reference,
        (),
        pairs,
        margin,
    )
    rows = []
    for name, number, ranks in zip(ranked, numbers, ranges, strict=True):
        gap = None
        drawn = draws.joint[key, name]
        if name != reference:
            value = column[name].score - column[reference].score
            scores = by_name[name].scores[key], by_name[reference].scores[key]
            pair = found.pair(name, reference)
            gap = Difference(
                value,
                percentile(drawn - draws.joint[key, reference]),
                {test: draws.p(test, key, reference, name) for test in options.tests},
                pair.p if pair else math.nan,
                found.verdict(name, reference, options.alpha),
                found.identical(name, reference),
                tally(*scores, metric.higher_is_better),
                accuracy(value, by_name[name].record.metric_config(key)),
            )
        rows.append(SystemScore(name, column[name].score, percentile(drawn), number, ranks, gap))
    return replace(found, rows=tuple(rows))


def _without_interval(rows: Sequence[SystemScore], n: int, unit: str) -> str | None:
    """The systems that have a score but no interval, with the reason; None where every score has one."""
    missing = [row.system for row in rows if math.isfinite(row.value) and math.isnan(row.ci[0])]
    if not missing:
        return None
    reason = (
        f"a single {unit.removesuffix('s')} cannot be resampled"
        if n == 1
        else "every resample has the same score"
    )
    return f"no interval for {', '.join(sorted(missing))}: {reason}"


def _limits(draws: Draws, options: Options) -> list[str]:
    """What a test cannot show here: too few segments, or too few samples to reach alpha."""
    n, unit = draws.n, options.unit
    if n < FEWEST:
        return [f"{n} {unit} are too few for a test ({FEWEST} at least): no p-values and no ranks are given"]
    notes = []
    if n < SMALL:
        notes.append(
            f"{n} {unit}: with fewer than {SMALL}, only large differences stand out from noise"
            " (see: python -m harness power)"
        )
    most = max((len(column) for column in draws.columns.values()), default=0)
    tests = most * (most - 1) // 2 if options.correction == "holm" else 1
    samples = (
        min(options.samples_of(test) for test in options.tests)
        if options.correction == "holm"
        else options.resamples
    )
    smallest = tests / (samples + 1)
    if smallest > options.alpha:
        enough = math.ceil(tests / options.alpha) - 1
        notes.append(
            f"nothing can be separated at {options.alpha:g}: with {samples} samples the smallest corrected p"
            f" is {smallest:.2g}; --samples {enough} at least"
            + (", or --correction max-t" if options.correction == "holm" else "")
        )
    return notes
