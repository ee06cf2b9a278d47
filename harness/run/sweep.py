"""What became of each combination of a sweep, whichever launcher ran it, in whichever process.

Every job leaves one small file in the sweep's folder (named by the environment, which launchers
pass on to their workers); the parent reads them when all are done. A pattern of files is a sweep too.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.common.files import write_json
from harness.common.mqm import outputs, read_mqm
from harness.common.notices import once_each
from harness.common.paths import is_file, user_path
from harness.common.progress import note
from harness.common.shapes import TEXT, Keys, read_json
from harness.config.arguments import quoted
from harness.errors import ConfigError
from harness.results.store import Store
from harness.results.tables import print_scores
from harness.run.counterparts import unpaired

_VARIABLE = "HARNESS_SWEEP"
_OUTCOME = Keys({"job": int, "state": str, "run_id": str, "message": TEXT})


def fan_out(arguments: Sequence[str]) -> list[str]:
    """`engine.path=outs/*.txt` (or `model.path=`) as a sweep over the files or folders that match.

    A pattern is understood in the last part of the path. One match takes its place, several make a sweep;
    without any the argument stays, for the engine to say that there is no such file. `engine.system=all` is a
    sweep over the systems in the file that `engine.path` names, `model=mqm` without `engine.system=` one over
    those of `data.path`, the human references apart.
    """
    systems = _mqm_systems(arguments)
    found = []
    several = bool(systems)
    for word in arguments:
        key, _, value = word.lstrip("+").partition("=")
        matches = _matches(value.strip("'\"")) if key in ("engine.path", "model.path") else []
        if (key, value) == ("engine.system", "all"):
            matches = _systems(arguments)
        several |= len(matches) > 1
        plus = word[: len(word) - len(word.lstrip("+"))]
        found.append(f"{plus}{key}={','.join(map(quoted, matches))}" if matches else word)
    found += systems
    return ["-m", *found] if several and not {"-m", "--multirun"} & set(found) else found


def _mqm_systems(arguments: Sequence[str]) -> list[str]:
    """The argument that names the systems of an MQM file, in a list; an empty one where none is due."""
    given = dict(word.lstrip("+").partition("=")[::2] for word in arguments)
    path = given.get("data.path", "").strip("'\"")
    if given.get("model") != "mqm" or "engine.system" in given or not is_file(user_path(path)):
        return []
    references = [name.strip(" '\"") for name in given.get("data.reference", "ref").strip("[]").split(",")]
    systems = [name for name in outputs(read_mqm(path)) if name not in references]
    return [f"engine.system={','.join(map(quoted, systems))}"]


def _matches(pattern: str) -> list[str]:
    path = Path(pattern).expanduser()
    if not any(char in path.name for char in "*?[") or pattern.startswith("[") or path.exists():
        return []
    found = sorted(path.parent.glob(path.name))
    return [str(item) for item in found if item.is_file()] or [str(item) for item in found]


def _systems(arguments: Sequence[str]) -> list[str]:
    """The systems in the table that the arguments name; DataError where it has no column of systems."""
    from harness.translate.engines.test_sets import found_in

    given = {
        key: value.strip("'\"") for key, _, value in (word.lstrip("+").partition("=") for word in arguments)
    }
    if "engine.path" not in given or _matches(given["engine.path"]):
        raise ConfigError("engine.system=all: engine.path must name one file, that with the systems")
    column = given.get("engine.system_column", "system")
    return found_in(user_path(given["engine.path"]), "und", system="all", system_column=column).systems()


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
        print_scores(list(records.values()))
        for line in once_each([record.warnings for record in records.values()], "runs"):
            note(line)
        for left_over in dict.fromkeys(filter(None, map(unpaired, records.values()))):
            note(left_over)
    count = {state: sum(o["state"] == state for o in outcomes) for state in ("finished", "skipped", "failed")}
    note(f"{count['finished']} finished, {count['skipped']} skipped, {count['failed']} failed")
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if count["failed"] else 0


def _folder(store: Store, name: str) -> Path:
    return store.root / "cache" / "sweeps" / name
