"""Human scores brought together with the runs that they judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.agree.ratings import Ratings
from harness.compare.groups import TestSet
from harness.errors import DataError, did_you_mean
from harness.protocols import Statistics

FEWEST_SYSTEMS = 3
"""With fewer systems agreement means nothing: two give one pair."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A test set cut to its judged systems and segments; `human` is `(n, m)`, higher is better.

    `weights` `(n,)` have a mean of 1: the inverse of the probability with which each segment was drawn.
    """

    test_set: TestSet
    human: Statistics
    notes: tuple[str, ...]
    weights: Statistics
    units: NDArray[np.intp]
    """`(n,)` what each segment was drawn with, numbered from 0: itself, or its document."""


def match(ratings: Ratings, where: str, sets: Sequence[TestSet]) -> Judged:
    """The test set with the most judged outputs, systems matched by name and segments by id.

    Systems without a run, runs without a judgement and unknown segments are named in the notes. Raises
    DataError when fewer than three systems, or no segment, are on both sides.
    """
    named = [_named(ratings, found) for found in sets]
    place = max(range(len(sets)), key=lambda k: _overlap(named[k], sets[k]))
    best, ratings = sets[place], named[place]
    names = [system.name for system in best.systems if system.name in ratings.scores]
    runs = sorted({system.name for found in sets for system in found.systems})
    if len(names) < FEWEST_SYSTEMS:
        unknown = next((name for name in ratings.scores if name not in runs), "")
        raise DataError(
            f"{where}: judges {len(names)} of the runs' systems; at least {FEWEST_SYSTEMS} are needed."
            f"{did_you_mean(unknown, runs)} It judges {', '.join(sorted(ratings.scores))}; runs are of"
            f" {', '.join(runs)}"
        )
    ids = best.systems[0].ids
    judged = {segment for name in names for segment in ratings.scores[name]}
    rows = [place for place, name in enumerate(ids) if name in judged]
    if not rows:
        raise DataError(
            f"{where}: judges other segments ('{min(judged)}', …) than {best.title} has ('{ids[0]}', …)"
        )
    here = set(ids)
    names = [name for name in names if here & ratings.scores[name].keys()]
    if len(names) < FEWEST_SYSTEMS:
        raise DataError(
            f"{where}: judges segments of {best.title} for {len(names)} systems only ({', '.join(names)});"
            f" at least {FEWEST_SYSTEMS} are needed"
        )
    systems = tuple(system.take(rows) for system in best.systems if system.name in names)
    scores = [[ratings.scores[s.name].get(name, np.nan) for s in systems] for name in systems[0].ids]
    human = np.array(scores) * (1 if ratings.higher_is_better else -1)
    weights = np.array([1 / ratings.inclusion.get(name, 1.0) for name in systems[0].ids])
    notes = [*_left_out(ratings, best, names, judged), *_drawn(ratings)]
    drawn = [ratings.documents.get(name, f"segment {name}") for name in systems[0].ids]
    units = np.unique(np.array(drawn), return_inverse=True)[1] if ratings.documents else np.arange(len(drawn))
    weights /= weights.mean()
    return Judged(replace(best, systems=systems), human, tuple(notes), weights, units)


def _drawn(ratings: Ratings) -> list[str]:
    """How the judged segments stand for the test set."""
    if ratings.picked:
        return [
            "the judged segments were picked, not drawn: everything here is about these segments only, no"
            " unbiased estimate for the test set exists"
        ]
    if len(set(ratings.inclusion.values())) > 1:
        return [
            "judged segments were drawn with unequal probabilities; means, accuracies and corpus scores"
            " weigh each"
            " by the inverse of its own (Hájek 1971)"
        ]
    return []


def _named(ratings: Ratings, found: TestSet) -> Ratings:
    """The ratings with the test set's ids for segments that are numbered by their place in it."""
    if not ratings.by_place:
        return ratings
    ids = {str(number): name for number, name in enumerate(found.systems[0].ids, start=1)}
    scores = {
        system: {ids.get(segment, segment): score for segment, score in given.items()}
        for system, given in ratings.scores.items()
    }
    return replace(ratings, scores=scores)


def _overlap(ratings: Ratings, found: TestSet) -> int:
    ids = set(found.systems[0].ids)
    return sum(len(ids & ratings.scores.get(system.name, {}).keys()) for system in found.systems)


def _left_out(ratings: Ratings, found: TestSet, names: list[str], judged: set[str]) -> list[str]:
    ids = found.systems[0].ids
    apart = {
        "judged, but without a run": sorted(set(ratings.scores) - set(names)),
        "run, but not judged": sorted(s.name for s in found.systems if s.name not in names),
    }
    notes = [f"{what}: {', '.join(which)}" for what, which in apart.items() if which]
    strange = len(judged - set(ids))
    if strange:
        notes.append(f"{strange} judged segments are not in {found.title}")
    missing = len(set(ids) - judged)
    if missing:
        notes.append(f"{missing} of {len(ids)} segments are not judged and are left out")
    return notes
