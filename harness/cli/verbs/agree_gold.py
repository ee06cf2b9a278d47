"""`agree-gold`: how far two annotators of one alignment agree."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.align.goldfile import GoldFile
    from harness.types import Bead

EXAMPLES = """\
examples:
  python -m harness agree-gold results/gold/NAME/ann.jsonl results/gold/NAME/ben.jsonl

A and B are gold files that the workbench wrote (python -m harness serve), of the same two documents.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("a", metavar="A", help="the gold file of one annotator")
    parser.add_argument("b", metavar="B", help="the gold file of the other")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")


def main(args: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from harness.align.annotators import annotator_agreement
    from harness.align.goldfile import read_gold
    from harness.cli.alignment_tables import show_score
    from harness.common.terminal import visible_json, visible_line

    a, b = read_gold(args.a), read_gold(args.b)
    found = annotator_agreement(a, b)
    if args.format == "json":
        print(visible_json(json.dumps(asdict(found), indent=2, ensure_ascii=False, allow_nan=False)))
        return 0
    names = [gold.header.author or path for gold, path in ((a, args.a), (b, args.b))]
    show_score(f"{names[1]} against {names[0]}", found.score)
    print(f"identical beads (Dice)              {_cell(found.beads)}")
    print(f"segments with the same counterparts {_cell(found.counterparts)}")
    print(f"has a counterpart at all, Cohen's κ {_cell(found.kappa)}")
    for name, only in zip(names, (found.only_a, found.only_b), strict=True):
        for bead in only:
            print(visible_line(f"only {name}: {_bead(a, bead)}"))
    return 0


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _bead(gold: GoldFile, bead: Bead) -> str:
    """Numbers and the beginnings of both texts."""
    sides = (gold.header.src, bead.src), (gold.header.tgt, bead.tgt)
    texts = [" ".join(side.segments[k].text for k in numbers) for side, numbers in sides]
    return f"{list(bead.src)}:{list(bead.tgt)}  {texts[0][:50]} | {texts[1][:50]}"
