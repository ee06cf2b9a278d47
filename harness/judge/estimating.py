"""What people's scores of some segments say of the whole test set, corrected for how these were chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import fmean

import numpy as np

from harness.judge.campaign import Campaign, inclusion
from harness.judge.responses import Answers
from harness.judge.results import answered, outcomes
from harness.metrics.stats.bootstrap import bootstrap_counts, percentile
from harness.protocols import Statistics

SAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean judgement of a system, higher is better: 0 to 100; of MQM minus the cost of a segment."""

    system: str
    value: float
    ci: tuple[float, float]
    """95 %; NaN for a single segment, or where all judgements are alike."""
    plain: float
    """The mean over the segments judged, not corrected."""
    segments: int


def estimates(
    root: Path, campaign: Campaign, samples: int = SAMPLES, answers: Answers | None = None
) -> list[Estimate]:
    """Each system that has been judged, best first. `answers` as in `progress`.

    The answers to an output are averaged over annotators first. Where segments were drawn, the mean is that
    of Hájek; where they were picked (`drawn` says which), no estimate for the test set exists and the mean is
    that of the segments judged.
    """
    found: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _, task, response in answered(root, campaign, answers):
        for system, value in outcomes(campaign, task, response):
            found[system][task.item].append(value)
    rows = []
    known, shares = drawn(campaign), [inclusion(campaign, item) or 1.0 for item in campaign.items]
    for system, by_item in found.items():
        items = sorted(by_item)
        values = np.array([fmean(by_item[k]) for k in items])
        probabilities = np.array([shares[k] for k in items])
        units: list[Hashable] = list(items)
        if campaign.choice == "documents":
            units = [campaign.items[k].doc for k in items]
        value = hajek(values, probabilities) if known else float(values.mean())
        weights = probabilities if known else np.ones(len(values))
        ci = interval(values, weights, units, samples, campaign.seed)
        rows.append(Estimate(system, value, ci, float(values.mean()), len(items)))
    return sorted(rows, key=lambda one: (-one.value, one.system))


def drawn(campaign: Campaign) -> bool:
    """Whether each segment came in with a known probability, so that an estimate for the test set exists."""
    return all(inclusion(campaign, item) is not None for item in campaign.items)


def hajek(values: Statistics, probabilities: Statistics) -> float:
    """The mean of a population from a sample `(n,)` whose units were included with these probabilities.

    Σ y/π over Σ 1/π: Hájek 1971, Comment on "An essay on the logical foundations of survey sampling";
    Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 5.7. Numerator and denominator are
    Horvitz–Thompson estimators (1952, doi.org/10.1080/01621459.1952.10483446), unbiased; their ratio has a
    bias of order 1/n, far below its standard error, and unlike the plain Horvitz–Thompson mean it does not
    change with the origin of the scale.
    """
    weights = 1 / probabilities
    return float((weights * values).sum() / weights.sum())


def interval(
    values: Statistics, probabilities: Statistics, units: Sequence[Hashable], samples: int, seed: int
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of `hajek`: units (segments, or documents where these were
    drawn) are resampled with their weights.

    Units are drawn with replacement, as from a population much larger than the sample: where a large part of
    the test set was judged the interval is too wide rather than too narrow, and where all of it was, it
    stands for other segments of the kind.
    """
    given = tuple(str(unit) for unit in units)
    return _interval(values.tobytes(), probabilities.tobytes(), given, samples, seed)


@lru_cache(maxsize=256)  # a new answer changes that of one system
def _interval(
    values_: bytes, probabilities_: bytes, units: tuple[str, ...], samples: int, seed: int
) -> tuple[float, float]:
    values, probabilities = np.frombuffer(values_), np.frombuffer(probabilities_)
    _, place = np.unique(np.array(units), return_inverse=True)
    n = int(place.max()) + 1
    above, below = np.zeros(n), np.zeros(n)
    np.add.at(above, place, values / probabilities)
    np.add.at(below, place, 1 / probabilities)
    parts = [(counts @ above) / (counts @ below) for counts in bootstrap_counts(n, samples, seed)]
    return percentile(np.concatenate(parts))


def said(campaign: Campaign, found: Sequence[Estimate] = ()) -> list[str]:
    """What the means are of, in words: how the segments were chosen, and what follows from it."""
    lines = _said(campaign)
    if any(one.segments < len(campaign.items) for one in found):
        lines.append(
            "Not every segment is judged for every system yet: the rest is taken to be like those that are,"
            " and"
            " systems judged on other segments are compared with care."
        )
    return lines


def _said(campaign: Campaign) -> list[str]:
    n = f"{len(campaign.items)} of {campaign.of} segments"
    rests = f" ({campaign.how})" if campaign.how else ""
    unit = "documents" if campaign.choice == "documents" else "segments"
    interval_of = f"Intervals: 95 %, percentile bootstrap over {unit}, {SAMPLES} resamples."
    if campaign.choice == "imported":
        return [
            f"Segments: {n}{rests}. How they were chosen is not known: means are of these segments only.",
            interval_of,
        ]
    if not drawn(campaign):
        return [
            f"Segments: {n}, {campaign.choice}{rests}, picked and not drawn: means are of these segments"
            " only, no"
            " unbiased estimate for the test set exists.",
            interval_of,
        ]
    if campaign.choice in ("all", "random"):
        return [f"Segments: {n}, {campaign.choice}: means are estimates for the test set.", interval_of]
    return [
        f"Segments: {n}, {campaign.choice}{rests}. Means are estimates for the test set: each judgement"
        " weighs by"
        " the inverse of its segment's inclusion probability (Hájek 1971).",
        interval_of,
    ]
