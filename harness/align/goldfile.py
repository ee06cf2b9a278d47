"""Gold alignments as files of their own: both texts, the beads, who made them from what, and when.

JSON lines. The first is the header: `{"gold": 1, "src": {"id", "lang", "segments": [{"text", "furniture"}]},
"tgt": …, "author", "saved", "base", "revision"}`. Each other line is a bead as in the `.jsonl` of the verb
`align`: numbers (from 0) and texts of both sides, shape, flags. Every segment is in exactly one bead; those
without a counterpart, and page furniture, in a null bead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.align.gold import format_bead
from harness.align.segments import in_order
from harness.common.files import read_jsonl
from harness.common.paths import is_file, no_such_file, user_path
from harness.common.shapes import mismatch
from harness.common.typed_json import from_json, shape_of, to_json
from harness.errors import DataError
from harness.types import Bead


@dataclass(frozen=True, slots=True)
class GoldText:
    """One segment."""

    text: str
    furniture: str | None = None
    """Its kind, where it is page furniture: it has no counterpart."""


@dataclass(frozen=True, slots=True)
class GoldSide:
    """One document."""

    id: str
    lang: str
    segments: list[GoldText]

    @property
    def content(self) -> list[int]:
        """Positions of the segments that are no furniture: what an aligner sees."""
        return [k for k, segment in enumerate(self.segments) if segment.furniture is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldHeader:
    """The first line."""

    gold: int
    """The version of the format: 1."""
    src: GoldSide
    tgt: GoldSide
    author: str | None = None
    saved: str | None = None
    """ISO 8601, UTC."""
    base: dict[str, Any] = field(default_factory=dict)
    """What the author began with: `run`, `aligner`, `beads`."""
    revision: int = 1
    """Counts how often it was saved: who saves an older one would undo somebody's work."""
    free: bool = False
    """Whether links may cross: one text has what the other has in another order (`aligner.order=free`)."""


@dataclass(frozen=True, slots=True)
class GoldFile:
    """A header and its beads, complete and in order."""

    header: GoldHeader
    beads: list[Bead]

    def jsonl(self) -> str:
        """The file's text."""
        lines: list[dict[str, Any]] = [to_json(self.header)]
        for bead in self.beads:
            src, tgt = (
                " ".join(side.segments[k].text for k in numbers)
                for side, numbers in ((self.header.src, bead.src), (self.header.tgt, bead.tgt))
            )
            lines.append(
                {
                    "src": list(bead.src),
                    "tgt": list(bead.tgt),
                    "src_text": src,
                    "tgt_text": tgt,
                    "shape": bead.shape,
                    "flags": list(bead.flags),
                }
            )
        return "".join(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n" for line in lines)

    def vecalign(self) -> str:
        """`[0, 1]:[2]` a line, for `align --gold`."""
        return "".join(f"{format_bead(bead)}\n" for bead in self.beads)


@dataclass(frozen=True, slots=True)
class _Line:
    src: list[int]
    tgt: list[int]
    flags: list[str] = field(default_factory=list)


_HEADER, _LINE = shape_of(GoldHeader), shape_of(_Line)


def read_gold(path: str | Path) -> GoldFile:
    """A gold file. Raises DataError naming file and line for what is none."""
    place = user_path(path)
    if not is_file(place):
        raise no_such_file(place, str(path))
    lines = list(read_jsonl(place))
    wrong = mismatch(lines[0], _HEADER) if lines else "it is empty"
    if wrong or lines[0]["gold"] != 1:
        raise DataError(
            f"{path}:1: not the header of a gold alignment ({wrong or 'of another version'}); the workbench"
            " writes such files: python -m harness serve"
        )
    header = from_json(GoldHeader, lines[0])
    found = []
    for number, line in enumerate(lines[1:], start=2):
        if wrong := mismatch(line, _LINE):
            raise DataError(f"{path}:{number}: not a bead ({wrong})")
        found.append((f"{path}:{number}", from_json(_Line, line)))
    beads = [(where, Bead(tuple(b.src), tuple(b.tgt), flags=tuple(b.flags))) for where, b in found]
    return GoldFile(header, complete(beads, header.src, header.tgt, header.free))


def complete(
    beads: Sequence[tuple[str, Bead]], src: GoldSide, tgt: GoldSide, free: bool = False
) -> list[Bead]:
    """The beads in order, with a null bead for every segment that is in none.

    Each comes with where it stands. Raises DataError for a bead that names a segment twice, one that does not
    exist or is furniture, skips one, or (unless `free`) crosses another.
    """
    orders = [{k: place for place, k in enumerate(side.content)} for side in (src, tgt)]
    links = sorted((pair for pair in beads if not pair[1].is_null), key=lambda pair: pair[1].src)
    last = [-1, -1]
    seen: set[int] = set()  # of the target
    for where, bead in links:
        for place, (name, side, numbers) in enumerate((("source", src, bead.src), ("target", tgt, bead.tgt))):
            order = orders[place]
            outside = [k for k in numbers if k not in order]
            if outside:
                what = "is page furniture" if 0 <= outside[0] < len(side.segments) else "does not exist"
                raise DataError(f"{where}: {name} segment {outside[0]} {what}")
            first = order[numbers[0]]
            if [order[k] for k in numbers] != list(range(first, first + len(numbers))):
                raise DataError(f"{where}: the {name} segments {list(numbers)} do not follow one another")
            crosses = numbers[0] <= last[place] and not (free and place)
            if crosses or (place and seen.intersection(numbers)):
                raise DataError(f"{where}: {name} segment {numbers[0]} is in another bead, or crosses it")
            last[place] = numbers[-1]
        seen.update(bead.tgt)
    found = [bead for _, bead in links]
    taken = {i for bead in found for i in bead.src}, {j for bead in found for j in bead.tgt}
    alone_src = [Bead((i,), ()) for i in range(len(src.segments)) if i not in taken[0]]
    alone_tgt = [Bead((), (j,)) for j in range(len(tgt.segments)) if j not in taken[1]]
    return in_order(found, alone_src, alone_tgt)


def side_of(value: Mapping[str, Any]) -> GoldSide:
    """A side of alignment.json."""
    segments = [GoldText(str(s["text"]), s.get("furniture")) for s in value["segments"]]
    return GoldSide(str(value["id"]), str(value["lang"]), segments)
