"""Tables of cells: tab-separated text, and CSV as programs write it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from harness.common.limits import NotEmpty
from harness.common.rows import Row, delimited
from harness.data.loaders.table import TextTable
from harness.data.reading import TextFile
from harness.data.where import Conditions
from harness.errors import ConfigError, DataError


def column_hint(row: Row, header: bool) -> str:
    """Which options say what the columns of a table are, for one that lacks those that are read."""
    if len(row) == 1:
        (only,) = [*row] if header else row.values()
        odd = next((mark for mark in str(only) if mark in ":^~#!%&/\\+=\x1f"), None)
        which = f"data.delimiter='{odd}'" if odd and odd.isprintable() else "data.delimiter=CHARACTER"
        return f"; there is one column: if another character divides the cells, {which}"
    if header:
        return (
            "; data.source=NAME data.target=NAME say which columns to read, or where the first line is no"
            " header: data.header=false data.source=1 data.target=2"
        )
    return "; without a header columns go by number: data.source=1 data.target=2"


class Tsv(TextTable):
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
        domain: str | int | None = None,
        where: Conditions = None,
        header: bool = True,
        delimiter: Annotated[str, NotEmpty()] = "\t",
        quoted: bool = False,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        super().__init__(path, source, target, line_id, doc_id, domain, where, name, licence, url, citation)
        if quoted and len(delimiter) > 1:
            raise ConfigError(f"data.delimiter={delimiter}: needs one character where data.quoted=true")
        self.header, self.delimiter, self.quoted = header, delimiter, quoted

    def _hint(self, row: Row) -> str:
        return column_hint(row, self.header)

    def _rows(self, file: TextFile) -> Iterator[tuple[str, Mapping[str, Any]]]:
        cells = self._cells(file)
        _, names = next(cells, (0, []))
        if not names:
            raise DataError(f"{file.where}: empty; a test set needs lines")
        numbers = [str(number) for number in range(1, len(names) + 1)]
        if not self.header:
            yield f"{file.where}:1", dict(zip(numbers, names, strict=True))
        elif len(set(names := [name.strip() for name in names])) < len(names):
            raise DataError(
                f"{file.where}:1: two columns have the same name; use data.header=false and numbers"
            )
        elif len(names) == 1 and self.delimiter == "\t":
            raise DataError(f"{file.where}:1: no tab in the first line; data=csv detects the delimiter")
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


class Csv(TextTable):
    """Comma-separated values as spreadsheets write them: between `,`, `;`, tabs or `|`, perhaps quoted, with
    the names of the columns in the first line or, with `header=false`, by number from 1.

    delimiter  the character between cells; null: from Excel's `sep=` line, else detected
    quoted     whether cells may be quoted as in RFC 4180
    """

    kind = "csv"

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        source: str | int = "source",
        target: str | int | Sequence[str | int] = "target",
        line_id: str | int | None = None,
        doc_id: str | int | None = None,
        domain: str | int | None = None,
        where: Conditions = None,
        header: bool = True,
        delimiter: Annotated[str, NotEmpty()] | None = None,
        quoted: bool = True,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        super().__init__(path, source, target, line_id, doc_id, domain, where, name, licence, url, citation)
        if delimiter is not None and len(delimiter) > 1:
            raise ConfigError(f"data.delimiter={delimiter}: needs one character, or null to detect it")
        self.header, self.delimiter, self.quoted = header, delimiter, quoted

    def _hint(self, row: Row) -> str:
        return column_hint(row, self.header)

    def _rows(self, file: TextFile) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for number, row in delimited(file.where, file.lines(), self.header, self.delimiter, self.quoted):
            yield f"{file.where}:{number}", row
