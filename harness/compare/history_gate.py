"""The gate of `history`: the newest run of a system against an earlier one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.compare.history import History, gate
from harness.compare.options import Options, check_alpha
from harness.compare.select import find_among
from harness.errors import ConfigError, UserError, did_you_mean
from harness.results.record import Record
from harness.results.store import Store


def check_metrics(args: argparse.Namespace, records: Sequence[Record]) -> None:
    """Raises ConfigError for a metric that no run has."""
    known = {key for record in records for key in record.corpus_scores}
    for key in args.metric or ():
        if key not in known:
            raise ConfigError(f"--metric {key}: no run has it.{did_you_mean(key, known)}")


def baseline_of(args: argparse.Namespace, store: Store) -> Record | int:
    """What `--gate` names: a run, or how many of the last ones. Raises UserError for anything else."""
    check_alpha(args.alpha)
    if (args.samples is not None and args.samples < 1) or args.seed < 0:
        raise ConfigError("--samples must be at least 1, --seed at least 0")
    if args.gate.startswith("last:"):
        count = args.gate.removeprefix("last:")
        if not count.isdecimal() or int(count) < 1:
            raise ConfigError(f"--gate {args.gate}: last:K needs a number of runs, such as last:5")
        return int(count)
    run = find_among(store, args.gate, args.runs)
    if run.record is None:
        raise UserError(f"--gate {args.gate}: {run.run_id} is {run.state} ({run.problem})")
    return run.record


def gated(
    args: argparse.Namespace, store: Store, found: list[History], baseline: Record | int
) -> tuple[list[str], bool]:
    """A line on each drop and on each system that has nothing to compare with; whether any is worse."""
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
