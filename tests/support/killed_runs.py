"""Kill `python -m harness run` at random moments until it is done; `test_resume.py` runs this program.

usage: python -m tests.support.killed_runs FOLDER KILLS SEED

Importing torch and transformers takes longer than the run itself, and leaves nothing on disk. So this process
imports them once and forks a child for every attempt, which then is `python -m harness run …` from its first
line on; the attempt that ends the first round is started as from a shell. The moments are drawn within the
stages (load, translate, score, record), as they are told from what is on disk. At last two attempts are made
at once. Prints one JSON object.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import runpy
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

from harness.common.langid import label
from tests.support import tiny_checkpoints as checkpoints

STAGES = ("load", "translate", "score", "record")
PLAN = ("load", "translate", "translate", "score", "record")  # the kills of one round
ENGINE = """
import json, os
from harness.translate.engines.transformers import Transformers

class Logged(Transformers):
    def _outputs(self, texts):
        handle = os.open("log.jsonl", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(handle, ("\\n" + json.dumps(list(texts)) + "\\n").encode())
        os.close(handle)
        return super()._outputs(texts)
"""


class Round:
    """One results store: a run that is killed and started again until it is finished."""

    def __init__(self, folder: Path, checkpoint: Path, batches: int | None = None) -> None:
        folder.mkdir(parents=True)
        self.folder, self.batches = folder, batches
        french, polish = checkpoints.lines("fr")[:14], (2 * checkpoints.lines("pl"))[:14]
        for name, lines in (("src.txt", french), ("tgt.txt", polish)):
            (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "logged_engine.py").write_text(ENGINE)
        self.words = [
            *["run", "model=opus-mt", f"model.path={checkpoint}", "engine.kind=logged_engine:Logged"],
            *["engine.beams=2", "engine.max_new_tokens=16", "engine.batch_size=2", "engine.threads=1"],
            *["data=bitext", "data.src=src.txt", "data.tgt=tgt.txt", "metrics=chrf", "bootstrap.samples=100"],
        ]

    def log(self) -> list[tuple[str, ...]]:
        """The batches that were begun, in order, without a line that is half written."""
        path = self.folder / "log.jsonl"
        lines = path.read_text().split("\n")[:-1] if path.exists() else []
        return [tuple(json.loads(line)) for line in lines if line.endswith("]")]

    def stored(self) -> list[str]:
        """The keys of the translations on disk."""
        lines = [
            line
            for path in sorted((self.folder / "results" / "cache").glob("*/*.jsonl"))
            if path.parent.name != "shards"
            for line in path.read_bytes().splitlines(keepends=True)
            if line.endswith(b"\n")
        ]
        return [key for line in lines for key in json.loads(line)["keys"]]

    def files(self, name: str) -> list[Path]:
        return sorted((self.folder / "results" / "runs").glob(f"*/{name}"))

    def start(self, shell: bool = False) -> int:
        """Begin an attempt, in a process group of its own; its process."""
        self._logged, self._linked = len(self.log()), len(self.files("segments.jsonl"))
        if shell:
            with (self.folder / "out.log").open("ab") as out:
                self._child = subprocess.Popen(
                    [sys.executable, "-m", "harness", *self.words],
                    cwd=self.folder, stdout=out, stderr=out, start_new_session=True,
                    env={**os.environ, "PYTHONPATH": f"{os.environ['PYTHONPATH']}:{self.folder}"},
                ).pid  # fmt: skip
            return self._child
        self._child = os.fork()
        if self._child == 0:
            self._become_the_command()
        os.setpgid(self._child, self._child)  # here too: it may be killed before it has come to its own
        return self._child

    def _become_the_command(self) -> None:
        code = 70
        try:
            os.setpgid(0, 0)
            out = os.open(self.folder / "out.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
            os.dup2(out, 1)
            os.dup2(out, 2)
            os.chdir(self.folder)
            sys.path.insert(0, str(self.folder))
            sys.argv = ["harness", *self.words]
            runpy.run_module("harness", run_name="__main__", alter_sys=True)
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            (self.folder / "modules").write_text("\n".join(sorted(sys.modules)))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def import_as_it_did(self) -> None:
        """Import here what a finished attempt had imported, so that the next ones need not."""
        for name in (self.folder / "modules").read_text().split():
            if name.split(".")[0] not in ("__main__", "__mp_main__", "tests", "logged_engine"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)

    def stage(self) -> str:
        """What the attempt is at."""
        if len(self.files("segments.jsonl")) > self._linked:
            return "record"
        if self.batches and len(self.log()) > self._logged and len(set(self.stored())) >= self.batches:
            return "score"
        return "translate" if len(self.log()) > self._logged else "load"

    def ended(self, wait: bool = False) -> bool:
        """Whether the attempt has come to its end by itself; RuntimeError when it failed."""
        pid, status = os.waitpid(self._child, 0 if wait else os.WNOHANG)
        if pid and status:
            raise RuntimeError(f"exit status {status}: {(self.folder / 'out.log').read_text()[-2000:]}")
        return bool(pid)

    def kill_in(self, stage: str, after: float) -> str | None:
        """SIGKILL `after` seconds into a stage; the stage it came in, None when the run was faster."""
        while STAGES.index(self.stage()) < STAGES.index(stage):
            if self.ended():
                return None
            time.sleep(0.003)
        time.sleep(after)
        if self.ended():
            return None
        os.killpg(self._child, signal.SIGKILL)
        if os.waitpid(self._child, 0)[1] == 0:
            return None
        return self.stage()


def timeline(run: Round) -> dict[str, float]:
    """Seconds that an undisturbed attempt spends in each stage."""
    seconds = dict.fromkeys(STAGES, 0.0)
    before = time.monotonic()
    run.start()
    while not run.ended():
        time.sleep(0.003)
        now = time.monotonic()
        seconds[run.stage()] += now - before
        before = now
    return seconds


def result(record: Path) -> tuple[bytes, list[object]]:
    """The lines of a finished run and its scores."""
    value = json.loads(record.read_text())
    return (record.parent / "segments.jsonl").read_bytes(), [
        value["scores"],
        value["health"],
        value["failed"],
    ]


def at_once(run: Round, expected: tuple[bytes, list[object]]) -> dict[str, object]:
    """Two attempts in one results store at the same time, both with `force=true`, and when they have ended a
    third without it, from whose sight their records are taken: it finds their translations in the cache."""
    run.words.append("force=true")
    both = [run.start() for _ in range(2)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in both]
    begun = len(run.log())
    same = [result(record) == expected for record in run.files("record.json")]
    for record in run.files("record.json"):
        record.unlink()
    run.words.remove("force=true")
    run.start()
    run.ended(wait=True)
    return {
        "codes": codes,
        "same": same + [result(record) == expected for record in run.files("record.json")],
        "again": len(run.log()) - begun,
        "out": (run.folder / "out.log").read_text(),
    }


def main() -> None:
    root, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    checkpoint = checkpoints.marian(root / "marian")
    first = Round(root / "first", checkpoint)
    first.start()
    first.ended(wait=True)
    first.import_as_it_did()
    label("fr")  # reads its model once, for all the children
    expected = len(first.log())
    whole = Round(root / "whole", checkpoint, len(first.stored()))
    seconds = timeline(whole)
    (record,) = whole.files("record.json")
    unbroken = result(record)

    draw = random.Random(seed)
    came: list[str] = []
    rounds: list[dict[str, object]] = []
    while len(came) < kills or set(came) != set(STAGES):
        run = Round(root / f"round{len(rounds)}", checkpoint, whole.batches)
        mine: list[str] = []
        finished = False
        for stage in PLAN:
            run.start()
            where = run.kill_in(stage, draw.uniform(0, seconds[stage]))
            if where is None:
                finished = True
                break
            mine.append(where)
        if not finished:
            run.start(shell=not rounds)
            run.ended(wait=True)
        came += mine
        log, stored = run.log(), run.stored()
        rounds.append(
            {
                "kills": mine,
                "same": [result(record) == unbroken for record in run.files("record.json")] == [True],
                "begun": len(log),
                "distinct": len(set(log)),
                "stored": len(stored),
                "stored_distinct": len(set(stored)),
            }
        )
        if len(rounds) > 3 * kills:
            raise RuntimeError(f"only {came} in {len(rounds)} rounds")
    pair = at_once(Round(root / "pair", checkpoint), unbroken)
    print(json.dumps({"kills": came, "rounds": rounds, "batches": expected, "pair": pair}))


if __name__ == "__main__":
    main()
