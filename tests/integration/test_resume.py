"""kill -9 at random moments: nothing is lost but the batch in flight, and the end is the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.program import ROOT


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What came of twenty kills, and of two runs at once."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    folder = tmp_path_factory.mktemp("killed")
    words = [sys.executable, "-m", "tests.support.killed_runs", str(folder), "20", "11"]
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_twenty_kills_end_as_an_unbroken_run(outcome: Any) -> None:
    assert len(outcome["kills"]) >= 20
    assert set(outcome["kills"]) == {"load", "translate", "score", "record"}
    for run in outcome["rounds"]:
        assert run["same"]  # segments byte for byte and scores are those of an unbroken run
        assert run["distinct"] == outcome["batches"]  # a resumed run packs the same batches
        # Only a kill while translating repeats a batch, the one in flight.
        assert run["begun"] <= outcome["batches"] + run["kills"].count("translate")
        assert run["stored"] == run["stored_distinct"]  # nothing was translated again that was on disk


def test_two_runs_at_once_do_not_harm_each_other(outcome: Any) -> None:
    pair = outcome["pair"]
    assert pair["codes"] == [0, 0], pair["out"]
    assert pair["same"] == [True] * 3  # each has its record, with the segments and scores of one alone
    assert pair["again"] == 0  # the cache holds every translation
