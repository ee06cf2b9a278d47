"""Where in a long output a segment may begin and end: a band around what surely corresponds."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

EXACT = 4096
"""Words of an output up to which all places are looked at."""
RADIUS = 1024
"""Words on either side of the expected place that are looked at in a longer one."""


@dataclass(frozen=True, slots=True)
class Window:
    """The places `start:stop` of an output; a place is before a word, the last one after all."""

    start: int
    stop: int


def windows(segments: Sequence[Sequence[str]], output: Sequence[str], exact: int = EXACT,
            radius: int = RADIUS) -> list[Window]:  # fmt: skip
    """The window of each segment, as its beginning and end must lie in it; neither side ever goes back."""
    m = len(output)
    if m <= exact:
        return [Window(0, m + 1)] * len(segments)
    ends = np.cumsum([0, *map(len, segments)])
    sure = np.array(anchors([word for segment in segments for word in segment], output), dtype=float)
    expected = np.interp(ends, sure[:, 0], sure[:, 1])
    starts = np.maximum.accumulate(np.clip(expected[:-1] - radius, 0, m)).astype(int)
    stops = np.maximum.accumulate(np.clip(expected[1:] + radius, 0, m)).astype(int) + 1
    starts[0], stops[-1] = 0, m + 1
    starts[1:] = np.minimum(starts[1:], stops[:-1] - 1)  # so that they overlap
    return [Window(int(start), int(stop)) for start, stop in zip(starts, stops, strict=True)]


def anchors(reference: Sequence[str], output: Sequence[str]) -> list[tuple[int, int]]:
    """Places (in the reference, in the output) that surely correspond, both rising, with both ends.

    They are words that occur once on either side, of which the longest rising sequence is taken (patience
    sorting), without those that stand alone: a place has a neighbour that moved about as far.
    """
    times, seen = Counter(reference), Counter(output)
    where = {word: at for at, word in enumerate(output) if seen[word] == 1}
    pairs = [(at, where[word]) for at, word in enumerate(reference) if times[word] == 1 and word in where]
    rising = _longest_rising(pairs)
    steady = [
        pair
        for before, pair, after in zip([(-1, -1), *rising], rising, [*rising[1:], (0, 0)], strict=False)
        if _steady(before, pair) or _steady(pair, after)
    ]
    first, last = (0, 0), (len(reference), len(output))
    return [first, *(pair for pair in steady if 0 < pair[0] < last[0] and 0 < pair[1] < last[1]), last]


def _steady(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs((other[0] - one[0]) - (other[1] - one[1])) <= 20


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of `pairs` (whose first members rise) whose second members rise too."""
    tails: list[int] = []
    holders: list[int] = []
    previous: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(tails, place)
        previous.append(holders[at - 1] if at else None)
        tails[at : at + 1] = [place]
        holders[at : at + 1] = [number]
    found = []
    number_or_none = holders[-1] if holders else None
    while number_or_none is not None:
        found.append(pairs[number_or_none])
        number_or_none = previous[number_or_none]
    return found[::-1]
