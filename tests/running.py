"""Start the program as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

Done = subprocess.CompletedProcess[str]


def run_harness(*words: str, cwd: Path, env: dict[str, str] | None = None, timeout: float = 300) -> Done:
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
