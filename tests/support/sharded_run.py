"""A small test set, an engine that can be held or poisoned, and the harness on them: for tests of shards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from harness.common.files import write_atomic
from tests.support.forked_program import Zygote
from tests.support.program import PATIENCE, ROOT, record_files, wait_until

# Logs every text it has finished, one write a batch. What `control.json` in the working folder says is no
# part of the configuration: `hold` (begin no batch once so many texts are finished, until it says otherwise;
# who waits leaves a file `held-PID`), `poison` (raise for a text with it in), `die` (be killed by one),
# `refuse` (a message: the system as a whole refuses).
ENGINE = """
import json, os, time
from harness.errors import UnavailableError
from harness.types import Translation

def control():
    with open("control.json") as stream:
        return json.load(stream)

def held():
    hold = control().get("hold")
    if hold is None:
        return False
    with open("asked.log", "ab+") as log:
        log.seek(0)
        return log.read().count(b"\\n") >= hold

class Slow:
    def __init__(self, model, src, tgt):
        self.identity = {"engine": "slow"}

    def translate(self, sources):
        told = control()
        if "refuse" in told:
            raise UnavailableError(told["refuse"])
        for start in range(0, len(sources), 5):
            batch = sources[start:start + 5]
            while held():
                open(f"held-{os.getpid()}", "w").close()
                time.sleep(0.02)
            if "poison" in told and any(told["poison"] in text for text in batch):
                raise RuntimeError("the engine chokes on " + told["poison"])
            if "die" in told and any(told["die"] in text for text in batch):
                os.kill(os.getpid(), 9)
            with open("asked.log", "a", encoding="utf-8") as log:
                log.write("".join(f"{os.getpid()} {text}\\n" for text in batch))
            yield [(start + i, Translation(text, text.upper())) for i, text in enumerate(batch)]
"""

LINES = 60
WORDS = ["run", "model=copy", "engine=copy", "engine.kind=slow_engine:Slow", "data=bitext", "data.src=a.txt",
         "data.tgt=b.txt", "metrics=[bleu,chrf]", "bootstrap.samples=50"]  # fmt: skip


def prepare(folder: Path, lines: int = LINES) -> None:
    """The engine and the test set in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "slow_engine.py").write_text(ENGINE)
    source = [f"Phrase {k} du texte, avec {k * 7} mots et un peu de suite." for k in range(lines)]
    target = [f"PHRASE {k} DU TEXTE z {k * 7} wyrazów i dalszym ciągiem." for k in range(lines)]
    (folder / "a.txt").write_text("\n".join(source) + "\n")
    (folder / "b.txt").write_text("\n".join(target) + "\n")
    control(folder)


def control(folder: Path, **how: Any) -> None:
    """Tell the engine to wait (`hold=`), to fail (`poison=`), or neither; it may be reading just then."""
    write_atomic(folder / "control.json", json.dumps(how))


def start(folder: Path, *words: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """`harness run` on the test set in `folder`, in the background."""
    path = f"{ROOT}{os.pathsep}{folder}"
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *WORDS, *words],
        cwd=folder, env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", **(env or {})},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(folder: Path, *words: str, code: int = 0, program: Zygote | None = None) -> str:
    """The same to its end, which must have this exit code; what it said on stderr."""
    if program is not None:
        ended = program.run(folder, *WORDS, *words)
        assert ended.code == code, ended.err
        return ended.err
    process = start(folder, *words)
    with process:
        try:
            _, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == code, err
    return err


def finished(folder: Path, program: Zygote) -> Path:
    """`folder` with a run of the test set, in one shard and one process, that has ended well."""
    prepare(folder)
    finish(folder, program=program)
    return folder


def assert_same(folder: Path, whole: Path) -> None:
    """The newest runs of two folders have the same bytes of segments, scores and identity."""
    assert lines(folder) == lines(whole)
    ours, theirs = record(folder), record(whole)
    for key in ("scores", "health", "data", "config_hash", "failed"):
        assert ours[key] == theirs[key], key


def _log(folder: Path) -> list[list[str]]:
    """Process and text of each line of the engine's log, without a last one that is half written."""
    log = folder / "asked.log"
    whole = log.read_bytes().rpartition(b"\n")[0] if log.exists() else b""
    return [line.split(" ", 1) for line in whole.decode().splitlines()]


def asked(folder: Path) -> list[str]:
    """The texts that the engine finished, in order; a text twice was translated twice."""
    return [text for _, text in _log(folder)]


def workers(folder: Path) -> list[int]:
    """The processes that translated, the latest first."""
    return list(dict.fromkeys(int(process) for process, _ in reversed(_log(folder))))


def wait_for(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Until the engine has finished `count` texts. With `hold=` the run stays there."""
    wait_until(lambda: len(asked(folder)) >= count, process)


def lines(folder: Path) -> bytes:
    """The bytes of the segments of the newest run, of one file or its parts in order."""
    run = record_files(folder)[-1]
    parts = sorted(run.parent.glob("segments/part-*.jsonl")) or [run.parent / "segments.jsonl"]
    return b"".join(part.read_bytes() for part in parts)


def record(folder: Path) -> dict[str, Any]:
    """The newest record."""
    return dict(json.loads(record_files(folder)[-1].read_text()))
