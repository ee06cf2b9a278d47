"""The words and numbers of a comparison, the same in the terminal and in Markdown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.compare.alignment import AlignmentView, Subset
from harness.compare.buckets import Bucket
from harness.compare.evaluate import MetricResult, Options, Result, Row
from harness.metrics.stats.human import SOURCE
from harness.metrics.stats.significance import TEST_NAMES


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: `lines_after` are rows under which a cluster ends; `notes` stand below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines_after: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


def number(value: float | None, digits: int = 2, sign: bool = False) -> str:
    """A number for people: a dash for what is undefined."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:{'+' if sign else ''}.{digits}f}"


def span(low: float, high: float, digits: int = 2) -> str:
    """An interval for people: a dash where it is undefined."""
    return f"[{number(low, digits)}, {number(high, digits)}]" if math.isfinite(low) else "–"


def digits_of(metric: MetricResult) -> int:
    """Two decimals for scores of 0 to 100, four for scores of 0 to 1."""
    largest = max((abs(row.value) for row in metric.rows if math.isfinite(row.value)), default=0.0)
    return 2 if largest > 2 else 4


def metric_sheet(result: Result, metric: MetricResult) -> Sheet:
    """One metric over all systems, best first, with differences from the baseline."""
    tests = result.options.tests
    digits = digits_of(metric)
    arrow = "" if metric.neutral else (" ↑" if metric.higher_is_better else " ↓")
    header = ["rank", "system", metric.name + arrow, "95 % interval"]
    several = len(metric.rows) > 1
    if several:
        header += [f"Δ to {metric.baseline}", "95 % interval of Δ"]
        header += [f"p ({test})" for test in tests]
        header += [f"p ({test}, Holm)" for test in tests if len(metric.rows) > 2]
        header += ["wins/ties/losses", "judges agree"]
    rows = tuple(tuple(_row(row, tests, digits, len(metric.rows))) for row in metric.rows)
    ends = frozenset(
        k
        for k, (row, below) in enumerate(zip(metric.rows, metric.rows[1:], strict=False))
        if row.cluster != below.cluster
    )
    return Sheet(f"{metric.name}  {metric.signature}", tuple(header), rows, ends)


def _row(row: Row, tests: Sequence[str], digits: int, systems: int) -> list[str]:
    cells = [str(row.cluster or "–"), row.system, number(row.value, digits), span(*row.ci, digits)]
    gap = row.difference
    if systems == 1:
        return cells
    corrected = systems > 2  # of a single comparison there is nothing to correct
    if gap is None:
        return [*cells, "baseline", *[""] * (3 + len(tests) * (2 if corrected else 1))]
    cells += [number(gap.value, digits, sign=True), span(*gap.ci, digits)]
    cells += [number(p, 4) for p in gap.p.values()]
    cells += [number(p, 4) for p in gap.holm.values() if corrected]
    tally = gap.segments
    human = "–" if gap.human is None else f"{100 * gap.human:.0f} %"
    return [*cells, f"{tally.wins}/{tally.ties}/{tally.losses}", human]


def footnotes(result: Result) -> tuple[str, ...]:
    """What the tables rest on: tests, samples, seed, correction, lines, source of the last column."""
    options = result.options
    notes = []
    if len(result.test_set.systems) > 1:
        notes.append(tests_line(options))
        notes.append(
            f"Rank: systems between two lines are not separated at {options.alpha:g} by all pairs,"
            f" Holm-corrected within a metric ({_pairs(result)} in all), as WMT prints clusters."
        )
        notes.append(
            "Judges agree: share of system pairs this far apart whose order human judges confirmed"
            f" ({SOURCE}); a dash where that study has no fit for the metric."
        )
    notes.append(
        f"Intervals: percentile bootstrap, n of n {options.unit}, seed {options.seed};"
        " they hold for test sets like this one, not for other domains."
    )
    return (*notes, *_health(result), *result.notes)


def _health(result: Result) -> list[str]:
    """One line when any system has flagged outputs: a score alone does not show them."""
    told = []
    for system in result.test_set.systems:
        flags = Counter(flag for found in system.health for flag in found)
        if flags:
            told.append(f"{system.name} {', '.join(f'{n} {flag}' for flag, n in flags.most_common())}")
    return [f"Flagged outputs, of {result.test_set.n}: {'; '.join(told)}."] if told else []


def tests_line(options: Options) -> str:
    """Which test, how many samples, which seed."""
    told = " and ".join(f"{TEST_NAMES[test]}, {options.samples_of(test)} samples" for test in options.tests)
    drawn = (
        "the p-values of sacreBLEU for the same seed"
        if options.unit == "segments"
        else "of whole documents, not of segments"
    )
    return (
        f"Test: {told}, seed {options.seed}, two-sided, {drawn};"
        " Holm: corrected over the comparisons with the baseline."
    )


def overview(results: Sequence[Result]) -> list[Sheet]:
    """Several test sets at once: one sheet a metric, systems down, test sets across, best group starred.

    The mean over test sets is given only for a system that has all of them.
    """
    keys = dict.fromkeys(metric.key for result in results for metric in result.metrics)
    sheets = []
    for key in keys:
        found = [next((m for m in result.metrics if m.key == key), None) for result in results]
        known = [metric for metric in found if metric is not None]
        names = dict.fromkeys(row.system for metric in known for row in metric.rows)
        digits = digits_of(known[0])
        sets = (
            f"{r.test_set.name} {r.test_set.src}-{r.test_set.tgt} ({r.test_set.hash[:4]})" for r in results
        )
        header = ("system", *sets, "mean")
        rows = tuple(_across(name, found, digits) for name in names)
        title = f"{known[0].name} over {len(results)} test sets (* in the best group)"
        sheets.append(Sheet(title, header, rows))
    return sheets


def _across(name: str, found: Sequence[MetricResult | None], digits: int) -> tuple[str, ...]:
    rows = [metric.row(name) if metric else None for metric in found]
    cells = []
    for row, metric in zip(rows, found, strict=True):
        best = row is not None and row.cluster == 1 and metric is not None and len(metric.rows) > 1
        cells.append(("* " if best else "") + number(row.value if row else None, digits))
    values = [row.value for row in rows if row is not None]
    mean = sum(values) / len(values) if len(values) == len(rows) else None
    return (name, *cells, number(mean, digits))


def _pairs(result: Result) -> int:
    count = len(result.test_set.systems)
    return count * (count - 1) // 2


def alignment_sheets(result: Result, view: AlignmentView) -> list[Sheet]:
    """One sheet a metric: systems down, subsets across, then the verdicts."""
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
        notes = tuple(
            f"{v.better} over {v.worse}: the order holds over the whole grid"
            if v.holds
            else f"{v.better} over {v.worse}: the order turns at {', '.join(v.flips_at)};"
            " the difference may be the alignment's"
            for v in view.verdicts
            if v.metric == metric.key
        )
        sheets.append(Sheet(f"{metric.name} against the alignment", tuple(header), rows, notes=notes))
    return sheets


def _short(subset: Subset) -> str:
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


def bucket_sheets(result: Result, by: str, found: Sequence[Bucket]) -> list[Sheet]:
    """One sheet a metric: buckets down, systems across."""
    sheets = []
    for metric in result.metrics:
        names = [row.system for row in metric.rows]
        digits = digits_of(metric)
        rows = tuple(
            (
                bucket.label,
                str(bucket.n),
                *(number(bucket.scores[metric.key][name], digits) for name in names),
            )
            for bucket in found
        )
        sheets.append(Sheet(f"{metric.name} by {by}", (by, "n", *names), rows))
    return sheets
