"""What the page shows beside the scores: what the test set can tell, and the systems over their runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.compare.evaluate import Result
from harness.compare.history import Step, histories, same_references
from harness.compare.power import Detectable, detectable
from harness.results.record import Record

POWER = 0.8
SAMPLES = 2000  # as `harness power` draws
_MOST_RUNS, _MOST_CHANGES = 100, 6  # of a system, of a run


def power(result: Result) -> dict[str, Any]:
    """The differences that the test set detects, by metric; metrics that tell nothing are left out."""
    options = replace(
        result.options,
        tests=(),
        samples=min(SAMPLES, result.options.resamples),
        metrics=tuple(metric.key for metric in result.metrics if not metric.neutral),
    )
    if not options.metrics:
        return {}
    found = detectable(result.test_set, options, POWER, None, notes=[])
    shared = {"power": POWER, "systems": len(result.test_set.systems), "unit": options.unit}
    return {one.key: shared | _detectable(one) for one in found}


def _detectable(one: Detectable) -> dict[str, Any]:
    return {
        "n": one.n,
        "smallest": one.smallest,
        "lowest": one.lowest,
        "highest": one.highest,
        "curve": one.curve,
        "wanted": one.wanted,
        "needed": one.needed,
    }


def over_time(records: Sequence[Record], result: Result) -> list[dict[str, Any]]:
    """The runs of each shown system on data of this name, oldest first; systems with one run are left out."""
    test_set = result.test_set
    shown = {system.record.model.label for system in test_set.systems}
    same = [
        record
        for record in records
        if record.model.label in shown
        and record.data.name == test_set.name
        and (record.pair.src, record.pair.tgt) == (test_set.src, test_set.tgt)
    ]
    return [
        {"system": history.system, "runs": _runs(history.steps[-_MOST_RUNS:])}
        for history in histories(same)
        if len(history.steps) > 1
    ]


def _runs(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Runs with the same `data` are joined by a line: on the same references, with or without sources."""
    found: list[dict[str, Any]] = []
    for k, step in enumerate(steps):
        joined = k > 0 and same_references(steps[k - 1].record, step.record)
        found.append(
            {
                "run": step.record.run_id,
                "when": (step.record.created or "")[:16].replace("T", " "),
                "data": found[-1]["data"] if joined else step.record.data.hash[:8],
                "scores": {key: score.value for key, score in step.record.corpus_scores.items()},
                "changes": [*step.changes[:_MOST_CHANGES], *_more(len(step.changes) - _MOST_CHANGES)],
            }
        )
    return found


def _more(count: int) -> list[str]:
    return [f"and {count} more"] if count > 0 else []
