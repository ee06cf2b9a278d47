"""What stands below the tables of a comparison: tests, intervals, health, what is identical."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from harness.common.tables import BROKEN
from harness.compare.evaluate import MetricResult, Result
from harness.compare.load import System
from harness.compare.options import Options
from harness.metrics.stats.human import SOURCE
from harness.metrics.stats.significance import TEST_NAMES
from harness.results.tables import is_broken

_FLAGGED = 6  # systems whose flags a note names


def footnotes(result: Result) -> tuple[str, ...]:
    """What the tables rest on: tests, samples, seed, correction, lines, source of the last column."""
    options = result.options
    notes = []
    if len(result.test_set.systems) > 1:
        notes.append(tests_line(options))
        notes += own_tests_lines(options)
        notes.append(
            "Rank: a line stands where every system above is significantly better than every system below,"
            " as WMT prints clusters. Range: the ranks that the comparisons of all pairs leave open."
            " =: exactly equal scores, which nothing separates."
        )
        if any(map(judged, result.metrics)):
            notes.append(
                "Judges agree: share of system pairs this far apart whose order human judges confirmed"
                f" ({SOURCE}); only of metrics that the study has a fit for."
            )
    notes += interval_lines(result)
    return (*notes, *judge_lines(result), *_health(result), *_identical(result), *result.notes)


def interval_lines(result: Result) -> list[str]:
    """What the intervals are, at which level, and why one may leave out 0 where p is not significant."""
    options, several = result.options, len(result.test_set.systems) > 1
    notes = [
        f"Intervals: 95 % whatever --alpha, percentile bootstrap, n of n {options.unit}, {options.resamples}"
        f" resamples, seed {options.seed}; they hold for test sets like this one, not for other domains."
        " A run's own (list, its page) are of fewer resamples, drawn apart, and differ a little."
    ]
    if several:
        notes.append(
            "Each interval of Δ is for itself, not corrected for the number of pairs, and p is:"
            f" where the two disagree, p and --alpha ({options.alpha:g}) decide."
        )
    return notes


def judge_lines(result: Result) -> list[str]:
    """Of metrics that ask a language model: counts behind the score, and outputs that have none."""
    found = []
    for metric in result.metrics:
        for system in result.test_set.systems:
            if metric.key not in system.metrics:
                continue
            sums = system.statistics[metric.key].sum(axis=0)
            if details := system.metrics[metric.key].details(sums):
                told = ", ".join(f"{name} {value:.4g}" for name, value in details.items())
                found.append(f"{metric.name} of {system.name}: {told}.")
            unscored = int(np.isnan(system.scores[metric.key]).sum())
            if unscored and metric.key in (system.record.judges or {}):
                found.append(
                    f"{metric.name} has no score for {unscored} of {result.test_set.n} outputs of"
                    f" {system.name}: its judge refused, was cut off or could not be read."
                )
    return found


def _health(result: Result) -> list[str]:
    """One line when any system has flagged outputs: a score alone does not show them."""
    broken = broken_systems(result)
    flagged = []
    for system in sorted(result.test_set.systems, key=lambda system: system.name not in broken):
        if flags := _flags(system):
            told = ", ".join(f"{n} {flag}" for flag, n in flags.most_common())
            flagged.append(f"{BROKEN if system.name in broken else ''}{system.name} {told}")
    more = [f"{len(flagged) - _FLAGGED} more systems"] if len(flagged) > _FLAGGED else []
    shown = "; ".join([*flagged[:_FLAGGED], *more])
    found = [f"Flagged outputs, of {result.test_set.n}: {shown}."] if flagged else []
    if broken:
        found.append(
            f"{BROKEN.strip()}: a fifth of the outputs or more has a flag that a system which translates"
            " hardly gets."
        )
    return found


def broken_systems(result: Result) -> frozenset[str]:
    """The systems that do not translate, by the flags of their outputs."""
    test_set = result.test_set
    if test_set.unit == "segments":
        counted: dict[str, tuple[Mapping[str, int], int]] = {
            s.name: (_flags(s), test_set.n) for s in test_set.systems
        }
    else:  # a flag of a document says only that a segment of it has one
        counted = {s.name: (s.record.health, s.record.data.n) for s in test_set.systems}
    return frozenset(name for name, (flags, n) in counted.items() if is_broken(flags, n))


def _flags(system: System) -> Counter[str]:
    return Counter(flag for found in system.health for flag in found)


def judged(metric: MetricResult) -> bool:
    """Whether the study of human judges knows this metric."""
    return any(row.difference and row.difference.human is not None for row in metric.rows)


def _identical(result: Result) -> list[str]:
    """One line for each group of systems whose outputs are the same text throughout."""
    same: dict[tuple[str, ...], list[str]] = {}
    for system in result.test_set.systems:
        same.setdefault(system.hypotheses, []).append(system.name)
    return [f"Identical outputs: {', '.join(names)}." for names in same.values() if len(names) > 1]


def tests_line(options: Options) -> str:
    """The test behind ranks, lines and daggers: which, over what, how many samples."""
    if options.correction == "holm":
        tests = " and ".join(f"p ({test}), {options.samples_of(test)} samples" for test in options.tests)
        return (
            f"Test: {tests}, Holm-corrected over all pairs within a metric at {options.alpha:g}, two-sided."
        )
    return (
        f"Test: step-down max-T over all pairs within a metric (Romano and Wolf 2005), {options.resamples}"
        f" joint resamples of {options.unit}, seed {options.seed}, two-sided,"
        f" family-wise error {options.alpha:g}."
    )


def own_tests_lines(options: Options) -> list[str]:
    """What sacreBLEU's own p-values are, where they were asked for."""
    if not options.tests:
        return []
    tests = "; ".join(
        f"p ({test}): {TEST_NAMES[test]}, {options.samples_of(test)} samples, seed {options.seed}"
        for test in options.tests
    )
    drawn = (
        "identical to sacreBLEU's for the same seed"
        if options.unit == "segments"
        else "over whole documents, so not sacreBLEU's"
    )
    return [
        f"{tests}; uncorrected, {drawn}. By sacreBLEU's convention p = (c + 1)/(samples + 1) with c the"
        " samples that differ strictly more than observed, so equal outputs get the smallest p, not 1, and ="
        " is printed; its p (bs) counts one tail and is about half of a two-sided p."
    ]
