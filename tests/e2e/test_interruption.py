"""A run that is stopped loses nothing: the same command goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import PATIENCE, ROOT, run_harness, wait_until

# An engine that logs every sentence it is asked for, and stops after four while there is a file `hold`.
ENGINE = """
import os, time
from harness.types import Translation

class Slow:
    def __init__(self, model, src, tgt):
        self.identity = {"engine": "slow"}
        self.done = 0

    def translate(self, sources):
        for index, source in enumerate(sources):
            while self.done >= 4 and os.path.exists("hold"):
                time.sleep(0.02)
            self.done += 1
            with open("asked.log", "a", encoding="utf-8") as log:
                log.write(source + "\\n")
            yield [(index, Translation(source, source.upper()))]
"""


SENTENCES = 15


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    (folder / "slow_engine.py").write_text(ENGINE)
    for name, word in (("a", "Phrase"), ("b", "Zdanie")):
        (folder / name).write_text("".join(f"{word} {k}, assez longue.\n" for k in range(SENTENCES)))
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    return subprocess.Popen(
        [sys.executable, "-m", "harness", "run", "model=copy", "engine=copy",
         "engine.kind=slow_engine:Slow", "data=bitext", "data.src=a", "data.tgt=b", "metrics=chrf", *words],
        cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell starts what is in its background with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def wait_for_sentences(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    log = folder / "asked.log"
    wait_until(lambda: log.exists() and log.read_bytes().count(b"\n") >= count, process)


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGKILL, -9, "")],
    ids=["Ctrl-C", "SIGTERM", "kill -9"],
)
def test_the_same_command_goes_on_after(number: signal.Signals, code: int, word: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    slow = start(tmp_path)
    wait_for_sentences(tmp_path, 4, slow)
    wait_until(
        lambda: "translating different texts: 4 of 15" in run_harness("list", cwd=tmp_path).stderr, slow
    )
    kept = run_harness("rm", "--failed", "--dry-run", cwd=tmp_path)
    assert "0 runs would be deleted" in kept.stderr, "a run that works is none that failed"
    slow.send_signal(number)
    _, err = slow.communicate(timeout=PATIENCE)
    assert slow.returncode == code, err
    if word:
        last = err.strip().splitlines()[-1]
        assert word in last and "resume with: python -m harness run model=copy" in last
        assert "Traceback" not in err and err.count("kept") == 1, "said once"
    listed = run_harness("list", cwd=tmp_path)
    assert "crashed" in listed.stderr and "running" not in listed.stderr
    assert "stopped before it finished (at translating different texts: 4 of 15)" in listed.stderr

    (tmp_path / "hold").unlink()
    again = start(tmp_path)
    _, err = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, err
    listed = run_harness("list", cwd=tmp_path)
    assert "crashed" not in listed.stderr, "what was interrupted went into the run that ended"
    asked = (tmp_path / "asked.log").read_text(encoding="utf-8").splitlines()
    # All the sentences; only the one that was under way may have been asked for twice.
    assert len(set(asked)) == SENTENCES and len(asked) <= SENTENCES + 1
    assert not list(tmp_path.glob("results/runs/*/live.json"))
    lines = next(tmp_path.glob("results/runs/*/segments.jsonl")).read_text().splitlines()
    assert [json.loads(line)["hypothesis"] for line in lines] == [
        json.loads(line)["source"].upper() for line in lines
    ]


def test_two_runs_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    both = [start(tmp_path, "force=true") for _ in range(2)]
    wait_for_sentences(tmp_path, 8, both[0])  # both are in the middle
    (tmp_path / "hold").unlink()
    for run in both:
        _, err = run.communicate(timeout=PATIENCE)
        assert run.returncode == 0, err
    records = [json.loads(p.read_text()) for p in tmp_path.glob("results/runs/*/record.json")]
    assert len(records) == 2 and records[0]["scores"] == records[1]["scores"]
    table = (tmp_path / "results/table.csv").read_text().splitlines()
    assert len(table) >= 2 and table[0].startswith("run_id,")
