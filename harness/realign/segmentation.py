"""The cheapest segmentation of an output, and how sure each of its boundaries is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.realign.band import Window
from harness.realign.edit import Costs, Indices, Reference, Table

TEMPERATURE = 0.5
"""Edit costs per nat: the probability of a place falls by e with so much more cost."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Of `n` segments: piece k is the words `starts[k]:stops[k]` of the output.

    What lies between `stops[k - 1]` and `starts[k]` belongs nowhere. `confidence[k]` is the probability that
    piece k begins where it does, given the model of costs; 1 for the first.
    """

    starts: list[int]
    stops: list[int]
    confidence: list[float]


def cheapest(
    segments: Sequence[Sequence[Reference]], table: Table, windows: Sequence[Window], m: int
) -> Segmentation:
    """The segmentation of the `m` words of `table` into `segments`, each with its references.

    A boundary lies where the cheapest way to it and the cheapest way from it cost the least together.
    """
    ahead, begins = _forward(segments, table, windows)
    behind = _backward(segments, table, windows, m)
    starts, stops, sure = [0], [], [1.0]
    starts[0] = _least(ahead[0] + behind[0], 0)[0]
    for k in range(1, len(segments)):
        window = windows[k]
        start, certain = _least(ahead[k] + behind[k], starts[-1] - window.start)
        begin = int(begins[k][start]) + window.start
        stops.append(max(begin, starts[-1]))
        starts.append(start + window.start)
        sure.append(certain)
    end = int(begins[-1][-1]) + windows[-1].start
    return Segmentation(starts, [*stops, max(end, starts[-1])], sure)


def _least(costs: Costs, first: int) -> tuple[int, float]:
    """The place of least cost from `first` on, and its probability among all places."""
    first = max(first, 0)
    place = first + int(np.argmin(costs[first:]))
    odds = np.exp(np.minimum(costs[place] - costs, 50.0) / TEMPERATURE)
    return place, float(1.0 / odds.sum())


def _forward(
    segments: Sequence[Sequence[Reference]], table: Table, windows: Sequence[Window]
) -> tuple[list[Costs], list[Indices]]:
    """Costs of beginning segment k at each place, and where output that belongs nowhere began before it.

    The second has one entry more: what belongs nowhere after the last segment.
    """
    costs = np.full(windows[0].stop - windows[0].start, np.inf)
    costs[0] = 0.0
    ahead, begins = [], []
    for k, (references, window) in enumerate(zip(segments, windows, strict=True)):
        if k:
            costs = _moved(costs, windows[k - 1], window)
        costs, begin = table.nowhere(costs, window)
        ahead.append(costs)
        begins.append(begin)
        best = np.full(len(costs), np.inf)
        for reference in references:
            read = table.through(reference.words, costs, window)
            read = np.minimum(read, costs + table.skipped(reference.words))
            if k < len(segments) - 1:
                read += reference.ending[window.start : window.stop]
            best = np.minimum(best, read)
        costs = best
    begins.append(table.nowhere(costs, windows[-1])[1])
    return ahead, begins


def _moved(costs: Costs, before: Window, window: Window) -> Costs:
    """Costs over the places of one window as costs over those of the next, which begins and ends later."""
    kept = costs[window.start - before.start :]
    return np.concatenate([kept, np.full(window.stop - before.stop, np.inf)])


def _backward(
    segments: Sequence[Sequence[Reference]], table: Table, windows: Sequence[Window], m: int
) -> list[Costs]:
    """Costs of all that follows when segment k begins at each place of its window."""
    mirror = Table(table.words[::-1], table.weights, table.final)
    behind: list[Costs] = []
    follows = np.full(windows[-1].stop - windows[-1].start, np.inf)
    follows[-1] = 0.0
    for k in range(len(segments) - 1, -1, -1):
        window = windows[k]
        if k < len(segments) - 1:
            after = windows[k + 1]
            head = np.full(after.start - window.start, np.inf)
            follows = np.concatenate([head, follows])[: window.stop - window.start]
        follows = table.nowhere_backward(follows, window)
        turned = Window(m + 1 - window.stop, m + 1 - window.start)
        best = np.full(len(follows), np.inf)
        for reference in segments[k]:
            ended = follows
            if k < len(segments) - 1:
                ended = follows + reference.ending[window.start : window.stop]
            read = mirror.through(reference.words[::-1], ended[::-1], turned)[::-1]
            best = np.minimum(best, np.minimum(read, ended + table.skipped(reference.words)))
        follows = best
        behind.append(best)
    return behind[::-1]
