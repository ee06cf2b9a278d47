"""A comparison as terminal tables, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from harness.common.tables import cell_width, markdown_text, without
from harness.common.terminal import visible, visible_json, visible_line
from harness.common.typed_json import finite
from harness.compare.across import across
from harness.compare.alignment import AlignmentView
from harness.compare.cells import Sheet
from harness.compare.evaluate import MetricResult, Result
from harness.compare.notes import judge_lines


def terminal(sheets: Sequence[Sheet], notes: Sequence[str], title: str, wide: bool = False) -> None:
    """Print with rich: as wide as the terminal; as the tables if `wide`, or if stdout is not a terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if wide or not console.is_terminal:
        least = console.width if wide else 100
        console = Console(highlight=False, width=max([least, *(_width(sheet) for sheet in sheets)]))
    console.print(Text(visible_line(title), style="bold"))
    for whole in sheets:
        sheet, hidden = _fit(whole, console.width)
        table = Table(box=box.HORIZONTALS, pad_edge=False)
        for name in sheet.header:
            left = name in ("system", "", *_WRAPS, sheet.header[0]) and name != "rank"
            table.add_column(
                Text(visible_line(name)),
                justify="left" if left else "right",
                overflow="fold",
                no_wrap=name not in _WRAPS,
            )
        for position, row in enumerate(sheet.rows):
            table.add_row(*(Text(visible(cell)) for cell in row), end_section=position in sheet.lines_after)
        console.print(Text(visible_line(sheet.title), style="italic"))
        console.print(table)
        for line in (*sheet.notes, *hidden):
            console.print(Text(f"  {visible_line(line)}"))
    for line in notes:
        console.print(Text(visible_line(line), style="dim"))
    console.print()


def _width(sheet: Sheet) -> int:
    columns = zip(sheet.header, *sheet.rows, strict=True)
    return sum(3 + _needed(column) for column in columns) - 1  # borders at both ends, no padding there


def _needed(column: Sequence[str]) -> int:
    """What a column takes at least: all of it, of running text a part."""
    full = max(map(cell_width, column))
    return min(full, _TEXT) if column[0] in _WRAPS else full


_WRAPS = ("changed since the run before",)
"""Columns of running text, which may be broken."""
_TEXT = 24
# What a narrow terminal can do without, least needed first; the other columns go from the right, and then
# the intervals: that of a difference with the difference, that of the score last.
_SPARE = ("judges agree", "wins/ties/losses", "range", "when", "p (", "rank")
_LAST = ("95 % interval of Δ", "Δ to ", "95 %", "95 % interval")


def _fit(sheet: Sheet, width: int) -> tuple[Sheet, tuple[str, ...]]:
    """The sheet without columns that do not fit, and a line that says so.

    `_SPARE` go first, then the columns from the right, then `_LAST`; two stay, and that of the systems is one
    of them.
    """
    hidden: list[str] = []
    first = next((name for name in sheet.header if name == "system"), sheet.header[0])
    spare, last = _named(sheet, _SPARE), _named(sheet, _LAST)
    rest = [name for name in sheet.header if name not in (first, *spare, *last)]
    for name in (*spare, *reversed(rest[1:]), *last):
        if _width(sheet) <= width:
            break
        header, rows = without(sheet.header, sheet.rows, sheet.header.index(name))
        sheet = replace(sheet, header=tuple(header), rows=tuple(map(tuple, rows)))
        hidden.append(name)
    note = f"left out to fit {width} columns: {', '.join(hidden)} (--wide shows everything)"
    return sheet, (note,) if hidden else ()


def _named(sheet: Sheet, beginnings: Sequence[str]) -> list[str]:
    """The columns with these names, or beginnings of names that end in a blank or bracket, in that order."""
    return [
        name
        for beginning in beginnings
        for name in sheet.header
        if name == beginning or (beginning[-1] in " (" and name.startswith(beginning))
    ]


def markdown(sheets: Sequence[Sheet], notes: Sequence[str], title: str) -> str:
    """GitHub-flavoured Markdown; a row of dashes stands where a cluster ends."""
    parts = [f"### {markdown_text(title)}\n"]
    for sheet in sheets:
        lines = [sheet.header, ("---",) * len(sheet.header)]
        for position, row in enumerate(sheet.rows):
            lines.append(row)
            if position in sheet.lines_after:
                lines.append(("―",) * len(row))
        table = "\n".join("| " + " | ".join(markdown_text(cell) for cell in line) + " |" for line in lines)
        below = "".join(f"\n\n{markdown_text(line)}" for line in sheet.notes)
        parts.append(f"**{markdown_text(sheet.title)}**\n\n{table}{below}\n")
    parts.append("\n".join(f"- {markdown_text(line)}" for line in notes) + "\n")
    return "\n".join(parts)


def rows_of(result: Result) -> list[dict[str, Any]]:
    """One flat dict a system and metric: the rows of the CSV."""
    systems = {system.name: system for system in result.test_set.systems}
    rows = []
    for metric in result.metrics:
        for row in metric.rows:
            gap = row.difference
            flat: dict[str, Any] = {
                "data": result.test_set.name,
                "data_hash": result.test_set.hash,
                "src": result.test_set.src,
                "tgt": result.test_set.tgt,
                "n": result.test_set.n,
                "metric": metric.key,
                "signature": metric.signature,
                "higher_is_better": metric.higher_is_better,
                "system": row.system,
                "run_id": systems[row.system].run_id,
                "score": row.value,
                "low": row.ci[0],
                "high": row.ci[1],
                "cluster": row.cluster,
                "rank_low": row.ranks[0] if row.ranks else None,
                "rank_high": row.ranks[1] if row.ranks else None,
                "baseline": metric.baseline,
                "difference": gap.value if gap else None,
                "difference_low": gap.ci[0] if gap else None,
                "difference_high": gap.ci[1] if gap else None,
                "correction": result.options.correction,
                "p_corrected": gap.corrected if gap else None,
                "resamples": result.options.resamples,
                "margin": metric.margin,
                "verdict": gap.verdict if gap else None,
            }
            for test in result.options.tests:
                flat[f"p_{test}"] = gap.p[test] if gap else None
                flat[f"{test}_samples"] = result.options.samples_of(test)
            flat |= {
                "seed": result.options.seed,
                "wins": gap.segments.wins if gap else None,
                "ties": gap.segments.ties if gap else None,
                "losses": gap.segments.losses if gap else None,
                "judges_agree": gap.human if gap else None,
            }
            rows.append(finite(flat))
    return rows


def csv_text(results: Sequence[Result]) -> str:
    """One line per test set, metric and system."""
    return lines_csv([row for result in results for row in rows_of(result)])


def lines_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Flat rows with the same fields as CSV; empty where undefined, control characters as their codes."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["data"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
    return visible(out.getvalue())


def json_text(
    results: Sequence[tuple[Result, AlignmentView | None]],
    extras: Sequence[Mapping[str, Any]] | None = None,
) -> str:
    """Everything, one object per test set, with its `extras`; null where undefined."""
    sets = []
    for (result, view), extra in zip(results, extras or [{}] * len(results), strict=True):
        sets.append(
            {
                "data": result.test_set.name,
                "data_hash": result.test_set.hash,
                "pair": {"src": result.test_set.src, "tgt": result.test_set.tgt},
                "n": result.test_set.n,
                "baseline": result.baseline,
                "tests": {test: result.options.samples_of(test) for test in result.options.tests},
                "seed": result.options.seed,
                "alpha": result.options.alpha,
                "rows": rows_of(result),
                "correction": result.options.correction,
                "resamples": result.options.resamples,
                "pairs": {metric.key: _pairs(metric, result.options.alpha) for metric in result.metrics},
                "alignment": asdict(view) if view else None,
                "notes": [*judge_lines(result), *result.notes],
                **extra,
            }
        )
    value = finite({"schema": 1, "test_sets": sets, "across": _across([result for result, _ in results])})
    return visible_json(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def _pairs(metric: MetricResult, alpha: float) -> list[dict[str, Any]]:
    """All pairs of a metric; the verdict is on `a`, which ranks above `b`."""
    return [
        {"a": a, "b": b, **asdict(found), "verdict": metric.verdict(a, b, alpha)}
        for (a, b), found in metric.pairs.items()
    ]


def _across(results: Sequence[Result]) -> dict[str, Any] | None:
    """The systems over all test sets, by metric; None for one set."""
    if len(results) < 2:
        return None
    keys = dict.fromkeys(metric.key for result in results for metric in result.metrics)
    return {key: [asdict(line) for line in across(results, key)] for key in keys}
