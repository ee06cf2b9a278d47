"""Paths as users write them: whether there is such a file, and where to look instead."""

from __future__ import annotations

import os
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from harness.errors import DataError

MOST_NAMES = 10_000  # of a folder that a name is looked for among


def user_path(path: str | Path) -> Path:
    """The path with `~` for the home folder; what is no home's name (`./~`, `~x`) stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 (Path drops `./`, and raises for `~x`)


def is_file(path: str | Path) -> bool:
    """Whether there is such a file; False for a name that no file can have (too long, a NUL in it)."""
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file raises for such names)


def is_dir(path: str | Path) -> bool:
    """Whether there is such a folder; False for a name that none can have."""
    return os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises for such names)


def no_such_file(path: str | Path, told: str | None = None) -> DataError:
    """The error for a path at which there is no file: `told` (the path itself) and where to look instead."""
    place = Path(path)
    if is_dir(place):
        return DataError(f"{told or path}: is a folder, a file was expected")
    folder = next((p for p in place.parents if is_dir(p)), Path())
    if folder != place.parent:
        missing = place.relative_to(folder).parts[0]
        remedy = f"there is no folder '{missing}' in {folder.resolve()}"
    else:
        names = _names(folder)
        near = get_close_matches(place.name, names, n=1)
        remedy = f"did you mean '{near[0]}'?" if near else f"it is not in {folder.resolve()}"
        if place.name in names:
            remedy = "it is a link to what is not there"
    return DataError(f"{told or path}: no such file; {remedy}")


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in islice(folder.iterdir(), MOST_NAMES)]
    except OSError:
        return []


def unreadable(path: str | Path, error: OSError | ValueError, told: str | None = None) -> DataError:
    """The error for a file that could not be opened or read; `told` is what to call it (the path itself)."""
    if isinstance(error, FileNotFoundError):
        return no_such_file(path, told)
    if isinstance(error, IsADirectoryError):
        return DataError(f"{told or path}: is a folder, a file was expected")
    # ValueError: a NUL in the name
    return DataError(f"{told or path}: cannot be read ({getattr(error, 'strerror', None) or error})")
