"""A finished run as arrays: texts, segment scores and statistics, checked against its record."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness import registry
from harness.common.json_text import json_value
from harness.common.shapes import all_fit, mismatch
from harness.compare.parsed import Columns, columns, remembered
from harness.errors import DataError, HarnessError
from harness.protocols import Metric, Statistics
from harness.results.files import SEGMENT
from harness.results.record import Record
from harness.results.segment_files import segment_bytes, segments_path
from harness.results.store import Store

_COLUMNS = ("ids", "docs", "domains", "sources", "hypotheses", "references", "beads", "health", "marks")


@dataclass(frozen=True, slots=True)
class System:
    """One run of a comparison. All columns have one entry a segment."""

    name: str
    run_id: str
    record: Record
    ids: tuple[str, ...]
    docs: tuple[str | None, ...]
    domains: tuple[str | None, ...]
    sources: tuple[str, ...]
    hypotheses: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    beads: tuple[dict[str, Any] | None, ...]
    health: tuple[tuple[str, ...], ...]
    marks: tuple[tuple[dict[str, Any], ...], ...]
    """The errors that each judge and each person marked: {who, by: "judge" or "human", outcome, marks}."""
    scores: dict[str, Statistics]  # (n,), NaN where the segment has none
    statistics: dict[str, Statistics]  # (n, k)
    metrics: dict[str, Metric] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def take(self, indices: Sequence[int]) -> System:
        """The same system on some of its segments, in the given order."""
        rows = np.asarray(indices, dtype=np.intp)
        columns: dict[str, Any] = {name: tuple(getattr(self, name)[i] for i in indices) for name in _COLUMNS}
        return replace(
            self,
            **columns,
            scores={key: values[rows] for key, values in self.scores.items()},
            statistics={key: values[rows] for key, values in self.statistics.items()},
        )

    def settings(self, key: str) -> str:
        """What a metric's scores were made with: its recorded signature, else its options."""
        recorded = self.record.corpus_scores.get(key)
        return recorded.signature if recorded else str(self.record.metric_config(key))


def load(store: Store, record: Record, name: str) -> System:
    """Read a run's segments. Raises DataError naming file and line for a missing or misshapen one.

    A metric whose statistics are incomplete or whose class is gone is left out and named in
    `problems`; the others stay.
    """
    path = segments_path(store.run_dir(record.run_id))
    files = [data for _, data in segment_bytes(store.run_dir(record.run_id))]
    with _uncollected():
        found = remembered(files, lambda: columns(_lines(store, record, path, files)))
        _check_count(path, len(found.ids), record)
        metrics, statistics, scores, problems = _metrics(record, found)
        return System(
            name=name,
            run_id=record.run_id,
            record=record,
            ids=tuple(found.ids),
            docs=tuple(found.docs),
            domains=tuple(found.domains),
            sources=tuple(found.sources),
            hypotheses=tuple(found.hypotheses),
            references=tuple(map(tuple, found.references)),
            beads=tuple(found.beads),
            health=tuple(map(tuple, found.health)),
            marks=tuple(map(tuple, found.marks)),
            scores=scores,
            statistics=statistics,
            metrics=metrics,
            problems=tuple(problems),
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for garbage: thousands of new lists, none of them garbage."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _check_count(path: Path, n: int, record: Record) -> None:
    if not n or n != record.data.n:
        raise DataError(
            f"{path}: {n} segments, but the record says {record.data.n}; truncated or edited by"
            " hand, run it again with force=true"
        )


def _lines(store: Store, record: Record, path: Path, files: Sequence[bytes]) -> list[Any]:
    """All lines of a run's segments, checked; parsed at once: a third of the time of one by one."""
    whole = [line for data in files for line in data[: data.rfind(b"\n") + 1].split(b"\n") if line]
    try:
        lines = list(json_value(b"[" + b",".join(whole) + b"]"))
    except ValueError:
        lines = list(store.segments(record.run_id))  # says which line is damaged
    _check_count(path, len(lines), record)
    if not all_fit(lines, SEGMENT):
        for number, line in enumerate(lines, start=1):
            if wrong := mismatch(line, SEGMENT):
                raise DataError(f"{path}:{number}: {wrong}; edited by hand? run it again with force=true")
    return lines


def _metrics(
    record: Record, found: Columns
) -> tuple[dict[str, Metric], dict[str, Statistics], dict[str, Statistics], list[str]]:
    metrics: dict[str, Metric] = {}
    statistics: dict[str, Statistics] = {}
    scores: dict[str, Statistics] = {}
    problems: list[str] = []
    for key, config in (record.config.get("metrics") or {}).items():
        try:
            metric = registry.build("metric", config)
            rows = found.rows(key)
            values = np.asarray(metric.segment_scores(rows), dtype=np.float64)
            metric.aggregate(rows.sum(axis=0, keepdims=True))
        except (HarnessError, ValueError, IndexError, TypeError) as error:
            problems.append(f"{record.run_id}: {key} is left out ({error})")
            continue
        metrics[key], statistics[key], scores[key] = metric, rows, values
    return metrics, statistics, scores, problems
