"""How much of a score is translation and how much is alignment.

On comparable documents the references were found by an aligner that can be wrong. So every score is
given on all beads, on the beads at or above each of a grid of confidences, and without beads flagged
partial; and its interval is drawn again with beads that may be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from harness.compare.evaluate import Result
from harness.compare.load import System
from harness.metrics.stats.bootstrap import bootstrap_counts, percentile
from harness.protocols import Metric, Statistics

GRID = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BeadSubset:
    """Some of the beads: all, those of a confidence, those not partial."""

    label: str
    threshold: float | None
    n: int
    scores: dict[str, dict[str, float | None]]  # metric key → system → score


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the order of two systems is the same on every subset with enough beads.

    Systems with the same score on all beads have no order: `equal`, and nothing that could hold or turn.
    """

    metric: str
    better: str
    worse: str
    holds: bool
    flips_at: tuple[str, ...]
    equal: bool = False


@dataclass(frozen=True, slots=True)
class AlignmentView:
    """Scores over the grid, verdicts on the order, and intervals that account for doubtful beads."""

    subsets: tuple[BeadSubset, ...]
    verdicts: tuple[Verdict, ...]
    intervals: dict[str, dict[str, tuple[float, float]]]  # metric key → system → (low, high)
    expected_right: float  # sum of confidences: beads that are right, in expectation


def view(result: Result, grid: Sequence[float] = GRID, least: int = 2) -> AlignmentView | None:
    """The alignment view of a compared test set; None where its beads carry no confidence.

    Subsets of fewer than `least` beads get no score (None).
    """
    first = result.test_set.systems[0]
    confidence = _confidence(first)
    if confidence is None:
        return None
    partial = np.array([bool(bead and "partial" in bead.get("flags", ())) for bead in first.beads])
    masks: list[tuple[str, float | None, Mask]] = [("all beads", None, np.ones(len(confidence), dtype=bool))]
    masks += [(f"confidence ≥ {level:g}", level, confidence >= level) for level in grid]
    masks.append(("without partial", None, ~partial))
    subsets = tuple(
        BeadSubset(label, level, int(mask.sum()), _scores(result, mask, least))
        for label, level, mask in masks
    )
    verdicts = tuple(_verdicts(result, subsets))
    return AlignmentView(subsets, verdicts, _intervals(result, confidence), float(confidence.sum()))


def _confidence(system: System) -> Statistics | None:
    found = [bead.get("confidence") if bead else None for bead in system.beads]
    if all(value is None for value in found):
        return None
    # A bead without a confidence counts as certain.
    return np.array([1.0 if value is None else float(value) for value in found])


def _columns(result: Result) -> dict[str, dict[str, tuple[Metric, Statistics]]]:
    systems = {system.name: system for system in result.test_set.systems}
    return {
        found.key: {
            row.system: (systems[row.system].metrics[found.key], systems[row.system].statistics[found.key])
            for row in found.rows
        }
        for found in result.metrics
    }


def _scores(result: Result, mask: Mask, least: int) -> dict[str, dict[str, float | None]]:
    scores: dict[str, dict[str, float | None]] = {}
    for key, column in _columns(result).items():
        scores[key] = {}
        for name, (metric, rows) in column.items():
            score = None
            if mask.sum() >= least:
                value = float(metric.aggregate(rows[mask].sum(axis=0, keepdims=True))[0])
                score = value if np.isfinite(value) else None
            scores[key][name] = score
    return scores


def _verdicts(result: Result, subsets: Sequence[BeadSubset]) -> list[Verdict]:
    """One a metric and pair of neighbours in rank."""
    verdicts = []
    for found in result.metrics:
        if found.neutral:
            continue
        sign = 1 if found.higher_is_better else -1
        names = [row.system for row in found.rows]
        for better, worse in pairwise(names):
            everywhere = subsets[0].scores[found.key]
            if everywhere[better] == everywhere[worse]:
                verdicts.append(Verdict(found.key, better, worse, False, (), equal=True))
                continue
            flips = []
            for subset in subsets:
                a, b = subset.scores[found.key][better], subset.scores[found.key][worse]
                if a is not None and b is not None and sign * (a - b) < 0:
                    flips.append(subset.label)
            verdicts.append(Verdict(found.key, better, worse, not flips, tuple(flips)))
    return verdicts


def _intervals(result: Result, confidence: Statistics) -> dict[str, dict[str, tuple[float, float]]]:
    """Bootstrap in two steps: draw n of n beads, then keep each draw with its bead's confidence.

    The kept draws are those that are right; the same ones for every system, so the two sources of
    doubt, which segments and which beads, are both in the interval.
    """
    options = result.options
    samples = options.samples_of("bs")
    generator = np.random.default_rng([options.seed, 1])
    columns = _columns(result)
    drawn: dict[tuple[str, str], list[Statistics]] = {}
    for counts in bootstrap_counts(len(confidence), samples, options.seed):
        kept = generator.binomial(counts.astype(np.int64), confidence).astype(np.float64)
        kept = kept[kept.any(axis=1)]  # a sample in which no bead is right says nothing
        for key, column in columns.items():
            for name, (metric, rows) in column.items():
                drawn.setdefault((key, name), []).append(metric.aggregate(kept @ rows))
    return {
        key: {name: percentile(np.concatenate(drawn[key, name])) for name in column}
        for key, column in columns.items()
    }
