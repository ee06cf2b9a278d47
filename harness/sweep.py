"""What became of each combination of a sweep, whichever launcher ran it, in whichever process.

Every job leaves one small file in the sweep's folder (named by the environment, which launchers
pass on to their workers); the parent reads them when all are done.
"""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from harness.files import write_json
from harness.progress import note
from harness.shapes import TEXT, Keys, read_json
from harness.store import Store
from harness.tables import print_table, score_rows

_VARIABLE = "HARNESS_SWEEP"
_OUTCOME = Keys({"job": int, "state": str, "run_id": str, "message": TEXT})


def begin() -> str:
    """Name a new sweep and make its name known to this process and its children."""
    name = uuid.uuid4().hex[:12]
    os.environ[_VARIABLE] = name
    return name


def current() -> str | None:
    """The sweep this process works for, None in a single run."""
    return os.environ.get(_VARIABLE)


def report(store: Store, job: int, state: str, run_id: str, message: str | None = None) -> None:
    """Leave the outcome of one job ("finished", "skipped" or "failed")."""
    outcome = {"job": job, "state": state, "run_id": run_id, "message": message}
    write_json(_folder(store, current() or "none") / f"{job}-{run_id}.json", outcome)


def finish(results: Path, name: str) -> int:
    """Print the table of a sweep and its count of outcomes; 1 when any combination failed, else 0."""
    store = Store(results)
    os.environ.pop(_VARIABLE, None)
    folder = _folder(store, name)
    outcomes: list[dict[str, Any]] = [read_json(p, _OUTCOME) for p in folder.glob("*.json")]
    outcomes.sort(key=lambda outcome: outcome["job"])
    records = {}
    for outcome in outcomes:
        record = store.info(store.run_dir(outcome["run_id"])).record  # also of one with failed segments
        if record is not None:
            records[outcome["run_id"]] = record
    if records:
        print_table(*score_rows(list(records.values())))
    count = {state: sum(o["state"] == state for o in outcomes) for state in ("finished", "skipped", "failed")}
    note(f"{count['finished']} finished, {count['skipped']} skipped, {count['failed']} failed")
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if count["failed"] else 0


def _folder(store: Store, name: str) -> Path:
    return store.root / "cache" / "sweeps" / name
