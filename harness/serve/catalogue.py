"""The store as the server sees it: each run read once, and again when a file of it changed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import RLock

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

    def _look(self) -> None:
        try:
            with os.scandir(self.runs_dir) as entries:
                names = sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))
        except OSError:
            names = []
        known: dict[str, tuple[Stamp, RunInfo]] = {}
        for name in names:
            stamp, before = _stamp(self.runs_dir / name), self._known.get(name)
            ended = any(file in ("record.json", "error.json") for file, _, _ in stamp)
            if before is not None and before[0] == stamp and ended:
                known[name] = before
                continue
            known[name] = stamp, self.info(self.runs_dir / name)
            self.version += ended
        self.version += len(self._known.keys() - known.keys())
        self._known = known


def _stamp(folder: Path) -> Stamp:
    """Name, time and size of the files that decide what a run is."""
    found = []
    for name in _FILES:
        try:
            state = os.stat(folder / name)  # noqa: PTH116 (a thousand runs, six files each)
        except OSError:
            continue
        found.append((name, state.st_mtime_ns, state.st_size))
    return tuple(found)
