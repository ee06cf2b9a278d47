"""Differences from a baseline in many groups, such as buckets: intervals, and one test over all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.compare.draws import FEWEST
from harness.compare.options import Options
from harness.metrics.stats.bootstrap import percentile
from harness.metrics.stats.significance import Column
from harness.metrics.stats.simultaneous import joint_scores, tested
from harness.protocols import Statistics

MOST = 60_000_000
"""Resampled scores that are held for one test over all groups: half a gigabyte."""
_UNKNOWN = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Gap:
    """A system's score in a group minus the baseline's, with its 95 % bootstrap interval and corrected p.

    Both are NaN with fewer than `FEWEST` segments; `p` also where the groups are too many for one test.
    """

    value: float
    ci: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class Group:
    """The statistics of each system on one group, and how many segments say something in it."""

    columns: Mapping[str, Column]
    n: int


def gaps(groups: Sequence[Group], baseline: str, options: Options, together: bool) -> list[dict[str, Gap]]:
    """For each group, each other system beside the baseline.

    `together` says that all groups have the same rows, which are then drawn at once; else each draws its
    own. p is corrected for all groups and systems by step-down max-T (see `simultaneous.all_pairs`).
    """
    usable = [k for k, group in enumerate(groups) if group.n >= FEWEST and len(group.columns) > 1]
    held = sum(len(groups[k].columns) for k in usable) * options.resamples
    joint = held <= MOST
    drawn: dict[int, dict[str, Statistics]] = {}
    intervals: dict[int, dict[str, tuple[float, float]]] = {}
    for batch in [usable] if together else [[k] for k in usable]:
        found = _drawn([groups[k] for k in batch], options, options.seed + (0 if together else batch[0]))
        for k, scores in zip(batch, found, strict=True):
            others = [name for name in scores if name != baseline]
            intervals[k] = {name: percentile(scores[name] - scores[baseline]) for name in others}
            if joint:
                drawn[k] = scores
    p = _corrected({k: groups[k] for k in drawn}, drawn, baseline)
    return [
        {
            name: Gap(
                column.score - group.columns[baseline].score,
                intervals.get(k, {}).get(name, _UNKNOWN),
                p.get((k, name), math.nan),
            )
            for name, column in group.columns.items()
            if name != baseline
        }
        for k, group in enumerate(groups)
    ]


def _drawn(groups: Sequence[Group], options: Options, seed: int) -> list[dict[str, Statistics]]:
    """The resampled scores of groups with the same rows, by group and system."""
    flat = [column for group in groups for column in group.columns.values()]
    scores = iter(joint_scores(flat, options.resamples, seed) if flat else [])
    return [{name: next(scores) for name in group.columns} for group in groups]


def _corrected(
    groups: Mapping[int, Group], drawn: Mapping[int, Mapping[str, Statistics]], baseline: str
) -> dict[tuple[int, str], float]:
    places = [(k, name) for k, group in groups.items() for name in group.columns]
    known = {(k, name) for k, name in places if np.isfinite(drawn[k][name]).all()}
    places = [place for place in places if place in known]
    at = {place: number for number, place in enumerate(places)}
    pairs = [(k, name) for k, name in places if name != baseline and (k, baseline) in at]
    if not pairs:
        return {}
    found = tested(
        np.array([groups[k].columns[name].score for k, name in places]),
        np.stack([drawn[k][name] for k, name in places]),
        np.array([at[k, baseline] for k, _ in pairs], dtype=np.intp),
        np.array([at[pair] for pair in pairs], dtype=np.intp),
        np.array([groups[k].n for k, _ in pairs], dtype=np.int64),
    )
    return dict(zip(pairs, map(float, found.p), strict=True))
