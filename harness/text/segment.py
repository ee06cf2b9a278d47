"""From cleaned documents to segments: lines, then furniture, then sentences. Offsets stay raw."""

from __future__ import annotations

from collections.abc import Iterator

from harness.errors import StageError
from harness.protocols import Splitter
from harness.text.codes import primary
from harness.text.join import rejoin
from harness.text.offsets import OffsetMap, lines, within
from harness.types import Cleaned, Furniture, Segment


def segment(cleaned: Cleaned, splitter: Splitter) -> list[Segment]:
    """The segments of a document in order.

    No segment crosses a line; together they hold every character that is not white space.
    `document.text[start:end]` with the edits inside it applied is `text`. Furniture is a segment
    of its own, with its kind where that kind is kept out of alignment.
    """
    document = cleaned.document
    segments: list[Segment] = []
    pieces = [piece for piece in cleaned.furniture if piece.kept_out]
    first = 0
    for line in lines(document.text, cleaned.edits):
        while first < len(pieces) and pieces[first].end <= line.start:
            first += 1
        last = first
        while last < len(pieces) and pieces[last].start < line.end:
            last += 1
        for start, end, kind in _chunks(line.start, line.end, pieces[first:last]):
            part = line.map
            if (start, end) != (line.start, line.end):
                part = OffsetMap(document.text, start, end, within(line.edits, start, end))
            spans = _whole(part.text) if kind else _sentences(part.text, document.lang, splitter)
            for raw_start, raw_end, text in _to_raw(part, spans):
                segments.append(Segment(document.id, len(segments), text, raw_start, raw_end, kind))
    return segments


def _chunks(start: int, end: int, pieces: list[Furniture]) -> Iterator[tuple[int, int, str | None]]:
    """A line cut at the edges of its furniture."""
    for piece in pieces:
        if piece.start > start:
            yield start, piece.start, None
        yield max(start, piece.start), min(end, piece.end), piece.kind
        start = piece.end
    if start < end:
        yield start, end, None


def _whole(text: str) -> list[tuple[int, int]]:
    stripped = text.strip()
    start = len(text) - len(text.lstrip())
    return [(start, start + len(stripped))] if stripped else []


def _sentences(text: str, lang: str, splitter: Splitter) -> list[tuple[int, int]]:
    """The splitter's spans, checked and rejoined."""
    spans = splitter.boundaries(text, lang)
    position = 0
    for start, end in [*spans, (len(text), len(text))]:
        if start < position or text[position:start].strip():
            raise StageError(
                f"{type(splitter).__name__} lost or doubled text at character {position}"
                f" of the line {text[:40]!r}"
            )
        position = end
    return rejoin(text, spans, primary(lang))


def _to_raw(part: OffsetMap, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Spans of the clean text as (raw start, raw end, text); a cut within a replacement is no cut."""
    pending: int | None = None
    for start, end in spans:
        begin = start if pending is None else pending
        raw_start, raw_end = part.raw(begin, closing=False), part.raw(end, closing=True)
        if raw_start is None:
            raise StageError(f"the segment {part.text[begin:end][:40]!r} begins inside a repair")
        if raw_end is None:
            pending = begin
            continue
        pending = None
        yield raw_start, raw_end, part.text[begin:end]
