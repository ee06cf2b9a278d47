"""Damage the files of every reader for as long as asked; the README has the command and what was found."""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from harness.common.langid import label
from tests.support.fuzz_targets import targets
from tests.support.fuzzer import Crash, Target, run_case

SLICE = 10.0  # seconds of one target before the next has its turn


def in_child(target: Target, first: int, seconds: float) -> dict[str, Any]:
    """Cases from `first` on in a forked child: the crash of a library in C is one finding, not the end."""
    with tempfile.TemporaryDirectory() as name:
        log = Path(name) / "log"
        child = os.fork()
        if child == 0:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1), os.dup2(null, 2)
            cases(target, first, seconds, log)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        lines = {line["number"]: line for line in map(json.loads, log.read_text().splitlines())}
    for line in lines.values():
        if line["outcome"] == "begun":
            line |= {"outcome": "crash", "error": f"the process ended with status {status}"}
    return {
        "cases": list(lines.values()),
        "memory": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def cases(target: Target, first: int, seconds: float, log: Path) -> None:
    end, number = time.monotonic() + seconds, first
    with log.open("a", buffering=1) as out:
        while time.monotonic() < end or number == first:
            line: dict[str, Any] = {"number": number, "outcome": "begun"}
            out.write(json.dumps(line) + "\n")
            with tempfile.TemporaryDirectory() as folder:
                begin = time.monotonic()
                found = run_case(target, number, Path(folder))
                line["seconds"] = round(time.monotonic() - begin, 3)
            if isinstance(found, Crash):
                line |= {"outcome": "crash", "error": found.error, "trace": found.trace}
            else:
                line["outcome"] = found
            out.write(json.dumps(line) + "\n")
            number += 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--first", type=int, default=1000, help="number of the first case")
    parser.add_argument("--only", default="", help="targets, with commas")
    args = parser.parse_args()
    assert label("fr")  # loaded once, for all the children
    todo = [target for target in targets() if not args.only or target.name in args.only.split(",")]
    following = {target.name: args.first for target in todo}
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    slowest: defaultdict[str, float] = defaultdict(float)
    crashes: dict[str, dict[str, Any]] = {}
    end, memory = time.monotonic() + 60 * args.minutes, 0
    while time.monotonic() < end:
        for target in todo:
            found = in_child(target, following[target.name], min(SLICE, max(0.1, end - time.monotonic())))
            memory = max(memory, found["memory"])
            for case in found["cases"]:
                following[target.name] = case["number"] + 1
                outcomes[target.name][case["outcome"]] += 1
                slowest[target.name] = max(slowest[target.name], case.get("seconds", 0.0))
                if case["outcome"] == "crash":
                    key = f"{target.name}: {case['error'].split(':')[0]} {case.get('trace', '')[-200:]}"
                    if key not in crashes:
                        crashes[key] = case
                        print(f"CRASH {target.name} {case['number']}: {case['error']}", flush=True)
                        print(case.get("trace", ""), flush=True)
    print(f"{'reader':<13} {'cases':>8} {'read':>8} {'refused':>8} {'crash':>6} {'slowest s':>10}")
    for name, count in outcomes.items():
        row = f"{name:<13} {count.total():>8} {count['read']:>8} {count['refused']:>8} {count['crash']:>6}"
        print(f"{row} {slowest[name]:>10.2f}")
    total = sum(count.total() for count in outcomes.values())
    print(f"{total} cases, {len(crashes)} distinct crashes, {memory} MiB at most")


if __name__ == "__main__":
    main()
