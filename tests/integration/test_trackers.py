"""`log=`: each tracker in its local file mode, as a run of the program meets it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.common.files import read_text
from harness.results.store import Store
from tests.support.program import PATIENCE, ROOT

LINES = [f"Der Satz {k} hat einige Wörter mehr als der andere." for k in range(12)]


def run(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    (folder / "a.en").write_text("\n".join(f"sentence {k} of the source" for k in range(12)) + "\n")
    (folder / "a.de").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    (folder / "hyp").write_text("\n".join(line[:30] for line in LINES) + "\n", encoding="utf-8")
    texts = ("data=bitext", "data.src=a.en", "data.tgt=a.de", "pair.src=en", "pair.tgt=de")
    system = ("model=file", "engine.path=hyp", "metrics=chrf")
    command = [sys.executable, "-m", "harness", "run", *texts, *system, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )


def needs(name: str) -> pytest.MarkDecorator:
    found = importlib.util.find_spec(name)
    return pytest.mark.skipif(found is None, reason=f"no {name}: pip install 'mt-harness[{name}]'")


@needs("tensorboard")
def test_tensorboard(tmp_path) -> None:
    done = run(tmp_path, "log=tensorboard")
    assert done.returncode == 0, done.stderr
    (record,) = Store(tmp_path / "results").records()
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "results/tensorboard" / record.run_id))
    events.Reload()
    score = record.corpus_scores["chrf"]
    logged = {key: events.Scalars(key)[0].value for key in ("chrf", "chrf_low", "chrf_high")}
    assert logged == pytest.approx({"chrf": score.value, "chrf_low": score.ci[0], "chrf_high": score.ci[1]})
    settings = events.Tensors("settings/text_summary")[0].tensor_proto.string_val[0].decode()
    assert str(score.signature).split("|")[0] in settings
    assert f"logged to tensorboard: {record.run_id}" in done.stderr
    again = run(tmp_path, "log=tensorboard")
    assert "skipped" in again.stderr and "logged" not in again.stderr


@needs("mlflow")
def test_mlflow(tmp_path) -> None:
    uri = (tmp_path / "mlruns").as_uri()
    done = run(tmp_path, "log=mlflow", MLFLOW_TRACKING_URI=uri, MLFLOW_ALLOW_FILE_STORE="true")
    assert done.returncode == 0, done.stderr
    (record,) = Store(tmp_path / "results").records()
    score = record.corpus_scores["chrf"]
    files = {path.name: path for path in (tmp_path / "mlruns").rglob("*") if path.is_file()}
    assert float(read_text(files["chrf"]).split()[1]) == pytest.approx(score.value)
    assert float(read_text(files["chrf_low"]).split()[1]) == pytest.approx(score.ci[0])
    assert read_text(files["signature_chrf"]) == score.signature
    assert read_text(files["run_id"]) == record.run_id
    assert {"record.json", "report.html", "scores.md"} <= set(files)
    assert "<!doctype html>" in files["report.html"].read_text(encoding="utf-8")


@needs("wandb")
def test_wandb_offline(tmp_path) -> None:
    done = run(tmp_path, "log=wandb", WANDB_MODE="offline", WANDB_DIR=str(tmp_path), WANDB_SILENT="true")
    assert done.returncode == 0, done.stderr
    (record,) = Store(tmp_path / "results").records()
    (log,) = (tmp_path / "wandb").glob("offline-run-*/*.wandb")
    written = log.read_bytes()
    for text in ("chrf_low", record.run_id, str(record.corpus_scores["chrf"].signature), "report.html"):
        assert text.encode() in written, text


def test_a_tracker_that_is_not_known_ends_before_the_run(tmp_path) -> None:
    done = run(tmp_path, "log=mlfow")
    assert done.returncode == 2
    assert "log=mlfow is not known. Did you mean 'mlflow'?" in done.stderr
    assert not Store(tmp_path / "results").records()


@pytest.mark.skipif(importlib.util.find_spec("wandb") is not None, reason="wandb is installed")
def test_a_tracker_that_is_not_installed_names_its_extra(tmp_path) -> None:
    done = run(tmp_path, "log=wandb")
    assert done.returncode == 2
    assert "pip install 'mt-harness[wandb]'" in done.stderr


def test_logging_is_no_part_of_what_a_run_is(tmp_path) -> None:
    assert run(tmp_path).returncode == 0
    again = run(tmp_path, "log=tensorboard") if importlib.util.find_spec("tensorboard") else run(tmp_path)
    assert "skipped" in again.stderr, "the same hash with and without log="
