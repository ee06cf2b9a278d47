"""A comparison as a Markdown summary for a pull request: the verdict first, the tables folded away."""

from __future__ import annotations

from collections.abc import Sequence

from harness.common.tables import markdown_table, markdown_text
from harness.compare.cells import digits_of, number, span
from harness.compare.evaluate import MetricResult, Result, SystemScore
from harness.compare.gate import Drop

_MARKS = {"better": "▲", "worse": "▼", "equal": "=", "undecided": "·"}


def summary(results: Sequence[Result], drops: Sequence[Drop] | None, details: Sequence[str]) -> str:
    """`details` holds the Markdown of each test set's tables; `drops` is None without a gate."""
    parts = [f"## {_headline(drops)}\n"]
    if drops:
        parts.append("\n".join(f"- {markdown_text(str(drop))}" for drop in drops) + "\n")
    for result, detail in zip(results, details, strict=True):
        parts.append(f"**{markdown_text(result.test_set.title)}**\n\n{_table(result)}")
        parts.append(f"<details><summary>All tables, tests and notes</summary>\n\n{detail}\n</details>\n")
    parts.append(
        "Scores, with the difference from the baseline and its 95 % interval. ▲ significantly better,"
        " ▼ significantly worse, · not separated, = equal; corrected for all pairs of systems.\n"
    )
    return "\n".join(parts)


def _headline(drops: Sequence[Drop] | None) -> str:
    if drops is None:
        return "Translation scores"
    failed = [drop for drop in drops if not drop.tolerated]
    if failed:
        systems = len({drop.system for drop in failed})
        return f"Translation scores: failed, {systems} {'system is' if systems == 1 else 'systems are'} worse"
    return "Translation scores: passed"


def _table(result: Result) -> str:
    names = [system.name for system in result.test_set.systems]
    names.sort(key=lambda name: name != result.baseline)
    heads = ["system", *(f"{m.name}{_arrow(m)}" for m in result.metrics)]
    lines = []
    for name in names:
        cells = [name if name != result.baseline else f"{name} (baseline)"]
        cells += [_cell(metric, metric.row(name)) for metric in result.metrics]
        lines.append(cells)
    return markdown_table(heads, lines)


def _arrow(metric: MetricResult) -> str:
    return "" if metric.neutral else " ↑" if metric.higher_is_better else " ↓"


def _cell(metric: MetricResult, row: SystemScore | None) -> str:
    if row is None:
        return "–"
    digits, gap = digits_of(metric), row.difference
    score = number(row.value, digits)
    if gap is None or gap.identical:
        return score if gap is None else f"{score} ="
    interval = span(*gap.ci, digits) if gap.known else ""
    return f"{score} {_MARKS[gap.verdict]} {number(gap.value, digits, sign=True)} {interval}".strip()
