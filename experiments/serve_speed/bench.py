"""Seconds until the workbench answers, and milliseconds of its pages; the README has the command.

python experiments/serve_speed/bench.py [--runs 1000] [--systems 16] [--segments 3000]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
TIMES = 9


def make_store(root: Path, runs: int, systems: int, segments: int) -> None:
    """`systems` runs of `segments` segments, and small ones up to `runs`."""
    from tests.support.made_stores import write_run
    from tests.support.made_texts import corpus, hypotheses

    metrics = {"bleu": {"kind": "bleu"}, "chrf": {"kind": "chrf"}}
    _, _, references = corpus(segments)
    for k in range(systems):
        outputs = hypotheses(references, k, 0.1 + 0.02 * k)
        write_run(root, f"20260201-{k:06d}-abc", f"large{k:02d}", outputs, references,
                  metrics=metrics, data="large")  # fmt: skip
    _, _, few = corpus(3)
    for k in range(runs - systems):
        write_run(root, f"20260101-{k:06d}-abc", f"small{k % 40:02d}", hypotheses(few, k, 0.3), few,
                  metrics=metrics, tag=f"t{k}")  # fmt: skip


def make_campaign(root: Path, segments: int, answers: int) -> str:
    """A campaign over the large runs with two annotators who have answered; the path of one's page."""
    from harness.cli.main import main as harness
    from harness.judge.campaign import answers_of, read_campaign, shown

    words = ["campaign", "big", "data=large", "--annotators", "ann", "ben", "--segments", str(segments)]
    assert harness([*words, "--results", str(root)]) == 0
    campaign = read_campaign(root, "big")
    for person, annotator in campaign.annotators.items():
        count = min(answers, len(annotator.tasks) - 100)
        lines = []
        for k, task in enumerate(annotator.tasks[:count]):
            mark = {"start": 0, "end": 1, "severity": "minor"}
            value = {"task": k, "score": 37 * k % 101, "seconds": 7.5, "at": "2026-11-28T08:00:00.000+00:00",
                     "spans": [mark] if shown(campaign, task)[0] else []}  # fmt: skip
            lines.append(json.dumps(value) + "\n")
        answers_of(root, "big", person).write_text("".join(lines), encoding="utf-8")
    size = f"{len(campaign.items)} segments × {len(campaign.runs)}"
    print(f"campaign of {size}: {count} answers of each of two")
    return f"big/{campaign.annotators['ann'].key}"


class Client:
    """A browser's connection: kept open, with the cookie that the printed address gives."""

    def __init__(self, address: str) -> None:
        found = re.fullmatch(r"http://([\d.:]+)/\?token=(\S+)", address)
        assert found, address
        self.connection = http.client.HTTPConnection(found[1], timeout=600)
        self.headers = {"Cookie": f"harness-{found[1].partition(':')[2]}={found[2]}"}

    def seconds(self, path: str) -> tuple[float, int]:
        """Until the whole answer is here, and its bytes."""
        begin = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        data = answer.read()
        assert answer.status == 200, (path, answer.status, data[:200])
        return time.perf_counter() - begin, len(data)

    def answered(self, path: str, value: object) -> float:
        """Seconds until an annotator's answer is acknowledged."""
        headers = {**self.headers, "Content-Type": "application/json",
                   "Origin": f"http://{self.connection.host}:{self.connection.port}"}  # fmt: skip
        begin = time.perf_counter()
        self.connection.request("POST", path, json.dumps(value), headers)
        answer = self.connection.getresponse()
        data = answer.read()
        assert answer.status == 200, (path, answer.status, data[:200])
        return time.perf_counter() - begin

    def given_up(self, path: str) -> None:
        """Ask for what the end of the server will interrupt."""
        with suppress(OSError, http.client.HTTPException, AssertionError):
            self.seconds(path)


def campaign(client: Client, judge: str, segments: str, done: int) -> None:
    """The pages of the campaign, each right after an answer."""
    pages = {
        "campaigns": "/api/campaigns",
        "an annotator's next task": f"/api/judge/{judge}",
        "segments with people's marks": segments,
    }
    print(f"{'the campaign, after each answer':34} {'first':>8} {'median':>8} {'most':>8}")
    first = {what: client.seconds(path)[0] for what, path in pages.items()}
    spent: dict[str, list[float]] = {what: [] for what in [*pages, "an answer, until it is on disk"]}
    for k in range(TIMES):
        for what, path in pages.items():
            value = {"task": done + k, "score": 50, "spans": []}
            spent["an answer, until it is on disk"].append(client.answered(f"/api/judge/{judge}", value))
            spent[what].append(client.seconds(path)[0])
    for what, found in spent.items():
        at_first = f"{1000 * first[what]:5.0f} ms" if what in first else " " * 8
        print(f"{what:34} {at_first} {1000 * median(found):5.0f} ms {1000 * max(found):5.0f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--systems", type=int, default=16)
    parser.add_argument("--segments", type=int, default=3000)
    parser.add_argument("--judged", type=int, default=1000, help="segments of the campaign")
    parser.add_argument("--answers", type=int, default=8000, help="of each annotator")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        make_store(Path(name), args.runs, args.systems, args.segments)
        judge = make_campaign(Path(name), args.judged, args.answers)
        env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": f"{name}/cache"}
        command = [sys.executable, "-m", "harness", "serve", "--results", name, "--port", "0"]
        starts = []
        for last in (False, False, False, False, True):
            begin = time.perf_counter()
            server = subprocess.Popen(
                command, stdout=subprocess.PIPE, text=True, env=env, stderr=subprocess.DEVNULL
            )
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            Client(address).seconds("/")
            starts.append(time.perf_counter() - begin)
            if not last:
                server.send_signal(signal.SIGINT)
                server.wait()
        least = f"{min(starts):.2f} s (least of {len(starts)})"
        print(f"{args.runs} runs; from the command to the first page: {least}")
        client = Client(address)
        large = "runs=data%3Dlarge"
        paths = {
            "page of the list": "/",
            "list": "/api/runs",
            "list, every run": "/api/runs?every=1",
            "list, searched and sorted": "/api/runs?every=1&q=small07&sort=-chrf",
            "one run": "/api/run/20260101-000000-abc",
            "its segments": "/api/segments?runs=20260101-000000-abc",
            "history of a system": "/api/history?runs=model%3Dsmall07",
            f"segments of 1 × {args.segments}": "/api/segments?runs=20260201-000000-abc",
            f"comparison, {args.systems} × {args.segments}": f"/api/compare?{large}",
            f"segments, {args.systems} × {args.segments}": f"/api/segments?{large}",
            "the same, searched": f"/api/segments?{large}&q=pr%C3%A9sident+les",
            "the same, sorted by difference": f"/api/segments?{large}&sort=spread&page=30",
        }
        print(f"{'':34} {'first':>8} {'median':>8} {'kB':>7}")
        for what, path in paths.items():
            first, size = client.seconds(path)
            again = median(client.seconds(path)[0] for _ in range(TIMES))
            print(f"{what:34} {1000 * first:5.0f} ms {1000 * again:5.0f} ms {size / 1000:7.1f}", flush=True)
        print(
            f"another comparison of them: {1000 * client.seconds(f'/api/compare?{large}&seed=1')[0]:.0f} ms"
        )
        campaign(client, judge, f"/api/segments?{large}", args.answers)
        print("while a long comparison is computed:")
        long = Thread(target=Client(address).given_up, args=(f"/api/compare?{large}&samples=1000000",))
        long.start()
        time.sleep(1)
        for what, path in paths.items():
            spent = [client.seconds(path)[0] for _ in range(TIMES)]
            print(
                f"{what:34} {1000 * median(spent):5.0f} ms, at most {1000 * max(spent):5.0f} ms", flush=True
            )
        assert long.is_alive(), "the comparison was not long enough"
        server.send_signal(signal.SIGINT)
        begin = time.perf_counter()
        print(f"Ctrl-C: exit {server.wait()} after {time.perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
