"""Beads corrected by hand (`alignment=PATH`): they take the place of pairing and aligner.

A table or vecalign's text says which sentences belong together; a gold file of the workbench holds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from harness.align.gold import read_alignment
from harness.align.golden import Gold
from harness.align.segments import align_segments
from harness.common.files import read_jsonl
from harness.common.paths import is_dir, is_file, user_path
from harness.common.rows import Row, rows
from harness.common.texts import Text
from harness.errors import DataError, did_you_mean
from harness.types import Bead, Document, DocumentSet, Input, Segment

_SPACE = re.compile(r"\s+")
Names = tuple[str, str]


class Corrected(Protocol):
    """The pairs of documents and their beads, as a person wants them."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files."""

    def applied(self, documents: DocumentSet) -> DocumentSet:
        """The documents with the pairs that are there. DataError for a document that is not."""

    def beads(self, sides: tuple[Sequence[Segment], Sequence[Segment]]) -> list[Bead]:
        """The beads of one pair over all its segments. DataError where they do not fit these."""

    def ids(self, src: str, tgt: str) -> dict[Bead, str]:
        """The ids that beads of a pair have of their own."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A bead as it stands in the file, with the texts that its maker saw there (None: not given)."""

    at: str
    bead: Bead
    id: str | None = None
    texts: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CorrectedTable:
    """The beads of one file, by the names of the documents; both None where the file names none."""

    path: str
    inputs: tuple[Input, ...]
    lines: dict[Names | None, list[_Line]] = field(default_factory=dict)

    def applied(self, documents: DocumentSet) -> DocumentSet:
        """The documents with the pairs that the file names. DataError for a document that is not there.

        A file that names none is about the only pair there is, or the only one of `data.pairs`.
        """
        name = f"{documents.name} ({Path(self.path).name})"
        if None not in self.lines:
            return replace(documents, name=name, pairs=_pairs(self.path, filter(None, self.lines), documents))
        alone = len(documents.src) == len(documents.tgt) == 1
        pairs = ((0, 0),) if alone and documents.pairs is None else documents.pairs or ()
        if len(pairs) != 1:
            raise DataError(
                f"{self.path}: of which documents are these beads? There are {len(documents.src)} and"
                f" {len(documents.tgt)}: add the columns src_doc and tgt_doc (export beads RUN writes them)"
            )
        return replace(documents, name=name, pairs=pairs)

    def beads(self, sides: tuple[Sequence[Segment], Sequence[Segment]]) -> list[Bead]:
        """The beads of a pair in the order of the file; sentences that no line names become null beads.

        Raises DataError for a sentence that does not exist or stands in two beads, and where the texts in
        the file are those of other sentences.
        """
        lines = self._of(sides[0][0].doc, sides[1][0].doc)
        seen: tuple[dict[int, str], dict[int, str]] = ({}, {})
        for line in lines:
            for side, taken, segments, which in zip(
                (line.bead.src, line.bead.tgt), seen, sides, ("source", "target"), strict=True
            ):
                for index in side:
                    if index >= len(segments):
                        raise DataError(
                            f"{line.at}: {which} sentence {index} does not exist, the document has"
                            f" {len(segments)} (numbers begin at 0)"
                        )
                    if index in taken:
                        raise DataError(f"{line.at}: {which} sentence {index} is in {taken[index]} already")
                    taken[index] = line.at
        self._compare(lines, sides)
        found = [line.bead for line in lines]
        found += [Bead((i,), ()) for i in range(len(sides[0])) if i not in seen[0]]
        found += [Bead((), (j,)) for j in range(len(sides[1])) if j not in seen[1]]
        return found

    def ids(self, src: str, tgt: str) -> dict[Bead, str]:
        """The ids that lines of a pair give to their beads."""
        return {line.bead: line.id for line in self._of(src, tgt) if line.id}

    def _of(self, src: str, tgt: str) -> list[_Line]:
        return self.lines[None] if None in self.lines else self.lines[src, tgt]

    def _compare(self, lines: Sequence[_Line], sides: tuple[Sequence[Segment], Sequence[Segment]]) -> None:
        """Refuse a file most of whose texts are not there: its numbers are those of another splitting.

        Single lines may differ: whoever regroups sentences need not mend the text beside the numbers.
        """
        told = [line for line in lines if line.texts is not None]
        other = [line for line in told if line.texts != _texts(line.bead, sides)]
        if len(other) * 2 > len(told):
            raise DataError(
                f"{other[0].at}: this and {len(other) - 1} more of {len(told)} lines have other texts than"
                " the sentences of their numbers; made with other documents, clean= or splitter=?"
            )


@dataclass(frozen=True, slots=True)
class CorrectedGold:
    """The beads of gold files of the workbench, for the very segments that they hold."""

    gold: Gold

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files."""
        return self.gold.inputs

    def applied(self, documents: DocumentSet) -> DocumentSet:
        """The documents with the pairs of the files; the only pair there is may have other names."""
        names = list(dict.fromkeys(self.gold.documents))
        name = f"{documents.name} ({Path(self.gold.path).name})"
        if len(names) == len(documents.src) == len(documents.tgt) == 1:
            return replace(documents, name=name, pairs=((0, 0),))
        return replace(documents, name=name, pairs=_pairs(self.gold.path, names, documents))

    def beads(self, sides: tuple[Sequence[Segment], Sequence[Segment]]) -> list[Bead]:
        """The beads of a pair. Raises DataError where its segments are not those of the file."""
        return align_segments(*sides, self.gold)

    def ids(self, src: str, tgt: str) -> dict[Bead, str]:
        """None: beads are known by their number."""
        return {}


def _pairs(path: str, names: Iterable[Names], documents: DocumentSet) -> tuple[tuple[int, int], ...]:
    """Where the named documents are. Raises DataError for one that is not there."""

    def position(name: str, documents: Sequence[Document]) -> int:
        known = [document.id for document in documents]
        if name not in known:
            raise DataError(
                f"{path}: no document '{name}' in the test set.{did_you_mean(name, known)}"
                f" Documents: {', '.join(known)}"
            )
        return known.index(name)

    return tuple((position(src, documents.src), position(tgt, documents.tgt)) for src, tgt in names)


def _texts(bead: Bead, sides: tuple[Sequence[Segment], Sequence[Segment]]) -> tuple[str, str]:
    src, tgt = sides
    return _plain(" ".join(src[i].text for i in bead.src)), _plain(" ".join(tgt[j].text for j in bead.tgt))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def read_corrected(path: str) -> Corrected:
    """Beads as `align -o beads.tsv` and `export beads` write them, in vecalign's format, or as the workbench
    saves them (a `.jsonl`, a folder of them, or a pattern).

    Columns of the table: `src_ids` and `tgt_ids` (numbers from 0, commas between), and perhaps `src_doc` and
    `tgt_doc` (names of documents), `id`, `src` and `tgt` (the texts), `confidence` and `flags`. Raises
    DataError naming file and line.
    """
    where = user_path(path)
    if is_dir(where) or "*" in path or _is_gold(where):
        return CorrectedGold(Gold(path))
    text = Text(where, path)
    if where.suffix == ".txt":
        beads = read_alignment(where)
        lines = [_Line(f"{path}: bead {number}", bead) for number, bead in enumerate(beads, start=1)]
        found: dict[Names | None, list[_Line]] = {None: lines}
        for _ in text.chunks():
            pass
    else:
        found = {}
        ids: dict[str, str] = {}
        for number, row in rows(text):
            line = _line(row, f"{path}:{number}")
            if line.id and ids.setdefault(line.id, line.at) != line.at:
                raise DataError(f"{line.at}: the id '{line.id}' is in {ids[line.id]} already")
            found.setdefault(_names(row, line.at), []).append(line)
        if len(found) > 1 and None in found:
            raise DataError(f"{path}: some lines name their documents, others do not")
    if not any(found.values()):
        raise DataError(f"{path}: no beads in it")
    count = sum(map(len, found.values()))
    return CorrectedTable(path, (Input(where.name, path, text.sha256, count),), found)


def _is_gold(path: Path) -> bool:
    """Whether a JSON-lines file begins with the header of a gold file; a table of beads is one, too."""
    if path.suffix != ".jsonl" or not is_file(path):
        return False
    try:
        first = next(read_jsonl(path), None)
    except DataError:
        return False
    return isinstance(first, dict) and "gold" in first


def _line(row: Row, at: str) -> _Line:
    for name in ("src_ids", "tgt_ids"):
        if name not in row:
            raise DataError(f"{at}: no column '{name}'. Columns: {', '.join(row)}; see align -o beads.tsv")
    src, tgt = (_indices(str(row[name]), at) for name in ("src_ids", "tgt_ids"))
    if not src and not tgt:
        raise DataError(f"{at}: a bead without any sentence")
    sure = str(row.get("confidence") or "").strip()
    flags = tuple(filter(None, str(row.get("flags") or "").split(",")))
    texts = (_plain(str(row["src"])), _plain(str(row["tgt"]))) if {"src", "tgt"} <= row.keys() else None
    bead = Bead(src, tgt, None, _confidence(sure, at), flags)
    return _Line(at, bead, str(row.get("id") or "").strip() or None, texts)


def _names(row: Row, at: str) -> Names | None:
    names = tuple(str(row.get(name) or "").strip() for name in ("src_doc", "tgt_doc"))
    if any(names) and not all(names):
        raise DataError(f"{at}: src_doc and tgt_doc name both documents, or neither")
    return (names[0], names[1]) if all(names) else None


def _indices(cell: str, at: str) -> tuple[int, ...]:
    try:
        found = tuple(sorted(int(part) for part in cell.split(","))) if cell.strip() else ()
    except ValueError:
        found = (-1,)
    if any(index < 0 for index in found) or len(set(found)) < len(found):
        raise DataError(f"{at}: '{cell}' is no list of sentence numbers such as 3,4")
    return found


def _confidence(cell: str, at: str) -> float | None:
    """A blank one is that of a bead that a person made: it counts as certain."""
    try:
        value = float(cell) if cell else None
    except ValueError:
        value = -1.0
    if value is not None and not 0 <= value <= 1:
        raise DataError(f"{at}: confidence '{cell}' is no number from 0 to 1")
    return value
