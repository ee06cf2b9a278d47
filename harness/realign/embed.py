"""The re-segmenter `embed`: sentences of the output, aligned with the segments by an aligner of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from harness.protocols import Aligner, Realigner, Splitter
from harness.realign.leftover import Shared, placed
from harness.realign.review import reviewed
from harness.realign.wer import Wer
from harness.types import Bead, Piece, Realigned

_ROOM = 0.5
"""Share of a segment's length by which a neighbour must be too long for the segment to have a part of it."""

_HALF = re.compile("[\ud800-\udfff]")

Spans = Sequence[tuple[int, int]]


@dataclass
class _Group:
    """Consecutive segments, and the consecutive sentences of the output that they share."""

    segments: list[int]
    sentences: list[int]
    confidence: float | None
    nowhere: list[int] = field(default_factory=list)


class Embed(Realigner):
    """Split the output into sentences and align them with the segments (`conf/aligner`, `conf/encoder`).

    against  what stands for a segment: its (first) reference, or its source

    Where several segments share sentences, the boundaries between them are found by `wer`. Sentences that the
    aligner leaves alone go to a neighbour that has words left in common with them (`leftover`).
    """

    def __init__(
        self,
        aligner: Aligner,
        splitter: Splitter,
        tgt: str,
        against: Literal["reference", "source"] = "reference",
    ) -> None:
        self._aligner, self._splitter, self._tgt = aligner, splitter, tgt
        self._against, self._within = against, Wer()

    def realign(self, output: str, sources: Sequence[str], references: Sequence[Sequence[str]]) -> Realigned:
        if not references:
            raise ValueError("there are no segments to cut the output for")
        readable = _whole(output)
        spans = self._sentences(readable)
        firsts = [texts[0] if texts else "" for texts in references]
        texts = [_whole(text) for text in (firsts if self._against == "reference" else sources)]
        said = [readable[start:end] for start, end in spans]
        beads = self._aligner.align(texts, said)
        sizes = [len(text) for text in texts], [end - start for start, end in spans]
        groups = _grouped(beads, len(spans))
        if self._against == "reference":
            _place_leftovers(groups, Shared(texts, said))
        groups = _joined(groups, *sizes)
        begins = [len(output)]
        for group in groups[:0:-1]:
            begins.insert(0, spans[group.sentences[0]][0] if group.sentences else begins[0])
        begins.insert(0, 0)
        found: list[Piece] = []
        for group, begin, end in zip(groups, begins, begins[1:], strict=False):
            own = slice(group.segments[0], group.segments[-1] + 1)
            found += self._within_group(group, begin, output[begin:end], references[own], spans)
        return Realigned(reviewed(found, output, references), "embed")

    def _sentences(self, output: str) -> list[tuple[int, int]]:
        spans, at = [], 0
        for line in output.split("\n"):
            found = self._splitter.boundaries(line, self._tgt)
            spans += [(at + start, at + end) for start, end in found]
            at += len(line) + 1
        return spans

    def _within_group(
        self,
        group: _Group,
        begin: int,
        part: str,
        references: Sequence[Sequence[str]],
        spans: Spans,
    ) -> list[Piece]:
        if len(group.segments) == 1:
            nowhere = tuple(spans[j] for j in group.nowhere)
            return [Piece(begin, begin + len(part), group.confidence, nowhere)]
        inner = self._within.cut(part, references)
        return [
            Piece(
                begin + piece.start,
                begin + piece.end,
                piece.confidence,
                tuple((begin + start, begin + stop) for start, stop in piece.nowhere),
            )
            for piece in inner
        ]


def _whole(text: str) -> str:
    """The text, as long as it was, without halves of characters, which splitters and encoders cannot read."""
    return _HALF.sub("\ufffd", text)


def _grouped(beads: Sequence[Bead], sentences: int) -> list[_Group]:
    """The segments of each bead with its sentences, in order; every sentence is in one group.

    A sentence without segment joins the group of the sentence before it, at the beginning the first group.
    """
    groups = [_Group(list(b.src), list(b.tgt), b.confidence) for b in sorted(beads, key=_place) if b.src]
    owner = {j: group for group in groups for j in group.sentences}
    last = groups[0]
    for j in range(sentences):
        if j not in owner:
            last.sentences.append(j)
            last.nowhere.append(j)
        last = owner.get(j, last)
    for group in groups:
        group.sentences.sort()
    return groups


def _place_leftovers(groups: Sequence[_Group], shared: Shared) -> None:
    """Sentences that belong nowhere are put where they share words with a segment: there they do belong.

    Others stay with the group that they are in; a sentence that stands twice goes to its like.
    """
    for run, near in _runs(groups):
        own = [[j for j in group.sentences if j not in group.nowhere] for group in near]
        gains = [
            [shared.with_group(j, group.segments, taken) for group, taken in zip(near, own, strict=True)]
            for j in run
        ]
        chosen = placed(gains)
        last = 0
        for at, (j, g) in enumerate(zip(run, chosen, strict=True)):
            later = min((other for other in chosen[at:] if other is not None), default=len(near) - 1)
            twins = [t for t in range(len(near)) if any(shared.same(j, i) for i in own[t])]
            twin = next((t for t in twins if last <= t <= later), last)
            last = twin if g is None else g
            if last:
                near[0].sentences.remove(j)
                near[last].sentences.append(j)
                near[last].confidence = None
            if last or g is not None:
                near[0].nowhere.remove(j)
                near[0].confidence = None
            if last and g is None:
                near[last].nowhere.append(j)
        for group in near:
            group.sentences.sort()


def _runs(groups: Sequence[_Group]) -> Iterator[tuple[list[int], Sequence[_Group]]]:
    """Each run of sentences that belong nowhere, with the groups from the one that it is in to the next with
    sentences of its own."""
    own = [[j for j in group.sentences if j not in group.nowhere] for group in groups]
    for at, group in enumerate(groups):
        before = [j for j in group.nowhere if not own[at] or j < own[at][0]]
        if before:  # at the beginning of the output
            stop = next((k for k in range(at, len(groups)) if own[k]), len(groups) - 1)
            yield before, groups[at : stop + 1]
        after = [j for j in group.nowhere if own[at] and j > own[at][-1]]
        if after:
            stop = next((k for k in range(at + 1, len(groups)) if own[k]), len(groups) - 1)
            yield after, groups[at : stop + 1]


def _place(bead: Bead) -> tuple[int, ...]:
    return bead.src


def _joined(groups: Sequence[_Group], segments: Sequence[int], sentences: Sequence[int]) -> list[_Group]:
    """Segments without sentences joined to a neighbour whose stretch is too long for its own segments.

    `segments` and `sentences` are lengths. Beads of an aligner are bounded in size; so a text without
    sentence ends, which is one sentence to the splitter, still goes to all its segments.
    """
    ratio = (sum(sentences) + 1) / (sum(segments) + 1)

    def has_room(group: _Group, other: _Group) -> bool:
        own, new = (ratio * sum(segments[k] for k in g.segments) for g in (group, other))
        return sum(sentences[j] for j in group.sentences) - own >= _ROOM * new

    found: list[_Group] = []
    for group in groups:
        before = found[-1] if found else None
        if before is not None and (
            (not group.sentences and has_room(before, group))
            or (not before.sentences and has_room(group, before))
        ):
            before.segments += group.segments
            before.sentences += group.sentences
            before.nowhere += group.nowhere
            before.confidence = None
        else:
            found.append(group)
    return found
