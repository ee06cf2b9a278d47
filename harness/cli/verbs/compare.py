"""`compare`: which system is better, how sure that is, and why."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from harness.cli.comparison_options import add_options

if TYPE_CHECKING:
    from harness.compare.alignment import AlignmentView
    from harness.compare.cells import Sheet
    from harness.compare.evaluate import Result

EXAMPLES = """\
examples:
  python -m harness compare
  python -m harness compare model=gloss,copy pair=fr-pl --test both
  python -m harness compare gloss copy --baseline copy --metric chrf --margin 60%
  python -m harness compare gloss copy --level document

RUN is a run id or the beginning of one, a tag, a model name, 'latest', or a query
model=… pair=… data=… engine=… tag=… run=… hash=… (lists with commas, patterns with *).
Without RUN: the newest finished run of each system on each test set, one table per test set.
To add outputs of other systems, run the engine that reads a file: python -m harness run model=file.

exit codes: 0 compared, 1 --fail-if-worse and a run is significantly worse, 2 nothing to compare
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help="runs to compare (default: the newest of each system)")
    add_options(parser)
    add(
        "--resample",
        choices=("segments", "documents"),
        default="segments",
        help="what is resampled: segments, or whole documents (default: segments)",
    )
    add(
        "--level",
        choices=("segment", "document"),
        default="segment",
        help="document: score each document as one text, BLEU, chrF and TER only (default: segment)",
    )
    add("--format", choices=("table", "md", "csv", "latex", "json"), default="table", help="default: table")
    buckets = "length, shape, confidence, document, domain, health"
    add("--by", metavar="KIND", help=f"also score by bucket: {buckets}")
    add(
        "--segments",
        type=int,
        default=0,
        metavar="N",
        help="also show the N segments where two systems differ most",
    )
    add("--versus", metavar="RUN", help="the other system for --segments (default: the next in rank)")
    add("--grid", metavar="T,T,…", help="confidence thresholds of the alignment view (default: .5 to .95)")
    add(
        "--fail-if-worse",
        action="store_true",
        help="exit 1 when a run is significantly worse than --baseline",
    )
    add("--strict", action="store_true", help="refuse runs whose files were edited (so does --fail-if-worse)")


def main(args: argparse.Namespace) -> int:
    from harness.compare.ask import compare
    from harness.errors import ConfigError

    if args.fail_if_worse and not args.baseline:
        raise ConfigError("--fail-if-worse needs --baseline RUN")
    if args.format in ("csv", "latex", "json") and (args.by or args.segments):
        raise ConfigError(f"--by and --segments are printed as table or md, not as {args.format}")
    results = compare(args, "harness compare", _grid(args.grid))
    _print(args, results)
    return _verdict([result for result, _ in results], args.fail_if_worse)


def _print(args: argparse.Namespace, results: list[tuple[Result, AlignmentView | None]]) -> None:
    from harness.compare import formats
    from harness.compare.cells import footnotes, overview
    from harness.compare.contrast import print_contrasts

    if args.format == "json":
        print(formats.json_text(results))
        return
    if args.format == "csv":
        print(formats.csv_text([result for result, _ in results]), end="")
        return
    if len(results) > 1 and args.format != "latex":
        _show(args, overview([result for result, _ in results]), [], f"{len(results)} test sets")
    for result, found in results:
        if args.format == "latex":
            print(formats.latex(result), end="")
            continue
        sheets, extra = _sheets(args, result, found)
        notes = [*footnotes(result), *extra]
        _show(args, sheets, notes, result.test_set.title)
        if args.segments and len(result.test_set.systems) > 1:
            print_contrasts(result, args.segments, args.versus, markdown=args.format == "md")


def _show(args: argparse.Namespace, sheets: list[Sheet], notes: list[str], title: str) -> None:
    from harness.compare import formats

    if args.format == "md":
        print(formats.markdown(sheets, notes, title))
    else:
        formats.terminal(sheets, notes, title)


def _sheets(
    args: argparse.Namespace, result: Result, found: AlignmentView | None
) -> tuple[list[Sheet], tuple[str, ...]]:
    from harness.compare import cells
    from harness.compare.buckets import buckets

    sheets = [cells.metric_sheet(result, metric) for metric in result.metrics]
    verdicts = cells.verdict_sheet(result)
    if verdicts is not None:
        sheets.append(verdicts)
    extra: tuple[str, ...] = ()
    if found is not None:
        sheets += cells.alignment_sheets(result, found)
        extra = cells.alignment_notes(result, found)
    if args.by:
        sheets += cells.bucket_sheets(result, args.by, buckets(result, args.by))
    return sheets, extra


def _grid(text: str | None) -> tuple[float, ...]:
    from harness.compare.alignment import GRID
    from harness.errors import ConfigError

    if text is None:
        return GRID
    try:
        grid = tuple(float(word) for word in text.split(","))
    except ValueError:
        grid = (-1.0,)
    if not all(0 <= level <= 1 for level in grid):
        raise ConfigError(
            f"--grid {text}: expected numbers from 0 to 1 separated by commas, such as 0.5,0.8,0.95"
        )
    return grid


def _verdict(results: list[Result], fail_if_worse: bool) -> int:
    from harness.common.progress import note
    from harness.compare.draws import FEWEST
    from harness.errors import UserError

    if not fail_if_worse:
        return 0
    code = 0
    for result in results:
        if result.n_drawn < FEWEST:
            raise UserError(
                f"--fail-if-worse: {result.n_drawn} {result.options.unit} of {result.test_set.name} are too"
                f" few for a test; use a test set of at least {FEWEST}"
            )
        for metric in result.metrics:
            for row in metric.rows:
                if row.difference and row.difference.verdict == "worse":
                    code = 1
                    note(
                        f"harness compare: {row.system} is significantly worse than {metric.baseline} in"
                        f" {metric.name} ({row.difference.value:+.2f}, p {row.difference.corrected:.4f},"
                        " corrected for all pairs)"
                    )
    return code
