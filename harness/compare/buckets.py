"""Scores by kind of segment: length, bead shape, confidence, document, domain, health flag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.compare.evaluate import MetricResult, Result
from harness.compare.gaps import Gap, Group, gaps
from harness.compare.load import System
from harness.compare.options import Unit
from harness.errors import ConfigError, did_you_mean
from harness.metrics.stats.significance import Column
from harness.metrics.stats.units import numbered, summed

_LENGTHS = ((40, "1-40"), (80, "41-80"), (160, "81-160"), (320, "161-320"))
_CONFIDENCES = ((0.5, "below .5"), (0.8, ".5 to .8"), (0.95, ".8 to .95"))


@dataclass(frozen=True, slots=True)
class Bucket:
    """The segments of one kind: how many, and the score of each system on them."""

    label: str
    n: int
    drawn: int  # how many of what `drawn_unit` names are resampled
    scores: dict[str, dict[str, float]]  # metric key → system → score
    differences: dict[str, dict[str, Gap]]  # metric key → system → beside the metric's baseline


def buckets(result: Result, by: str, most: int | None = None) -> list[Bucket]:
    """Corpus scores over the segments of each bucket, from stored statistics.

    `by` is one of KINDS. A segment is in the bucket of a health flag when any system has that flag on
    it, so that all systems are scored on the same segments; a segment may be in several. What is resampled is
    the `drawn_unit`: of documents, their segments that are in the bucket. Empty where the
    test set has nothing of the kind, or more than `most` buckets. Raises ConfigError for an unknown kind.
    """
    if by not in KINDS:
        raise ConfigError(f"--by {by} is not known.{did_you_mean(by, KINDS)} One of: {', '.join(KINDS)}")
    systems = result.test_set.systems
    members: dict[str, list[int]] = {}
    for index in range(result.test_set.n):
        for label in KINDS[by](systems, index):
            members.setdefault(label, []).append(index)
    if set(members) <= {_NOTHING.get(by)} or (most is not None and len(members) > most):
        return []
    order = _ORDER.get(by)
    labels = sorted(members, key=order.index) if order else list(members)
    return _scored(result, by, labels, [members[label] for label in labels])


def drawn_unit(result: Result, by: str) -> Unit:
    """What is resampled in a bucket: what the comparison resamples, but segments within single documents."""
    return "segments" if by == "document" else result.options.unit


def _scored(result: Result, by: str, labels: list[str], rows: list[list[int]]) -> list[Bucket]:
    scores: list[dict[str, dict[str, float]]] = [{} for _ in labels]
    differences: list[dict[str, dict[str, Gap]]] = [{} for _ in labels]
    documents = drawn_unit(result, by) == "documents"
    docs = result.test_set.systems[0].docs
    places = [numbered([docs[k] for k in some]) if documents else None for some in rows]
    drawn = [
        len(some) if of is None else len(set(of.tolist())) for some, of in zip(rows, places, strict=True)
    ]
    for metric in result.metrics:
        groups = [
            Group(_columns(result, metric, some, of), n)
            for some, of, n in zip(rows, places, drawn, strict=True)
        ]
        beside = gaps(groups, metric.baseline, result.options, together=False)
        for k, group in enumerate(groups):
            scores[k][metric.key] = {name: part.score for name, part in group.columns.items()}
            differences[k][metric.key] = beside[k]
    return [
        Bucket(label, len(some), n, scored, found)
        for label, some, n, scored, found in zip(labels, rows, drawn, scores, differences, strict=True)
    ]


def _columns(
    result: Result, metric: MetricResult, rows: list[int], places: NDArray[np.intp] | None
) -> dict[str, Column]:
    """The statistics on some segments; with `places`, the number of each one's document, summed by it."""
    systems = {system.name: system for system in result.test_set.systems}
    found = {}
    for row in metric.rows:
        system = systems[row.system]
        part = system.statistics[metric.key][rows]
        part = part if places is None else summed(part, places)
        found[system.name] = Column(system.metrics[metric.key], part)
    return found


def _length(systems: tuple[System, ...], index: int) -> list[str]:
    """By the source, or by the reference in a set of references alone."""
    first = systems[0]
    alone = first.record.data.meta.get("sourceless")
    size = len(first.references[index][0] if alone else first.sources[index])
    return [next((f"{label} characters" for most, label in _LENGTHS if size <= most), "over 320 characters")]


def _shape(systems: tuple[System, ...], index: int) -> list[str]:
    bead = systems[0].beads[index]
    return [str(bead["shape"]) if bead and bead.get("shape") else "no bead"]


def _confidence(systems: tuple[System, ...], index: int) -> list[str]:
    bead = systems[0].beads[index]
    value = bead.get("confidence") if bead else None
    if value is None:
        return ["unknown"]
    return [next((label for below, label in _CONFIDENCES if value < below), ".95 and above")]


def _document(systems: tuple[System, ...], index: int) -> list[str]:
    return [systems[0].docs[index] or "no document"]


def _domain(systems: tuple[System, ...], index: int) -> list[str]:
    return [systems[0].domains[index] or "no domain"]


def _health(systems: tuple[System, ...], index: int) -> list[str]:
    return sorted({flag for system in systems for flag in system.health[index]}) or ["healthy"]


KINDS: dict[str, Callable[[tuple[System, ...], int], list[str]]] = {
    "length": _length,
    "shape": _shape,
    "confidence": _confidence,
    "document": _document,
    "domain": _domain,
    "health": _health,
}
# The label of segments that have nothing of the kind: a set of only these has no such buckets.
_NOTHING = {"shape": "no bead", "confidence": "unknown", "document": "no document", "domain": "no domain"}
_ORDER = {
    "length": [f"{label} characters" for _, label in _LENGTHS] + ["over 320 characters"],
    "confidence": [label for _, label in _CONFIDENCES] + [".95 and above", "unknown"],
}
