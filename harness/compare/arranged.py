"""What `compare` shows of its results, for the verb and for the page: tables, notes, files."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from harness.compare import analyses, cells, formats
from harness.compare.alignment import AlignmentView
from harness.compare.cells import Sheet
from harness.compare.evaluate import Result
from harness.compare.gate import Drop
from harness.compare.github import summary
from harness.compare.latex import latex_sheet
from harness.compare.notes import footnotes
from harness.errors import ConfigError

Pair = tuple[Result, AlignmentView | None]


class Once:
    """Notes of several test sets, one below the other: what was said of one is not said again."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def new(self, notes: Iterable[str]) -> list[str]:
        """The notes that were not said before."""
        found = [note for note in dict.fromkeys(notes) if note not in self._said]
        self._said.update(found)
        return found


def check(args: argparse.Namespace) -> None:
    """Raises ConfigError for options that cannot be followed or contradict each other."""
    if args.fail_if_worse and not args.baseline:
        raise ConfigError("--fail-if-worse needs --baseline RUN")
    if args.tolerance and not args.fail_if_worse:
        raise ConfigError("--tolerance needs --fail-if-worse")
    if args.format in ("csv", "latex", "json") and args.segments:
        raise ConfigError(f"--segments is printed as table or md, not as {args.format}")
    given = [*analyses.asked(args), *(["--segments"] if args.segments else [])]
    if args.pairs and (given or args.format in ("json", "github")):
        other = next(iter(given), f"--format {args.format}")
        raise ConfigError(f"--pairs prints only the pairs, as table, md, csv or latex; leave out {other}")
    if args.format == "csv" and len(given) > 1:
        raise ConfigError(f"--format csv is one table: {' or '.join(given)}")
    analyses.check(args)


def sheets(
    args: argparse.Namespace, result: Result, found: AlignmentView | None
) -> tuple[list[Sheet], tuple[str, ...]]:
    """All tables of a test set but the pairs, and the notes below them."""
    tables = [cells.metric_sheet(result, metric) for metric in result.metrics]
    verdicts = cells.verdict_sheet(result)
    if verdicts is not None:
        tables.append(verdicts)
    extra: tuple[str, ...] = ()
    if found is not None:
        tables += cells.alignment_sheets(result, found)
        extra = cells.alignment_notes(result, found)
    for analysis in analyses.analyses(args, result):
        tables += analysis.sheets
        extra = (*extra, *analysis.notes)
    return tables, extra


def analyses_text(args: argparse.Namespace, results: list[Pair]) -> tuple[str, list[str]]:
    """What was asked for beside the scores, alone as CSV or LaTeX, with them as JSON; and the notes."""
    found = [(result, analyses.analyses(args, result)) for result, _ in results]
    if args.format == "json":
        extras = [{one.option.removeprefix("--"): one.rows for one in some} for _, some in found]
        return formats.json_text(results, extras) + "\n", []
    if args.format == "csv":
        text = formats.lines_csv([row for _, some in found for one in some for row in one.rows])
    else:
        tables = [(result, sheet) for result, some in found for one in some for sheet in one.sheets]
        text = "\n".join(latex_sheet(result, sheet, f"{k}") for k, (result, sheet) in enumerate(tables, 1))
    return text, list(dict.fromkeys(line for _, some in found for one in some for line in one.notes))


def github(args: argparse.Namespace, results: list[Pair], found: list[Drop] | None) -> str:
    """The summary for a pull request."""
    details, once = [], Once()
    for result, view in results:
        tables, extra = sheets(args, result, view)
        notes = once.new([*footnotes(result), *extra])
        details.append(formats.markdown(tables, notes, result.test_set.title))
    return summary([result for result, _ in results], found, details)
