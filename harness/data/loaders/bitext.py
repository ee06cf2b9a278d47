"""Line-parallel text files: line i of one is the translation of line i of the other."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from harness.data.mismatch import first_mismatch
from harness.data.parallel import ParallelSet, Reading, text_inputs
from harness.data.reading import TextFile
from harness.data.where import Conditions, RowSelection, Where
from harness.errors import DataError
from harness.types import Input, Item

_SHOWN = 32


class LineParallel(ParallelSet):
    """Two or more text files (plain, gzip, xz, zstd, in a zip, or behind a URL) with as many lines each.

    `tgt` is one file or a list of them, one a reference. `docs`, where there is one, holds the id of the
    document of each line, or its domain and document between tabs, as mt-metrics-eval has them. `where`
    filters on `domain` and `doc`. Files of unequal length are refused: which line belongs to which is
    not known.
    """

    def __init__(
        self,
        src: str | None = None,
        tgt: str | Sequence[str] | None = None,
        docs: str | None = None,
        where: Conditions = None,
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
        self.where = Where(where)
        self.name = name
        self.origin = {"licence": licence, "url": url, "citation": citation}

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(self.src, (src,)), *(TextFile(path, (tgt,)) for path in self.tgt)]
        docs = TextFile(self.docs) if self.docs else None

        def inputs() -> tuple[Input, ...]:
            return text_inputs([*files, docs] if docs else files, self.origin)

        meta: dict[str, Any] = {}
        items = read_parallel(files, docs, selection=self.where.begin(meta))
        return Reading(self.name, items, inputs, meta)


def read_parallel(
    files: Sequence[TextFile],
    docs: TextFile | None = None,
    columns: Mapping[str, TextFile] | None = None,
    selection: RowSelection | None = None,
) -> Iterator[Item]:
    """Items of line-parallel files, the first of which is the source.

    `docs` has the document of each line, or its domain and document between tabs; `columns` what else is
    known of each line, by which `selection` may choose (`domain` becomes that of the item). Raises DataError
    for unequal counts, naming both and about where the lengths stop matching.
    """
    columns = columns or {}
    selection = selection or Where().begin({})
    every = [*files, *([docs] if docs else []), *columns.values()]
    lengths = [array("I") for _ in every]
    width = 0  # columns of `docs`
    domains: dict[str, tuple[str | None, int]] = {}  # of each document, and the line that says so
    for number, row in enumerate(zip_longest(*(file.lines() for file in every)), start=1):
        for column, line in zip(lengths, row, strict=True):
            if line is not None:
                column.append(len(line))
        if None in row:
            continue  # read on: the error names the whole counts
        domain = doc = None
        if docs:
            width = width or row[len(files)].count("\t") + 1
            domain, doc = _document(row[len(files)], width, f"{docs.where}:{number}")
            _one_domain(domains, domain, doc, number, docs.where)
        known = dict(zip(columns, row[len(every) - len(columns) :], strict=True))
        known = {"doc": doc, "domain": domain} | known
        if selection.takes(known, f"{every[0].where}:{number}"):
            yield Item(str(number), doc, row[0], tuple(row[1 : len(files)]), domain=known["domain"] or None)
    for file, column in zip(every[1:], lengths[1:], strict=True):
        if len(column) != len(lengths[0]):
            raise DataError(_unequal(every[0], file, lengths[0], column, file is docs))
    if not lengths[0]:
        raise DataError(f"{every[0].where}: empty; a test set needs lines")
    selection.end(every[0].where)


def _document(line: str, width: int, at: str) -> tuple[str | None, str | None]:
    """Domain and document of a line with `width` columns; an empty one is None."""
    cells = [cell.strip() or None for cell in line.split("\t")]
    if len(cells) != width or width > 2:
        raise DataError(
            f"{at}: {len(cells)} columns; every line of data.docs is the id of a document, or every line its"
            " domain and its id between tabs"
        )
    if width == 1:
        return None, cells[0]
    if cells[0] is not None and cells[1] is None:
        raise DataError(
            f"{at}: a domain ('{cells[0]}') without the id of a document after the tab; add the id"
        )
    return cells[0], cells[1]


def _one_domain(
    domains: dict[str, tuple[str | None, int]], domain: str | None, doc: str | None, number: int, where: str
) -> None:
    """Refuse a document in two domains: two documents of one name, whose scores would be one's."""
    if doc is None:
        return
    known, line = domains.setdefault(doc, (domain, number))
    if known != domain:
        raise DataError(
            f"{where}:{number}: document '{doc}' is in the domain '{domain}' here and in '{known}' on line"
            f" {line}; give each document an id of its own, such as '{domain}-{doc}'"
        )


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
