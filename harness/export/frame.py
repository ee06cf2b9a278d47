"""The long table of all results: one row a run and metric, or a run, metric and segment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigError, HarnessError, missing_package
from harness.results.store import RunInfo, Store

if TYPE_CHECKING:
    import pandas

LEVELS = ("corpus", "segment")


def load_results(results: str | Path = "results", level: str = "corpus") -> pandas.DataFrame:
    """All finished runs of a results store as a pandas frame, one row a run and metric.

    `level="segment"` gives a row a segment instead, with its document, texts, bead and score. Runs that
    did not finish or are damaged are left out; `python -m harness list` shows them. Raises ConfigError
    for another level, UnavailableError without pandas.
    """
    rows, _ = table(Store(results), Store(results).runs(), level)
    return frame(rows)


def frame(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """Rows as a pandas frame."""
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise missing_package("the results as a frame", "pandas") from error
    return pandas.DataFrame(rows)


def table(store: Store, runs: Iterable[RunInfo], level: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of finished runs, and a line for each run that cannot be read."""
    if level not in LEVELS:
        raise ConfigError(f"level '{level}' is not known; one of: {', '.join(LEVELS)}")
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for run in runs:
        if run.record is None:
            problems.append(f"{run.run_id} is left out: {run.state} ({run.problem})")
            continue
        try:
            rows += list(_corpus(run.record) if level == "corpus" else _segments(store, run.record))
        except HarnessError as error:
            problems.append(f"{run.run_id} is left out: {error}")
    return rows, problems


def encodable(text: str | None) -> str | None:
    """Unpaired surrogates, which no file can hold, as U+FFFD."""
    if text is None:
        return None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _about(record: dict[str, Any]) -> dict[str, Any]:
    model, data, pair = record["model"], record["data"], record["pair"]
    return {
        "run_id": record["run_id"],
        "tag": record.get("tag"),
        "created": record.get("created"),
        "model": model.get("name"),
        "model_id": model.get("id"),
        "revision": model.get("revision"),
        "engine": model.get("engine"),
        "src": pair.get("src"),
        "tgt": pair.get("tgt"),
        "data": data.get("name"),
        "data_hash": data.get("hash"),
        "config_hash": record.get("config_hash"),
    }


def _corpus(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for score in record["scores"]:
        low, high = score.get("ci") or (None, None)
        yield {
            **_about(record),
            "level": score.get("level"),
            "metric": score.get("metric"),
            "value": score.get("value"),
            "low": low,
            "high": high,
            "n": score.get("n"),
            "signature": score.get("signature"),
            "higher_is_better": score.get("higher_is_better"),
        }


def _segments(store: Store, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    about = _about(record)
    signatures = {score["metric"]: score.get("signature") for score in record["scores"]}
    for line in store.segments(record["run_id"]):
        bead = line.get("bead") or {}
        for metric, value in (line.get("scores") or {}).items():
            usable = isinstance(value, int | float) and math.isfinite(value)
            yield {
                **about,
                "level": "segment",
                "metric": metric,
                "value": float(value) if usable else None,
                "signature": signatures.get(metric),
                "segment": line.get("id"),
                "doc": line.get("doc"),
                "source": encodable(line.get("source")),
                "hypothesis": encodable(line.get("hypothesis")),
                "reference": encodable((line.get("references") or [None])[0]),
                "shape": bead.get("shape"),
                "confidence": bead.get("confidence"),
                "flags": " ".join([*(bead.get("flags") or []), *(line.get("health") or [])]),
            }
