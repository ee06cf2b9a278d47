"""Finished runs from one store to another: copied whole under a temporary name, then put in place at once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.common.files import read_bytes
from harness.errors import StageError
from harness.results.store import RunInfo, Store


def already_there(run: RunInfo, target: Store) -> str | None:
    """`"here already"` for the same run, what is wrong if another has its name there, None if none has."""
    place = target.run_dir(run.run_id)
    if not place.exists():
        return None
    record = place / "record.json"
    if record.is_file() and read_bytes(record) == read_bytes(run.path / "record.json"):
        return "here already"
    return "another run has this name here"


def copy_run(run: RunInfo, target: Store) -> None:
    """Copy the plain files of a run, with their times. Raises StageError where it cannot be written.

    Links and devices are left out: a store from elsewhere must not bring in files of this machine.
    """
    place = target.run_dir(run.run_id)
    try:
        target.runs_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".import-", dir=target.runs_dir) as fresh:
            copy = Path(fresh) / "run"
            copy.mkdir()
            for path in _plain_files(run.path):
                to = copy / path.relative_to(run.path)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, to, follow_symlinks=False)
            copy.rename(place)
    except OSError as error:
        raise StageError(f"{place}: cannot be written ({error.strerror or error})") from error


def remove_run(run: RunInfo) -> None:
    """Delete a run's folder. Raises StageError where that is not allowed."""
    try:
        shutil.rmtree(run.path)
    except OSError as error:
        raise StageError(f"{run.path}: cannot be deleted ({error.strerror})") from error


def _plain_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from _plain_files(path)
        elif path.is_file():
            yield path
