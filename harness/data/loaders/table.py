"""Tables of segments: tab-separated text, JSON lines, Parquet."""

from __future__ import annotations

import csv
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from harness.common.containers import BOMB_BYTES, BOMB_RATIO
from harness.common.files import parse_json
from harness.common.limits import NotEmpty
from harness.common.paths import is_file, no_such_file, user_path
from harness.data.fetch import is_url, local
from harness.data.fields import Fields
from harness.data.file_sets import set_name, shards
from harness.data.parallel import ParallelSet, Reading, columns
from harness.data.reading import TextFile
from harness.errors import ConfigError, DataError, did_you_mean
from harness.types import Input

BATCH = 256  # rows of a Parquet file in memory at once


class _Table(ParallelSet):
    """Files of rows. `source`, `target`, `line_id`, `doc_id` name its fields; `{src}` and `{tgt}` in them
    stand for the codes of the pair. `target` may be a list of fields, one a reference."""

    kind = "table"

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        source: str | int = "source",
        target: str | int | Sequence[str | int] = "target",
        line_id: str | int | None = None,
        doc_id: str | int | None = None,
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
        self.fields = Fields(source, target, line_id, doc_id)
        self.name = name or set_name(path)
        self.origin = {"licence": licence, "url": url, "citation": citation}


class _Text(_Table):
    """Rows in text files, each of which is an input."""

    def read(self, src: str, tgt: str) -> Reading:
        files = [TextFile(where, (src, tgt), reads=("json-lines",)) for where in shards(self.path)]
        meta: dict[str, Any] = {}
        rows = chain.from_iterable(map(self._rows, files))  # numbered on from file to file

        def inputs() -> tuple[Input, ...]:
            return tuple(
                Input(file.path.name, file.where, file.sha256, file.n, **self.origin) for file in files
            )

        return Reading(self.name, self.fields.of_pair(src, tgt).items(rows, meta), inputs, meta)

    @abstractmethod
    def _rows(self, file: TextFile) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Where each row of a file is, for errors, and the row."""


class Jsonl(_Text):
    """One JSON object a line. A field may be a path (`translation.fr`), or a list of references."""

    kind = "jsonl"

    def _rows(self, file: TextFile) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for number, line in enumerate(file.lines(), start=1):
            where = f"{file.where}:{number}"
            if not line.strip():
                continue
            row = parse_json(line, where)
            if not isinstance(row, dict):
                raise DataError(f"{where}: a JSON object was expected, with fields for source and target")
            yield where, row


class Tsv(_Text):
    """Columns between tabs, by the names in the first line or, with `header=false`, by number from 1.

    A quote is a character like any other unless `quoted`: then fields may be quoted as in CSV (RFC 4180).
    """

    kind = "tsv"

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        source: str | int = "source",
        target: str | int | Sequence[str | int] = "target",
        line_id: str | int | None = None,
        doc_id: str | int | None = None,
        header: bool = True,
        delimiter: Annotated[str, NotEmpty()] = "\t",
        quoted: bool = False,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        super().__init__(path, source, target, line_id, doc_id, name, licence, url, citation)
        if quoted and len(delimiter) > 1:
            raise ConfigError(f"data.delimiter={delimiter}: needs one character where data.quoted=true")
        self.header, self.delimiter, self.quoted = header, delimiter, quoted

    def _rows(self, file: TextFile) -> Iterator[tuple[str, Mapping[str, Any]]]:
        cells = self._cells(file)
        _, names = next(cells, (0, []))
        if not names:
            raise DataError(f"{file.where}: empty; a test set needs lines")
        numbers = [str(number) for number in range(1, len(names) + 1)]
        if not self.header:
            yield f"{file.where}:1", dict(zip(numbers, names, strict=True))
        elif len(set(names)) < len(names):
            raise DataError(
                f"{file.where}:1: a column name is there twice; use data.header=false and numbers"
            )
        for line, row in cells:
            if len(row) != len(names):
                hint = "" if self.quoted else "; if its fields are quoted: data.quoted=true"
                raise DataError(
                    f"{file.where}:{line}: {len(row)} columns where the first line has {len(names)}{hint}"
                )
            yield f"{file.where}:{line}", dict(zip(names if self.header else numbers, row, strict=True))

    def _cells(self, file: TextFile) -> Iterator[tuple[int, list[str]]]:
        if not self.quoted:
            for number, line in enumerate(file.lines(), start=1):
                yield number, line.split(self.delimiter)
            return
        reader = csv.reader((line + "\n" for line in file.lines()), delimiter=self.delimiter, strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise DataError(f"{file.where}:{reader.line_num}: not valid CSV ({error})") from None


class Parquet(_Table):
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
        items, inputs = columns(fields.items(rows(), meta), fields.labels(), where, **self.origin)
        return Reading(self.name, items, inputs, meta)


def _local(where: str) -> Path:
    return local(where) if is_url(where) else user_path(where)


def _opened(where: str, fields: Fields) -> Any:
    """A Parquet file that has the fields; DataError for what it is not, before a row is read."""
    import pyarrow
    import pyarrow.parquet

    path = _local(where)
    if not is_file(path):
        raise no_such_file(path, where)
    try:
        table = pyarrow.parquet.ParquetFile(path)
        _refuse_bomb(table, where, path.stat().st_size)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{where}: not a Parquet file ({' '.join(str(error).split())})") from None
    names = table.schema_arrow.names
    for field in fields.tops():
        if field not in names:
            near, known = did_you_mean(field, names), ", ".join(names)
            raise DataError(f"{where}: no column '{field}'.{near} Columns: {known}")
    return table


def _parquet_rows(table: Any, fields: Fields, where: str) -> Iterator[Mapping[str, Any]]:
    """The rows, a batch in memory at a time; DataError where the file is damaged."""
    import pyarrow

    batches, number, total = table.iter_batches(batch_size=BATCH, columns=list(fields.tops())), 0, 0
    size = _local(where).stat().st_size
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                return
            total += batch.nbytes  # one text may stand for every row: a bomb that no header tells of
            _refuse(total, size, where)
            rows = batch.to_pylist()
        except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
            told = " ".join(str(error).split())
            raise DataError(f"{where}: damaged after row {number} ({told})") from None
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
