"""`power`: the smallest difference a test set detects."""

from __future__ import annotations

import argparse

EXAMPLES = """\
examples:
  python -m harness power
  python -m harness power pair=fr-pl --metric bleu --difference 0.5
  python -m harness power gloss copy --format json

RUN as in `python -m harness compare --help`. From the stored statistics of runs: the smallest difference of
two systems that their test set detects, and how many segments of the same kind a difference needs.

exit codes: 0 done, 2 no runs to estimate it from
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help="runs to estimate from (default: the newest of each system)")
    add("--difference", type=float, metavar="δ", help="segments needed for this difference, in points")
    add("--metric", action="append", metavar="KEY", help="only this metric; may be repeated (default: all)")
    add("--power", type=float, default=0.8, help="probability of finding the difference (default: 0.8)")
    add("--alpha", type=float, default=0.05, help="significance level (default: 0.05)")
    add(
        "--resample",
        choices=("auto", "segments", "documents"),
        default="auto",
        help="what is resampled (default: auto: whole documents where there are 20 or more, else segments)",
    )
    add("--samples", type=int, default=2000, metavar="N", help="resamples (default: 2000)")
    add("--seed", type=int, default=12345, help="seed of the resampling (default: 12345)")
    add("--format", choices=("table", "md", "json"), default="table", help="default: table")
    add("--wide", action="store_true", help="every column, however narrow the terminal")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from harness.common.progress import note
    from harness.common.terminal import visible_json
    from harness.common.typed_json import finite
    from harness.compare import formats, power
    from harness.compare.groups import group
    from harness.compare.options import Options, check_alpha
    from harness.compare.select import select
    from harness.errors import ConfigError, UserError
    from harness.results.store import Store

    check_alpha(args.alpha)
    if not 0.5 <= args.power < 1:
        raise ConfigError(f"--power {args.power:g}: must be from 0.5 to below 1")
    if args.samples < 2 or args.seed < 0 or (args.difference is not None and not args.difference > 0):
        raise ConfigError("--samples must be at least 2, --seed at least 0, --difference above 0")
    options = Options(
        samples=args.samples,
        seed=args.seed,
        alpha=args.alpha,
        metrics=tuple(args.metric or ()),
        unit=args.resample,
    )
    store = Store(args.results)
    sets, notes = group(store, select(store, args.runs))
    test_sets = []
    for test_set in sets:
        found = power.detectable(test_set, options, args.power, args.difference, notes)
        if not found:
            continue
        test_sets.append(
            {"data": test_set.name, "data_hash": test_set.hash, "metrics": [asdict(o) for o in found]}
        )
        if args.format == "json":
            continue
        unit, _ = options.drawn(test_set.systems[0].docs)
        sheets = power.sheets(found, args.power, unit)
        below = power.footnotes(found, test_set, options, args.power)
        if args.format == "md":
            print(formats.markdown(sheets, below, test_set.title))
        else:
            formats.terminal(sheets, below, test_set.title, args.wide)
    for line in notes:
        note(f"harness power: {line}")
    if not test_sets:
        raise UserError("these runs have no ranking metric to estimate from; see: harness list")
    if args.format == "json":
        value = finite({"schema": 1, "test_sets": test_sets})
        print(visible_json(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)))
    return 0
