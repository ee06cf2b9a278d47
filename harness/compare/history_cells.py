"""Histories as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.compare.cells import Sheet, number
from harness.compare.history import History, same_references
from harness.results.record import Record
from harness.results.tables import LABELS

_MOST = 6  # changes in a cell


def sheet(history: History, wanted: Sequence[str]) -> Sheet:
    """One line per run, oldest first: scores, difference from the previous run on the same data, changes."""
    keys = _keys(history, wanted)
    rows = []
    before: Record | None = None
    for step in history.steps:
        record = step.record
        comparable = before is not None and same_references(before, record)
        cells = []
        for key in keys:
            value = _value(record, key)
            old = _value(before, key) if before is not None and comparable else None
            moved = "" if value is None or old is None else f" ({number(value - old, 2, sign=True)})"
            cells.append(f"{number(value, 2)}{moved}")
        changes = "; ".join(step.changes[:_MOST])
        more = len(step.changes) - _MOST
        changes += f"; and {more} more" if more > 0 else ""
        nothing = "–" if before is None else "nothing recorded"
        rows.append(((record.created or "")[:16], record.run_id, *cells, changes or nothing))
        before = record
    header = ("when", "run", *(LABELS.get(key, key) for key in keys), "changed since the run before")
    return Sheet(f"{history.system} over time", header, tuple(rows))


def json_value(found: Sequence[History], wanted: Sequence[str]) -> dict[str, Any]:
    """Everything, an object a history."""
    return {
        "schema": 1,
        "histories": [
            {
                "system": history.system,
                "pair": history.pair,
                "data": history.data,
                "runs": [
                    {
                        "run_id": step.record.run_id,
                        "created": step.record.created,
                        "data_hash": step.record.data.hash,
                        "scores": {key: _value(step.record, key) for key in _keys(history, wanted)},
                        "changes": list(step.changes),
                    }
                    for step in history.steps
                ],
            }
            for history in found
        ],
    }


def _keys(history: History, wanted: Sequence[str]) -> list[str]:
    known = dict.fromkeys(key for step in history.steps for key in step.record.corpus_scores)
    return [key for key in known if not wanted or key in wanted]


def _value(record: Record, key: str) -> float | None:
    score = record.corpus_scores.get(key)
    return score.value if score else None
