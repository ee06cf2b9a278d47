"""Segments per second and resident memory of whole runs, local and on Ray, as the test set grows.

Every run is a process of its own, started as a user starts it. Processor seconds and resident memory are
those of the run and all its children (Ray's daemons and workers too), read from /proc four times a second.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Watch:
    """What was seen of a tree of processes: megabytes at most, and processor seconds by process."""

    driver: float = 0.0
    first: float = 0.0  # of the driver when it had begun to translate
    tree: float = 0.0
    seconds: dict[int, float] | None = None

    def look(self, root: int) -> None:
        self.seconds = self.seconds or {}
        parents: dict[int, int] = {}
        resident: dict[int, float] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                    shared = (folder / "statm").read_text().split()
                except OSError:
                    continue
                pid = int(folder.name)
                parents[pid] = int(fields[1])
                # Private pages: those of files and of Ray's shared memory would count once for each process.
                resident[pid] = (int(shared[1]) - int(shared[2])) * PAGE / 1e6
                if pid == root or self._below(pid, root, parents):
                    self.seconds[pid] = (int(fields[11]) + int(fields[12])) / TICKS
        ours = [pid for pid in resident if pid == root or self._below(pid, root, parents)]
        self.tree = max(self.tree, sum(resident[pid] for pid in ours))
        self.driver = max(self.driver, resident.get(root, 0.0))

    @staticmethod
    def _below(pid: int, root: int, parents: dict[int, int]) -> bool:
        seen = set()
        while pid in parents and pid not in seen:
            seen.add(pid)
            pid = parents[pid]
            if pid == root:
                return True
        return False


def run(folder: Path, results: str, *words: str) -> dict[str, float | int]:
    """One run of the harness in `folder`, watched."""
    command = [sys.executable, "-m", "harness", "run", f"results={results}", "force=true", *words]
    root = Path(__file__).resolve().parents[2]
    # One core a process on either backend, so that what is compared is the backend.
    env = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "HARNESS_CORES": "1"}
    watch, begin = Watch(), time.perf_counter()
    with (folder / "stderr.txt").open("w") as err:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=err)
        while process.poll() is None:
            watch.look(process.pid)
            time.sleep(0.25)
    wall = time.perf_counter() - begin
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {(folder / 'stderr.txt').read_text()}")
    newest = max((folder / results / "runs").glob("*/record.json"), key=lambda path: path.stat().st_mtime)
    record = json.loads(newest.read_text())
    cpu = sum((watch.seconds or {}).values())
    return {
        "n": record["data"]["n"],
        "wall": round(wall, 1),
        "cpu": round(cpu, 1),
        "driver_mb": round(watch.driver),
        "tree_mb": round(watch.tree),
        "per_second": round(record["data"]["n"] / wall),
        "score": record["scores"][0]["value"],
    }


def write(folder: Path, n: int) -> list[str]:
    """A test set of `n` lines in two files that differ a little; the words that choose it."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{n}.src", folder / f"{n}.tgt"
    if not paths[1].exists():
        for path, word in zip(paths, ("hier", "demain"), strict=True):
            with path.open("w", encoding="utf-8") as stream:
                for k in range(n):
                    stream.write(
                        f"Le président a parlé {word} de la phrase {k}, devant {k % 977} députés inquiets.\n"
                    )
    return ["data=bitext", f"data.src={paths[0].name}", f"data.tgt={paths[1].name}"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the test sets and results go")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--backends", nargs="+", default=["local", "ray"])
    parser.add_argument("--workers", type=int, nargs="+", default=[1], help="for Ray")
    parser.add_argument("--words", nargs="+", help="what to run (default: model=copy metrics=chrf)")
    parser.add_argument("--repeats", type=int, default=1, help="in turn, so that a slow spell hits all")
    args = parser.parse_args()
    words = args.words or ["model=copy", "metrics=chrf"]
    for n in args.sizes:
        data = write(args.folder, n)
        for _ in range(args.repeats):
            for backend in args.backends:
                for workers in args.workers if backend == "ray" else [1]:
                    chosen = [f"backend={backend}"]
                    if backend == "ray":
                        chosen.append(f"backend.workers={workers}")
                    found = run(args.folder, f"{backend}{workers}", *data, *words, *chosen)
                    print(json.dumps({"backend": backend, "workers": workers, **found}), flush=True)


if __name__ == "__main__":
    main()
