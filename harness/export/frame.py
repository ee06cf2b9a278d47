"""The long table of all results: one row per run and metric, or a run, metric and segment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import ConfigError, HarnessError, missing_package
from harness.results.record import Record
from harness.results.store import Store
from harness.results.tables import about

if TYPE_CHECKING:
    import pandas

LEVELS = ("corpus", "segment")


def load_results(results: str | Path = "results", level: str = "corpus") -> pandas.DataFrame:
    """All finished runs of a results store as a pandas frame, one row per run and metric.

    `level="segment"` gives one row per segment instead, with its document, texts, bead and score. Runs that
    did not finish or are damaged are left out; `python -m harness list` shows them. Raises ConfigError
    for another level, UnavailableError without pandas.
    """
    rows, _ = table(Store(results), Store(results).records(), level)
    return frame(rows)


def frame(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """Rows as a pandas frame."""
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise missing_package("the results as a frame", "pandas") from error
    return pandas.DataFrame(
        [{k: encodable(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows]
    )


def table(store: Store, records: Iterable[Record], level: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of finished runs, and a line for each run whose segments cannot be read."""
    if level not in LEVELS:
        raise ConfigError(f"level '{level}' is not known; one of: {', '.join(LEVELS)}")
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for record in records:
        try:
            rows += list(_corpus(record) if level == "corpus" else _segments(store, record))
        except HarnessError as error:
            problems.append(f"{record.run_id} is left out: {error}")
    return rows, problems


def encodable(text: str | None) -> str | None:
    """Unpaired surrogates, which no file can hold, as U+FFFD."""
    if text is None:
        return None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _corpus(record: Record) -> Iterator[dict[str, Any]]:
    for score in record.scores:
        low, high = score.ci or (None, None)
        yield {
            **about(record),
            "level": score.level,
            "metric": score.metric,
            "value": score.value,
            "low": low,
            "high": high,
            "n": score.n,
            "signature": score.signature,
            "higher_is_better": score.higher_is_better,
        }


def _segments(store: Store, record: Record) -> Iterator[dict[str, Any]]:
    columns = about(record)
    signatures = {score.metric: score.signature for score in record.scores}
    for line in store.segments(record.run_id):
        bead = line.get("bead") or {}
        for metric, value in (line.get("scores") or {}).items():
            usable = isinstance(value, int | float) and math.isfinite(value)
            yield {
                **columns,
                "level": "segment",
                "metric": metric,
                "value": float(value) if usable else None,
                "signature": signatures.get(metric),
                "segment": line.get("id"),
                "doc": line.get("doc"),
                "source": line.get("source"),
                "hypothesis": line.get("hypothesis"),
                **_references(line.get("references") or [None]),
                "shape": bead.get("shape"),
                "confidence": bead.get("confidence"),
                "flags": " ".join([*(bead.get("flags") or []), *(line.get("health") or [])]),
            }


def _references(references: Sequence[str | None]) -> dict[str, str | None]:
    """Every reference in a column of its own: `reference`, `reference_2` …"""
    names = ("reference", *(f"reference_{k}" for k in range(2, len(references) + 1)))
    return dict(zip(names, references, strict=True))
