"""`compare`: which system is better, how sure that is, and why."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from harness.compare import arguments

if TYPE_CHECKING:
    from harness.compare.alignment import AlignmentView
    from harness.compare.arranged import Once
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
    arguments.compare(parser)


def main(args: argparse.Namespace) -> int:
    from harness.common.progress import note
    from harness.compare.analyses import check_versus
    from harness.compare.arranged import check
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


def _print(
    args: argparse.Namespace, results: list[tuple[Result, AlignmentView | None]], found: list[Drop] | None
) -> None:
    from harness.common.progress import note
    from harness.compare import formats
    from harness.compare.analyses import asked
    from harness.compare.arranged import Once, analyses_text, github
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
        from harness.compare.latex import latex, latex_all

        print(latex_all(only, latex), end="")
    elif args.format == "github":
        print(github(args, results, found), end="")
    else:
        if several := overview(only) if len(results) > 1 else []:
            _show(args, several, [], f"{len(results)} test sets")
        once = Once()
        for result, view in results:
            _print_set(args, result, view, once)


def _print_set(args: argparse.Namespace, result: Result, view: AlignmentView | None, once: Once) -> None:
    from harness.compare.arranged import sheets
    from harness.compare.contrast import print_contrasts
    from harness.compare.notes import footnotes

    tables, extra = sheets(args, result, view)
    _show(args, tables, once.new([*footnotes(result), *extra]), result.test_set.title)
    if args.segments and len(result.test_set.systems) > 1:
        print_contrasts(result, args.segments, args.versus, markdown=args.format == "md")


def _print_pairs(args: argparse.Namespace, results: list[Result]) -> None:
    from harness.compare.latex import latex_all, latex_pairs
    from harness.compare.notes import tests_line
    from harness.compare.pairs import pair_sheets, pairs_csv

    if args.format == "csv":
        print(pairs_csv(results), end="")
    elif args.format == "latex":
        print(latex_all(results, latex_pairs), end="")
    else:
        for result in results:
            _show(args, pair_sheets(result), [tests_line(result.options)], result.test_set.title)


def _show(args: argparse.Namespace, tables: list[Sheet], notes: list[str], title: str) -> None:
    from harness.compare import formats

    if args.format == "md":
        print(formats.markdown(tables, notes, title))
    else:
        formats.terminal(tables, notes, title, args.wide)
