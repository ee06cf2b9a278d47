"""`compare`: which system is better, how sure that is, and why."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.compare.cells import Sheet
    from harness.compare.evaluate import Options, Result
    from harness.compare.groups import TestSet
    from harness.store import Store

HELP = "which of several runs is better, how sure that is, and where they differ"

EXAMPLES = """\
examples:
  python -m harness compare
  python -m harness compare model=gloss,copy pair=fr-pl --test both
  python -m harness compare gloss copy --baseline copy --metric chrf --format md

RUN is a run id or the beginning of one, a tag, a model name, 'latest', or a query
model=… pair=… data=… engine=… tag=… run=… hash=… (lists with commas, patterns with *).
Without RUN: the newest finished run of each system on each test set, a table a test set.
Outputs of other systems join as runs of the engine that reads a file: python -m harness run model=file.

exit codes: 0 compared, 1 --fail-if-worse and a run is significantly worse, 2 nothing to compare
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help="runs to compare (default: the newest of each system)")
    add("--baseline", metavar="RUN", help="compare with this run (default: the best)")
    add("--metric", action="append", metavar="KEY", help="only this metric; may be repeated (default: all)")
    add("--test", choices=("bs", "ar", "both"), default="bs", help="bootstrap, randomization (default: bs)")
    add("--samples", type=int, metavar="N", help="samples of the test (default: bs 1000, ar 10000)")
    add("--seed", type=int, default=12345, help="seed of all resampling (default: 12345, sacreBLEU's)")
    add("--alpha", type=float, default=0.05, help="significance level (default: 0.05)")
    add("--format", choices=("table", "md", "csv", "latex", "json"), default="table", help="default: table")
    add("--by", metavar="KIND", help="also by bucket: length, shape, confidence, document, health")
    add(
        "--segments",
        type=int,
        default=0,
        metavar="N",
        help="also the N segments where two systems differ most",
    )
    add("--versus", metavar="RUN", help="the other system of --segments (default: the next in rank)")
    add("--grid", metavar="T,T,…", help="confidence thresholds of the alignment view (default: .5 to .95)")
    add("--common", action="store_true", help="cut runs of different test data to their common segments")
    add("--all", action="store_true", help="every matching run, not only the newest of each system")
    add(
        "--fail-if-worse",
        action="store_true",
        help="exit 1 when a run is significantly worse than --baseline",
    )
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    from harness.compare.evaluate import evaluate
    from harness.compare.groups import group
    from harness.compare.select import select
    from harness.progress import note
    from harness.store import Store

    store = Store(args.results)
    options = _options(args, store)
    words = list(args.runs)
    if options.baseline and [word for word in words if "=" not in word]:
        words.append(options.baseline)
    selection = select(store, words, every=args.all)
    sets, problems = group(store, selection, common=args.common)
    for line in problems:
        note(f"harness compare: {line}")
    sets = _with_baseline(sets, options, args.fail_if_worse)
    results = [evaluate(test_set, options) for test_set in sets]
    _print(args, results)
    return _verdict(results, args.fail_if_worse)


def _options(args: argparse.Namespace, store: Store) -> Options:
    from harness.compare.evaluate import Options
    from harness.errors import ConfigError, UserError

    if args.samples is not None and args.samples < 1:
        raise ConfigError(f"--samples {args.samples}: at least 1")
    if args.seed < 0:
        raise ConfigError(f"--seed {args.seed}: at least 0")
    if not 0 < args.alpha < 1:
        raise ConfigError(f"--alpha {args.alpha:g}: between 0 and 1")
    if args.fail_if_worse and not args.baseline:
        raise ConfigError("--fail-if-worse needs --baseline RUN")
    if args.format in ("csv", "latex", "json") and (args.by or args.segments):
        raise ConfigError(f"--by and --segments are printed as table or md, not as {args.format}")
    baseline = None
    if args.baseline:
        run = store.find(args.baseline)
        if run.record is None:
            raise UserError(f"--baseline {args.baseline}: {run.run_id} is {run.state} ({run.problem})")
        baseline = run.run_id
    return Options(
        tests=("bs", "ar") if args.test == "both" else (args.test,),
        samples=args.samples,
        seed=args.seed,
        alpha=args.alpha,
        metrics=tuple(args.metric or ()),
        baseline=baseline,
    )


def _with_baseline(sets: list[TestSet], options: Options, must: bool) -> list[TestSet]:
    """With a baseline, only its test set can be compared; the others are named on stderr."""
    from harness.errors import UserError
    from harness.progress import note

    if options.baseline is None:
        return sets
    kept = [s for s in sets if any(system.run_id == options.baseline for system in s.systems)]
    for test_set in sets:
        if test_set not in kept:
            names = ", ".join(system.name for system in test_set.systems)
            note(
                f"harness compare: {test_set.title} is left out ({names}): the baseline {options.baseline}"
                " was scored on other data; --common compares the common segments"
            )
    if not kept or (must and all(len(test_set.systems) < 2 for test_set in kept)):
        raise UserError(f"nothing to compare with the baseline {options.baseline} on its test data")
    return kept


def _print(args: argparse.Namespace, results: list[Result]) -> None:
    from harness.compare import formats
    from harness.compare.alignment import GRID, view
    from harness.compare.cells import footnotes

    grid = _grid(args.grid) if args.grid else GRID
    views = [view(result, grid) for result in results]
    if args.format == "json":
        print(formats.json_text(list(zip(results, views, strict=True))))
        return
    if args.format == "csv":
        print(formats.csv_text(results), end="")
        return
    for result, found in zip(results, views, strict=True):
        if args.format == "latex":
            print(formats.latex(result), end="")
            continue
        sheets, extra = _sheets(args, result, found)
        notes = [*footnotes(result), *extra]
        if args.format == "md":
            print(formats.markdown(sheets, notes, result.test_set.title))
        else:
            formats.terminal(sheets, notes, result.test_set.title)
        if args.segments:
            _segments(args, result)


def _sheets(args: argparse.Namespace, result: Result, found: object) -> tuple[list[Sheet], tuple[str, ...]]:
    from harness.compare import cells
    from harness.compare.alignment import AlignmentView
    from harness.compare.buckets import buckets

    sheets = [cells.metric_sheet(result, metric) for metric in result.metrics]
    extra: tuple[str, ...] = ()
    if isinstance(found, AlignmentView):
        sheets += cells.alignment_sheets(result, found)
        extra = cells.alignment_notes(result, found)
    if args.by:
        sheets += cells.bucket_sheets(result, args.by, buckets(result, args.by))
    return sheets, extra


def _segments(args: argparse.Namespace, result: Result) -> None:
    from harness.compare.contrast import print_contrasts

    print_contrasts(result, args.segments, args.versus, markdown=args.format == "md")


def _grid(text: str) -> tuple[float, ...]:
    from harness.errors import ConfigError

    try:
        grid = tuple(float(word) for word in text.split(","))
    except ValueError:
        grid = (-1.0,)
    if not all(0 <= level <= 1 for level in grid):
        raise ConfigError(f"--grid {text}: numbers from 0 to 1 with commas between, such as 0.5,0.8,0.95")
    return grid


def _verdict(results: list[Result], fail_if_worse: bool) -> int:
    from harness.progress import note

    code = 0
    for result in results:
        for metric in result.metrics:
            for row in metric.rows:
                if fail_if_worse and row.difference and metric.worse(row, result.options.alpha):
                    code = 1
                    worst = max(row.difference.holm.values())
                    note(
                        f"harness compare: {row.system} is significantly worse than {metric.baseline} in"
                        f" {metric.name} ({row.difference.value:+.2f}, Holm-corrected p {worst:.4f})"
                    )
    return code
