"""`agree`: how well each metric agrees with human judgement."""

from __future__ import annotations

import argparse

EXAMPLES = """\
examples:
  python -m harness agree mqm.tsv
  python -m harness agree scores.csv pair=en-de --metric bleu --metric chrf
  python -m harness agree mqm.tsv --weights major=5 minor=1 punctuation=0.1 non-translation=25 --format json

SCORES is a file of MQM annotations as WMT releases them (TSV), a table with the columns system, segment
and score (CSV, TSV; one judgement per line, such as ESA or DA), a .seg.score file of mt-metrics-eval, or the
annotations.json of a pearmut campaign (made by: python -m harness export pearmut). What people judged in
the workbench becomes such a file with: python -m harness campaign NAME --export scores -o human.csv
RUN as in `python -m harness compare --help`. Systems are matched by name, segments by id. The outputs of
an MQM file become runs with: python -m harness run data=mqm data.path=FILE model=mqm pair.src=en pair.tgt=de

exit codes: 0 measured, 2 the scores cannot be used or match no runs
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("scores", metavar="SCORES", help="the file of human judgement")
    add("runs", nargs="*", metavar="RUN", help="runs that were judged (default: the newest of each system)")
    add("--metric", action="append", metavar="KEY", help="only this metric; may be repeated (default: all)")
    add(
        "--weights",
        nargs="+",
        default=[],
        metavar="KIND=N",
        help="MQM error weights (default: major=5 minor=1 punctuation=0.1 non-translation=25)",
    )
    add("--scale", default="0,100", metavar="LOW,HIGH", help="range of a table's scores (default: 0,100)")
    add("--samples", type=int, default=1000, metavar="N", help="resamples and permutations (default: 1000)")
    add("--seed", type=int, default=12345, help="seed of all resampling (default: 12345)")
    add("--alpha", type=float, default=0.05, help="significance level of the clusters (default: 0.05)")
    add("--format", choices=("table", "md", "json"), default="table", help="default: table")
    add("--wide", action="store_true", help="every column, however narrow the terminal")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")


def main(args: argparse.Namespace) -> int:
    from harness.agree import cells
    from harness.agree.match import match
    from harness.agree.measure import agreement
    from harness.agree.ratings import read_ratings
    from harness.common.mqm import parse_weights
    from harness.common.progress import note
    from harness.compare import formats
    from harness.compare.groups import group
    from harness.compare.options import check_alpha
    from harness.compare.select import select
    from harness.errors import ConfigError
    from harness.results.store import Store

    check_alpha(args.alpha)
    if args.samples < 1 or args.seed < 0:
        raise ConfigError("--samples must be at least 1, --seed at least 0")
    ratings = read_ratings(args.scores, parse_weights(args.weights), _scale(args.scale))
    store = Store(args.results)
    sets, problems = group(store, select(store, args.runs))
    for line in problems:
        note(f"harness agree: {line}")
    judged = match(ratings, args.scores, sets)
    found = agreement(judged, tuple(args.metric or ()), args.samples, args.seed, args.alpha)
    if args.format == "json":
        print(cells.json_text(found, ratings, judged))
        return 0
    sheets = cells.sheets(found, ratings)
    notes = cells.footnotes(found, judged, args.samples, args.seed, args.alpha)
    if args.format == "md":
        print(formats.markdown(sheets, notes, judged.test_set.title))
    else:
        formats.terminal(sheets, notes, judged.test_set.title, args.wide)
    return 0


def _scale(text: str) -> tuple[float, float]:
    from harness.errors import ConfigError

    low, _, high = text.partition(",")
    try:
        scale = float(low), float(high)
    except ValueError:
        scale = 0.0, 0.0
    if not scale[0] < scale[1]:
        raise ConfigError(f"--scale {text}: expected two numbers, the lower first, such as 0,100")
    return scale
