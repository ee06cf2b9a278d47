"""A finished run as arrays: texts, segment scores and statistics, checked against its record."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from harness import registry
from harness.common.shapes import mismatch
from harness.errors import DataError, HarnessError
from harness.protocols import Metric, Statistics
from harness.results.files import SEGMENT
from harness.results.record import Record
from harness.results.segment_files import segment_bytes, segments_path
from harness.results.store import Store


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
        columns: dict[str, Any] = {
            name: tuple(getattr(self, name)[i] for i in indices)
            for name in (
                "ids",
                "docs",
                "domains",
                "sources",
                "hypotheses",
                "references",
                "beads",
                "health",
                "marks",
            )
        }
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
    lines = _lines(store, record.run_id)
    if not lines or len(lines) != record.data.n:
        raise DataError(
            f"{path}: {len(lines)} segments, but the record says {record.data.n}; truncated or edited by"
            " hand, run it again with force=true"
        )
    for number, line in enumerate(lines, start=1):
        wrong = mismatch(line, SEGMENT)
        if wrong:
            raise DataError(f"{path}:{number}: {wrong}; edited by hand? run it again with force=true")
    metrics, statistics, scores, problems = _metrics(record, lines)
    return System(
        name=name,
        run_id=record.run_id,
        record=record,
        ids=tuple(str(line["id"]) for line in lines),
        docs=tuple(line.get("doc") for line in lines),
        domains=tuple(line.get("domain") for line in lines),
        sources=tuple(line["source"] for line in lines),
        hypotheses=tuple(line["hypothesis"] for line in lines),
        references=tuple(tuple(line["references"]) for line in lines),
        beads=tuple(line.get("bead") for line in lines),
        health=tuple(tuple(line.get("health") or ()) for line in lines),
        marks=tuple(map(_marks, lines)),
        scores=scores,
        statistics=statistics,
        metrics=metrics,
        problems=tuple(problems),
    )


def _marks(line: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    judges = ({"who": key, "by": "judge", **found} for key, found in (line.get("judged") or {}).items())
    people = ({**found, "by": "human"} for found in line.get("human") or ())
    return (*judges, *people)


def _lines(store: Store, run_id: str) -> list[Any]:
    """All lines of a run's segments, parsed at once: a third of the time of one by one."""
    whole: list[bytes] = []
    for _, data in segment_bytes(store.run_dir(run_id)):
        whole += [line for line in data[: data.rfind(b"\n") + 1].split(b"\n") if line]
    collecting = gc.isenabled()
    gc.disable()  # thousands of new lists, none of them garbage
    try:
        return list(json.loads(b"[" + b",".join(whole) + b"]"))
    except (ValueError, RecursionError):
        return list(store.segments(run_id))  # says which line is damaged
    finally:
        if collecting:
            gc.enable()


def _metrics(
    record: Record, lines: list[dict[str, Any]]
) -> tuple[dict[str, Metric], dict[str, Statistics], dict[str, Statistics], list[str]]:
    metrics: dict[str, Metric] = {}
    statistics: dict[str, Statistics] = {}
    scores: dict[str, Statistics] = {}
    problems: list[str] = []
    for key, config in (record.config.get("metrics") or {}).items():
        try:
            metric = registry.build("metric", config)
            rows = _rows([(line.get("stats") or {}).get(key) for line in lines])
            values = np.asarray(metric.segment_scores(rows), dtype=np.float64)
            metric.aggregate(rows.sum(axis=0, keepdims=True))
        except (HarnessError, ValueError, IndexError, TypeError) as error:
            problems.append(f"{record.run_id}: {key} is left out ({error})")
            continue
        metrics[key], statistics[key], scores[key] = metric, rows, values
    return metrics, statistics, scores, problems


def _rows(found: list[Any]) -> Statistics:
    """`(n, k)` from stored lists; ValueError where one is missing, of another length, or not finite."""
    if None in found:
        raise ValueError(f"no stored statistics in line {found.index(None) + 1} of segments.jsonl")
    if len(set(map(len, found))) > 1:
        number = next(k for k, row in enumerate(found, start=1) if len(row) != len(found[0]))
        raise ValueError(f"{len(found[number - 1])} statistics in line {number}, {len(found[0])} in line 1")
    rows = np.array(found, dtype=np.float64)
    if not np.isfinite(rows).all():
        raise ValueError(
            f"a statistic in line {int(np.argwhere(~np.isfinite(rows))[0][0]) + 1} is not a number"
        )
    return rows
