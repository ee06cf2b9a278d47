"""A small test set, an engine that can be slow or poisoned, and the harness on them: for tests of shards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.running import ROOT

# Logs every text it has finished, one write a batch. What `control.json` in the working folder says is no
# part of the configuration: `delay` (seconds a batch), `poison` (raise for a text with it in), `die` (be
# killed by one), `refuse` (a message: the system as a whole refuses).
ENGINE = """
import json, os, time
from harness.errors import UnavailableError
from harness.types import Translation

class Slow:
    def __init__(self, model, src, tgt):
        self.identity = {"engine": "slow"}

    def translate(self, sources):
        with open("control.json") as stream:
            control = json.load(stream)
        if "refuse" in control:
            raise UnavailableError(control["refuse"])
        for start in range(0, len(sources), 5):
            batch = sources[start:start + 5]
            time.sleep(control.get("delay", 0.0))
            if "poison" in control and any(control["poison"] in text for text in batch):
                raise RuntimeError("the engine chokes on " + control["poison"])
            if "die" in control and any(control["die"] in text for text in batch):
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
    """Make the engine slow (`delay=`) or poisoned (`poison=`), or neither."""
    (folder / "control.json").write_text(json.dumps(how))


def start(folder: Path, *words: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """`harness run` on the test set in `folder`, in the background."""
    path = f"{ROOT}{os.pathsep}{folder}"
    return subprocess.Popen(
        [sys.executable, "-m", "harness", *WORDS, *words],
        cwd=folder, env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", **(env or {})},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(folder: Path, *words: str, code: int = 0) -> str:
    """The same to its end, which must have this exit code; what it said on stderr."""
    process = start(folder, *words)
    _, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    return err


def finished(folder: Path) -> Path:
    """`folder` with a run of the test set, by default in one shard and one process, that has ended well."""
    prepare(folder)
    finish(folder)
    return folder


def assert_same(folder: Path, whole: Path) -> None:
    """The newest runs of two folders have the same bytes of segments, scores and identity."""
    assert lines(folder) == lines(whole)
    ours, theirs = record(folder), record(whole)
    for key in ("scores", "health", "data", "config_hash", "failed"):
        assert ours[key] == theirs[key], key


def asked(folder: Path) -> list[str]:
    """The texts that the engine finished, in order; a text twice was translated twice."""
    log = folder / "asked.log"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [line.partition(" ")[2] for line in lines]


def workers(folder: Path) -> list[int]:
    """The processes that translated, the latest first."""
    lines = (folder / "asked.log").read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(int(line.partition(" ")[0]) for line in reversed(lines)))


def wait_for(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Until the engine has finished `count` texts."""
    for _ in range(1200):
        if len(asked(folder)) >= count:
            return
        if process.poll() is not None:
            raise AssertionError(f"the run ended with {process.returncode}: {process.communicate()[1]}")
        time.sleep(0.05)
    raise AssertionError("the run never came so far")


def lines(folder: Path) -> bytes:
    """The bytes of the segments of the newest run, of one file or its parts in order."""
    (run,) = sorted((folder / "results" / "runs").glob("*/record.json"))[-1:]
    parts = sorted(run.parent.glob("segments/part-*.jsonl")) or [run.parent / "segments.jsonl"]
    return b"".join(part.read_bytes() for part in parts)


def record(folder: Path) -> dict[str, Any]:
    """The newest record."""
    (run,) = sorted((folder / "results" / "runs").glob("*/record.json"))[-1:]
    return dict(json.loads(run.read_text()))
