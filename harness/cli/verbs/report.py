"""`report`: a comparison as one self-contained page."""

from __future__ import annotations

import argparse

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
    add("--baseline", metavar="RUN", help="compare with this run (default: the best that is no control)")
    add("--metric", action="append", metavar="KEY", help="only this metric; may be repeated (default: all)")
    add("--test", choices=("bs", "ar", "both"), default="bs", help="bootstrap, randomization (default: bs)")
    add("--samples", type=int, metavar="N", help="samples of the test (default: bs 1000, ar 10000)")
    add("--seed", type=int, default=12345, help="seed of all resampling (default: 12345, sacreBLEU's)")
    add("--alpha", type=float, default=0.05, help="significance level (default: 0.05)")
    add("--common", action="store_true", help="cut runs of different test data to their common segments")
    add("--all", action="store_true", help="every matching run, not only the newest of each system")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    from harness.common.files import write_atomic
    from harness.common.progress import note
    from harness.compare.ask import compare
    from harness.report.page import LIMIT, build, overhead
    from harness.report.payload import payload
    from harness.results.store import Store

    results = compare(args, "harness report")
    packed = payload(Store(args.results), results, LIMIT - overhead(), args.title)
    for line in packed.notices:
        note(f"harness report: {line}")
    page = build(packed)
    write_atomic(args.output, page)
    print(f"{args.output}: {len(page.encode()) / 1e6:.2f} MB, {len(results)} test sets")
    return 0
