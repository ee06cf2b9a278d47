"""A comparison as LaTeX (booktabs): systems by metrics, and the matrix of all pairs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from harness.common.terminal import visible_line
from harness.compare.cells import Sheet, digits_of, number
from harness.compare.evaluate import MetricResult, Result, contender
from harness.compare.notes import tests_line

_ARROWS = {True: "$\\uparrow$", False: "$\\downarrow$"}
_TEX = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "Δ": r"$\Delta$",
    "↑": r"$\uparrow$", "↓": r"$\downarrow$", "≥": r"$\geq$", "–": "--",
}  # fmt: skip


def latex_all(results: Sequence[Result], table: Callable[[Result], str]) -> str:
    """The tables of all test sets; with several sets each label ends in the hash of its data."""
    if len(results) == 1:
        return table(results[0])
    sets = [result.test_set for result in results]
    one_way = len({found.hash for found in sets}) == len(sets)  # else the direction tells them apart
    ends = [found.hash[:8] if one_way else f"{found.hash[:8]}-{found.src}-{found.tgt}" for found in sets]
    texts = zip(map(table, results), ends, strict=True)
    return "\n".join(re.sub(r"(\\label\{tab:[^}]*)\}", rf"\1-{data}}}", text) for text, data in texts)


def latex(result: Result) -> str:
    """A table, systems down and metrics across; its caption says what bold and the dagger mean.

    Bold is the best score (and an equal one), the reference aside; a dagger marks systems that are not
    significantly worse.
    """
    metrics = [metric for metric in result.metrics if not metric.neutral]
    heads = [f"{_tex(m.name)} {_ARROWS[m.higher_is_better]}" for m in metrics]
    names = list(dict.fromkeys(row.system for metric in metrics for row in metric.rows))
    rows = [[_tex(name), *(_score(result, metric, name) for metric in metrics)] for name in names]
    caption = (
        f"{_tex(result.test_set.title)}. Bold: the best score, the reference aside."
        f"{_dagger(rows, 'not significantly worse than it', result)}"
    )
    return _table(result, metrics, ["System", *heads], rows, caption, "scores")


def latex_pairs(result: Result) -> str:
    """One table per metric: row minus column for all pairs, a dagger where nothing separates them."""
    parts = []
    for metric in result.metrics:
        names = [row.system for row in metric.rows]
        heads = ["", *(f"({k})" for k, _ in enumerate(names, 1))]
        rows = [
            [
                f"({k}) {_tex(name)}",
                *(_difference(metric, name, other, result.options.alpha) for other in names),
            ]
            for k, name in enumerate(names, 1)
        ]
        caption = (
            f"{_tex(result.test_set.title)}: {_tex(metric.name)}, row minus column."
            f"{_dagger(rows, 'not separated', result)}"
        )
        parts.append(_table(result, [metric], heads, rows, caption, f"pairs-{metric.key}"))
    return "\n".join(parts)


def latex_sheet(result: Result, sheet: Sheet, label: str) -> str:
    """A table as the terminal has it; its notes are in the caption."""
    caption = (
        ". ".join([f"{_tex(result.test_set.title)}: {_tex(sheet.title)}", *map(_tex, sheet.notes)]) + "."
    )
    heads, *rows = ([_tex(cell) for cell in row] for row in (sheet.header, *sheet.rows))
    return _table(result, [], heads, rows, caption, label)


def _table(
    result: Result,
    metrics: Sequence[MetricResult],
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    caption: str,
    label: str,
) -> str:
    lines = [
        f"% {visible_line(result.test_set.title)}",
        *(f"% {visible_line(metric.name)}: {visible_line(metric.signature)}" for metric in metrics),
        f"% {tests_line(result.options)}",
        "\\begin{table}[t]",
        "\\centering",
        "\\begin{tabular}{l" + "r" * (len(heads) - 1) + "}",
        "\\toprule",
        " & ".join(heads) + " \\\\",
        "\\midrule",
        *(" & ".join(row) + " \\\\" for row in rows),
        "\\bottomrule",
        "\\end{tabular}",
        f"\\caption{{{caption}}}",
        f"\\label{{tab:{label}}}",
        "\\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _dagger(rows: Sequence[Sequence[str]], meaning: str, result: Result) -> str:
    """What the dagger means, where there is one."""
    if not any("dagger" in cell for row in rows for cell in row[1:]):
        return ""
    return f" $^\\dagger$: {meaning} ($p \\geq {result.options.alpha:g}$, corrected for all pairs)."


def _score(result: Result, metric: MetricResult, name: str) -> str:
    row = metric.row(name)
    if row is None or not math.isfinite(row.value):
        return "--"
    text = number(row.value, digits_of(metric)).replace("-", "$-$")
    best = contender(result, metric)
    if best is None or name in result.test_set.ceilings:
        return text
    pair = metric.pair(best, name)
    if name == best or pair is None or pair.difference == 0:
        return f"\\textbf{{{text}}}"
    return text if pair.p < result.options.alpha or math.isnan(pair.p) else f"{text}$^\\dagger$"


def _difference(metric: MetricResult, name: str, other: str, alpha: float) -> str:
    first, second, pair = metric.row(name), metric.row(other), metric.pair(name, other)
    if first is None or second is None or pair is None or not math.isfinite(pair.difference):
        return ""
    if pair.difference == 0:
        return "="
    text = number(first.value - second.value, digits_of(metric), sign=True).replace("-", "$-$")
    return text if pair.p < alpha or math.isnan(pair.p) else f"{text}$^\\dagger$"


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, f"\\{c}" if c in "&%$#_{}" else c) for c in visible_line(text))
