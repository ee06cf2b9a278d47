"""The words and numbers of a comparison, the same in the terminal and in Markdown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from harness.compare.across import across
from harness.compare.alignment import AlignmentView, BeadSubset
from harness.compare.alignment import Verdict as AlignmentVerdict
from harness.compare.evaluate import MetricResult, Result, SystemScore, Verdict
from harness.compare.options import Options
from harness.metrics.stats.human import SOURCE
from harness.metrics.stats.significance import TEST_NAMES

_FLAGGED = 6  # systems whose flags a note names


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
    arrow = "" if metric.neutral else (" ↑" if metric.higher_is_better else " ↓")
    header = ["rank", "range", "system", metric.name + arrow, "95 % interval"]
    if len(metric.rows) > 1:
        header += [f"Δ to {metric.baseline}", "95 % interval of Δ", f"p ({options.correction})"]
        header += [f"p ({test})" for test in options.tests]
        header += ["wins/ties/losses", "judges agree"]
    rows = tuple(tuple(_row(row, digits, len(header))) for row in metric.rows)
    ends = frozenset(
        k
        for k, (row, below) in enumerate(zip(metric.rows, metric.rows[1:], strict=False))
        if row.cluster != below.cluster
    )
    return Sheet(f"{metric.name}  {metric.signature}", tuple(header), rows, ends)


def _row(row: SystemScore, digits: int, width: int) -> list[str]:
    cells = [str(row.cluster or "–"), _range(row.ranks), row.system]
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
    return [*cells, *tested, f"{tally.wins}/{tally.ties}/{tally.losses}", human]


def _range(ranks: tuple[int, int] | None) -> str:
    if ranks is None:
        return "–"
    return str(ranks[0]) if ranks[0] == ranks[1] else f"{ranks[0]}–{ranks[1]}"


def verdict_sheet(result: Result) -> Sheet | None:
    """One verdict per system and metric beside the baseline, and one over all metrics.

    None when a single metric ranks and no margin was given: its table says the same.
    """
    ranking = [metric for metric in result.metrics if not metric.neutral]
    systems = [system.name for system in result.test_set.systems if system.name != result.baseline]
    if not systems or not ranking or (len(ranking) < 2 and result.options.margin is None):
        return None
    alpha = result.options.alpha
    words = {"equal": "equal within δ" if result.options.margin else "="}
    rows = []
    for name in systems:
        said = [metric.verdict(name, result.baseline, alpha) for metric in ranking]
        rows.append((name, *(words.get(word, word) for word in (*said, overall(said)))))
    margins = [f"{m.name} {number(m.margin, 2)}" for m in ranking if m.margin is not None]
    notes = ["overall: what every metric says; undecided where one is, or where they disagree"]
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


def footnotes(result: Result) -> tuple[str, ...]:
    """What the tables rest on: tests, samples, seed, correction, lines, source of the last column."""
    options = result.options
    notes = []
    if len(result.test_set.systems) > 1:
        notes.append(tests_line(options))
        notes += own_tests_lines(options)
        notes.append(
            "Rank: a line stands where every system above is significantly better than every system below,"
            " as WMT prints clusters. Range: the ranks that the comparisons of all pairs leave open."
            " =: exactly equal scores, which nothing separates."
        )
        notes.append(
            "Judges agree: share of system pairs this far apart whose order human judges confirmed"
            f" ({SOURCE}); a dash where that study has no fit for the metric."
        )
    notes.append(
        f"Intervals: percentile bootstrap, n of n {options.unit}, {options.resamples} resamples, seed"
        f" {options.seed}; they hold for test sets like this one, not for other domains."
    )
    return (*notes, *judge_lines(result), *_health(result), *result.notes)


def judge_lines(result: Result) -> list[str]:
    """Of metrics that ask a language model: counts behind the score, and outputs that have none."""
    found = []
    for metric in result.metrics:
        for system in result.test_set.systems:
            if metric.key not in system.metrics:
                continue
            sums = system.statistics[metric.key].sum(axis=0)
            if details := system.metrics[metric.key].details(sums):
                told = ", ".join(f"{name} {value:.4g}" for name, value in details.items())
                found.append(f"{metric.name} of {system.name}: {told}.")
            unscored = int(np.isnan(system.scores[metric.key]).sum())
            if unscored and metric.key in (system.record.judges or {}):
                found.append(
                    f"{metric.name} has no score for {unscored} of {result.test_set.n} outputs of"
                    f" {system.name}: its judge refused, was cut off or could not be read."
                )
    return found


def _health(result: Result) -> list[str]:
    """One line when any system has flagged outputs: a score alone does not show them."""
    flagged = []
    for system in result.test_set.systems:
        flags = Counter(flag for found in system.health for flag in found)
        if flags:
            flagged.append(f"{system.name} {', '.join(f'{n} {flag}' for flag, n in flags.most_common())}")
    more = [f"{len(flagged) - _FLAGGED} more systems"] if len(flagged) > _FLAGGED else []
    shown = "; ".join([*flagged[:_FLAGGED], *more])
    return [f"Flagged outputs, of {result.test_set.n}: {shown}."] if flagged else []


def tests_line(options: Options) -> str:
    """The test behind ranks, lines and daggers: which, over what, how many samples."""
    if options.correction == "holm":
        tests = " and ".join(f"p ({test}), {options.samples_of(test)} samples" for test in options.tests)
        return (
            f"Test: {tests}, Holm-corrected over all pairs within a metric at {options.alpha:g}, two-sided."
        )
    return (
        f"Test: step-down max-T over all pairs within a metric (Romano and Wolf 2005), {options.resamples}"
        f" joint resamples of {options.unit}, seed {options.seed}, two-sided,"
        f" family-wise error {options.alpha:g}."
    )


def own_tests_lines(options: Options) -> list[str]:
    """What sacreBLEU's own p-values are, where they were asked for."""
    if not options.tests:
        return []
    tests = "; ".join(
        f"p ({test}): {TEST_NAMES[test]}, {options.samples_of(test)} samples, seed {options.seed}"
        for test in options.tests
    )
    drawn = (
        "identical to sacreBLEU's for the same seed"
        if options.unit == "segments"
        else "over whole documents, so not sacreBLEU's"
    )
    return [
        f"{tests}; uncorrected, {drawn}. By sacreBLEU's convention p = (c + 1)/(samples + 1) with c the"
        " samples that differ strictly more than observed, so equal outputs get the smallest p, not 1, and ="
        " is printed; its p (bs) counts one tail and is about half of a two-sided p."
    ]


def overview(results: Sequence[Result]) -> list[Sheet]:
    """Several test sets at once: one sheet per metric, systems down, test sets across with rank and score."""
    keys = dict.fromkeys(metric.key for result in results for metric in result.metrics)
    unit = results[0].test_set.unit.removesuffix("s")
    sheets = []
    for key in keys:
        known = next(m for result in results for m in result.metrics if m.key == key)
        lines = across(results, key)
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
                *map(partial(_ranked, digits=digits), line.clusters, line.values),
                *([number(line.mean, digits)] if one_pair else []),
                number(line.standardised, 3, sign=True),
                span(*line.ci, 3),
            )
            for line in lines
        )
        notes = (
            "cells: rank (cluster) and score; Δ/σ: mean over the sets of the difference in standard"
            f" deviations of a {unit}, above 0 where the system is better"
            + ("" if one_pair else "; no mean: scores of different languages have no common scale"),
        )
        sheets.append(Sheet(f"{known.name} over {len(results)} test sets", header, rows, notes=notes))
    return sheets


def _ranked(cluster: int | None, value: float | None, digits: int) -> str:
    return number(value, digits) if cluster is None else f"#{cluster}  {number(value, digits)}"


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
