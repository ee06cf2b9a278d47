"""The `file` engine: outputs that exist already, one line a segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.errors import ConfigError, DataError
from harness.files import is_file, read_lines, read_text, sha256_text
from harness.types import Translation


class File:
    """Read a system's outputs: line i is the translation of segment i.

    path      the file; a pattern is understood when it matches exactly one (`files_of` lists them all)

    Raises DataError when there is no such file or its lines are not as many as the segments.
    """

    positional = True

    def __init__(self, *, model: Mapping[str, Any], src: str, tgt: str, path: str | None = None) -> None:
        pattern = path or model.get("path")
        if not pattern:
            raise ConfigError("engine 'file' needs the outputs of a system: engine.path=FILE")
        found = files_of(str(pattern))
        if len(found) > 1:
            raise ConfigError(
                f"engine.path={pattern} matches {len(found)} files; one run each:"
                f" python -m harness run -m model=file engine.path={','.join(found)}"
            )
        self._path = Path(found[0])

    @cached_property
    def identity(self) -> dict[str, Any]:
        return {"engine": "file", "model": self._path.stem, "sha256": sha256_text(read_text(self._path))}

    def translate(self, sources: Sequence[str]) -> Iterator[list[tuple[int, Translation]]]:
        lines = read_lines(self._path)
        if len(lines) != len(sources):
            raise DataError(
                f"{self._path}: {len(lines)} lines for {len(sources)} segments; an output has one line a"
                " segment, in the order of the test set"
            )
        yield [(i, Translation(s, line)) for i, (s, line) in enumerate(zip(sources, lines, strict=True))]


def files_of(pattern: str) -> list[str]:
    """The files of a path, or of a pattern in its last part, sorted; DataError when there are none."""
    path = Path(pattern).expanduser()
    plain = not any(char in path.name for char in "*?[")
    candidates = [path] if plain else path.parent.glob(path.name)
    found = sorted(str(candidate) for candidate in candidates if is_file(candidate))
    if not found:
        raise DataError(f"{pattern}: no such file")
    return found
