"""How far a run is that has not ended: live.json in its folder, locked by the process as long as it lives.

The lock goes with the process, however it ends, so nothing has to guess from a process id or a clock
whether a run still works. A run that was killed leaves the file, unlocked: it tells how far it came.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.common.json_text import json_value
from harness.common.progress import watched

NAME = "live.json"
_SIZE = 512  # bytes: rewritten in place at one go, so that a reader never sees half of it


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run was last seen doing."""

    running: bool
    """Whether its process lives; on a file system without locks, whether it wrote within two minutes."""
    task: str
    """`translating`, or the stage where nothing is counted."""
    done: int = 0
    total: int | None = None
    """Units of the task, None where they are not counted."""
    begun: float = 0.0
    """Seconds since the epoch at which the task began."""
    updated: float = 0.0
    config_hash: str = ""
    """Of the run; empty until it is known."""
    locked: bool = False
    """Whether the file system has locks, so that `running` is certain."""

    @property
    def sentence(self) -> str:
        """`"translating different texts: 120 of 997"`."""
        return f"{self.task}: {self.done} of {self.total}" if self.total else self.task


class _Journal:
    """Writes live.json; a disk that cannot take it does not end the run."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        _lock(self._fd)
        self._task, self._begun, self._hash = "", 0.0, ""

    def known_as(self, config_hash: str) -> None:
        """From now on the file has this hash, by which a repetition of the run knows it."""
        self._hash = config_hash

    def __call__(self, task: str, done: int, total: int | None) -> None:
        now = time.time()
        if task != self._task or done == 0:
            self._task, self._begun = task, now
        value = {"task": task[:200], "done": done, "total": total, "begun": self._begun, "updated": now}
        value["config_hash"] = self._hash
        with suppress(OSError):
            os.pwrite(self._fd, json.dumps(value).encode().ljust(_SIZE - 1) + b"\n", 0)

    def close(self) -> None:
        os.close(self._fd)


@contextmanager
def journal(folder: Path) -> Iterator[Callable[[str], None]]:
    """Keep live.json in a run's folder while the run works; it stays behind when the run is interrupted.

    Yields a function that is to be told the run's hash.
    """
    path, made = folder / NAME, not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = _Journal(path)
    except OSError:  # the stage that needs the folder says so
        yield lambda config_hash: None
        return
    try:
        with watched(written):
            yield written.known_as
    except Exception:
        path.unlink(missing_ok=True)  # error.json tells more
        raise
    else:
        path.unlink(missing_ok=True)
    finally:
        written.close()
        if made:
            with suppress(OSError):  # not empty: something was run
                folder.rmdir()


def discard(folder: Path) -> None:
    """Delete the folder of a run that has neither a record nor an error to keep."""
    if not any((folder / name).exists() for name in ("record.json", "error.json")):
        shutil.rmtree(folder, ignore_errors=True)


def discard_empty(folder: Path) -> None:
    """Delete the folder of a run that came no further than Hydra's own files: a full disk held no more."""
    with suppress(OSError):
        if {path.name for path in folder.iterdir()} <= {".hydra", "harness.log"}:
            shutil.rmtree(folder, ignore_errors=True)


def progress(folder: Path) -> Progress | None:
    """What the run in this folder was last seen doing; None where nothing readable says it."""
    try:
        fd = os.open(folder / NAME, os.O_RDONLY)
    except OSError:
        return None
    try:
        value: Any = json_value(os.read(fd, _SIZE))
        held = _held(fd)
        running = time.time() - float(value["updated"]) < 120 if held is None else held
        total = value["total"]
        return Progress(
            running,
            str(value["task"]),
            int(value["done"]),
            None if total is None else int(total),
            float(value["begun"]),
            float(value["updated"]),
            str(value.get("config_hash") or ""),
            held is not None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    finally:
        os.close(fd)


def _lock(fd: int) -> None:
    if sys.platform != "win32":
        import fcntl

        for _ in range(20):  # a reader holds it for an instant
            try:
                return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:  # a file system without locks: the time of the last write has to do
                return None
    return None


def _held(fd: int) -> bool | None:
    """Whether somebody holds the lock; None where there are none."""
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return None
        fcntl.flock(fd, fcntl.LOCK_UN)
        return False
    return None
