"""`score REF OUT…`: outputs that exist already against references, one table, recorded like any run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.spelled import spelled
from harness.common.progress import bar, note
from harness.errors import ConfigError, HarnessError

if TYPE_CHECKING:
    from harness.results.record import Record

EXAMPLES = """\
Each output is a run of its own, named after its file: `list`, `compare` and `report` know it afterwards.
Without --src, flags that compare with the source are off, and metrics that read it are refused.

examples:
  python -m harness score ref.de outs/*.hyp --pair en-de
  python -m harness score ref.de outs/*.hyp --src src.en --pair en-de --metrics bleu,chrf
  python -m harness score ref.de outs/a.hyp --pair en-de --set metrics.bleu.lowercase=true

exit codes: 0 scored, 1 some outputs could not be, 2 nothing could be
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("reference", metavar="REF", help="references, one segment a line, plain or packed")
    add("outputs", nargs="+", metavar="OUT", help="outputs of systems, or patterns in quotes")
    add("--pair", required=True, metavar="SRC-TGT", help="the languages: en-de, zh-Hant-en")
    add("--src", metavar="FILE", help="the sources, one segment a line")
    add("--ref", action="append", default=[], metavar="FILE", help="a further reference; may be repeated")
    add("--metrics", metavar="NAME,…", help="metrics of conf/metrics (default: bleu,chrf,chrfpp,ter)")
    add("--limit", metavar="N", help="score only the first N segments")
    add("--tag", metavar="NAME", help="a name of your own for these runs")
    add("--force", action="store_true", help="score again what is recorded already")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")
    add("--wide", action="store_true", help="every column, however narrow the terminal")
    add("--config-dir", type=Path, metavar="DIR", help="your own YAML files, as for `run`")
    add(
        "--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE",
        help="any other key of `run`: metrics.bleu.lowercase=true, engine.column=output",
    )  # fmt: skip


def main(args: argparse.Namespace) -> int:
    from harness.cli.scoring import configurations, score_file
    from harness.common.notices import once_each
    from harness.results.store import Store
    from harness.results.tables import print_scores

    configs = configurations(args)
    store = Store(args.results)
    records: list[Record] = []
    with bar("scoring", len(configs), "outputs") as ticker:
        for config in configs:
            try:
                records.append(score_file(config, store))
            except HarnessError as error:
                if len(configs) == 1:
                    raise
                note(spelled("score", f"harness score: {error}"))
            ticker.advance()
    if not records:
        raise ConfigError(f"none of the {len(configs)} outputs could be scored")
    print_scores(records, args.wide)
    for line in once_each([record.warnings for record in records], "outputs"):
        note(spelled("score", line))
    failed = len(configs) - len(records)
    note(f"{len(records)} scored, {failed} failed; recorded in {store.runs_dir}")
    return 1 if failed else 0
