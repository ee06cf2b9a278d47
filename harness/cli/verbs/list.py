"""`list`: the runs of the store, or the options of a config group."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from harness.common.paths import resource
from harness.common.progress import note
from harness.common.tables import counted, markdown_table, print_table
from harness.common.terminal import visible_json, visible_line
from harness.errors import UserError, did_you_mean
from harness.results.store import Store
from harness.results.tables import newest, print_scores, score_rows, table_csv
from harness.results.unfinished import summary

EXAMPLES = """\
Where scores are too wide for the terminal, these go in this order: all flags but the first, run, data, pair
(if it is the same everywhere), the names of flags, metrics from the last on, pair, n, tag, health, and the
intervals last. --wide shows everything, as do files and pipes.

examples:
  python -m harness list
  python -m harness list --all --format md
  python -m harness list models --pair fr-pl
  python -m harness list data --config-dir my_conf
  python -m harness list engines --options
"""


def _groups() -> dict[str, str]:
    """What can be listed → its config group: both `models` and `model` are understood."""
    names = sorted(p.name for p in resource("conf").iterdir() if p.is_dir() and p.name != "hydra")
    plural = {
        name if name.endswith("s") or name in ("data", "clean", "realign") else f"{name}s": name
        for name in names
    }
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
        "--failed", action="store_true", help="the runs that failed, crashed or are damaged, and why"
    )
    parser.add_argument("--wide", action="store_true", help="every column, however narrow the terminal")
    parser.add_argument(
        "--options", action="store_true", help="show what a group's options accept: type, range, default"
    )
    parser.add_argument("--pair", default="fr-pl", metavar="SRC-TGT", help="the pair for `list models`")
    parser.add_argument(
        "--config-dir", type=Path, metavar="DIR", help="your folder: include its options and classes"
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
    folders = [resource("conf"), *([args.config_dir.expanduser()] if args.config_dir else [])]
    if args.options:
        return _options(groups[args.what], folders[1:])
    if groups[args.what] == "model":
        return _models(args.pair, folders[1:], args.wide)
    options = {p.stem: p for folder in folders for p in sorted((folder / groups[args.what]).glob("*.yaml"))}
    width = max(map(len, options), default=0)
    for name, path in sorted(options.items()):
        print(f"{name:<{width}}  {_about(path)}".rstrip())
    return 0


def _options(group: str, own: list[Path]) -> int:
    """Every option of a group with its type, range and default; of `model`, the keys of a model YAML."""
    from harness.config.describe import HEADER, option_rows
    from harness.config.keys import OPEN

    if group not in OPEN:
        raise UserError(f"--options: '{group}' has no classes with options; choose {', '.join(OPEN)}")
    print_table(HEADER, list(option_rows(group, own)))
    return 0


def _about(path: Path) -> str:
    """The first line of the comment at the top of a YAML; Hydra's own directive does not count."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        text = line.lstrip("# ")
        if not text.startswith("@package"):
            return text
    return ""


def _models(pair: str, own: list[Path], wide: bool) -> int:
    """Every model with what is known for a pair; those known to fit first, and of these the offline ones."""
    from harness.translate.checkpoints.catalogue import models_table

    def offline(value: bool | None) -> str:
        return "yes" if value else "no" if value is False else "your own server, program or files"

    header = ["model", f"does {pair}", "works offline now", "licence", "size", "id"]
    rows = [
        [
            row.name,
            "yes" if row.fits else f"{'no' if row.fits is False else '?'}: {row.reason}",
            offline(row.offline),
            row.licence or "–",
            row.size or "–",
            row.id or "–",
        ]
        for row in models_table(pair, *own)
    ]
    print_table(header, rows, spare=("size", "licence"), wide=wide)
    return 0


def _failed(store: Store) -> int:
    """Every run that left no record and does not work any more, oldest first, with its reason."""
    stopped = [run for run in store.runs() if run.state in ("failed", "crashed", "damaged")]
    for run in stopped:
        later = f" (repaired by {run.repaired})" if run.repaired else ""
        print(visible_line(f"{run.run_id}  {run.state}  {run.problem}{later}"))
    hint = "; python -m harness prune --failed deletes them" if stopped else ""
    note(f"{counted(len(stopped), 'run')}{hint}")
    return 0


def _runs(args: argparse.Namespace) -> int:
    store = Store(args.results)
    if args.failed:
        return _failed(store)
    runs = store.runs()
    store.follow_deletions(runs)
    records = [run.record for run in runs if run.record is not None]
    shown = records if args.all else newest(records)
    if args.format == "csv":
        print(table_csv(shown), end="")
    elif args.format == "json":
        print(visible_json(json.dumps([record.to_json() for record in shown], indent=2, ensure_ascii=False)))
    elif shown:
        if args.format == "md":
            print(markdown_table(*score_rows(shown)), end="")
        else:
            print_scores(shown, args.wide)
    else:
        note(f"no finished runs in {store.runs_dir}; make one with: python -m harness run")
    for run in runs:
        if run.state == "running":
            note(f"running: {run.run_id}: {run.problem}")
    stopped = [run for run in runs if run.state in ("failed", "crashed") and not run.repaired]
    if len(stopped) == 1:
        note(f"{stopped[0].state}: {stopped[0].run_id}: {stopped[0].problem}")
    elif stopped:
        note(summary(stopped))
    for run in runs:
        if run.state == "damaged":
            note(f"damaged: {run.run_id}: {run.problem}")
        if run.warning:
            note(f"edited: {run.warning}")
    hidden = len(records) - len(shown)
    if hidden:
        note(f"not shown: {counted(hidden, 'older run')} of the same configurations (--all shows them)")
    return 0
