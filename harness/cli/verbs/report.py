"""`report`: a comparison as one self-contained page."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.compare import arguments

EXAMPLES = """\
examples:
  python -m harness report -o report.html
  python -m harness report model=gloss,copy pair=fr-pl --test both -o gloss.html
  python -m harness report latest --title 'Nightly' -o nightly.html

RUN as in `python -m harness compare --help`. The page needs no network and holds at most 3 MB.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help="runs to show (default: the newest of each system)")
    add("-o", "--output", default="report.html", metavar="FILE", help="the page (default: report.html)")
    add("--title", default="Translation comparison", help="the heading of the page")
    add(
        "--corpus",
        metavar="FILE",
        help="words by how often they occur in this text of the target language (default: in the references)",
    )
    arguments.shared(parser)


def main(args: argparse.Namespace) -> int:
    from harness.common.files import write_atomic
    from harness.common.progress import note
    from harness.common.tables import counted
    from harness.common.texts import Text
    from harness.compare.ask import compare
    from harness.report.page import LIMIT, build, overhead
    from harness.report.payload import payload
    from harness.results.store import Store

    if args.corpus:
        next(iter(Text(Path(args.corpus)).lines()), None)  # refused before work starts
    results = compare(args, "harness report")
    corpus = Path(args.corpus) if args.corpus else None
    packed = payload(Store(args.results), results, LIMIT - overhead(), args.title, corpus)
    for line in packed.notices:
        note(f"harness report: {line}")
    page = build(packed)
    write_atomic(args.output, page)
    print(f"{args.output}: {len(page.encode()) / 1e6:.2f} MB, {counted(len(results), 'test set')}")
    return 0
