"""kill -9 at random moments: nothing is lost but the batch in flight, and the end is the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import checkpoints

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.marian(tmp_path_factory.mktemp("marian"))


def test_twenty_kills_end_as_an_unbroken_run(checkpoint: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-m", "tests.integration.killed_runs", checkpoint, tmp_path / "runs", "20", "11"]
    result = subprocess.run(
        list(map(str, words)), env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    outcome = json.loads(result.stdout.splitlines()[-1])
    assert len(outcome["kills"]) >= 20
    assert set(outcome["kills"]) == {"load", "translate", "score", "record"}
    for run in outcome["rounds"]:
        assert run["same"]  # segments byte for byte and scores are those of an unbroken run
        assert run["distinct"] == outcome["batches"]  # a resumed run packs the same batches
        # Only a kill while translating repeats a batch, the one in flight.
        assert run["begun"] <= outcome["batches"] + run["kills"].count("translate")
        assert run["stored"] == run["stored_distinct"]  # nothing was translated again that was on disk


def test_two_runs_at_once_do_not_harm_each_other(checkpoint: Path, tmp_path: Path) -> None:
    script = (
        "import json, sys\n"
        "from harness import registry\n"
        "from harness.translate.runner import translate\n"
        "from tests import checkpoints\n"
        "m = {'name': 'opus-mt', 'family': 'marian', 'path': sys.argv[1]}\n"
        "c = {'kind': 'transformers', 'beams': 2, 'max_new_tokens': 16, 'batch_size': 2, 'threads': 1}\n"
        "e = registry.build('engine', c, model=m, src='fr', tgt='pl')\n"
        "print(json.dumps([t.hypothesis for t in translate(e, checkpoints.lines('fr')[:12], sys.argv[2])]))\n"
    )
    command = [sys.executable, "-c", script, str(checkpoint), str(tmp_path / "cache")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    both = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    answers = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert answers[0][0] == answers[1][0]
    alone = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True)
    assert alone.stdout == answers[0][0]
    assert b"translating" not in alone.stderr
