"""The `file` engine: outputs that exist already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from harness.common.limits import Reads
from harness.common.paths import is_dir, is_file, no_such_file, user_path
from harness.errors import ConfigError, DataError
from harness.protocols import Batch, Engine, Translated
from harness.translate.engines.documents import DocumentOutputs
from harness.translate.engines.outputs import Outputs
from harness.translate.engines.test_sets import found_in
from harness.types import Translation


class File(Engine):
    """Read a system's outputs: line i is the translation of segment i, or a row of a table is. Those in a
    test set of WMT (`<hyp system=…>`, tstset) are matched by the ids that `data=wmt-xml` and `data=sgm` give.

    path           the file, plain or packed; a pattern must match one here (on the command line `run` makes
                   one run of each)
    column         of a TSV, CSV or JSON-lines file, the column or key with the outputs
    id             the column with the ids of the segments: rows may then be in any order; null: they are in
                   the order of the test set
    system         of a file with several systems, the one to read; `all` on the command line: one run each
    system_column  the column that says which system a row is from
    header         whether the first line of a table names its columns; else they go by number from 1
    unit           what an output is of: a segment, or a whole document, which is re-segmented (`realign`).
                   Documents are the files of a folder (ID.txt), stand between blank lines of a file, or are
                   the rows of a table with their ids (`column`, `id`)
    name           the system's name in tables: the model's; where that is only "file", the system's or file's

    Raises DataError when there is no such file, when its outputs are not as many as the segments, and for an
    id that is missing or occurs twice.
    """

    positional = True

    def __init__(
        self,
        *,
        model: Annotated[Mapping[str, Any], Reads(())],
        src: str,
        tgt: str,
        path: str | None = None,
        column: str | int | None = None,
        id: str | int | None = None,
        system: str | None = None,
        system_column: str = "system",
        header: bool = True,
        unit: Literal["segment", "document"] = "segment",
    ) -> None:
        if not path:
            raise ConfigError(
                "engine 'file' needs the outputs of a system: engine.path=FILE (or 'DIR/*' for one run each)"
            )
        self.unit = unit
        own = model.get("name")
        if unit == "document":
            self._documents = _documents(path, tgt, column, id, system, system_column, header)
            self.divisible = False
            self.name = str(own) if own not in (None, "file") else self._documents.path.stem
            return
        found = files_of(path)
        if len(found) > 1:
            raise ConfigError(
                f"engine.path={path} matches {len(found)} files, and a run reads one; for one run each"
                f" give the pattern to the command: python -m harness run model=file engine.path='{path}'"
            )
        if id is not None and column is None and system is None:
            raise ConfigError("engine.id matches the rows of a table; engine.column=NAME says what to read")
        self._outputs = found_in(
            path=Path(found[0]),
            lang=tgt,
            column=None if column is None else str(column),
            key=None if id is None else str(id),
            system=None if system is None else str(system),
            system_column=str(system_column),
            header=header,
        )
        self.divisible = not self._outputs.by_ids  # ids that no segment has show only beside all of them
        self._count: int | None = None  # outputs in the file
        self._open: Iterator[str] | None = None  # where the last `translate` ended, at output `_next`
        self._next = 0
        self.name = self._outputs.name if own in (None, "file") else str(own)

    @cached_property
    def identity(self) -> dict[str, Any]:
        if self.unit == "document":
            made = self._documents
            return {"engine": "file", "model": made.path.stem, "sha256": made.sha256, "unit": self.unit}
        text = self._outputs.text()
        for _ in text.chunks():
            pass
        outputs = self._outputs
        what = {"column": outputs.column, "id": outputs.key, "system": outputs.system}
        return {
            "engine": "file",
            "model": outputs.path.stem,
            "sha256": text.sha256,
            **{name: value for name, value in what.items() if value is not None},
        }

    def check(self) -> None:
        """Read the outputs once. Raises DataError for what is no text or table of outputs."""
        if self.unit == "document":
            _ = self._documents.texts
            return
        for _ in self._read():
            pass

    def translate(self, batch: Batch) -> Translated:
        sources = batch.sources
        if self.unit == "document":
            outputs = self._documents.matched(batch.ids)
        else:
            outputs = self._outputs.matched(batch.ids) if self._outputs.by_ids else self._following(batch)
        yield [(i, Translation(s, text)) for i, (s, text) in enumerate(zip(sources, outputs, strict=True))]

    def _following(self, batch: Batch) -> list[str]:
        """The outputs of the batch by its place; DataError where there are not as many as segments in all."""
        n = len(batch.sources)
        total = n if batch.total is None else batch.total
        if self._count is None:
            self._count = sum(1 for _ in self._read())
        if self._count not in (total, batch.whole):  # the outputs of the whole set, cut by `limit`, too
            total = batch.whole or total
            table = self._outputs.is_table
            unit, hint = ("rows", " (engine.id=COLUMN matches by id)") if table else ("lines", "")
            raise DataError(
                f"{self._outputs.path}: {self._count} {unit} for {total} segments; there must be one a"
                f" segment, in the order of the test set{hint}"
            )
        if self._next != batch.start or self._open is None:
            self._open = islice(self._read(), batch.start, None)
        self._next = batch.start + n
        return list(islice(self._open, n))

    def _read(self) -> Iterator[str]:
        return self._outputs.read(self._outputs.text())


def _documents(
    path: str,
    lang: str,
    column: str | int | None,
    key: str | int | None,
    system: str | None,
    system_column: str,
    header: bool,
) -> DocumentOutputs:
    """Outputs of documents: of a folder, of a table where a column is named, else between blank lines."""
    place = user_path(path)
    if (column is None) != (key is None):
        raise ConfigError(
            "engine.unit=document reads a table by two columns: engine.id=COLUMN with the ids of documents,"
            " engine.column=COLUMN with their outputs"
        )
    if is_dir(place):
        if column is not None:
            raise ConfigError(f"engine.path={path} is a folder with a file a document, which has no columns")
        return DocumentOutputs(place, lang)
    if not is_file(place):
        raise no_such_file(place, path)
    if column is None:
        return DocumentOutputs(place, lang)
    table = Outputs(place, lang, str(column), str(key), system, str(system_column), header)
    return DocumentOutputs(place, lang, table)


def files_of(pattern: str) -> list[str]:
    """The files of a path, or of a pattern in its last part, sorted; DataError when there are none."""
    path = user_path(pattern)
    plain = is_file(path) or not any(char in path.name for char in "*?[")
    member = any(is_file(parent) for parent in path.parents)  # of an archive
    candidates = [path] if plain else path.parent.glob(path.name)
    found = sorted(str(candidate) for candidate in candidates if member or is_file(candidate))
    if not found:
        raise no_such_file(path, pattern)
    return found
