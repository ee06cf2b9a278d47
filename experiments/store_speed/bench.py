"""CPU seconds of the verbs that read a store of many runs; the README has the command."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS, TIMES = 1000, 5


def cpu(folder: Path, *words: str) -> float:
    """The least of TIMES runs, of the whole process: interpreter, imports, reading, printing."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    seconds = []
    for _ in range(TIMES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "harness", *words]
        subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "-m", "harness", "run", "model=copy", "results=one"]
        subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True)
        (path,) = folder.glob("one/runs/*/record.json")
        record = json.loads(path.read_text())
        for number in range(RUNS):
            record |= {"run_id": f"20260101-{number:06d}-abcdef", "config_hash": f"{number:016x}"}
            copy = folder / "many" / "runs" / record["run_id"] / "record.json"
            copy.parent.mkdir(parents=True)
            copy.write_text(json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False))
        print(f"{RUNS} records of {path.stat().st_size} bytes; CPU seconds, least of {TIMES}")
        for words in (
            ["--version"],
            ["list"],
            ["list", "--format", "md"],
            ["list", "--all", "--format", "csv"],
        ):
            verb = words if words == ["--version"] else [*words, "--results", "many"]
            print(f"{' '.join(words):<24} {cpu(folder, *verb):.2f}", flush=True)


if __name__ == "__main__":
    main()
