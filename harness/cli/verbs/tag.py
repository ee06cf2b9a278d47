"""`tag RUN NAME`: name a finished run, so that it can be found and compared by that name."""

from __future__ import annotations

import argparse

from harness.common.progress import note
from harness.common.tags import check_tag
from harness.errors import UserError
from harness.results.labels import refuse_secret, write_labels
from harness.results.store import Store

EXAMPLES = """\
The tag of a run can be used wherever a run is named. It replaces the one given with tag=NAME; the record
itself is not changed.

examples:
  python -m harness tag latest release
  python -m harness tag release --remove
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("run", help="a run id or the beginning of one, a tag, a model name, or 'latest'")
    parser.add_argument("name", nargs="?", help="the tag: a word without spaces, slashes or '='")
    parser.add_argument("--remove", action="store_true", help="take the tag off")
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )


def main(args: argparse.Namespace) -> int:
    if (args.name is None) != args.remove:
        raise UserError("give a NAME, or --remove to take the tag off")
    if args.name == "":
        raise UserError("a tag is a word without spaces; --remove takes one off")
    refuse_secret("the tag", args.name or "")
    check_tag(args.name)
    store = Store(args.results)
    run = store.find_finished(args.run)
    if run.warning:
        note(f"harness tag: {run.warning}")
    others = [r.run_id for r in store.records() if r.tag == args.name and r.run_id != run.run_id]
    before = run.record.tag if run.record else None
    write_labels(store.run_dir(run.run_id), tag=args.name or "")
    store.write_table()
    instead = f", instead of '{before}'" if before and before != args.name else ""
    note(
        f"{run.run_id} is now tagged '{args.name}'{instead}" if args.name else f"{run.run_id} has no tag now"
    )
    if args.name and others:
        note(f"{', '.join(others)} has that tag too; '{args.name}' means the newest of them")
    return 0
