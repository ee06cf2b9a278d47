"""Edits applied to a span of raw text, with the way back: which raw offset a clean offset came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.types import Edit

# What ends a line: the ends every editor agrees on, vertical tab, form feed, NEL, and Unicode's two.
# A lone CR is one only in a text without LF, as for every reader.
_LINE_END = re.compile("\r\n|[\n\x0b\x0c\x85\u2028\u2029]")
_LINE_END_CR = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")


class OffsetMap:
    """The clean text of `raw[start:end]` and its offsets in the raw text.

    `edits` are sorted, do not overlap and lie within the span; an edit of zero width (an
    insertion) must have text on both sides of it.
    """

    __slots__ = ("_ends", "_raw", "_starts", "end", "start", "text")

    def __init__(self, raw: str, start: int, end: int, edits: Sequence[Edit]) -> None:
        parts: list[str] = []
        position, length = start, 0
        self._starts: list[int] = []  # where each replacement begins and ends in the clean text
        self._ends: list[int] = []
        self._raw: list[tuple[int, int]] = []
        for edit in edits:
            parts += raw[position : edit.start], edit.after
            length += edit.start - position
            self._starts.append(length)
            length += len(edit.after)
            self._ends.append(length)
            self._raw.append((edit.start, edit.end))
            position = edit.end
        parts.append(raw[position:end])
        self.text = "".join(parts)
        self.start, self.end = start, end

    def raw(self, offset: int, *, closing: bool) -> int | None:
        """The raw offset of a clean one, as the end (`closing`) or the start of a span.

        Text that was deleted at the edge of a span stays outside it. None for an offset
        inside a replacement, where the raw text has no such position.
        """
        at = offset - closing  # the character the span ends or begins with
        i = bisect_right(self._starts, at) - 1
        if i < 0:
            return self.start + offset
        if at < self._ends[i]:
            edge = self._ends[i] if closing else self._starts[i]
            return self._raw[i][closing] if offset == edge else None
        return self._raw[i][1] + offset - self._ends[i]


@dataclass(frozen=True, slots=True)
class LineOffsets:
    """One line of a raw text, without its end."""

    start: int
    end: int
    edits: Sequence[Edit]
    map: OffsetMap

    @property
    def text(self) -> str:
        """The line with its edits applied."""
        return self.map.text


def lines(raw: str, edits: Sequence[Edit] = ()) -> Iterator[LineOffsets]:
    """The lines of a text; edits are sorted. A line end inside an edit was repaired and ends no line."""
    start, first = 0, 0
    line_end = _LINE_END if "\n" in raw else _LINE_END_CR
    ends = [(m.start(), m.end()) for m in line_end.finditer(raw)]
    for end, following in [*ends, (len(raw) + 1, len(raw) + 1)]:
        last = first
        while last < len(edits) and edits[last].end <= end:
            last += 1
        if last < len(edits) and edits[last].start <= end < edits[last].end:
            continue
        end = min(end, len(raw))
        own = edits[first:last]
        yield LineOffsets(start, end, own, OffsetMap(raw, start, end, own))
        start, first = following, last


def apply(raw: str, edits: Sequence[Edit]) -> str:
    """The raw text with all edits applied (sorted, without overlaps)."""
    return OffsetMap(raw, 0, len(raw), edits).text


def within(edits: Sequence[Edit], start: int, end: int) -> list[Edit]:
    """The edits that make `raw[start:end]` the text of its segment: those inside the span;
    an insertion at either edge belongs to the gap, not to the span."""
    return [
        e for e in edits if start <= e.start and e.end <= end and (e.start < e.end or start < e.start < end)
    ]
