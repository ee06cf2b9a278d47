"""The store as the server sees it: each run read once, and again when a file of it changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import RLock

from harness.errors import DataError
from harness.results.store import RunInfo, Store

_FILES = ("record.json", "error.json", "labels.json", "segments.jsonl", "alignment.json", "live.json")
_FRESH = 0.5  # seconds in which the folders are not looked at again

Stamp = tuple[tuple[str, int, int], ...]


class Catalogue(Store):
    """A store that remembers what it read. Safe for several threads.

    `version` grows with every change to a run that has ended: what was computed from another is old.
    """

    def __init__(self, root: str | Path) -> None:
        super().__init__(root)
        self.version = 0
        self._known: dict[str, tuple[Stamp, RunInfo]] = {}
        self._looked = -1.0
        self._lock = RLock()

    def runs(self) -> list[RunInfo]:
        """Every run, oldest first; what changed within the last half second may not show yet."""
        with self._lock:
            if self._looked < 0 or time.monotonic() - self._looked > _FRESH:
                self._look()
                self._looked = time.monotonic()
            return [info for _, info in self._known.values()]

    def run(self, run_id: str) -> RunInfo | None:
        """The run with exactly this id; a name from an address is never made a path."""
        self.runs()
        with self._lock:
            found = self._known.get(run_id)
        return found[1] if found else None

    def info(self, path: Path, thorough: bool = False) -> RunInfo:
        """As the store's; a run that links to what is not in the store is damaged, and not read."""
        try:
            outside = next(_outside(path, self.root.resolve()), None)
        except OSError as error:
            return RunInfo(path.name, path, "damaged", problem=f"{path}: cannot be read ({error.strerror})")
        if outside is not None:
            problem = (
                f"{outside} is a link out of the store, which is not followed here; copy what it links to"
            )
            return RunInfo(path.name, path, "damaged", problem=problem)
        return super().info(path, thorough)

    def within(self, path: Path) -> Path:
        """The same path. Raises DataError where a link leads from it out of the store."""
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise DataError(f"{path}: a link leads out of the store; copy what it links to")
        return path

    def _look(self) -> None:
        try:
            with os.scandir(self.runs_dir) as entries:
                names = sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))
        except OSError:
            names = []
        known: dict[str, tuple[Stamp, RunInfo]] = {}
        root = str(self.runs_dir)
        for name in names:
            stamp, before = _stamp(f"{root}{os.sep}{name}{os.sep}"), self._known.get(name)
            ended = any(file in ("record.json", "error.json") for file, _, _ in stamp)
            if before is not None and before[0] == stamp and ended:
                known[name] = before
                continue
            known[name] = stamp, self.info(self.runs_dir / name)
            self.version += ended
        self.version += len(self._known.keys() - known.keys())
        self._known = known


def _outside(folder: Path, root: Path) -> Iterator[Path]:
    """The links in a run's folder, and it itself, that lead out of the store."""
    if folder.is_symlink() and not folder.resolve().is_relative_to(root):
        yield folder
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
                yield Path(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                yield from _outside(Path(entry.path), root)


def _stamp(folder: str) -> Stamp:
    """Name, time and size of the files that decide what a run is. Texts, not Paths: a thousand runs have six
    files each, and to join their Paths takes longer than to look at them."""
    found = []
    for name in _FILES:
        try:
            state = os.stat(folder + name)  # noqa: PTH116
        except OSError:
            continue
        found.append((name, state.st_mtime_ns, state.st_size))
    return tuple(found)
