"""The words and numbers of a comparison, the same in the terminal and in Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from harness.common.tables import BROKEN
from harness.compare.across import Across, across
from harness.compare.alignment import AlignmentView, BeadSubset
from harness.compare.alignment import Verdict as AlignmentVerdict
from harness.compare.evaluate import MetricResult, Result, SystemScore, Verdict
from harness.compare.notes import broken_systems, judged


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `lines_after` are rows under which a cluster ends; `notes` stand below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines_after: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


def number(value: float | None, digits: int = 2, sign: bool = False) -> str:
    """A number for display: a dash for what is undefined."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:{'+' if sign else ''}.{digits}f}"


def span(low: float, high: float, digits: int = 2) -> str:
    """An interval for display: a dash where it is undefined."""
    return f"[{number(low, digits)}, {number(high, digits)}]" if math.isfinite(low) else "–"


def digits_of(metric: MetricResult) -> int:
    """Two decimals for scores of 0 to 100, four for scores of 0 to 1."""
    largest = max((abs(row.value) for row in metric.rows if math.isfinite(row.value)), default=0.0)
    return 2 if largest > 2 else 4


def metric_sheet(result: Result, metric: MetricResult) -> Sheet:
    """One metric over all systems, best first, with differences from the baseline."""
    options = result.options
    digits = digits_of(metric)
    broken = broken_systems(result)
    arrow = "" if metric.neutral else (" ↑" if metric.higher_is_better else " ↓")
    header = ["rank", "range", "system", metric.name + arrow, "95 % interval"]
    if len(metric.rows) > 1:
        header += [f"Δ to {metric.baseline}", "95 % interval of Δ", f"p ({options.correction})"]
        header += [f"p ({test})" for test in options.tests]
        header += ["wins/ties/losses", *(["judges agree"] if judged(metric) else [])]
    rows = tuple(tuple(_row(row, digits, len(header), row.system in broken)) for row in metric.rows)
    ends = frozenset(
        k
        for k, (row, below) in enumerate(zip(metric.rows, metric.rows[1:], strict=False))
        if row.cluster != below.cluster
    )
    return Sheet(f"{metric.name}  {metric.signature}", tuple(header), rows, ends)


def _row(row: SystemScore, digits: int, width: int, broken: bool) -> list[str]:
    cells = [str(row.cluster or "–"), _range(row.ranks), f"{BROKEN}{row.system}" if broken else row.system]
    cells += [number(row.value, digits), span(*row.ci, digits)]
    gap = row.difference
    if gap is None:
        cells += ["baseline"] if width > len(cells) else []
        return cells + [""] * (width - len(cells))
    tally = gap.segments
    human = "–" if gap.human is None else f"{100 * gap.human:.0f} %"
    own = [number(p, 4) for p in gap.p.values()]
    if gap.value == 0:  # no order, and nothing for a judge to confirm
        tested = ["=", "=" if gap.identical else span(*gap.ci, digits), "=", *("=" for _ in own)]
        human = "="
    else:
        tested = [number(gap.value, digits, sign=True), span(*gap.ci, digits), number(gap.corrected, 4), *own]
    return [*cells, *tested, f"{tally.wins}/{tally.ties}/{tally.losses}", human][:width]


def _range(ranks: tuple[int, int] | None) -> str:
    if ranks is None:
        return "–"
    return str(ranks[0]) if ranks[0] == ranks[1] else f"{ranks[0]}–{ranks[1]}"


def verdict_sheet(result: Result) -> Sheet | None:
    """One verdict per system and metric beside the baseline, and one over all metrics that both have.

    None when a single metric ranks and no margin was given: its table says the same.
    """
    ranking = [metric for metric in result.metrics if not metric.neutral]
    best_first = dict.fromkeys(row.system for metric in ranking for row in metric.rows)
    systems = [name for name in best_first if name != result.baseline]
    if not systems or not ranking or (len(ranking) < 2 and result.options.margin is None):
        return None
    alpha = result.options.alpha
    words = {"equal": "equal within δ" if result.options.margin else "="}
    rows = []
    for name in systems:
        said = [
            metric.verdict(name, result.baseline, alpha) if metric.pair(name, result.baseline) else None
            for metric in ranking
        ]
        known = [verdict for verdict in said if verdict]
        cells = [*said, overall(known) if known else None]
        rows.append((name, *(words.get(word, word) if word else "–" for word in cells)))
    margins = [f"{m.name} {number(m.margin, 2)}" for m in ranking if m.margin is not None]
    notes = ["overall: what every metric says; undecided where one is, or where they disagree"]
    if any("–" in row for row in rows):
        notes.append("–: not scored with this metric; overall is over the others")
    if margins:
        notes.append(f"equal within δ: two one-sided tests; δ: {', '.join(margins)}")
    header = ("system", *(metric.name for metric in ranking), "overall")
    return Sheet(f"Verdict on each system beside {result.baseline}", header, tuple(rows), notes=tuple(notes))


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that all metrics share, else "undecided".

    Requiring every metric to agree keeps the error rate of a single one without a correction over metrics
    (Berger 1982, Technometrics 24(4), doi.org/10.1080/00401706.1982.10487790).
    """
    return verdicts[0] if len(set(verdicts)) == 1 else "undecided"


def overview(results: Sequence[Result]) -> list[Sheet]:
    """Several test sets at once: one sheet per metric, systems down, test sets across with ranks and score.

    Only metrics under which two systems share two sets: of others the tables of the sets say the same.
    """
    keys = dict.fromkeys(metric.key for result in results for metric in result.metrics)
    unit = results[0].test_set.unit.removesuffix("s")
    sheets = []
    for key in keys:
        known = next(m for result in results for m in result.metrics if m.key == key)
        lines = across(results, key)
        if not _shared(lines):
            continue
        digits = digits_of(known)
        sets = (
            f"{r.test_set.name} {r.test_set.src}-{r.test_set.tgt} ({r.test_set.hash[:4]})" for r in results
        )
        one_pair = len({(r.test_set.src, r.test_set.tgt) for r in results}) == 1
        header = (
            "system",
            *sets,
            *(["mean"] if one_pair else []),
            f"Δ/σ to {lines[0].baseline}",
            "95 % interval of Δ/σ",
        )
        rows = tuple(
            (
                line.system,
                *map(partial(_ranked, digits=digits), line.ranges, line.values),
                *([number(line.mean, digits)] if one_pair else []),
                number(line.standardised, 3, sign=True),
                span(*line.ci, 3),
            )
            for line in lines
        )
        notes = (
            "cells: range of ranks and score; Δ/σ: mean over the sets of the difference in standard"
            f" deviations of a {unit}, above 0 where the system is better"
            + ("" if one_pair else "; no mean: scores of different languages have no common scale"),
        )
        sheets.append(Sheet(f"{known.name} over {len(results)} test sets", header, rows, notes=notes))
    return sheets


def _shared(lines: Sequence[Across]) -> bool:
    """Whether two systems were scored on the same two sets."""
    on = [{k for k, value in enumerate(line.values) if value is not None} for line in lines]
    return any(len(one & other) > 1 for one, other in combinations(on, 2))


def _ranked(ranks: tuple[int, int] | None, value: float | None, digits: int) -> str:
    return number(value, digits) if ranks is None else f"#{_range(ranks)}  {number(value, digits)}"


def alignment_sheets(result: Result, view: AlignmentView) -> list[Sheet]:
    """One sheet per metric: systems down, subsets across, then the verdicts."""
    sheets = []
    for metric in result.metrics:
        digits = digits_of(metric)
        header = ["system", *(_short(subset) for subset in view.subsets), "95 %, doubtful beads"]
        rows = tuple(
            (
                row.system,
                *(number(subset.scores[metric.key][row.system], digits) for subset in view.subsets),
                span(*view.intervals[metric.key][row.system], digits),
            )
            for row in metric.rows
        )
        notes = tuple(_order_line(v) for v in view.verdicts if v.metric == metric.key)
        sheets.append(Sheet(f"{metric.name} against the alignment", tuple(header), rows, notes=notes))
    return sheets


def _order_line(verdict: AlignmentVerdict) -> str:
    if verdict.equal:
        return f"{verdict.better} = {verdict.worse}: the same score on all beads"
    order = f"{verdict.better} over {verdict.worse}: the order"
    if verdict.holds:
        return f"{order} holds over the whole grid"
    return f"{order} turns at {', '.join(verdict.flips_at)}; the difference may be the alignment's"


def _short(subset: BeadSubset) -> str:
    label = subset.label if subset.threshold is None else f"≥{subset.threshold:g}"
    return f"{label}, n={subset.n}"


def alignment_notes(result: Result, view: AlignmentView) -> tuple[str, ...]:
    """How many beads are expected to be right, and what the second interval is."""
    return (
        f"Of {result.test_set.n} beads {view.expected_right:.1f} are right in expectation"
        " (sum of confidences). Columns ≥: beads of that confidence."
        " The last interval draws beads and keeps each with its confidence;"
        " how far the scores move over the columns is alignment, not translation.",
    )
