"""Line-parallel text files: line i of one is the translation of line i of the other."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from harness.data.mismatch import first_mismatch
from harness.data.parallel import ParallelSet, Reading
from harness.data.reading import TextFile
from harness.errors import DataError
from harness.types import Input, Item

_SHOWN = 32


class LineParallel(ParallelSet):
    """Two or more text files (plain, gzip, xz, zstd, in a zip, or behind a URL) with as many lines each.

    `tgt` is one file or a list of them, one a reference. `docs`, where there is one, holds the id of the
    document of each line. Files of unequal length are refused: which line belongs to which is not known.
    """

    def __init__(
        self,
        src: str | None = None,
        tgt: str | Sequence[str] | None = None,
        docs: str | None = None,
        name: str = "bitext",
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not src or not tgt:
            missing = "src" if not src else "tgt"
            raise DataError(f"data=bitext needs data.{missing}: a text file with one segment a line")
        self.src = src
        self.tgt = [tgt] if isinstance(tgt, str) else [str(path) for path in tgt]
        self.docs = docs
        self.name = name
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(self.src, (src,)), *(TextFile(path, (tgt,)) for path in self.tgt)]
        docs = TextFile(self.docs) if self.docs else None

        def inputs() -> tuple[Input, ...]:
            every = [*files, docs] if docs else files
            return tuple(
                Input(file.path.name, file.where, file.sha256, file.n, **self.origin) for file in every
            )

        return Reading(self.name, read_parallel(files, docs), inputs)


def read_parallel(files: Sequence[TextFile], docs: TextFile | None = None) -> Iterator[Item]:
    """Items of line-parallel files, the first of which is the source.

    Raises DataError for unequal counts, naming both and about where the lengths stop matching.
    """
    every = [*files, docs] if docs else list(files)
    lengths = [array("I") for _ in every]
    for number, row in enumerate(zip_longest(*(file.lines() for file in every)), start=1):
        for column, line in zip(lengths, row, strict=True):
            if line is not None:
                column.append(len(line))
        if None in row:
            continue  # read on: the error names the whole counts
        doc = row[len(files)].split("\t")[0].strip() or None if docs else None
        yield Item(str(number), doc, row[0], tuple(row[1 : len(files)]))
    for file, column in zip(every[1:], lengths[1:], strict=True):
        if len(column) != len(lengths[0]):
            raise DataError(_unequal(every[0], file, lengths[0], column, file is docs))
    if not lengths[0]:
        raise DataError(f"{every[0].where}: empty; a test set needs lines")


def _unequal(one: TextFile, other: TextFile, a: array[int], b: array[int], docs: bool) -> str:
    counts = f"{one.where} has {len(a)} lines, {other.where} has {len(b)}"
    if docs:
        return f"{counts}; data.docs needs the id of the document of every line"
    line = first_mismatch(a, b)
    if line >= min(len(a), len(b)):
        return f"{counts}; the lengths match up to line {line}, where the shorter file ends"
    return (
        f"{counts}; their lengths stop matching at about line {line + 1}"
        f" ({_excerpt(one, line)} | {_excerpt(other, line)})"
    )


def _excerpt(file: TextFile, index: int) -> str:
    for number, line in enumerate(TextFile(file.where).lines()):
        if number == index:
            return f"'{line[:_SHOWN]}…'" if len(line) > _SHOWN else f"'{line}'"
    return "end of file"
