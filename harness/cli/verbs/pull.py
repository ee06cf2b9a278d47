"""`pull hub DATASET`: the runs of a dataset on the Hugging Face hub, into a store."""

from __future__ import annotations

import argparse

EXAMPLES = """\
examples:
  python -m harness pull hub my-team/mt-results
  python -m harness pull hub my-team/mt-results --revision v1 --results others

Every run is checked against the digests in its record before any is copied. What is here already stays.

exit codes: 0 pulled, 2 no such dataset, or a run that was changed
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("where", choices=("hub",), help="the Hugging Face hub (HF_ENDPOINT: another one)")
    add("dataset", metavar="OWNER/NAME", help="the dataset")
    add("--revision", metavar="REV", help="a branch, tag or commit of the dataset")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    from harness.common.progress import note
    from harness.common.tables import counted
    from harness.export.hub import pull
    from harness.results.store import Store

    new, known = pull(Store(args.results), args.dataset, args.revision)
    for run_id in new:
        print(run_id)
    note(f"{counted(len(new), 'run')} pulled into {args.results}, {len(known)} here already")
    return 0
