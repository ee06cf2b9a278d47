"""`push hub DATASET`: stored runs as a dataset on the Hugging Face hub."""

from __future__ import annotations

import argparse

EXAMPLES = """\
examples:
  python -m harness push hub my-team/mt-results
  python -m harness push hub my-team/mt-results model=gloss,copy --public

The dataset is made when it is not there, private unless --public. Records, segments and alignments go there
with a card; logs stay here. HF_TOKEN holds a token that may write. Look at the licences of the test data
before you publish.

exit codes: 0 pushed, 2 nothing to push, an edited run, or the hub refused
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("where", choices=("hub",), help="the Hugging Face hub (HF_ENDPOINT: another one)")
    add("dataset", metavar="OWNER/NAME", help="the dataset")
    add("runs", nargs="*", metavar="RUN", help="runs by id, tag, name or query (default: the newest of each)")
    add("--all", action="store_true", help="every finished run")
    add("--public", action="store_true", help="make a new dataset public")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    from harness.common.progress import note
    from harness.common.tables import counted
    from harness.compare.select import select
    from harness.export.hub import push
    from harness.results.store import Store

    store = Store(args.results)
    selection = select(store, args.runs, every=args.all, strict=True)
    for line in selection.problems:
        note(f"harness push: {line}")
    print(push(store, selection.records, args.dataset, private=not args.public))
    note(f"{counted(len(selection.records), 'run')} pushed")
    return 0
