"""`compare`: which system is better, how sure that is, and why."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from harness.cli.comparison_options import add_options

if TYPE_CHECKING:
    from harness.compare.alignment import AlignmentView
    from harness.compare.cells import Sheet
    from harness.compare.evaluate import Result
    from harness.compare.gate import Drop

EXAMPLES = """\
examples:
  python -m harness compare
  python -m harness compare model=gloss,copy pair=fr-pl --test both
  python -m harness compare gloss copy --baseline copy --metric chrf --margin 60%
  python -m harness compare gloss copy --level document
  python -m harness compare gloss copy --words --ngrams 20
  python -m harness compare --baseline copy --fail-if-worse --tolerance 0.5 --format github

RUN is a run id or the beginning of one, a tag, a model name, 'latest', or a query
model=… pair=… data=… engine=… tag=… run=… hash=… (lists with commas, patterns with *).
Without RUN: the newest finished run of each system on each test set, one table per test set.
To add outputs of other systems, run the engine that reads a file: python -m harness run model=file.

exit codes: 0 compared, 1 --fail-if-worse and a run is worse by more than --tolerance, 2 nothing to compare
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
    formats = ("table", "md", "csv", "latex", "json", "github")
    add(
        "--format",
        choices=formats,
        default="table",
        help="default: table; github: a summary for a pull request",
    )
    add("--wide", action="store_true", help="every column, however narrow the terminal")
    add(
        "--pairs",
        action="store_true",
        help="all pairs of systems instead: a matrix, or with csv a line a pair",
    )
    buckets = "length, shape, confidence, document, domain, health"
    add("--by", metavar="KIND", help=f"also score by bucket: {buckets}")
    add("--words", action="store_true", help="also F1 of words by how often they occur in the references")
    add(
        "--corpus", metavar="FILE", help="--words by how often they occur in this text of the target language"
    )
    add(
        "--ngrams",
        type=int,
        default=0,
        metavar="N",
        help="also show the N clearest n-grams that only one of two systems gets right",
    )
    add(
        "--segments",
        type=int,
        default=0,
        metavar="N",
        help="also show the N segments where two systems differ most",
    )
    add(
        "--versus",
        metavar="RUN",
        help="the other system for --segments, --ngrams (default: the best other one)",
    )
    add("--grid", metavar="T,T,…", help="confidence thresholds of the alignment view (default: .5 to .95)")
    add(
        "--fail-if-worse",
        action="store_true",
        help="exit 1 when a run is significantly worse than --baseline",
    )
    add(
        "--tolerance",
        metavar="δ",
        help="with --fail-if-worse: let pass what is at most so much worse: points, or 60%% for what 60 %% of"
        " judges notice",
    )
    add("--strict", action="store_true", help="refuse runs whose files were edited (so does --fail-if-worse)")


def main(args: argparse.Namespace) -> int:
    from harness.common.progress import note
    from harness.compare.analyses import check_versus
    from harness.compare.ask import compare, grid_of
    from harness.compare.gate import drops
    from harness.compare.options import parse_margin

    check(args)
    tolerance = parse_margin(args.tolerance, "--tolerance")
    results = compare(args, "harness compare", grid_of(args.grid))
    check_versus(args, (result for result, _ in results))
    if not args.fail_if_worse:
        _print(args, results, None)
        return 0
    found = drops([result for result, _ in results], tolerance)
    _print(args, results, found)
    for drop in found:
        note(f"harness compare: {drop}")
    return int(any(not drop.tolerated for drop in found))


def check(args: argparse.Namespace) -> None:
    """Raises ConfigError for options that cannot be followed or contradict each other."""
    from harness.compare import analyses
    from harness.errors import ConfigError

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


def _print(
    args: argparse.Namespace, results: list[tuple[Result, AlignmentView | None]], found: list[Drop] | None
) -> None:
    from harness.common.progress import note
    from harness.compare import formats
    from harness.compare.analyses import asked
    from harness.compare.cells import overview

    only = [result for result, _ in results]
    if args.pairs:
        _print_pairs(args, only)
    elif args.format in ("csv", "latex", "json") and asked(args):
        text, notes = analyses_text(args, results)
        print(text, end="")
        for line in notes:
            note(f"harness compare: {line}")
    elif args.format == "json":
        print(formats.json_text(results))
    elif args.format == "csv":
        print(formats.csv_text(only), end="")
    elif args.format == "latex":
        from harness.compare.latex import latex

        print("\n".join(map(latex, only)), end="")
    elif args.format == "github":
        print(github(args, results, found), end="")
    else:
        if len(results) > 1:
            _show(args, overview(only), [], f"{len(results)} test sets")
        for result, view in results:
            _print_set(args, result, view)


def analyses_text(
    args: argparse.Namespace, results: list[tuple[Result, AlignmentView | None]]
) -> tuple[str, list[str]]:
    """What was asked for beside the scores, alone as CSV or LaTeX, with them as JSON; and the notes."""
    from harness.compare import formats
    from harness.compare.analyses import analyses
    from harness.compare.latex import latex_sheet

    found = [(result, analyses(args, result)) for result, _ in results]
    if args.format == "json":
        extras = [{one.option.removeprefix("--"): one.rows for one in some} for _, some in found]
        return formats.json_text(results, extras) + "\n", []
    if args.format == "csv":
        text = formats.lines_csv([row for _, some in found for one in some for row in one.rows])
    else:
        tables = [(result, sheet) for result, some in found for one in some for sheet in one.sheets]
        text = "\n".join(latex_sheet(result, sheet, f"{k}") for k, (result, sheet) in enumerate(tables, 1))
    return text, list(dict.fromkeys(line for _, some in found for one in some for line in one.notes))


def _print_set(args: argparse.Namespace, result: Result, view: AlignmentView | None) -> None:
    from harness.compare.cells import footnotes
    from harness.compare.contrast import print_contrasts

    tables, extra = sheets(args, result, view)
    _show(args, tables, [*footnotes(result), *extra], result.test_set.title)
    if args.segments and len(result.test_set.systems) > 1:
        print_contrasts(result, args.segments, args.versus, markdown=args.format == "md")


def _print_pairs(args: argparse.Namespace, results: list[Result]) -> None:
    from harness.compare.cells import tests_line
    from harness.compare.latex import latex_pairs
    from harness.compare.pairs import pair_sheets, pairs_csv

    if args.format == "csv":
        print(pairs_csv(results), end="")
    elif args.format == "latex":
        print("\n".join(map(latex_pairs, results)), end="")
    else:
        for result in results:
            _show(args, pair_sheets(result), [tests_line(result.options)], result.test_set.title)


def github(
    args: argparse.Namespace, results: list[tuple[Result, AlignmentView | None]], found: list[Drop] | None
) -> str:
    """The summary for a pull request."""
    from harness.compare import formats
    from harness.compare.cells import footnotes
    from harness.compare.github import summary

    details = []
    for result, view in results:
        tables, extra = sheets(args, result, view)
        details.append(formats.markdown(tables, [*footnotes(result), *extra], result.test_set.title))
    return summary([result for result, _ in results], found, details)


def _show(args: argparse.Namespace, tables: list[Sheet], notes: list[str], title: str) -> None:
    from harness.compare import formats

    if args.format == "md":
        print(formats.markdown(tables, notes, title))
    else:
        formats.terminal(tables, notes, title, args.wide)


def sheets(
    args: argparse.Namespace, result: Result, found: AlignmentView | None
) -> tuple[list[Sheet], tuple[str, ...]]:
    """All tables of a test set but the pairs, and the notes below them."""
    from harness.compare import cells
    from harness.compare.analyses import analyses

    tables = [cells.metric_sheet(result, metric) for metric in result.metrics]
    verdicts = cells.verdict_sheet(result)
    if verdicts is not None:
        tables.append(verdicts)
    extra: tuple[str, ...] = ()
    if found is not None:
        tables += cells.alignment_sheets(result, found)
        extra = cells.alignment_notes(result, found)
    for analysis in analyses(args, result):
        tables += analysis.sheets
        extra = (*extra, *analysis.notes)
    return tables, extra
