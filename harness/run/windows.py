"""Documents in windows: of a fixed number of segments, or the largest that a model has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from harness.types import Item

CONTEXT = 2
"""Segments before a window of the largest size that are translated with it, if there is room."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A document of a test set, or a window of it: its segments in order, as positions in the set.

    The first `context` of them are translated with the others and not scored. `part`: whether it is a window.
    """

    id: str
    segments: list[int]
    context: int = 0
    part: bool = False

    @property
    def scored(self) -> list[int]:
        """The segments that are scored."""
        return self.segments[self.context :]


def of_size(whole: Whole, size: int, context: int) -> Iterator[Whole]:
    """Windows of `size` segments, with up to `context` before each."""
    for number, start in enumerate(range(0, len(whole.segments), size)):
        before = min(context, start)
        segments = whole.segments[start - before : start + size]
        yield Whole(f"{whole.id}#{number + 1}", segments, before, part=True)


def largest(whole: Whole, items: Sequence[Item], fits: Callable[[str], bool]) -> Iterator[Whole]:
    """The largest windows that fit, each but the last up to the end of a paragraph where one is in it.

    A window begins with up to `CONTEXT` segments of the one before, as context. A segment that does not fit
    is a window of its own. The document itself, where it fits as a whole.
    """
    segments = whole.segments
    if fits(_text(items, segments)):
        yield whole
        return
    start = number = 0
    while start < len(segments):
        before = next(
            (
                n
                for n in range(min(CONTEXT, start), 0, -1)
                if fits(_text(items, segments[start - n : start + 1]))
            ),
            0,
        )
        first = start - before
        low, high = start + 1, len(segments)  # low fits, or cannot be smaller
        while low < high:
            middle = (low + high + 1) // 2
            if fits(_text(items, segments[first:middle])):
                low = middle
            else:
                high = middle - 1
        stop = low if low == len(segments) else _paragraph_end(items, segments, start, low)
        number += 1
        yield Whole(f"{whole.id}#{number}", segments[first:stop], before, part=True)
        start = stop


def _paragraph_end(items: Sequence[Item], segments: Sequence[int], start: int, stop: int) -> int:
    """The last end of a paragraph behind `start` up to `stop`; `stop` where there is none."""
    for at in range(stop, start, -1):
        here, after = items[segments[at - 1]].paragraph, items[segments[at]].paragraph
        if here is not None and after is not None and here != after:
            return at
    return stop


def _text(items: Sequence[Item], segments: Sequence[int]) -> str:
    """What the engine is given for some segments: a line each."""
    return "\n".join(items[at].source for at in segments)
