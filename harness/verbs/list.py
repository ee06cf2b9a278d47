"""`list`: the runs of the store, or the options of a config group."""

from __future__ import annotations

import argparse
import json

from harness.errors import UserError, did_you_mean
from harness.files import resource
from harness.progress import note
from harness.store import Store
from harness.tables import markdown_table, newest, print_table, score_rows

EXAMPLES = """\
examples:
  python -m harness list
  python -m harness list --all --format md
  python -m harness list models --pair fr-pl
"""


def _groups() -> dict[str, str]:
    """What can be listed → its config group: both `models` and `model` are understood."""
    names = sorted(p.name for p in resource("conf").iterdir() if p.is_dir() and p.name != "hydra")
    plural = {name if name.endswith("s") or name == "data" else f"{name}s": name for name in names}
    return plural | {name: name for name in names}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument(
        "what", nargs="?", default="runs", help="runs (default), or a group: models, pairs, metrics …"
    )
    parser.add_argument(
        "--results", default="results", metavar="DIR", help="the results store (default: results)"
    )
    parser.add_argument(
        "--all", action="store_true", help="every run, not only the newest of each configuration"
    )
    parser.add_argument(
        "--pair", default="fr-pl", metavar="SRC-TGT", help="the pair that `list models` is for"
    )
    parser.add_argument(
        "--format", default="table", choices=["table", "md", "csv", "json"], help="default: table"
    )


def main(args: argparse.Namespace) -> int:
    if args.what == "runs":
        return _runs(args)
    groups = _groups()
    if args.what not in groups:
        known = ["runs", *groups]
        raise UserError(
            f"cannot list '{args.what}'.{did_you_mean(args.what, known)} Known: {', '.join(known)}"
        )
    if groups[args.what] == "model":
        return _models(args.pair)
    for path in sorted((resource("conf") / groups[args.what]).glob("*.yaml")):
        comment = path.read_text(encoding="utf-8").split("\n", 1)[0]
        print(f"{path.stem:<20} {comment.lstrip('# ') if comment.startswith('#') else ''}".rstrip())
    return 0


def _models(pair: str) -> int:
    """Every model with what is known for a pair; those that fit and work offline first."""
    from harness.translate.catalogue import models_table

    def offline(value: bool | None) -> str:
        return "yes" if value else "no" if value is False else "your own server, program or files"

    header = ["model", f"does {pair}", "works offline now", "licence", "size", "id"]
    rows = [
        [
            row.name,
            "yes" if row.fits else f"no: {row.reason}",
            offline(row.offline),
            row.licence or "–",
            row.size or "–",
            row.id or "–",
        ]
        for row in models_table(pair)
    ]
    print_table(header, rows)
    return 0


def _runs(args: argparse.Namespace) -> int:
    store = Store(args.results)
    runs = store.runs()
    records = [run.record for run in runs if run.record is not None]
    shown = records if args.all else newest(records)
    if args.format == "csv":
        from harness.store import table_csv

        print(table_csv(shown), end="")
    elif args.format == "json":
        print(json.dumps(shown, indent=2, ensure_ascii=False))
    elif shown:
        header, rows = score_rows(shown)
        if args.format == "md":
            print(markdown_table(header, rows), end="")
        else:
            print_table(header, rows)
    else:
        note(f"no finished runs in {store.runs_dir}; make one with: python -m harness run")
    for run in runs:
        if run.state != "finished":
            note(f"{run.state}: {run.run_id}: {run.problem}")
    hidden = len(records) - len(shown)
    if hidden:
        note(f"{hidden} older runs of the same configurations are not shown (--all shows them)")
    return 0
