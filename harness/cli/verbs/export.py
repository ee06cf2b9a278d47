"""`export`: results for other tools."""

from __future__ import annotations

import argparse
import json

EXAMPLES = """\
examples:
  python -m harness export csv -o results.csv
  python -m harness export model-index model=gloss
  python -m harness export beads latest -o beads.tsv
  python -m harness export pearmut --protocol ESA --segments 50 -o campaign.json

kinds:
  csv, parquet  the long table, a row per run and metric (--level segment: per segment)
  model-index   evaluation results for the YAML front matter of a model card on the hub
  beads         the alignment of one run of documents, to correct by hand: run … alignment=FILE takes it back
  pearmut       a campaign for `pearmut add`: segments on which metrics disagree, ESA or MQM

RUN as in `python -m harness compare --help`.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    add = parser.add_argument
    add("kind", choices=("csv", "parquet", "model-index", "beads", "pearmut"), help="what to write")
    add("runs", nargs="*", metavar="RUN", help="runs to export (default: the newest of each system)")
    add("-o", "--output", metavar="FILE", help="the file (default: stdout; parquet needs one)")
    add(
        "--level", choices=("corpus", "segment"), default="corpus", help="rows of the table (default: corpus)"
    )
    add("--protocol", choices=("ESA", "MQM"), default="ESA", help="protocol of a campaign (default: ESA)")
    add("--segments", type=int, default=50, metavar="N", help="segments of a campaign (default: 50)")
    add("--annotators", type=int, default=1, metavar="N", help="tasks of a campaign (default: 1)")
    add("--all", action="store_true", help="every matching run, not only the newest of each system")
    add("--common", action="store_true", help="cut runs of different test data to their common segments")
    add("--results", default="results", metavar="DIR", help="the results store (default: results)")
    # What the comparison behind a campaign needs; not worth options of its own.
    parser.set_defaults(baseline=None, metric=None, test=None, samples=1, seed=12345, alpha=0.05)
    parser.set_defaults(correction="max-t", margin=None, since=None)


def main(args: argparse.Namespace) -> int:
    if args.kind == "pearmut":
        return _campaign(args)
    if args.kind == "beads":
        return _beads(args)
    from harness.common.progress import note
    from harness.compare.select import select
    from harness.export.frame import frame, table
    from harness.export.modelcard import yaml_text
    from harness.results.store import Store

    store = Store(args.results)
    selection = select(store, args.runs, every=args.all)
    for line in selection.problems:
        note(f"harness export: {line}")
    if args.kind == "model-index":
        return _write(args, yaml_text(selection.records))
    rows, problems = table(store, selection.records, args.level)
    for line in problems:
        note(f"harness export: {line}")
    if args.kind == "csv":
        return _write(args, frame(rows).to_csv(index=False, lineterminator="\n"))
    return _parquet(args, rows)


def _parquet(args: argparse.Namespace, rows: list[dict[str, object]]) -> int:
    import io

    from harness.common.files import write_atomic
    from harness.errors import ConfigError, missing_package
    from harness.export.frame import frame

    if not args.output:
        raise ConfigError("parquet is not text: name a file with -o FILE")
    buffer = io.BytesIO()
    try:
        frame(rows).to_parquet(buffer, index=False)
    except ImportError as error:
        raise missing_package("export parquet", "pyarrow") from error
    write_atomic(args.output, buffer.getvalue())
    return 0


def _beads(args: argparse.Namespace) -> int:
    from harness.common.progress import note
    from harness.errors import UserError
    from harness.export.beads import beads_tsv
    from harness.results.store import Store

    if len(args.runs) != 1:
        raise UserError("beads are those of one run: export beads RUN -o beads.tsv")
    store = Store(args.results)
    run = store.find_finished(args.runs[0])
    assert run.record is not None
    if run.warning:
        note(f"harness export: {run.warning}")
    return _write(args, beads_tsv(store, run.record))


def _campaign(args: argparse.Namespace) -> int:
    from harness.compare.ask import compare
    from harness.errors import ConfigError, UserError
    from harness.export.pearmut import campaign

    if args.segments < 1:
        raise ConfigError(f"--segments {args.segments}: must be at least 1")
    results = compare(args, "harness export")
    if len(results) > 1:
        titles = "; ".join(result.test_set.title for result, _ in results)
        raise UserError(
            f"a campaign covers one test set, but these are {len(results)}: {titles}; choose data=… pair=…"
        )
    found = campaign(results[0][0], args.segments, args.protocol, args.annotators)
    return _write(args, json.dumps(found, indent=2, ensure_ascii=True) + "\n")


def _write(args: argparse.Namespace, text: str) -> int:
    from harness.common.files import write_atomic
    from harness.common.progress import note
    from harness.common.terminal import visible

    if args.output:
        write_atomic(args.output, text)
    else:
        shown = visible(text)
        if shown != text:
            note(
                "harness export: control characters are shown by their codes; -o FILE writes them as they are"
            )
        print(shown, end="")
    return 0
