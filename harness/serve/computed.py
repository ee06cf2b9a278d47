"""The addresses that may take long: comparisons, their segments and documents, histories.

Their handlers run where `computing` runs them, mostly in another process.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from threading import Thread, get_native_id
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.compare import arranged, cells, formats, history_gate
from harness.compare.alignment import AlignmentView
from harness.compare.analyses import analyses, asked, check_versus
from harness.compare.cells import Sheet
from harness.compare.contrast import contrasts, contrasts_markdown
from harness.compare.differ import word_diff
from harness.compare.evaluate import Result
from harness.compare.gate import Drop, drops
from harness.compare.history import histories
from harness.compare.history_cells import sheet
from harness.compare.latex import latex, latex_all, latex_pairs
from harness.compare.load import load
from harness.compare.notes import footnotes, tests_line
from harness.compare.options import parse_margin
from harness.compare.pairs import pair_sheets, pairs_csv
from harness.compare.select import select, since
from harness.errors import HarnessError
from harness.report.payload import documents_of, summary
from harness.serve.answers import NotFound, answer, download
from harness.serve.asking import arguments
from harness.serve.catalogue import Catalogue
from harness.serve.comparing import Comparisons, Query
from harness.serve.segments import OWN, page

Pair = tuple[Result, AlignmentView | None]
_NEWEST, _LARGE = 32, 20_000  # runs, and their segments, that are read ahead
_TYPES = {
    "csv": ("csv", "text/csv"),
    "tex": ("latex", "application/x-tex"),
    "json": ("json", "application/json"),
    "md": ("md", "text/markdown"),
    "github.md": ("github", "text/markdown"),
}


def handlers(root: str) -> dict[str, Callable[[Request], Response]]:
    """The handlers over a store of their own; the newest runs are read before somebody asks for them."""
    found = Computed(Catalogue(root))
    Thread(target=_ahead, args=(found,), daemon=True).start()
    return found.handlers()


def _ahead(computed: Computed) -> None:
    """Have copies of their columns, see `compare.parsed`: to parse 16 of 3,000 segments takes a second."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), 5)
    time.sleep(1)  # the first pages go first
    catalogue = computed.catalogue
    records = [run.record for run in catalogue.runs() if run.record and run.record.data.n <= _LARGE]
    for record in reversed(records[-_NEWEST:]):
        with suppress(HarnessError):
            load(catalogue, record, record.run_id)
    computed.comparisons.people.of(record.run_id for record in records)


def handlers_of(catalogue: Catalogue) -> dict[str, Callable[[Request], Response]]:
    """The handlers by name."""
    return Computed(catalogue).handlers()


class Computed:
    """Handlers over one store."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.comparisons = Comparisons(catalogue)

    def handlers(self) -> dict[str, Callable[[Request], Response]]:
        """By name."""
        return {
            "compare": self.compare,
            "compare_file": self.compare_file,
            "documents": self.documents,
            "segments": self.segments,
            "history": self.history,
        }

    def compare(self, request: Request) -> Response:
        query = _query(request)
        args = self._arguments(query)
        arranged.check(
            argparse.Namespace(**vars(args) | {"pairs": False})
        )  # the page has them beside the rest
        results, problems = self.comparisons.results(query)
        check_versus(args, (result for result, _ in results))
        sets = [self._set(args, query, *pair) for pair in results]
        several = len(results) > 1
        across = [_table(one) for one in cells.overview([r for r, _ in results])] if several else []
        return answer({"sets": sets, "problems": problems, "across": across, "gate": _gate(args, results)})

    def _set(
        self, args: argparse.Namespace, query: Query, result: Result, found: AlignmentView | None
    ) -> dict[str, Any]:
        sheets: list[Sheet | None] = [cells.verdict_sheet(result)]
        sheets += cells.alignment_sheets(result, found) if found else []
        notes = cells.alignment_notes(result, found) if found else ()
        if asked(args):
            key = id(result), tuple(query)
            made, _ = self.comparisons.once("analyses", key, lambda: (analyses(args, result), result))
            for one in made:
                sheets += one.sheets
                notes = (*notes, *one.notes)
        if args.pairs:
            sheets += pair_sheets(result)
        return summary(result, found) | {
            "sheets": [_table(one) for one in sheets if one],
            "notes": [*footnotes(result), *notes],
            "contrasts": _contrasts(args, result),
            "documents": documents_of(self.catalogue, result.test_set) is not None,
        }

    def compare_file(self, request: Request) -> Response:
        ending = request.path_params["kind"]
        if ending not in _TYPES:
            raise NotFound(f"no comparison.{ending}: {', '.join(_TYPES)}")
        query = _query(request)
        args = self._arguments(query)
        args.format, media_type = _TYPES[ending]
        arranged.check(args)
        results, _ = self.comparisons.results(query)
        check_versus(args, (result for result, _ in results))
        return download(_text(args, results), f"comparison.{ending}", media_type)

    def documents(self, request: Request) -> Response:
        place = request.query_params.get("set", "0")
        found = self.comparisons.test_set(_query(request), place)
        return answer(documents_of(self.catalogue, found) or [])

    def segments(self, request: Request) -> Response:
        asked = dict(request.query_params)
        found = self.comparisons.test_set(_query(request), asked.get("set", "0"))
        return answer(page(found, asked, self.comparisons))

    def history(self, request: Request) -> Response:
        args = arguments("history", _query(request), str(self.catalogue.root))
        baseline = history_gate.baseline_of(args, self.catalogue) if args.gate else None
        selection = select(self.catalogue, args.runs, every=True, strict=args.gate is not None)
        if args.since:
            selection = since(self.catalogue, selection, args.since)
        history_gate.check_metrics(args, selection.records)
        found = histories(selection.records, args.by)
        sheets = [_table(sheet(one, tuple(args.metric or ()))) | {"title": one.title} for one in found]
        gate = None
        if baseline is not None:
            lines, worse = history_gate.gated(args, self.catalogue, found, baseline)
            gate = {"passed": not worse, "lines": lines}
        return answer({"sheets": sheets, "problems": list(selection.problems), "gate": gate})

    def _arguments(self, query: Query) -> argparse.Namespace:
        return arguments("compare", query, str(self.catalogue.root))


def _query(request: Request) -> Query:
    """The options of the verb in an address, without what only the page reads."""
    return [pair for pair in request.query_params.multi_items() if pair[0] not in OWN]


def _table(one: Sheet) -> dict[str, Any]:
    return asdict(one) | {"lines_after": sorted(one.lines_after)}


def _drops(args: argparse.Namespace, results: list[Pair]) -> list[Drop] | None:
    if not args.fail_if_worse:
        return None
    return drops([result for result, _ in results], parse_margin(args.tolerance, "--tolerance"))


def _gate(args: argparse.Namespace, results: list[Pair]) -> dict[str, Any] | None:
    """What `--fail-if-worse` says: whether it would pass, and every significant drop."""
    found = _drops(args, results)
    if found is None:
        return None
    return {"passed": all(drop.tolerated for drop in found), "lines": [str(drop) for drop in found]}


def _contrasts(args: argparse.Namespace, result: Result) -> dict[str, Any] | None:
    """What `--segments` shows: each output in pieces, with whether the other lacks them."""
    if not args.segments or len(result.test_set.systems) < 2:
        return None
    shown = contrasts(result, args.segments, args.versus)
    if shown is None:
        return None
    rows = [
        {
            "id": one.id,
            "gap": one.gap,
            "source": one.source,
            "references": one.references,
            "scores": [one.first_score, one.second_score],
            "pieces": word_diff(one.first, one.second),
        }
        for one in shown.found
    ]
    return {"title": shown.title, "systems": [shown.first, shown.second], "rows": rows}


def _text(args: argparse.Namespace, results: list[Pair]) -> str:
    """What the verb prints in this format."""
    only = [result for result, _ in results]
    if args.format in ("csv", "latex", "json") and asked(args):
        return arranged.analyses_text(args, results)[0]
    if args.format == "csv":
        return pairs_csv(only) if args.pairs else formats.csv_text(only)
    if args.format == "latex":
        return latex_all(only, latex_pairs if args.pairs else latex)
    if args.format == "json":
        return formats.json_text(results) + "\n"
    if args.format == "github":
        return arranged.github(args, results, _drops(args, results))
    return "\n".join([*_markdown(args, results), ""])


def _markdown(args: argparse.Namespace, results: list[Pair]) -> list[str]:
    only = [result for result, _ in results]
    if args.pairs:
        return [
            formats.markdown(pair_sheets(one), [tests_line(one.options)], one.test_set.title) for one in only
        ]
    parts = []
    if several := cells.overview(only) if len(results) > 1 else []:
        parts.append(formats.markdown(several, [], f"{len(results)} test sets"))
    once = arranged.Once()
    for result, view in results:
        tables, extra = arranged.sheets(args, result, view)
        notes = once.new([*footnotes(result), *extra])
        parts.append(formats.markdown(tables, notes, result.test_set.title))
        shown = contrasts(result, args.segments, args.versus) if args.segments else None
        if shown is not None:
            parts.append(contrasts_markdown(shown))
    return parts
