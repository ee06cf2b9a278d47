"""Pieces of an output from the words that each segment has, and the stretches that belong nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.common.tokens import Token
from harness.realign.segmentation import Segmentation
from harness.types import Piece

Prefers = Callable[[int, int, int], bool]
"""Whether the words `start:stop` of the output are more like segment k than like the one before it."""


def pieces(found: Segmentation, words: Sequence[Token], output: str, prefers: Prefers) -> list[Piece]:
    """The pieces of `output`, which joined are the output; white space belongs to the piece before it.

    A stretch that belongs nowhere joins the piece that it is more like, the one before it if neither. So a
    sentence that stands twice stays with its segment.
    """
    n = len(found.starts)
    cuts, nowhere = [0], [list[tuple[int, int]]() for _ in range(n)]
    for k in range(n + 1):
        start, stop = found.stops[k - 1] if k else 0, found.starts[k] if k < n else len(words)
        joins_next = k == 0 or (k < n and stop > start and prefers(start, stop, k))
        if 0 < k < n:
            cuts.append(start if joins_next else stop)
        if stop > start:
            stretch = (words[start].start, words[stop - 1].end)
            nowhere[k if joins_next else k - 1].append(stretch)
    offsets = [0, *(_offset(words, cut, output) for cut in cuts[1:]), len(output)]
    sure = [*found.confidence, 1.0]
    return [Piece(offsets[k], offsets[k + 1], min(sure[k], sure[k + 1]), tuple(nowhere[k])) for k in range(n)]


def _offset(words: Sequence[Token], place: int, output: str) -> int:
    return words[place].start if place < len(words) else len(output)
