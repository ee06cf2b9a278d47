"""`campaign`: let people judge stored outputs, in the workbench."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.compare.groups import TestSet
    from harness.judge.campaign import Campaign

EXAMPLES = """\
examples:
  python -m harness campaign first pair=fr-pl --annotators ann ben --segments 20
  python -m harness campaign second pair=fr-pl --protocol pairwise --annotators ann
  python -m harness campaign third pair=fr-pl --protocol cESA --annotators ann --choose disagreement
  python -m harness campaign first --show
  python -m harness campaign first --export scores -o human.csv
  python -m harness campaign theirs --import wmt25-genmt-humeval.jsonl

The annotators' links are shown by the workbench (python -m harness serve, page Campaigns), which also follows
their progress. RUN as in `python -m harness compare --help`.

protocols:
  ESA       error spans, then a score from 0 to 100          cESA  the same for several outputs side by side
  MQM       error spans with category and severity           pairwise  which of two is better

--choose, which segments:
  random        each with the same probability
  documents     whole documents, each with the same probability
  disagreement  the likelier, the more metrics contradict each other about two systems
  variance      the likelier, the more the systems' metric scores differ
  subset2evaluate[:METHOD]  by a method of that package (pip install 'mt-harness[subset2evaluate]')
  contested     those on which metrics disagree most, picked
Segments are drawn with known probabilities, and --show corrects its means for them; of picked segments
(--top, contested) no estimate for the test set exists, and the means are of these segments only.

--import, known by their contents:
  pearmut's annotations.json or log, or its campaign (to annotate here); WMT's human evaluation (ESA, .jsonl,
  2024 and 2025); MQM of the WMT releases (.tsv); exports of Appraise (.csv; without texts: name the runs).
  A file that does not name its languages needs pair=SRC-TGT.
--export:
  scores   system,segment,score,rater,inclusion for `agree`    wmt-esa  as WMT's human evaluation (.jsonl)
  pearmut  its annotations.json                                wmt-mqm  the table of the WMT releases (TSV)
  pearmut-campaign  the tasks, for `pearmut add`               appraise an export of Appraise (CSV)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("name", metavar="NAME", help="of the campaign: letters, digits, _ and -")
    add("runs", nargs="*", metavar="RUN", help="runs to judge (default: the newest of each system)")
    add("--annotators", nargs="+", default=[], metavar="WHO", help="one link each; makes the campaign")
    add("--protocol", choices=("ESA", "cESA", "MQM", "pairwise"), default="ESA", help="default: ESA")
    add("--segments", type=int, default=50, metavar="N", help="segments to judge (default: 50)")
    add("--choose", default="random", metavar="HOW", help="which segments, see below (default: random)")
    add("--top", action="store_true", help="pick the most informative segments instead of drawing")
    add("--together", type=int, default=4, metavar="N",
        help="outputs side by side in cESA, at most (default: 4)")  # fmt: skip
    add("--control", type=float, default=0.1, metavar="SHARE",
        help="tasks added for quality control, repeated and degraded (default: 0.1)")  # fmt: skip
    add("--categories", type=Path, metavar="YAML", help="severities and categories of MQM")
    add("--seed", type=int, default=12345, help="of the choice and the orders (default: 12345)")
    add("--show", action="store_true", help="the progress of each annotator, and the systems' means so far")
    add("--import", dest="file", metavar="FILE", help="make the campaign from another tool's file")
    formats = ("scores", "pearmut", "pearmut-campaign", "wmt-esa", "wmt-mqm", "appraise")
    add("--export", choices=formats, help="write the answers in this format")
    add("-o", "--output", metavar="FILE", help="where to (default: stdout)")
    add("--common", action="store_true", help="cut runs of different test data to their common segments")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")
    parser.set_defaults(baseline=None, metric=None, test=None, samples=1, alpha=0.05, all=False)
    parser.set_defaults(correction="max-t", margin=None, since=None)


def main(args: argparse.Namespace) -> int:
    from harness.common.files import write_atomic
    from harness.errors import ConfigError, UserError
    from harness.judge.campaign import read_campaign
    from harness.judge.foreign.kinds import exported

    root = Path(args.results)
    if args.file and args.annotators:
        raise ConfigError("--import brings its annotators along; leave --annotators away")
    if args.file:
        return _import(args, root)
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
        raise UserError(
            "nothing to do: --annotators WHO … or --import FILE makes a campaign; --show and --export read"
            " one"
        )
    return _show(campaign, root)


def _make(args: argparse.Namespace, root: Path) -> int:
    from harness.common.progress import note
    from harness.compare.ask import compare
    from harness.judge.campaign import folder, write_campaign
    from harness.judge.making import Plan, make

    folder(root, args.name)
    results = compare(args, "harness campaign")
    _one([result.test_set for result, _ in results])
    plan = Plan(
        protocol=args.protocol, people=args.annotators, segments=args.segments, choice=args.choose,
        top=args.top, seed=args.seed, control=args.control, categories=args.categories,
        together=args.together,
    )  # fmt: skip
    campaign = make(results[0][0], args.name, plan)
    print(f"{write_campaign(root, campaign)}: {_size(campaign)}")
    note("the annotators' links: python -m harness serve, page Campaigns")
    return 0


def _import(args: argparse.Namespace, root: Path) -> int:
    from harness.common.progress import note
    from harness.compare.ask import sets_asked
    from harness.judge.campaign import folder
    from harness.judge.foreign.answers import imported
    from harness.judge.foreign.kinds import read
    from harness.results.store import Store

    folder(root, args.name)

    def runs() -> TestSet:
        sets, problems = sets_asked(args, Store(args.results))
        for line in problems:
            note(f"harness campaign: {line}")
        return _one(sets)

    path, foreign = read(args.file, runs)
    pair = next((word.partition("=")[2] for word in args.runs if word.startswith("pair=")), "")
    src, _, tgt = pair.partition("-")
    campaign, count = imported(root, args.name, path, foreign, (src, tgt) if tgt else None)
    print(f"{root / 'campaigns' / args.name}: {_size(campaign)}; {count} answers")
    return 0


def _one(sets: list[TestSet]) -> TestSet:
    from harness.errors import UserError

    if len(sets) > 1:
        titles = "; ".join(found.title for found in sets)
        raise UserError(f"a campaign covers one test set, but these are {len(sets)}: {titles}; choose data=…")
    return sets[0]


def _size(campaign: Campaign) -> str:
    tasks = ", ".join(f"{who} {len(one.tasks)}" for who, one in campaign.annotators.items())
    return (
        f"{campaign.protocol}, {len(campaign.items)} segments, {len(campaign.runs)} systems; tasks: {tasks}"
    )


def _show(campaign: Campaign, root: Path) -> int:
    from harness.common.tables import print_table
    from harness.common.terminal import visible_line
    from harness.compare.cells import number, span
    from harness.judge.estimating import estimates, said
    from harness.judge.results import progress

    rows = []
    unread = []
    for person in campaign.annotators:
        found = progress(root, campaign, person)
        unread += [found.unread] if found.unread else []
        seconds = "–" if found.seconds is None else f"{found.seconds:.2f}"
        checks = (found.repeated, found.n_repeated), (found.degraded, found.n_degraded)
        of = ("–" if value is None else f"{value:.2f} (of {n})" for value, n in checks)
        rows.append([person, f"{found.done} of {found.total}", seconds, *of])
    repeated = "repeated alike" if campaign.protocol == "pairwise" else "repeated: |Δ|"
    print_table(["annotator", "done", "s a task", repeated, "degraded found"], rows)
    for line in unread:
        print(visible_line(line))
    so_far = estimates(root, campaign)
    means = [
        [one.system, number(one.value, 2), span(*one.ci, 2), number(one.plain, 2), str(one.segments)]
        for one in so_far
    ]
    if means:
        print()
        print_table(["system", "mean", "95 %", "not corrected", "segments"], means)
    for line in said(campaign, so_far):
        print(visible_line(line))
    return 0
