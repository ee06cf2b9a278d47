"""`history`: a system's scores over its runs, and what changed in between."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from harness.compare import arguments

if TYPE_CHECKING:
    from harness.compare.history import History

EXAMPLES = """\
examples:
  python -m harness history
  python -m harness history gloss pair=fr-pl --metric chrf
  python -m harness history gloss --gate last:5

RUN as in `python -m harness compare --help`; every run counts, not only the newest.
--gate RUN or last:K compares the newest run of each system with that run, or with the one of the last K
runs on the same data that has the median score, by the test of compare.

exit codes: 0 shown, 1 --gate and the newest run is significantly worse, 2 nothing to show or to compare
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    arguments.history(parser)


def main(args: argparse.Namespace) -> int:
    from harness.common.progress import note
    from harness.compare.history import histories
    from harness.compare.history_gate import baseline_of, check_metrics, gated
    from harness.compare.select import select, since
    from harness.results.store import Store

    store = Store(args.results)
    baseline = baseline_of(args, store) if args.gate else None
    selection = select(store, args.runs, every=True, strict=args.gate is not None)
    if args.since:
        selection = since(store, selection, args.since)
    for line in selection.problems:
        note(f"harness history: {line}")
    check_metrics(args, selection.records)
    found = histories(selection.records, args.by)
    _print(args, found)
    if baseline is None:
        return 0
    lines, worse = gated(args, store, found, baseline)
    for line in lines:
        note(f"harness history: {line}")
    return int(worse)


def _print(args: argparse.Namespace, found: list[History]) -> None:
    import json

    from harness.common.terminal import visible_json
    from harness.common.typed_json import finite
    from harness.compare import formats
    from harness.compare.history_cells import json_value, sheet

    wanted = tuple(args.metric or ())
    if args.format == "json":
        value = finite(json_value(found, wanted))
        print(visible_json(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)))
        return
    for history in found:
        if args.format == "md":
            print(formats.markdown([sheet(history, wanted)], [], history.title))
        else:
            formats.terminal([sheet(history, wanted)], [], history.title, args.wide)
