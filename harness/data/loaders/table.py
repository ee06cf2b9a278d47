"""Tables of segments: JSON, Parquet, and what all tables have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from harness.common.containers import BOMB_BYTES, BOMB_RATIO
from harness.common.files import parse_json
from harness.common.paths import is_file, no_such_file, user_path
from harness.common.rows import Row, field
from harness.data.fetch import is_url, local
from harness.data.fields import Fields
from harness.data.file_sets import set_name, shards
from harness.data.parallel import ParallelSet, Reading, columns, text_inputs
from harness.data.reading import TextFile
from harness.data.where import Conditions
from harness.errors import DataError, did_you_mean
from harness.types import Input

BATCH = 256  # rows of a Parquet file in memory at once


class Table(ParallelSet):
    """Files of rows. `source`, `target`, `line_id`, `doc_id`, `domain` name its fields; `{src}` and `{tgt}`
    in the first two are filled in with the codes of the pair. `target` may be a list of fields, one a
    reference. `where` are conditions that a row must meet (`harness.data.where`)."""

    kind = "table"

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        source: str | int = "source",
        target: str | int | Sequence[str | int] = "target",
        line_id: str | int | None = None,
        doc_id: str | int | None = None,
        domain: str | int | None = None,
        where: Conditions = None,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        if not path:
            raise DataError(
                f"data={self.kind} needs data.path: the file with the segments, or a pattern of files"
            )
        self.path = path
        self.fields = Fields(source, target, line_id, doc_id, domain, where)
        self.name = name or set_name(path)
        self.origin = {"licence": licence, "url": url, "citation": citation}


class TextTable(Table):
    """Rows in text files, each of which is an input."""

    reads: tuple[str, ...] = ()  # kinds of text that it understands besides plain text

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(where, (src, tgt), self.reads) for where in shards(self.path)]
        meta: dict[str, Any] = {}
        fields = self.fields.of_pair(src, tgt)
        rows = self._checked(chain.from_iterable(map(self._rows, files)), fields)  # numbered on over files

        def inputs() -> tuple[Input, ...]:
            return text_inputs(files, self.origin)

        return Reading(self.name, fields.items(rows, meta, self.name), inputs, meta)

    def _checked(self, rows: Iterator[tuple[str, Row]], fields: Fields) -> Iterator[tuple[str, Row]]:
        """The rows; DataError that says how to name the columns where the first row lacks one."""
        for where, row in rows:
            try:
                for name in fields.labels():
                    field(row, name, where)
            except DataError as error:
                raise DataError(f"{error}{self._hint(row)}") from None
            yield where, row
            break
        yield from rows

    def _hint(self, row: Row) -> str:
        """What to do where the fields of a row are not those that are read."""
        return ""

    @abstractmethod
    def _rows(self, file: TextFile) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Where each row of a file is, for errors, and the row."""


class Jsonl(TextTable):
    """One JSON object a line, or one array of objects in a file, which is read whole.

    A field may be a path (`translation.fr`), or a list of references.
    """

    kind = "jsonl"
    reads = ("json-lines", "json")

    def _rows(self, file: TextFile) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for where, value in _values(file):
            if not isinstance(value, dict):
                raise DataError(f"{where}: a JSON object was expected, with fields for source and target")
            yield where, value


def _values(file: TextFile) -> Iterator[tuple[str, Any]]:
    """Where each value is, and the value: one a line, or the elements of the array that the file is."""
    lines = file.lines()
    first = next(lines, "")
    if first.lstrip().startswith("["):
        elements = parse_json("\n".join([first, *lines]), file.where)
        yield from ((f"{file.where}: element {n}", element) for n, element in enumerate(elements, start=1))
        return
    for number, line in enumerate(chain([first], lines), start=1):
        if number == 1 and line.strip() == "{":
            raise DataError(
                f"{file.where}:1: not valid JSON in one line: an object goes on in the next; give an array of"
                " objects, [{…}, {…}], or one object a line"
            )
        if line.strip():
            yield f"{file.where}:{number}", parse_json(line, f"{file.where}:{number}")


class Parquet(Table):
    """Parquet files, read a row group at a time. Their record has the hash of each text column, over all."""

    kind = "parquet"

    def read(self, src: str, tgt: str) -> Reading:
        fields = self.fields.of_pair(src, tgt)
        files = shards(self.path)

        def rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
            for where in files:
                with _opened(where, fields) as table:
                    for number, row in enumerate(_parquet_rows(table, fields, where), start=1):
                        yield f"{where}: row {number}", row

        meta: dict[str, Any] = {}
        where = self.path if isinstance(self.path, str) else ", ".join(self.path)
        items, inputs = columns(fields.items(rows(), meta, self.name), fields.labels(), where, **self.origin)
        return Reading(self.name, items, inputs, meta)


def local_path(where: str) -> Path:
    return local(where) if is_url(where) else user_path(where)


def _opened(where: str, fields: Fields) -> Any:
    """A Parquet file that has the fields; DataError for what it is not, before a row is read."""
    import pyarrow
    import pyarrow.parquet

    path = local_path(where)
    if not is_file(path):
        raise no_such_file(path, where)
    try:
        table = pyarrow.parquet.ParquetFile(path)
        _refuse_bomb(table, where, path.stat().st_size)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{where}: not a Parquet file ({' '.join(str(error).split())})") from None
    names = table.schema_arrow.names
    for top in fields.tops():
        if top not in names:
            near, known = did_you_mean(top, names), ", ".join(names)
            raise DataError(f"{where}: no column '{top}'.{near} Columns: {known}")
    return table


def _parquet_rows(table: Any, fields: Fields, where: str) -> Iterator[Mapping[str, Any]]:
    """The rows, a batch in memory at a time; DataError where the file is damaged."""
    import pyarrow

    batches, number, total = table.iter_batches(batch_size=BATCH, columns=list(fields.tops())), 0, 0
    size = local_path(where).stat().st_size
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                return
            total += batch.nbytes  # one text may stand for every row: a bomb that no header tells of
            _refuse(total, size, where)
            rows = batch.to_pylist()
        except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
            problem = " ".join(str(error).split())
            raise DataError(f"{where}: damaged after row {number} ({problem})") from None
        yield from rows
        number += len(rows)


def _refuse_bomb(table: Any, where: str, size: int) -> None:
    """DataError for a Parquet file that announces far more text than its bytes can hold.

    Only sums over row groups are asked for: pyarrow 26 aborts the process for some damaged column metadata.
    """
    groups = table.metadata.num_row_groups
    whole = sum(table.metadata.row_group(group).total_byte_size for group in range(groups))
    _refuse(whole, size, where)


def _refuse(whole: int, size: int, where: str) -> None:
    if whole > BOMB_BYTES and whole > BOMB_RATIO * size:
        raise DataError(f"{where}: unpacks to more than {BOMB_RATIO} times its size; refused as a bomb")
