"""Rows of a table in a text: TSV, CSV and JSON lines, each row by the names of its fields."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from harness.common.files import parse_json
from harness.common.texts import Text
from harness.errors import DataError, did_you_mean

Row = Mapping[str, Any]
_DELIMITERS = ("\t", ",", ";", "|")
_PACKED = (".gz", ".bz2", ".xz", ".zst")


def rows(text: Text, header: bool = True) -> Iterator[tuple[int, Row]]:
    """The number of the first line of each row, and the row.

    JSON lines are known by their first character. Any other table is split at the delimiter that its first
    line has most of (or that Excel's `sep=` line names); a `.tsv` at tabs. Fields may be quoted as in RFC
    4180 but between tabs, where a quote is a character like any other. The names are those of the first
    line, or without `header` the numbers from 1. Raises DataError, with the line, for what is no such table.
    """
    lines = text.lines()
    first = next(lines, None)
    if first is None:
        raise DataError(f"{text.where}: empty; a table needs rows")
    if first.lstrip().startswith("{"):
        yield from _objects(text, first, lines)
        return
    skipped = 0
    delimiter = _delimiter(text.where, first)
    if first.lower().startswith("sep=") and len(first) == 5:
        delimiter, skipped = first[4], 1
        first = next(lines, "")
    yield from _cells(text.where, delimiter, skipped, _from(first, lines), header)


def _from(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _objects(text: Text, first: str, lines: Iterator[str]) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(_from(first, lines), start=1):
        if line.strip():
            value = parse_json(line, f"{text.where}:{number}")
            if not isinstance(value, dict):
                raise DataError(f"{text.where}:{number}: expected a JSON object, as in the first line")
            yield number, value


def _delimiter(where: str, first: str) -> str:
    suffixes = [suffix for suffix in PurePath(where).suffixes if suffix not in _PACKED]
    if suffixes[-1:] == [".tsv"]:
        return "\t"
    outside = "".join(first.split('"')[::2])  # of a quoted name nothing counts
    return max(_DELIMITERS, key=outside.count)


def _cells(
    where: str, delimiter: str, skipped: int, lines: Iterator[str], header: bool
) -> Iterator[tuple[int, Row]]:
    reader: Iterator[list[str]]
    table = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    reader = (line.split(delimiter) for line in lines) if delimiter == "\t" else table
    names: list[str] | None = None
    number = skipped + 1
    try:
        for cells in reader:
            if names is None:
                names = cells if header else [str(k + 1) for k in range(len(cells))]
                if len(set(names)) < len(names):
                    raise DataError(f"{where}:{number}: two columns have the same name; use numbers instead")
            if len(cells) != len(names):
                raise DataError(
                    f"{where}:{number}: {len(cells)} columns where the first line has {len(names)}"
                )
            if not header or number > skipped + 1:
                yield number, dict(zip(names, cells, strict=True))
            number = number + 1 if delimiter == "\t" else skipped + table.line_num + 1
    except csv.Error as error:
        raise DataError(f"{where}:{skipped + table.line_num}: not valid CSV ({error})") from None


def field(row: Row, name: str, where: str) -> Any:
    """The field of a row, `name` perhaps a dotted path into nested objects; DataError without it."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            known = [str(key) for key in value] if isinstance(value, Mapping) else []
            raise DataError(
                f"{where}: no field '{name}'.{did_you_mean(part, known)} Fields: {', '.join(known) or 'none'}"
            )
        value = value[part]
    return value
