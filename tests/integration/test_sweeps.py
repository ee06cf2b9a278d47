"""Sweeps beyond one process: joblib on one machine, submitit's local executor as on a cluster."""

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import sharded_run as sharded
from tests.support.program import PATIENCE, Done, gone, run_harness, wait_until

MINE = ["--config-dir", "mine", "pair=de-cs", "data=my_news", "metrics=chrf", "bootstrap.samples=50"]


@pytest.fixture
def sweep(harness: Callable[..., Done], tmp_path: Path) -> Callable[..., Any]:
    assert harness("init", "mine").returncode == 0

    def run(*words: str) -> Any:
        return run_harness("run", "-m", *words, *MINE, cwd=tmp_path)

    return run


def records(folder: Path) -> dict[str, float]:
    found = [json.loads(path.read_text()) for path in (folder / "results" / "runs").glob("*/record.json")]
    return {record["model"]["name"]: record["scores"][0]["value"] for record in found}


@pytest.mark.parametrize(
    ("launcher", "plugin"),
    [
        (["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"], "hydra_joblib_launcher"),
        (["hydra/launcher=submitit_local", "hydra.launcher.cpus_per_task=1"], "hydra_submitit_launcher"),
    ],
)
def test_a_launcher_runs_skips_and_goes_on_past_a_failure(
    launcher: list[str], plugin: str, sweep: Callable[..., Any], harness: Callable[..., Done], tmp_path: Path
) -> None:
    pytest.importorskip(f"hydra_plugins.{plugin}")
    first = sweep(*launcher, "model=my_model,opus-mt")
    assert first.returncode == 1, first.stderr
    assert "1 finished, 0 skipped, 1 failed" in first.stderr
    assert "my_model" in first.stdout, "the table of what finished"
    again = sweep(*launcher, "model=my_model,reference")
    assert again.returncode == 0, again.stderr
    assert "1 finished, 1 skipped, 0 failed" in again.stderr
    assert records(tmp_path)["reference"] == 100.0 and set(records(tmp_path)) == {"my_model", "reference"}
    listed = harness("list")
    assert listed.returncode == 0 and "submitit" not in listed.stdout + listed.stderr


def test_the_basic_launcher_runs_every_pair_and_model(harness: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "a").write_text("Bonjour à tous.\n")
    (tmp_path / "b").write_text("Dzień dobry.\n")
    data = ["data=bitext", "data.src=a", "data.tgt=b", "metrics=chrf", "bootstrap.samples=50"]
    sweep = ["run", "-m", *data, "pair=fr-pl,pl-fr", "model=copy,reference"]
    done = harness(*sweep)
    assert done.returncode == 0, done.stderr
    assert "4 finished, 0 skipped, 0 failed" in done.stderr
    assert done.stdout.count("fr-pl") == 2 and done.stdout.count("pl-fr") == 2
    whose = re.findall(r"record: \S+record\.json \((\w+)\)", done.stderr)
    assert sorted(whose) == ["copy", "copy", "reference", "reference"]


def test_a_pattern_of_outputs_gives_one_run_each(harness: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "a").write_text("Bonjour à tous.\nMerci.\n")
    (tmp_path / "b").write_text("Dzień dobry.\nDziękuję.\n")
    outs = tmp_path / "outs"
    outs.mkdir()
    (outs / "good.txt").write_text("Dzień dobry.\nDziękuję.\n")
    (outs / "it's, so-so.txt").write_text("Dzień.\nDzięki.\n")
    data = ["data=bitext", "data.src=a", "data.tgt=b", "metrics=chrf", "bootstrap.samples=50"]
    words = ["run", "model=file", "engine.path=outs/*.txt", *data]
    first = harness(*words)
    assert first.returncode == 0, first.stderr
    assert "2 finished, 0 skipped, 0 failed" in first.stderr
    assert "good" in first.stdout and "it's, so-so" in first.stdout
    assert records(tmp_path)["good"] == 100.0

    (outs / "short.txt").write_text("Dzień dobry.\n")
    again = harness(*words)
    assert again.returncode == 1
    assert "0 finished, 2 skipped, 1 failed" in again.stderr
    assert "short.txt: 1 lines for 2 segments" in again.stderr
    assert "good" in again.stdout, "the table holds what stands"


def test_a_job_that_is_preempted_goes_on_by_itself(tmp_path: Path) -> None:
    """SIGUSR2 is what submitit has the scheduler send before it takes the machine away."""
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher")
    sharded.prepare(tmp_path)
    sharded.control(tmp_path, hold=25)
    sweep = sharded.start(
        tmp_path,
        "-m",
        "hydra/launcher=submitit_local",
        "hydra.launcher.timeout_min=5",
        "backend.shard_size=20",
    )
    sharded.wait_for(tmp_path, 25, sweep)
    (job,) = sharded.workers(tmp_path)
    os.kill(job, signal.SIGUSR2)
    wait_until(lambda: gone(job), sweep)
    sharded.control(tmp_path)
    _, err = sweep.communicate(timeout=PATIENCE)
    assert sweep.returncode == 0, err
    assert "1 finished, 0 skipped, 0 failed" in err
    texts = sharded.asked(tmp_path)
    assert len(set(texts)) == sharded.LINES and len(texts) <= sharded.LINES + 5, "the batch under way"
    assert len(sharded.workers(tmp_path)) == 2, "the job was started again"
    assert sharded.record(tmp_path)["failed"] == 0
