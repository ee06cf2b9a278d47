"""What the page shows, as JSON: a summary read at once, and blocks of segments read when needed.

All text that came from a model or a file travels as base64 of gzip, so nothing in it can be markup.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.compare.alignment import AlignmentView
from harness.compare.evaluate import MetricResult, Result
from harness.compare.groups import TestSet
from harness.compare.notes import broken_systems, footnotes
from harness.judge.marks import Marked, people
from harness.report.analyses import analyses
from harness.report.documents import document_marks
from harness.report.trends import over_time, power
from harness.results.store import Store

BLOCK = 200  # segments a block
_ELEMENT = 64  # bytes of markup around a block


@dataclass(frozen=True, slots=True)
class Payload:
    """The summary of all test sets and the packed blocks by id."""

    summary: str
    blocks: dict[str, str]
    notices: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes in the page, each block with its element."""
        return len(self.summary) + sum(len(text) + _ELEMENT for text in self.blocks.values())


def payload(
    store: Store,
    results: Sequence[tuple[Result, AlignmentView | None]],
    budget: int,
    title: str,
    corpus: Path | None = None,
) -> Payload:
    """Pack a comparison into at most `budget` bytes; `corpus` is what words are counted in (see `frequency`).

    When all segments do not fit, those on which the systems differ most are kept, and the page says how
    many are missing; only when no segment fits, the aligned documents go.
    """
    everything = [result.test_set.n for result, _ in results]
    runs = store.runs()
    records = [run.record for run in runs if run.record]
    edited = {run.run_id: run.warning for run in runs if run.warning}
    trends = [{"power": power(result), "history": over_time(records, result)} for result, _ in results]
    words = {f"w{number}": pack(analyses(result, corpus)) for number, (result, _) in enumerate(results)}
    keep, documents = everything, True
    while True:
        packed = _pack(store, results, trends, words, edited, keep, title, documents)
        if packed.size <= budget or (max(keep) == 0 and not documents):
            return packed
        if max(keep) == 0:
            keep, documents = everything, False
            continue
        share = min(0.9, 0.97 * budget / packed.size)
        keep = [int(count * share) for count in keep]


def _pack(
    store: Store,
    results: Sequence[tuple[Result, AlignmentView | None]],
    trends: Sequence[dict[str, Any]],
    words: Mapping[str, str],
    edited: Mapping[str, str],
    keep: Sequence[int],
    title: str,
    documents: bool,
) -> Payload:
    blocks = dict(words)
    notices: list[str] = []
    sets = []
    runs = (system.run_id for result, _ in results for system in result.test_set.systems)
    marked, unread = people(store.root, runs)
    notices += unread
    for number, ((result, view), most) in enumerate(zip(results, keep, strict=True)):
        rows = _kept(result, most)
        metrics = [metric.key for metric in result.metrics]
        names = []
        for start in range(0, len(rows), BLOCK):
            name = f"s{number}-{start // BLOCK}"
            block = rows[start : start + BLOCK]
            blocks[name] = pack([segment(result.test_set, metrics, index, marked) for index in block])
            names.append(name)
        found = documents_of(store, result.test_set)
        if found is not None and not documents:
            notices.append(
                f"{result.test_set.title}: the aligned documents are left out, to keep the page small."
            )
            found = None
        if found is not None:
            blocks[f"a{number}"] = pack(found)
        marks = document_marks(store, result.test_set) if documents else None
        if marks is not None:
            blocks[f"d{number}"] = pack(marks)
        notice = None
        if len(rows) < result.test_set.n:
            notice = (
                f"{result.test_set.title}: only the {len(rows)} segments"
                " on which the systems differ most are in this page, to keep it small;"
                " all scores rest on all segments."
            )
            notices.append(notice)
        sets.append(
            summary(result, view)
            | trends[number]
            | {"blocks": names, "notice": notice, "documents": found is not None, "marks": marks is not None}
            | {"edited": [edited[s.run_id] for s in result.test_set.systems if s.run_id in edited]}
        )
    return Payload(pack({"title": title, "sets": sets}), blocks, tuple(notices))


def pack(value: Any) -> str:
    """JSON, gzip, base64; the same bytes for the same value."""
    text = json.dumps(_finite(value), separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode()


def _kept(result: Result, most: int) -> list[int]:
    n = result.test_set.n
    if most >= n:
        return list(range(n))
    spread = np.zeros(n)
    metric = next((m for m in result.metrics if not m.neutral), None)
    if metric is not None:
        systems = {system.name: system for system in result.test_set.systems}
        scores = np.stack([systems[row.system].scores[metric.key] for row in metric.rows])
        spread = np.nan_to_num(scores, nan=0.0).max(axis=0) - np.nan_to_num(scores, nan=0.0).min(axis=0)
    return sorted(int(i) for i in np.argsort(-spread, kind="stable")[:most])


def segment(
    test_set: TestSet, metrics: Sequence[str], index: int, marked: Marked | None = None
) -> dict[str, Any]:
    """One segment of all systems: texts, the scores by these metrics, flags and bead.

    `e`, where there are any: the errors that judges, and people (`marked`), marked in each output.
    """
    systems = test_set.systems
    first = systems[0]
    errors = [
        [*system.marks[index], *(marked or {}).get((system.run_id, system.ids[index]), ())]
        for system in systems
    ]
    return {
        **({"e": errors} if any(errors) else {}),
        "id": first.ids[index],
        "d": first.docs[index],
        "s": first.sources[index],
        "r": first.references[index],
        "h": [system.hypotheses[index] for system in systems],
        "v": [
            [_short(system.scores[key][index]) if key in system.scores else None for system in systems]
            for key in metrics
        ],
        "f": [list(system.health[index]) for system in systems],
        "b": first.beads[index],
    }


def summary(result: Result, view: AlignmentView | None) -> dict[str, Any]:
    """A compared test set without its segments; what is not finite becomes null in `pack`."""
    test_set, options = result.test_set, result.options
    broken = broken_systems(result)
    return {
        "name": test_set.title,
        "src": test_set.src,
        "tgt": test_set.tgt,
        "n": test_set.n,
        "baseline": result.baseline,
        "alpha": options.alpha,
        "correction": options.correction,
        "tests": [{"key": test, "samples": options.samples_of(test)} for test in options.tests],
        "notes": list(footnotes(result)),
        "systems": [
            {
                "name": system.name,
                "run": system.run_id,
                "id": system.record.model.id,
                "revision": system.record.model.revision,
                "engine": system.record.model.engine,
                "finished": system.record.finished,
                "health": dict(system.record.health),
                "broken": system.name in broken,
            }
            for system in test_set.systems
        ],
        "metrics": [_metric(metric) for metric in result.metrics],
        "view": asdict(view) if view else None,
    }


def _metric(metric: MetricResult) -> dict[str, Any]:
    return {
        "key": metric.key,
        "name": metric.name,
        "signature": metric.signature,
        "up": metric.higher_is_better,
        "neutral": metric.neutral,
        "baseline": metric.baseline,
        "rows": [
            {
                "system": row.system,
                "value": row.value,
                "ci": row.ci,
                "cluster": row.cluster,
                "ranks": row.ranks,
                "gap": asdict(row.difference) if row.difference else None,
            }
            for row in metric.rows
        ],
        "pairs": [[a, b, found.p] for (a, b), found in metric.pairs.items()],
    }


def documents_of(store: Store, test_set: TestSet) -> Any:
    """The documents and beads of the first run that has them (aligned text is the same for all)."""
    for system in test_set.systems:
        found = store.alignment(system.run_id)
        if found and found.get("documents"):
            return found["documents"]
    return None


def _short(value: float) -> float | None:
    return round(float(value), 1 if abs(value) > 2 else 3) if math.isfinite(value) else None


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
