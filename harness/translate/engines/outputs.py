"""What a file of outputs holds: a line a segment, or a column of a table, perhaps of several systems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.common.notices import tell
from harness.common.rows import Row, field, rows
from harness.common.texts import Text
from harness.errors import DataError, did_you_mean

_SHOWN = 5
_PACKED = (".gz", ".bz2", ".xz", ".zst")
_SEPARATED = ((".tsv", "\t"), (".csv", "\t"), (".csv", ";"), (".csv", ","))
_INSTEAD = "outputs are one line a segment, or a column or key (engine.column=NAME) of TSV, CSV or JSON lines"


@dataclass(frozen=True, slots=True)
class Outputs:
    """The outputs of one system in a file.

    column   the column or key that holds the outputs; None: the file is plain text, a line a segment
    key      the column with the ids of the segments; None: rows are in the order of the test set
    system   whose rows to take, by `system_column`; in a table without that column the column of that name
    header   whether the first line of a table names its columns; else they go by number from 1
    """

    path: Path
    lang: str
    column: str | None = None
    key: str | None = None
    system: str | None = None
    system_column: str = "system"
    header: bool = True

    @property
    def is_table(self) -> bool:
        return self.column is not None or self.system is not None

    @property
    def by_ids(self) -> bool:
        """Whether outputs are matched with segments by id, not by place."""
        return self.key is not None

    @property
    def name(self) -> str:
        """What to call the system: its name in the file, else the file's, with the column if there is one."""
        if self.system:
            return self.system
        stem = file_stem(self.path)
        return f"{stem}.{self.column}" if self.column else stem

    def text(self) -> Text:
        reads = ("json-lines",) if self.is_table else ()
        return Text(self.path, langs=(self.lang,), reads=reads, instead=_INSTEAD)

    def read(self, text: Text) -> Iterator[str]:
        """The outputs in the order of the file."""
        if not self.is_table:
            yield from self._lines(text)
            return
        for _, row, where in self._rows(text):
            yield self._output(row, where)

    def _lines(self, text: Text) -> Iterator[str]:
        """The lines of a plain text. Raises DataError for what its name and first line say is a table."""
        lines = text.lines()
        first = next(lines, None)
        if first is None:
            return
        name = self.path.name.removesuffix(self.path.suffix if self.path.suffix in _PACKED else "").lower()
        mark = next((m for ending, m in _SEPARATED if name.endswith(ending) and m in first), None)
        if mark is not None:
            cells = [cell.strip().strip('"')[:40] for cell in first.split(mark)]
            raise DataError(
                f"{self.path}: is a table, and would be scored as plain text; name the column of the outputs:"
                f" engine.column=NAME (in `score`: --set engine.column=NAME), or with engine.header=false its"
                f" number. The first line has: {', '.join(cells)}"
            )
        yield first
        yield from lines

    def by_id(self) -> dict[str, str]:
        """The output of each id. Raises DataError for a duplicate id."""
        found: dict[str, str] = {}
        lines: dict[str, int] = {}
        for number, row, where in self._rows(self.text()):
            name = str(field(row, str(self.key), where))
            if name in found:
                raise DataError(
                    f"{where}: the id '{name}' was in line {lines[name]} already{self._several(row)}"
                )
            found[name], lines[name] = self._output(row, where), number
        return found

    def matched(self, ids: Sequence[str]) -> list[str]:
        """The outputs of `ids` in their order. DataError naming ids without output; the rest get a notice."""
        found = self.by_id()
        if missing := [name for name in ids if name not in found]:
            have = f"; ids there: {_some(list(found))}" if len(missing) == len(ids) else ""
            raise DataError(
                f"{self.path}: no output for {len(missing)} of {len(ids)} segments: {_some(missing)}{have}"
            )
        wanted = set(ids)
        if extra := [name for name in found if name not in wanted]:
            tell(
                f"{self.path}: ids that no segment of the test set has are left out ({len(extra)}):"
                f" {_some(extra)}"
            )
        return [found[name] for name in ids]

    def systems(self) -> list[str]:
        """The systems that the table holds, in the order of their first rows."""
        seen: dict[str, None] = {}
        for _, row in rows(self.text(), self.header):
            if self.system_column not in row:
                raise DataError(
                    f"{self.path}: no column '{self.system_column}' says whose a row is; name it with"
                    " engine.system_column, or where each system has a column: -m engine.column=a,b"
                )
            seen.setdefault(str(row[self.system_column]))
        return list(seen)

    def _rows(self, text: Text) -> Iterator[tuple[int, Row, str]]:
        others: dict[str, None] = {}
        taken = False
        for number, row in rows(text, self.header):
            if self.system is not None and self.system_column in row:
                owner = str(row[self.system_column])
                if owner != self.system:
                    others.setdefault(owner)
                    continue
            taken = True
            yield number, row, f"{text.where}:{number}"
        if not taken and others:
            near = did_you_mean(str(self.system), others)
            raise DataError(
                f"{text.where}: no row of the system '{self.system}'.{near} Systems: {_some(list(others))}"
            )

    def _output(self, row: Row, where: str) -> str:
        wide = self.system is not None and self.system_column not in row
        column = self.system if wide else self.column
        if column is None:
            raise DataError(
                f"{where}: which column holds the outputs? engine.column=NAME; columns: {', '.join(row)}"
            )
        value = field(row, column, where)
        if value is None:
            tell(
                f"{self.path}: some outputs are null, one in line {where.rpartition(':')[2]}: scored as empty"
            )
            return ""
        if not isinstance(value, str):
            raise DataError(f"{where}: '{column}' holds {type(value).__name__}, expected text")
        return value

    def _several(self, row: Row) -> str:
        if self.system is None and self.system_column in row:
            return f"; several systems in one file? engine.system={row[self.system_column]}, or all"
        return ""


def file_stem(path: Path) -> str:
    """The file's name without its ending, nor that of its packing: `"a"` for `a.txt.gz`."""
    return path.with_suffix("").stem if path.suffix in _PACKED else path.stem


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
