"""`import STORE`: finished runs of another store, copied or moved into this one."""

from __future__ import annotations

import argparse

from harness.common.progress import bar, note
from harness.common.tables import counted
from harness.common.terminal import visible_line
from harness.errors import UserError
from harness.results.store import RunInfo, Store
from harness.results.transfer import already_there, copy_run, remove_run

EXAMPLES = """\
Every finished run of STORE (a folder with runs/ in it), or those that RUN names as in `compare --help`. What
is here already is skipped; tags and notes come along, the stored translations of the cache do not.

examples:
  python -m harness import /shared/results
  python -m harness import old_results model=gloss --dry-run
  python -m harness import old_results latest --move

exit codes: 0 all are here now, 1 some could not be taken
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("store", metavar="STORE", help="the other results store")
    add("runs", nargs="*", metavar="RUN", help="runs to take (default: all that finished)")
    add("--move", action="store_true", help="delete them there once they are here")
    add("--dry-run", action="store_true", help="show what would be taken, and stop")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    source, target = Store(args.store), Store(args.results)
    if source.runs_dir.resolve() == target.runs_dir.resolve():
        raise UserError(f"{args.store}: is this store itself; --results DIR names another")
    runs = _chosen(source, args.runs)
    taken: list[RunInfo] = []
    kept = failed = 0
    with bar("importing", len(runs), "runs") as ticker:
        for run in runs:
            problem = already_there(run, target)
            if problem == "here already":
                kept += 1
            elif problem:
                failed += 1
                note(f"{run.run_id} is left out: {problem}")
            else:
                taken.append(run)
                _take(run, target, args)
            ticker.advance()
    if taken and not args.dry_run:
        target.write_table()
        if args.move:
            source.write_table()
    verb = "would be imported" if args.dry_run else "imported"
    print(f"{counted(len(taken), 'run')} {verb}, {kept} here already, {failed} left out")
    return 1 if failed else 0


def _chosen(source: Store, names: list[str]) -> list[RunInfo]:
    from harness.compare.select import select

    selection = select(source, names, every=True)
    for line in selection.problems:
        note(line)
    ids = {record.run_id for record in selection.records}
    return [run for run in source.runs() if run.run_id in ids]


def _take(run: RunInfo, target: Store, args: argparse.Namespace) -> None:
    assert run.record is not None
    print(visible_line(f"{run.run_id}  {run.record.model.label}"))
    if args.dry_run:
        return
    copy_run(run, target)
    if args.move:
        remove_run(run)
