"""A run in shards, in one process: the same results, and what is finished stays finished."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import sharded_run as sharded
from tests.support.forked_program import Zygote
from tests.support.program import PATIENCE, ROOT, wait_until


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, program: Zygote) -> Path:
    """A run in one shard."""
    folder = tmp_path_factory.mktemp("whole")
    return sharded.finished(folder, program)


def test_a_killed_run_goes_on_from_its_finished_shards(tmp_path: Path, whole: Path, program: Zygote) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, hold=30)
    slow = sharded.start(tmp_path, "backend.shard_size=20")
    sharded.wait_for(tmp_path, 30, slow)
    slow.send_signal(signal.SIGKILL)
    slow.communicate()
    shown = program.run(tmp_path, "cache", env={"XDG_CACHE_HOME": str(tmp_path)})
    assert "unfinished run" in shown.out

    sharded.control(tmp_path)
    err = sharded.finish(tmp_path, "backend.shard_size=20", program=program)
    assert "1 of 3 shards are finished already" in err
    texts = sharded.asked(tmp_path)
    assert len(set(texts)) == sharded.LINES and len(texts) <= sharded.LINES + 5  # the batch under way
    sharded.assert_same(tmp_path, whole)
    assert not list((tmp_path / "results/cache/shards").iterdir())
    assert "skipped" in sharded.finish(tmp_path, "backend.shard_size=7", program=program), (
        "shards do not make another run"
    )

    # What reads a run reads one in parts.
    for verb in (
        ["show", "latest"],
        ["compare"],
        ["report", "-o", "page.html"],
        ["export", "csv", "--level", "segment"],
    ):
        done = program.run(tmp_path, *verb)
        assert done.code == 0, (verb, done.err)


def test_a_poisoned_text_is_recorded_as_failed_and_tried_again(
    tmp_path: Path, whole: Path, program: Zygote
) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, poison="Phrase 33 ")
    err = sharded.finish(tmp_path, "backend.shard_size=20", code=1, program=program)
    assert err.splitlines()[-1] == "harness run: 1 of 60 segments failed; the others are recorded"
    assert "RuntimeError: the engine chokes on Phrase 33" in err
    record = sharded.record(tmp_path)
    assert record["failed"] == 1 and record["health"]["failed"] == 1
    lines = [json.loads(line) for line in sharded.lines(tmp_path).splitlines()]
    (failed,) = [line for line in lines if line["finish_reason"] == "error"]
    assert failed["source"].startswith("Phrase 33 ") and failed["hypothesis"] == ""
    assert failed["error"].startswith("RuntimeError: the engine chokes on Phrase 33")
    assert "failed" in failed["health"]
    done = [line["source"] for line in lines if line is not failed]
    assert sorted(sharded.asked(tmp_path)) == sorted(done), "everything else once"

    sharded.control(tmp_path)
    err = sharded.finish(tmp_path, "backend.shard_size=20", program=program)
    assert "2 of 3 shards are finished already" in err
    assert sharded.asked(tmp_path)[59:] == [failed["source"]], "only what failed is tried again"
    sharded.assert_same(tmp_path, whole)


def test_an_engine_that_fails_on_everything_ends_the_run_with_one_line(
    tmp_path: Path, program: Zygote
) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, poison="Phrase")
    err = sharded.finish(tmp_path, "backend.shard_size=20", "backend.retries=0", code=1, program=program)
    assert "the engine failed on 3 segments in a row" in err and "Traceback" not in err
    assert not list(tmp_path.glob("results/runs/*/record.json"))


def test_two_runs_at_once_do_not_harm_each_other(tmp_path: Path, whole: Path) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, hold=0)
    words = ["backend.shard_size=6", "force=true"]
    both = [sharded.start(tmp_path, *words) for _ in range(2)]
    wait_until(lambda: len(list(tmp_path.glob("held-*"))) == 2, both[0])
    sharded.control(tmp_path)
    for run in both:
        _, err = run.communicate(timeout=PATIENCE)
        assert run.returncode == 0, err
    assert len(list(tmp_path.glob("results/runs/*/record.json"))) == 2
    sharded.assert_same(tmp_path, whole)


@pytest.mark.parametrize("model", ["reference", "file"])
def test_outputs_by_place_come_in_shards_too(model: str, tmp_path: Path, program: Zygote) -> None:
    sharded.prepare(tmp_path)
    words = ["run", f"model={model}", "data=bitext", "data.src=a.txt", "data.tgt=b.txt", "metrics=chrf"]
    words += ["engine.path=b.txt"] if model == "file" else []
    done = program.run(tmp_path, *words, "backend.shard_size=25")
    assert done.code == 0, done.err
    assert sharded.record(tmp_path)["scores"][0]["value"] == 100.0
    assert len(list(tmp_path.glob("results/runs/*/segments/part-*.jsonl"))) == 3


def test_the_bar_shows_segments_a_second_and_the_time_left(tmp_path: Path) -> None:
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, hold=20)
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "TERM": "xterm", "COLUMNS": "120"}
    parent, child = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "harness", *sharded.WORDS, "backend.shard_size=20"],
        cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=child,
    )  # fmt: skip
    os.close(child)
    seen, text = b"", ""
    states = [20, 40]
    with contextlib.suppress(OSError):  # the end of a terminal
        while part := os.read(parent, 65536):
            seen += part
            text = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", seen).decode("utf-8", "ignore")
            shown = r"translating and scoring .*? (\d+)/60 ([\d.,]+) segments/s (\d:\d\d:\d\d)"
            if states and states[0] in {int(done) for done, _, _ in re.findall(shown, text)}:
                states.pop(0)
                sharded.control(tmp_path, **({"hold": states[0]} if states else {}))
    os.close(parent)
    assert run.wait(timeout=PATIENCE) == 0
    assert not states, text
