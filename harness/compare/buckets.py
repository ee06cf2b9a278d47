"""Scores by kind of segment: length, bead shape, confidence, document, domain, health flag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.compare.evaluate import Result
from harness.compare.load import System
from harness.errors import ConfigError, did_you_mean

_LENGTHS = ((40, "1-40"), (80, "41-80"), (160, "81-160"), (320, "161-320"))
_CONFIDENCES = ((0.5, "below .5"), (0.8, ".5 to .8"), (0.95, ".8 to .95"))


@dataclass(frozen=True, slots=True)
class Bucket:
    """The segments of one kind: how many, and the score of each system on them."""

    label: str
    n: int
    scores: dict[str, dict[str, float]]  # metric key → system → score


def buckets(result: Result, by: str) -> list[Bucket]:
    """Corpus scores over the segments of each bucket, from stored statistics.

    `by` is one of KINDS. A segment is in the bucket of a health flag when any system has that flag on
    it, so that all systems are scored on the same segments; a segment may be in several. Raises
    ConfigError for an unknown kind.
    """
    if by not in KINDS:
        raise ConfigError(f"--by {by} is not known.{did_you_mean(by, KINDS)} One of: {', '.join(KINDS)}")
    systems = result.test_set.systems
    members: dict[str, list[int]] = {}
    for index in range(result.test_set.n):
        for label in KINDS[by](systems, index):
            members.setdefault(label, []).append(index)
    order = _ORDER.get(by)
    labels = sorted(members, key=order.index) if order else list(members)
    return [Bucket(label, len(members[label]), _scores(result, members[label])) for label in labels]


def _scores(result: Result, rows: list[int]) -> dict[str, dict[str, float]]:
    systems = {system.name: system for system in result.test_set.systems}
    return {
        found.key: {
            row.system: float(
                systems[row.system]
                .metrics[found.key]
                .aggregate(systems[row.system].statistics[found.key][rows].sum(axis=0, keepdims=True))[0]
            )
            for row in found.rows
        }
        for found in result.metrics
    }


def _length(systems: tuple[System, ...], index: int) -> list[str]:
    size = len(systems[0].sources[index])
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
_ORDER = {
    "length": [f"{label} characters" for _, label in _LENGTHS] + ["over 320 characters"],
    "confidence": [label for _, label in _CONFIDENCES] + [".95 and above", "unknown"],
}
