"""`verify`: whether the files of finished runs are what they were when the runs were recorded."""

from __future__ import annotations

import argparse

from harness.common.progress import bar, note
from harness.common.tables import counted
from harness.common.terminal import visible_line
from harness.errors import HarnessError
from harness.results.store import RunInfo, Store

EXAMPLES = """\
Reads every file of every finished run and compares it with the digests in its record. That finds accidents
and careless edits; it does not stop someone who rewrites the digests as well.

examples:
  python -m harness verify
  python -m harness verify latest

exit codes: 0 unchanged, 1 some run was edited or is damaged
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("runs", nargs="*", metavar="RUN", help="runs to check (default: all finished ones)")
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )


def main(args: argparse.Namespace) -> int:
    store = Store(args.results)
    runs = [store.find(name) for name in args.runs] or store.runs()
    runs = [run for run in runs if run.state in ("finished", "damaged")]
    bad = unsealed = 0
    with bar("verifying", len(runs), "runs") as ticker:
        for run in runs:
            checked = store.info(run.path, thorough=True)
            problem = checked.problem or checked.warning or _unreadable(store, checked)
            if problem:
                bad += 1
                print(visible_line(problem))
            elif checked.record and checked.record.digest is None:
                unsealed += 1
            ticker.advance()
    if unsealed:
        note(f"{counted(unsealed, 'run')} of a version that kept no digests cannot be verified")
    print(f"{counted(len(runs) - bad - unsealed, 'run')} unchanged, {bad} edited or damaged")
    return 1 if bad else 0


def _unreadable(store: Store, run: RunInfo) -> str | None:
    """What is wrong with the segments, part by part; None if nothing is."""
    try:
        for _ in store.segments(run.run_id):
            pass
    except HarnessError as error:
        return str(error)
    return None
