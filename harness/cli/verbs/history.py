"""`history`: a system's scores over its runs, and what changed in between."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.compare.history import History
    from harness.results.record import Record
    from harness.results.store import Store

EXAMPLES = """\
examples:
  python -m harness history
  python -m harness history gloss pair=fr-pl --metric chrf
  python -m harness history gloss --gate last:5

RUN as in `python -m harness compare --help`; every run counts, not only the newest.
--gate RUN or last:K compares the newest run of each system with that run, or with the one of the last K
runs on the same data that has the median score, by the test of compare.

exit codes: 0 shown, 1 --gate and the newest run is significantly worse, 2 nothing to show or to compare
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help="runs to show (default: all)")
    add("--by", choices=("name", "tag"), default="name", help="what identifies a system (default: name)")
    add("--metric", action="append", metavar="KEY", help="only this metric; may be repeated (default: all)")
    add("--since", metavar="WHEN", help="only runs since this date (2026-01-31) or this run")
    add("--gate", metavar="BASELINE", help="exit 1 when the newest run is significantly worse: RUN or last:K")
    add("--samples", type=int, metavar="N", help="resamples of the gate's test (default: 5000)")
    add("--seed", type=int, default=12345, help="seed of the resampling (default: 12345)")
    add("--alpha", type=float, default=0.05, help="significance level of the gate (default: 0.05)")
    add("--format", choices=("table", "md", "json"), default="table", help="default: table")
    add("--wide", action="store_true", help="every column, however narrow the terminal")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    from harness.common.progress import note
    from harness.compare.history import histories
    from harness.compare.select import select, since
    from harness.results.store import Store

    store = Store(args.results)
    selection = select(store, args.runs, every=True, strict=args.gate is not None)
    if args.since:
        selection = since(store, selection, args.since)
    for line in selection.problems:
        note(f"harness history: {line}")
    check_metrics(args, selection.records)
    found = histories(selection.records, args.by)
    _print(args, found)
    if not args.gate:
        return 0
    lines, worse = gated(args, store, found)
    for line in lines:
        note(f"harness history: {line}")
    return int(worse)


def check_metrics(args: argparse.Namespace, records: Sequence[Record]) -> None:
    """Raises ConfigError for a metric that no run has."""
    from harness.errors import ConfigError, did_you_mean

    known = {key for record in records for key in record.corpus_scores}
    for key in args.metric or ():
        if key not in known:
            raise ConfigError(f"--metric {key}: no run has it.{did_you_mean(key, known)}")


def _print(args: argparse.Namespace, found: list[History]) -> None:
    import json

    from harness.common.terminal import visible_json
    from harness.common.typed_json import finite
    from harness.compare import formats
    from harness.compare.history_cells import json_value, sheet

    wanted = tuple(args.metric or ())
    if args.format == "json":
        value = finite(json_value(found, wanted))
        print(visible_json(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)))
        return
    for history in found:
        if args.format == "md":
            print(formats.markdown([sheet(history, wanted)], [], history.title))
        else:
            formats.terminal([sheet(history, wanted)], [], history.title, args.wide)


def gated(args: argparse.Namespace, store: Store, found: list[History]) -> tuple[list[str], bool]:
    """A line on each drop and on each system that has nothing to compare with; whether any is worse."""
    from harness.compare.history import gate
    from harness.compare.options import Options
    from harness.errors import ConfigError, UserError
    from harness.results.record import Record

    if (args.samples is not None and args.samples < 1) or args.seed < 0 or not 0 < args.alpha < 1:
        raise ConfigError("--samples must be at least 1, --seed at least 0, --alpha between 0 and 1")
    if args.gate.startswith("last:"):
        count = args.gate.removeprefix("last:")
        if not count.isdecimal() or int(count) < 1:
            raise ConfigError(f"--gate {args.gate}: last:K needs a number of runs, such as last:5")
        baseline: Record | int = int(count)
    else:
        run = store.find(args.gate)
        if run.record is None:
            raise UserError(f"--gate {args.gate}: {run.run_id} is {run.state} ({run.problem})")
        baseline = run.record
    options = Options(
        samples=args.samples, seed=args.seed, alpha=args.alpha, metrics=tuple(args.metric or ())
    )
    lines: list[str] = []
    worse = False
    for history in found:
        gates = gate(store, history, baseline, options)
        if isinstance(baseline, Record) and not gates and len(found) == 1:
            raise UserError(
                f"--gate {args.gate}: that is the newest run itself ({baseline.run_id}); name an earlier one,"
                " or last:K"
            )
        if not gates:
            lines.append(f"{history.title}: no earlier run on the same data to compare with")
        for one in gates:
            if one.worse:
                worse = True
                lines.append(
                    f"{one.run_id} is significantly worse than {one.baseline} in"
                    f" {one.metric} ({one.difference:+.2f}, p {one.p:.4f})"
                )
    return lines, worse
