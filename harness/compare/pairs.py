"""All pairs of systems of a comparison: as a matrix for people, as lines for programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from harness.common.typed_json import finite
from harness.compare.cells import Sheet, digits_of, number
from harness.compare.evaluate import MetricResult, Result
from harness.compare.formats import lines_csv


def pair_rows(result: Result) -> list[dict[str, Any]]:
    """One flat dict per metric and ordered pair (a, b), so that a pivot of them is the full matrix.

    `difference` is the score of a minus that of b, `error` its standard error; `verdict` is on a.
    """
    rows = []
    for metric in result.metrics:
        names = [row.system for row in metric.rows]
        for a in names:
            for b in names:
                found = metric.pair(a, b)
                if a == b or found is None:
                    continue
                rows.append(
                    finite(
                        {
                            "data": result.test_set.name,
                            "data_hash": result.test_set.hash,
                            "metric": metric.key,
                            "a": a,
                            "b": b,
                            "difference": _gap(metric, a, b),
                            "error": found.error,
                            "correction": result.options.correction,
                            "p_corrected": found.p,
                            "verdict": metric.verdict(a, b, result.options.alpha),
                        }
                    )
                )
    return rows


def pairs_csv(results: Sequence[Result]) -> str:
    """The lines of all test sets; empty where undefined."""
    return lines_csv([row for result in results for row in pair_rows(result)])


def pair_sheets(result: Result) -> list[Sheet]:
    """One matrix per metric: row minus column, † where nothing separates the two."""
    sheets = []
    for metric in result.metrics:
        names = [row.system for row in metric.rows]
        digits = digits_of(metric)
        rows = tuple(
            (f"({k}) {name}", *(_cell(metric, name, other, digits, result.options.alpha) for other in names))
            for k, name in enumerate(names, 1)
        )
        note = f"row minus column; †: not separated (p ≥ {result.options.alpha:g}, corrected for all pairs)"
        header = ("system", *(f"({k})" for k, _ in enumerate(names, 1)))
        sheets.append(Sheet(f"{metric.name}, all pairs", header, rows, notes=(note,)))
    return sheets


def _gap(metric: MetricResult, a: str, b: str) -> float:
    first, second = metric.row(a), metric.row(b)
    return first.value - second.value if first and second else math.nan


def _cell(metric: MetricResult, a: str, b: str, digits: int, alpha: float) -> str:
    found = metric.pair(a, b)
    if a == b or found is None:
        return ""
    if found.difference == 0:
        return "="
    open_ = "†" if found.p >= alpha else ""
    return f"{number(_gap(metric, a, b), digits, sign=True)}{open_}"
