"""Rows of a table in a text: TSV, CSV and JSON lines, each row by the names of its fields."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import PurePath
from typing import Any

from harness.common.files import parse_json
from harness.common.texts import Text
from harness.errors import DataError, did_you_mean

Row = Mapping[str, Any]
# Those first that are rarest in running text: where a line has as many of two, the rarer one is meant.
_DELIMITERS = ("\t", "|", ";", ",")
_LOOKED_AT = 20  # lines that a delimiter must split alike
_NAMES = {"\t": "tabs", ",": "commas", ";": "semicolons"}
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_PACKED = (".gz", ".bz2", ".xz", ".zst")


def rows(text: Text, header: bool = True) -> Iterator[tuple[int, Row]]:
    """The number of the first line of each row, and the row.

    JSON lines are known by their first character or the name of the file; any other table is `delimited`: a
    `.tsv` by tabs, where a quote is a character like any other. Raises DataError, with the line, for what is
    no such table.
    """
    lines = text.lines()
    first = next(lines, None)
    if first is None:
        raise DataError(f"{text.where}: empty; a table needs rows")
    lines = chain([first], lines)
    suffixes = [suffix for suffix in PurePath(text.where).suffixes if suffix not in _PACKED]
    if first.lstrip().startswith("{") or suffixes[-1:] in ([".jsonl"], [".ndjson"]):
        yield from _objects(text, lines)
    else:
        yield from delimited(text.where, lines, header, "\t" if suffixes[-1:] == [".tsv"] else None)


def delimited(
    where: str,
    lines: Iterator[str],
    header: bool = True,
    delimiter: str | None = None,
    quoted: bool | None = None,
) -> Iterator[tuple[int, Row]]:
    """The rows of a table of cells, as of `rows`; blank lines are skipped.

    Without `delimiter` it is what Excel's `sep=` line says, else tab, `|`, `;` or `,`: the first of them
    that splits the first lines into equally many cells, or else the one that the first line has most of.
    `quoted`: cells may be quoted as in RFC 4180; None: but those between tabs. The names are those of the
    first line, or without `header` the numbers from 1.
    """
    first = list(islice(lines, _LOOKED_AT))
    skipped = 0
    if first and (separator := _SEPARATOR.fullmatch(first[0])):
        delimiter, skipped = delimiter or separator[1], 1
        first = first[1:]
    chosen = delimiter or _delimiter(first)
    plain = chosen == "\t" if quoted is None else not quoted
    yield from _cells(where, chosen, plain, skipped, chain(first, lines), header)


def _objects(text: Text, lines: Iterator[str]) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            value = parse_json(line, f"{text.where}:{number}")
            if not isinstance(value, dict):
                raise DataError(f"{text.where}:{number}: expected a JSON object on every line")
            yield number, value


def _delimiter(lines: Sequence[str]) -> str:
    for candidate in _DELIMITERS:
        widths = _widths(candidate, lines)
        if len(widths) == 1 and widths != {1}:
            return candidate
    outside = "".join(lines[0].split('"')[::2]) if lines else ""  # a delimiter within quotes is none
    return max(_DELIMITERS, key=outside.count)


def _widths(delimiter: str, lines: Sequence[str]) -> set[int]:
    """How many cells the lines have by this delimiter; none where they are not such a table."""
    found = []
    try:
        for cells in csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True):
            found.append(len(cells))
    except csv.Error:
        if len(lines) < _LOOKED_AT:  # else a quoted cell may go on after them
            return set()
    return set(found) - {0}


def _cells(
    where: str, delimiter: str, plain: bool, skipped: int, lines: Iterator[str], header: bool
) -> Iterator[tuple[int, Row]]:
    table = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    reader: Iterator[list[str]] = (line.split(delimiter) for line in lines) if plain else table
    names: list[str] | None = None
    number = skipped
    try:
        for cells in reader:
            # Of a quoted row the line it begins in; `line_num` is the one it ends in.
            at, number = number + 1, number + 1 if plain else skipped + table.line_num
            if cells in ([], [""]):
                continue
            if names is None:
                names = (
                    [cell.strip() for cell in cells] if header else [str(k + 1) for k in range(len(cells))]
                )
                if len(set(names)) < len(names):
                    raise DataError(f"{where}:{at}: two columns have the same name; use numbers instead")
                if header:
                    continue
            if len(cells) != len(names):
                raise DataError(
                    f"{where}:{at}: {len(cells)} columns where the first line has {len(names)} (between"
                    f" {_NAMES.get(delimiter, repr(delimiter))})"
                )
            yield at, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise DataError(f"{where}:{number + 1}: not valid CSV from here on ({error})") from None
    if names is None:
        raise DataError(f"{where}: empty; a table needs rows")


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
