"""Paths as users write them: what exists, what is close to it, and where the package's own folders are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import islice
from pathlib import Path

from harness.errors import DataError, StageError, UserError

MOST_NAMES = 10_000
"""Names of a folder among which a similar one is looked for."""


def resource(name: str) -> Path:
    """The absolute path of a shipped folder (`conf`, `seeds`): inside the wheel, else the checkout's."""
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / name, package.parent / name):
        if candidate.exists():
            return candidate
    raise StageError(f"the installation is broken: '{name}' is not in {package}; reinstall mt-harness")


def user_cache() -> Path:
    """What is kept for this user: `$XDG_CACHE_HOME/mt-harness`, by default in `~/.cache`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mt-harness"


def no_such_file(path: str | Path, called: str | None = None) -> DataError:
    """The error for a missing file, `called` so in the message, with where to look instead."""
    place = Path(path)
    if is_dir(place):
        return DataError(f"{called or path}: is a folder, expected a file")
    folder = next((p for p in place.parents if is_dir(p)), Path())
    if folder != place.parent:
        missing = place.relative_to(folder).parts[0]
        remedy = f"there is no folder '{missing}' in {folder.resolve()}"
    else:
        names = _names(folder)
        near = _near(place.name, names)
        remedy = f"did you mean '{near}'?" if near else f"it is not in {folder.resolve()}"
        if place.name in names:
            remedy = "it is a broken symbolic link"
    return DataError(f"{called or path}: no such file; {remedy}")


def _near(name: str, names: Sequence[str]) -> str | None:
    """The name most like another, by what stands before its ending: `.txt` makes nothing alike."""
    stem, ending = Path(name.lower()).stem, Path(name).suffix
    alike = get_close_matches(stem, [Path(one.lower()).stem for one in names], n=1, cutoff=0.7)
    same = [one for one in names if alike and Path(one.lower()).stem == alike[0]]
    return max(same, key=lambda one: SequenceMatcher(None, ending, Path(one).suffix).ratio(), default=None)


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in islice(folder.iterdir(), MOST_NAMES)]
    except OSError:
        return []


def unreadable(path: str | Path, error: OSError | ValueError, called: str | None = None) -> DataError:
    """The error for a file that could not be opened or read; `called` in the message."""
    if isinstance(error, FileNotFoundError):
        return no_such_file(path, called)
    if isinstance(error, IsADirectoryError):
        return DataError(f"{called or path}: is a folder, expected a file")
    # ValueError: a NUL in the name
    return DataError(f"{called or path}: cannot be read ({getattr(error, 'strerror', None) or error})")


def check_output(path: str | Path) -> None:
    """Refuse what `-o` names in a folder that is not there: it would be made where a path was mistyped.

    Raises UserError.
    """
    folder = Path(path).parent
    if is_file(folder):
        raise UserError(f"{path}: {folder} is a file, not a folder")
    if not is_dir(folder):
        raise UserError(f"{path}: no such folder: {folder}; make it first, or name another place with -o")


def user_path(path: str | Path) -> Path:
    """The path with `~` expanded; what does not name a home folder (`./~`, `~x`) stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 (Path drops `./`, and raises for `~x`)


def is_file(path: str | Path) -> bool:
    """Whether there is such a file; False for a name that no file can have (too long, a NUL in it)."""
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file raises for such names)


def is_dir(path: str | Path) -> bool:
    """Whether there is such a folder; False for a name that none can have."""
    return os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises for such names)
