"""`rm RUN…`: delete runs from the results store; table.csv follows."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence

from harness.common.progress import note
from harness.common.tables import counted
from harness.common.terminal import visible_line
from harness.errors import UserError
from harness.results.store import RunInfo, Store
from harness.results.transfer import remove_run

EXAMPLES = """\
RUN is as in `compare --help`: an id or the beginning of one, a tag, a model name, or a query model=… tag=….
The name of several runs is refused: a query says that all of them are meant.
The stored translations stay in the cache (python -m harness cache --prune).

examples:
  python -m harness rm --failed --dry-run
  python -m harness rm model=copy --keep-last 1 --dry-run
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("runs", nargs="*", metavar="RUN", help="finished runs to delete")
    parser.add_argument("--failed", action="store_true", help="runs that failed, crashed or are damaged")
    parser.add_argument(
        "--keep-last", type=int, default=0, metavar="K", help="keep the newest K of those that match"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be deleted, and stop")
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )


def main(args: argparse.Namespace) -> int:
    if not args.runs and not args.failed:
        raise UserError("which runs? Name them, or --failed. Nothing was deleted")
    if args.keep_last < 0:
        raise UserError(f"--keep-last {args.keep_last}: must be 0 or more")
    store = Store(args.results)
    chosen = _chosen(store, args)
    chosen = chosen[: len(chosen) - args.keep_last] if args.keep_last else chosen
    for run in chosen:
        print(
            visible_line(
                f"{run.run_id}  {run.state}  {run.record.model.label if run.record else run.problem}"
            )
        )
    if args.dry_run:
        note(f"{counted(len(chosen), 'run')} would be deleted")
        return 0
    for run in chosen:
        remove_run(run)
    if chosen:
        store.write_table()
    note(f"deleted {counted(len(chosen), 'run')}")
    return 0


def _chosen(store: Store, args: argparse.Namespace) -> list[RunInfo]:
    from harness.compare.select import select

    runs = store.runs()
    for word in args.runs:
        _refuse_several(word, runs, by_name=not args.keep_last)
    left = {run.run_id for run in runs if run.state not in ("finished", "running")}
    named = {name for name in left if any(name.startswith(word) for word in args.runs)}  # one, by its id
    words = [word for word in args.runs if not any(name.startswith(word) for name in named)]
    if words:
        named |= {record.run_id for record in select(store, words, every=True).records}
    return [
        run
        for run in runs
        if run.run_id in named or (args.failed and run.state not in ("finished", "running"))
    ]


def _refuse_several(word: str, runs: Sequence[RunInfo], by_name: bool) -> None:
    """Raises UserError for the beginning of several ids, and for the name of several runs, which other verbs
    take for the newest of them: so that a slip does not delete them all."""
    found = [run.run_id for run in runs if run.run_id.startswith(word)]
    every = f"'run={word}*'"
    if not found and by_name:
        tagged = [run.run_id for run in runs if run.record and run.record.tag == word]
        found = tagged or [run.run_id for run in runs if run.record and run.record.model.name == word]
        every = f"{'tag' if tagged else 'model'}={shlex.quote(word)}"
    if len(found) > 1:
        raise UserError(
            f"'{word}' matches {len(found)} runs: {', '.join(found)}. Nothing was deleted;"
            f" for all of them: {every}"
        )
