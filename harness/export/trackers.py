"""`log=mlflow|wandb|tensorboard`: a finished run to an experiment tracker, with intervals and signatures.

Where it goes is the tracker's own setting: MLFLOW_TRACKING_URI, WANDB_MODE and WANDB_DIR, TENSORBOARD_LOGDIR.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.common.tables import markdown_table
from harness.errors import ConfigError, StageError, did_you_mean, message_of, missing_package
from harness.results.record import Record
from harness.results.store import Store
from harness.results.tables import score_rows

PROJECT = "mt-harness"
"""The experiment of MLflow and project of wandb where none is set."""


def check(name: str) -> None:
    """Raises ConfigError for a tracker that is not known, UnavailableError for one that is not installed."""
    if name not in TRACKERS:
        raise ConfigError(
            f"log={name} is not known.{did_you_mean(name, TRACKERS)} One of: {', '.join(TRACKERS)}"
        )
    if importlib.util.find_spec(name) is None:
        raise missing_package(f"log={name}", name, extra=name)


def log(name: str, store: Store, record: Record, report: Path) -> None:
    """Log a finished run; `report` is its page. Raises StageError when the tracker fails: the run stays."""
    try:
        TRACKERS[name](store, record, report)
    except Exception as error:  # of three libraries, which share no class of errors
        line = message_of(error).split("\n")[0]
        raise StageError(f"{record.run_id} is recorded, but log={name} failed: {line}") from error


def numbers(record: Record) -> dict[str, float]:
    """Scores with both ends of their intervals, and how many outputs are flagged: `chrf`, `chrf_low` …"""
    found: dict[str, float] = {}
    for key, score in record.corpus_scores.items():
        ends = dict(zip(("low", "high"), score.ci or (), strict=False))
        if score.value is not None:
            found |= {key: score.value, **{f"{key}_{end}": value for end, value in ends.items()}}
    return found | {f"health_{flag}": float(n) for flag, n in record.health.items()}


def settings(record: Record) -> dict[str, str]:
    """What was run on what, and the signature of each metric."""
    facts: dict[str, Any] = {
        "run_id": record.run_id,
        "tag": record.tag,
        "model": record.model.label,
        "model_id": record.model.id,
        "revision": record.model.revision,
        "engine": record.model.engine,
        "pair": str(record.pair),
        "data": record.data.name,
        "data_hash": record.data.hash,
        "segments": record.data.n,
        "config_hash": record.config_hash,
    }
    facts |= {f"signature_{key}": score.signature for key, score in record.corpus_scores.items()}
    return {key: str(value) for key, value in facts.items() if value is not None}


def _table(record: Record) -> str:
    return markdown_table(*score_rows([record]))


def _mlflow(store: Store, record: Record, report: Path) -> None:
    import mlflow

    if not os.environ.get("MLFLOW_EXPERIMENT_NAME") and not os.environ.get("MLFLOW_EXPERIMENT_ID"):
        mlflow.set_experiment(PROJECT)
    with mlflow.start_run(run_name=f"{record.model.label} {record.pair}"):
        mlflow.log_params(settings(record))
        mlflow.log_metrics(numbers(record))
        mlflow.log_text(_table(record), "scores.md")
        for path in (store.run_dir(record.run_id) / "record.json", report):
            mlflow.log_artifact(str(path))


def _wandb(store: Store, record: Record, report: Path) -> None:
    import wandb

    name = f"{record.model.label} {record.pair}"
    project = os.environ.get("WANDB_PROJECT", PROJECT)
    with wandb.init(project=project, name=name, config=settings(record), reinit="finish_previous") as run:
        run.summary.update(numbers(record))
        artefact = wandb.Artifact(f"run-{record.run_id}", type="results")
        artefact.add_file(str(store.run_dir(record.run_id) / "record.json"))
        artefact.add_file(str(report))
        with artefact.new_file("scores.md", encoding="utf-8") as stream:
            stream.write(_table(record))
        run.log_artifact(artefact)


def _tensorboard(store: Store, record: Record, report: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    top = Path(os.environ.get("TENSORBOARD_LOGDIR") or store.root / "tensorboard")
    with SummaryWriter(str(top / record.run_id)) as writer:
        for key, value in numbers(record).items():
            writer.add_scalar(key, value)
        facts = [[key, value] for key, value in settings(record).items()]
        writer.add_text("scores", _table(record))
        writer.add_text("settings", markdown_table(["setting", "value"], facts))
        writer.add_text("record", str(store.run_dir(record.run_id)))


TRACKERS: dict[str, Callable[[Store, Record, Path], None]] = {
    "mlflow": _mlflow,
    "wandb": _wandb,
    "tensorboard": _tensorboard,
}
