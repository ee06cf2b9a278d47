"""The list of runs: filters, order, pages; and each run as a row of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.results.store import RunInfo
from harness.results.tables import LABELS, digits_of, health_cell, newest

PAGE = 100
_FIELDS = ("state", "pair", "data", "model", "engine", "tag")


def listing(runs: Sequence[RunInfo], query: Mapping[str, str]) -> dict[str, Any]:
    """Rows of one page, newest first, with the number of all and the values that the filters can take.

    `query`: `q` (words in id, model, tag, note or data), the fields by their exact value, `every` (not only
    the newest of each configuration), `sort` (a field or a metric, `-` before it for descending), `page`
    from 0.
    """
    latest = {record.run_id for record in newest([run.record for run in runs if run.record])}
    rows = [row(run) for run in reversed(runs)]
    if not query.get("every"):
        rows = [one for one in rows if one["state"] != "finished" or one["run"] in latest]
    facets = {name: sorted(Counter(one[name] for one in rows if one[name])) for name in _FIELDS}
    kept = [one for one in rows if _wanted(one, query)]
    metrics: dict[str, dict[str, Any]] = {}
    for one in kept:
        for key, score in one["scores"].items():
            metrics.setdefault(key, {"key": key, "name": LABELS.get(key, key), "up": score["up"]})
    order = query.get("sort") or "-run"
    kept.sort(key=lambda one: _key(one, order.lstrip("-")), reverse=order.startswith("-"))
    kept.sort(key=lambda one: _key(one, order.lstrip("-")) is _NOTHING)  # stable: what has no value, last
    page = int(query["page"]) if query.get("page", "").isdecimal() else 0
    return {
        "rows": kept[page * PAGE : (page + 1) * PAGE],
        "count": len(kept),
        "total": len(runs),
        "page": page,
        "pages": max(1, -(-len(kept) // PAGE)),
        "facets": facets,
        "metrics": list(metrics.values()),
        "live": any(run.state == "running" for run in runs),
    }


def row(run: RunInfo) -> dict[str, Any]:
    """A run as the list shows it; fields that a run without a record lacks are None."""
    record, progress = run.record, run.progress
    found: dict[str, Any] = {
        "run": run.run_id,
        "state": run.state,
        "problem": run.warning if run.record else run.problem,
        "progress": None,
        "scores": {},
        **dict.fromkeys(("pair", "data", "hash", "n", "model", "engine", "tag", "note", "health", "created")),
    }
    if progress is not None:
        found["progress"] = {
            "task": progress.task,
            "done": progress.done,
            "total": progress.total,
            "seconds": round(progress.updated - progress.begun, 1),
            "updated": round(progress.updated),
        }
    if record is None:
        return found
    return found | {
        "pair": str(record.pair),
        "data": record.data.name,
        "hash": record.data.short_hash,
        "n": record.data.n,
        "model": record.model.label,
        "engine": record.model.engine,
        "tag": record.tag,
        "note": record.note,
        "created": record.created,
        "health": health_cell(record),
        "scores": {
            key: {
                "name": LABELS.get(key, key),
                "value": score.value,
                "ci": score.ci,
                "digits": digits_of(score),
                "up": score.higher_is_better,
                "signature": score.signature,
            }
            for key, score in record.corpus_scores.items()
        },
    }


_NOTHING = ("", 0.0)


def _key(one: Mapping[str, Any], name: str) -> tuple[str, float]:
    value = one["scores"].get(name, {}).get("value") if name in one["scores"] else one.get(name)
    if value is None:
        return _NOTHING
    return ("", float(value)) if isinstance(value, int | float) else (str(value), 0.0)


def _wanted(one: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    if any(query.get(name) and one[name] != query[name] for name in _FIELDS):
        return False
    text = " ".join(str(one[name] or "") for name in ("run", *_FIELDS, "note", "hash")).casefold()
    return all(word in text for word in query.get("q", "").casefold().split())
