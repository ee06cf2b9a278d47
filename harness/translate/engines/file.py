"""The `file` engine: outputs that exist already, one line a segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from harness.common.files import is_file, no_such_file, read_text, sha256_text, user_path
from harness.errors import ConfigError, DataError
from harness.protocols import Batch, Engine, Translated
from harness.types import Translation


class File(Engine):
    """Read a system's outputs: line i is the translation of segment i.

    path      the file; a pattern must match one here (on the command line `run` makes one run of each)
    name      the system's name in tables: the model's, or the file's where that is only "file"

    Raises DataError when there is no such file or its lines are not as many as the segments.
    """

    positional = True

    def __init__(self, *, model: Mapping[str, Any], src: str, tgt: str, path: str | None = None) -> None:
        pattern = path or model.get("path")
        if not pattern:
            raise ConfigError(
                "engine 'file' needs the outputs of a system: engine.path=FILE (or 'DIR/*' for one run each)"
            )
        found = files_of(str(pattern))
        if len(found) > 1:
            raise ConfigError(
                f"engine.path={pattern} matches {len(found)} files, and a run reads one; for one run each"
                f" give the pattern to the command: python -m harness run model=file engine.path='{pattern}'"
            )
        self._path = Path(found[0])
        self._count: int | None = None  # lines of the file
        self._open: Iterator[str] | None = None  # where the last `translate` ended, at line `_next`
        self._next = 0
        own = model.get("name")
        self.name = self._path.stem if own in (None, "file") else str(own)

    @cached_property
    def identity(self) -> dict[str, Any]:
        return {"engine": "file", "model": self._path.stem, "sha256": sha256_text(read_text(self._path))}

    def translate(self, batch: Batch) -> Translated:
        sources = batch.sources
        total = len(sources) if batch.total is None else batch.total
        if self._count is None:
            self._count = sum(1 for _ in self._lines())
        if self._count != total:
            raise DataError(
                f"{self._path}: {self._count} lines for {total} segments; an output has one line a"
                " segment, in the order of the test set"
            )
        if self._next != batch.start or self._open is None:
            self._open = islice(self._lines(), batch.start, None)
        lines = list(islice(self._open, len(sources)))
        self._next = batch.start + len(sources)
        yield [(i, Translation(s, line)) for i, (s, line) in enumerate(zip(sources, lines, strict=True))]

    def _lines(self) -> Iterator[str]:
        """As `read_lines`, one by one."""
        with self._path.open(encoding="utf-8-sig", newline=None) as stream:
            for line in stream:
                yield line.removesuffix("\n")


def files_of(pattern: str) -> list[str]:
    """The files of a path, or of a pattern in its last part, sorted; DataError when there are none."""
    path = user_path(pattern)
    plain = is_file(path) or not any(char in path.name for char in "*?[")
    candidates = [path] if plain else path.parent.glob(path.name)
    found = sorted(str(candidate) for candidate in candidates if is_file(candidate))
    if not found:
        raise no_such_file(path, pattern)
    return found
