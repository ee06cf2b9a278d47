"""`note RUN TEXT`: a line about a finished run, shown by `show`."""

from __future__ import annotations

import argparse

from harness.common import progress
from harness.results.labels import refuse_secret, write_labels
from harness.results.store import Store

EXAMPLES = """\
examples:
  python -m harness note latest 'after the glossary was corrected'
  python -m harness note latest ''
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("run", help="a run id or the beginning of one, a tag, a model name, or 'latest'")
    parser.add_argument("text", help="the note; an empty text removes it")
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )


def main(args: argparse.Namespace) -> int:
    refuse_secret("the note", args.text)
    store = Store(args.results)
    run = store.find_finished(args.run)
    if run.warning:
        progress.note(f"harness note: {run.warning}")
    write_labels(store.run_dir(run.run_id), note=" ".join(args.text.split()))
    progress.note(f"noted: {run.run_id}")
    return 0
