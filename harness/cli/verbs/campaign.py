"""`campaign`: let people judge stored outputs, in the workbench."""

from __future__ import annotations

import argparse
from pathlib import Path

EXAMPLES = """\
examples:
  python -m harness campaign first pair=fr-pl --annotators ann ben --segments 20
  python -m harness campaign second pair=fr-pl --protocol pairwise --annotators ann --choose random
  python -m harness campaign first --show
  python -m harness campaign first --export scores -o human.csv

The annotators' links are shown by the workbench (python -m harness serve, page Campaigns), which also follows
their progress. RUN as in `python -m harness compare --help`. Exports, for `agree` and other tools:
  pearmut   annotations.json of pearmut     wmt-mqm   the table of the WMT releases (TSV)
  scores    system,segment,score,rater (CSV)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("name", metavar="NAME", help="of the campaign: letters, digits, _ and -")
    add("runs", nargs="*", metavar="RUN", help="runs to judge (default: the newest of each system)")
    add("--annotators", nargs="+", default=[], metavar="WHO", help="one link each; makes the campaign")
    add("--protocol", choices=("ESA", "MQM", "pairwise"), default="ESA", help="default: ESA")
    add("--segments", type=int, default=50, metavar="N", help="segments to judge (default: 50)")
    add("--choose", choices=("random", "contested"), default="random",
        help="which: a random sample (default), or those on which metrics disagree most")  # fmt: skip
    add("--control", type=float, default=0.1, metavar="SHARE",
        help="tasks added for quality control, repeated and degraded (default: 0.1)")  # fmt: skip
    add("--categories", type=Path, metavar="YAML", help="severities and categories of MQM")
    add("--seed", type=int, default=12345, help="of the choice and the orders (default: 12345)")
    add("--show", action="store_true", help="the progress of each annotator")
    add("--export", choices=("pearmut", "wmt-mqm", "scores"), help="write the answers")
    add("-o", "--output", metavar="FILE", help="where to (default: stdout)")
    add("--common", action="store_true", help="cut runs of different test data to their common segments")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")
    parser.set_defaults(baseline=None, metric=None, test=None, samples=1, alpha=0.05, all=False)
    parser.set_defaults(correction="max-t", margin=None, since=None)


def main(args: argparse.Namespace) -> int:
    from harness.common.files import write_atomic
    from harness.errors import UserError
    from harness.judge.campaign import read_campaign
    from harness.judge.results import exported

    root = Path(args.results)
    if args.annotators:
        return _make(args, root)
    campaign = read_campaign(root, args.name)
    if args.export:
        text = exported(root, campaign, args.export)
        if args.output:
            write_atomic(args.output, text)
        else:
            print(text, end="")
        return 0
    if not args.show:
        raise UserError("nothing to do: --annotators WHO … makes a campaign; --show and --export read one")
    return _show(args, root)


def _make(args: argparse.Namespace, root: Path) -> int:
    from harness.common.progress import note
    from harness.compare.ask import compare
    from harness.errors import UserError
    from harness.judge.campaign import folder, write_campaign
    from harness.judge.making import make

    folder(root, args.name)
    results = compare(args, "harness campaign")
    if len(results) > 1:
        titles = "; ".join(result.test_set.title for result, _ in results)
        raise UserError(
            f"a campaign covers one test set, but these are {len(results)}: {titles}; choose data=…"
        )
    campaign = make(results[0][0], args.name, args.protocol, args.annotators, args.segments, args.choose,
                    args.seed, args.control, args.categories)  # fmt: skip
    path = write_campaign(root, campaign)
    tasks = ", ".join(f"{who} {len(one.tasks)}" for who, one in campaign.annotators.items())
    size = f"{len(campaign.items)} segments, {len(campaign.runs)} systems"
    print(f"{path}: {args.protocol}, {size}; tasks: {tasks}")
    note("the annotators' links: python -m harness serve, page Campaigns")
    return 0


def _show(args: argparse.Namespace, root: Path) -> int:
    from harness.common.tables import print_table
    from harness.judge.campaign import read_campaign
    from harness.judge.results import progress

    campaign = read_campaign(root, args.name)
    rows = []
    for person in campaign.annotators:
        found = progress(root, campaign, person)
        cells = [found.seconds, found.repeated, found.degraded]
        rows.append(
            [person, f"{found.done} of {found.total}", *("–" if c is None else f"{c:.2f}" for c in cells)]
        )
    repeated = "repeated alike" if campaign.protocol == "pairwise" else "repeated: |Δ|"
    print_table(["annotator", "done", "s a task", repeated, "degraded found"], rows)
    return 0
