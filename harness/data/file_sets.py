"""A set in one file or in many: `data.path` as a file, a URL, a glob pattern, or a list of those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from glob import glob, has_magic
from pathlib import Path

from harness.common.paths import is_dir, is_file, user_path
from harness.data.fetch import is_url
from harness.errors import DataError


def shards(path: str | Sequence[str]) -> list[str]:
    """The files in the order they are read: a list as it is given, the matches of a pattern sorted by name.

    Raises DataError for a folder, a pattern that nothing matches, and a file that is named twice.
    """
    found: list[str] = []
    for pattern in [path] if isinstance(path, str) else [str(item) for item in path]:
        where = user_path(pattern)
        if is_url(pattern) or is_file(where) or not has_magic(pattern):
            if is_dir(where):
                raise DataError(
                    f"{pattern}: is a folder, expected a file; name its files with a pattern:"
                    f" data.path='{pattern.rstrip('/')}/*{_ending(where)}'"
                )
            found.append(pattern)
            continue
        matches = sorted(glob(str(where), recursive=True))  # noqa: PTH207 (absolute patterns)
        matches = [match for match in matches if Path(match).is_file()]
        if not matches:
            raise DataError(f"{pattern}: no file matches this pattern (working folder: {Path.cwd()})")
        found += matches
    twice = [one for one, times in Counter(found).items() if times > 1]
    if twice:
        raise DataError(f"{twice[0]}: named twice in data.path")
    return found


def set_name(path: str | Sequence[str]) -> str:
    """What a set is called that has no name: its file's name, or of many files that of their folder."""
    first = path if isinstance(path, str) else str(path[0])
    one = isinstance(path, str) or len(path) == 1
    if one and (is_file(user_path(first)) or not has_magic(first)):
        return Path(first).name
    return Path(first).absolute().parent.name


def _ending(folder: Path) -> str:
    endings = [file.suffix for file in folder.iterdir() if file.suffix and file.is_file()]
    return max(set(endings), key=endings.count, default="")
