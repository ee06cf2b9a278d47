"""`prune --failed`: delete what failed, crashed or is damaged; the finished runs and table.csv stay true."""

from __future__ import annotations

import argparse

from harness.cli.verbs import rm
from harness.errors import UserError

EXAMPLES = """\
Finished runs are never deleted: that is `rm RUN`. Stored translations stay, for a repetition to go on from.

examples:
  python -m harness prune --failed --dry-run
  python -m harness prune --failed
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("--failed", action="store_true", help="runs that failed, crashed or are damaged")
    parser.add_argument("--dry-run", action="store_true", help="show what would be deleted, and stop")
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )
    parser.set_defaults(runs=[], keep_last=0)


def main(args: argparse.Namespace) -> int:
    if not args.failed:
        raise UserError("which runs? --failed: those that failed, crashed or are damaged")
    return rm.main(args)
