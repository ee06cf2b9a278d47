"""Start the program as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
PATIENCE = 900  # seconds for what takes few, on a machine that is busy with other things

Done = subprocess.CompletedProcess[str]


def run_harness(*words: str, cwd: Path, env: dict[str, str] | None = None, timeout: float = PATIENCE) -> Done:
    """Run `python -m harness …` as a user does, without network; returns the finished process."""
    settings = {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "harness", *words],
        cwd=cwd,
        env={**os.environ, **settings, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def record_files(folder: Path) -> list[Path]:
    """The records of the results store there, the first written first, whatever the clock did."""
    found = (folder / "results" / "runs").glob("*/record.json")
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)


def wait_until(there: Callable[[], Any], process: subprocess.Popen[Any] | None = None) -> None:
    """Wait for a state; AssertionError when the process that should bring it about ends, or never does."""
    end = time.monotonic() + PATIENCE
    while not there():
        if process is not None and process.poll() is not None and not there():
            raise AssertionError(f"the process ended with {process.returncode}: {process.communicate()[1]}")
        if time.monotonic() > end:
            if process is not None:
                process.kill()
            raise AssertionError("it never came so far")
        time.sleep(0.03)


def gone(pid: int) -> bool:
    """Whether a process runs no more, though its parent may not have asked for its end yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
