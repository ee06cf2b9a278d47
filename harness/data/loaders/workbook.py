"""Excel workbooks, read a row at a time by openpyxl."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from harness.common.containers import BOMB_BYTES, BOMB_RATIO
from harness.common.notices import tell
from harness.common.paths import is_file, no_such_file
from harness.common.rows import Row
from harness.data.fields import Fields
from harness.data.file_sets import shards
from harness.data.loaders.table import Table, local_path
from harness.data.parallel import Reading, columns
from harness.data.where import Conditions
from harness.errors import DataError, HarnessError, did_you_mean, missing_package, one_line

_RETURN = "_x000D_"  # how Excel writes a carriage return in a cell; openpyxl leaves it so


class Xlsx(Table):
    """A sheet of a workbook, or of several: the first row names the columns or, with `header=false`, they go
    by number from 1. Rows without any value are skipped. Texts that are stored as numbers, dates or truth
    values are read as such and reported; a formula is the value that was stored with it.

    sheet  the name of the sheet, or its number from 1
    """

    kind = "xlsx"

    def __init__(
        self,
        path: str | Sequence[str] | None = None,
        sheet: int | str = 1,
        source: str | int = "source",
        target: str | int | Sequence[str | int] = "target",
        line_id: str | int | None = None,
        doc_id: str | int | None = None,
        domain: str | int | None = None,
        where: Conditions = None,
        header: bool = True,
        name: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        citation: str | None = None,
    ) -> None:
        super().__init__(path, source, target, line_id, doc_id, domain, where, name, licence, url, citation)
        self.sheet, self.header = sheet, header

    def read(self, src: str, tgt: str) -> Reading:
        fields = self.fields.of_pair(src, tgt)
        files = shards(self.path)
        meta: dict[str, Any] = {}

        def rows() -> Iterator[tuple[str, Row]]:
            for where in files:
                with _opened(where) as workbook:
                    yield from self._rows(where, self._sheet(workbook, where), fields)

        found = fields.items(rows(), meta, self.name)
        items, inputs = columns(found, fields.labels(), ", ".join(files), **self.origin)
        return Reading(self.name, items, inputs, meta)

    def _sheet(self, workbook: Any, where: str) -> Any:
        names = [sheet.title for sheet in workbook.worksheets]
        if self.sheet in names:
            return workbook[self.sheet]
        if isinstance(self.sheet, int) and 1 <= self.sheet <= len(names):
            return workbook.worksheets[self.sheet - 1]
        raise DataError(
            f"{where}: no sheet {self.sheet!r}.{did_you_mean(str(self.sheet), names)} data.sheet is one of:"
            f" {', '.join(names)}, or its number from 1"
        )

    def _rows(self, where: str, sheet: Any, fields: Fields) -> Iterator[tuple[str, Row]]:
        texts = {*fields.labels()}
        names: list[str | None] | None = None
        converted = 0
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if all(cell.value is None for cell in cells):
                continue
            if names is None:
                names = self._names([cell.value for cell in cells], f"{where}: row {number}")
                if self.header:
                    continue
            row: dict[str, Any] = {name: None for name in names if name is not None}
            for name, cell in zip(names, cells, strict=False):
                if name is None:
                    continue
                if cell.data_type == "e":
                    raise DataError(
                        f"{where}: row {number}: '{name}' holds the error {cell.value}; mend it in Excel"
                    )
                row[name] = cell.value
                if isinstance(cell.value, str):
                    row[name] = cell.value.replace(_RETURN, "\r")
                elif name in texts and cell.value is not None:
                    row[name] = str(cell.value)
                    converted += 1
            yield f"{where}: row {number}", row
        if names is None:
            raise DataError(f"{where}: the sheet '{sheet.title}' is empty; data.sheet=NAME names another")
        if converted:
            tell(f"{where}: {converted} texts are stored as numbers, dates or truth values, and read as such")

    def _names(self, values: Sequence[Any], at: str) -> list[str | None]:
        if not self.header:
            return [str(number) for number in range(1, len(values) + 1)]
        names = [None if value is None else str(value).strip() for value in values]
        named = [name for name in names if name is not None]
        if len(set(named)) < len(named):
            raise DataError(f"{at}: two columns have the same name; use data.header=false and numbers")
        return names


@contextmanager
def _opened(where: str) -> Iterator[Any]:
    """A workbook, read as it is gone through. Raises DataError for what is none, is damaged, or a bomb."""
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise missing_package("data=xlsx", "openpyxl", extra="xlsx") from None

    path = local_path(where)
    if not is_file(path):
        raise no_such_file(path, where)
    try:
        with path.open("rb") as stream:
            with zipfile.ZipFile(stream) as container:
                unpacked = sum(info.file_size for info in container.infolist())
            if unpacked > BOMB_BYTES and unpacked > BOMB_RATIO * path.stat().st_size:
                raise DataError(
                    f"{where}: unpacks to more than {BOMB_RATIO} times its size; refused as a bomb"
                )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about features of Excel that openpyxl does not write back
                workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
                yield workbook
    except HarnessError:
        raise
    except zipfile.BadZipFile:
        raise DataError(f"{where}: not an Excel workbook (.xlsx); save it as one, or as CSV") from None
    except Exception as error:  # what openpyxl raises for damaged files is of every type
        raise DataError(f"{where}: damaged, or not an Excel workbook ({one_line(error)})") from None
