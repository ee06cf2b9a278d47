"""The addresses that only read: runs, comparisons, segments, histories."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.compare import cells, formats
from harness.compare.analyses import analyses, check
from harness.compare.cells import Sheet
from harness.compare.history import histories
from harness.compare.history_cells import sheet
from harness.compare.latex import latex, latex_all
from harness.compare.select import select, since
from harness.report.payload import documents_of, summary
from harness.results.store import RunInfo
from harness.results.tables import table_csv
from harness.serve.answers import NotFound, answer, download, told
from harness.serve.asking import arguments, options
from harness.serve.catalogue import Catalogue
from harness.serve.comparing import Comparisons, Query
from harness.serve.listing import listing, row
from harness.serve.segments import OWN, page

_LOG = 8000  # bytes of the end of a log


def routes(catalogue: Catalogue) -> list[Route]:
    """The routes below /api, and the downloads."""
    reading = Reading(catalogue)
    return [
        Route("/api/runs", told(reading.runs)),
        Route("/api/run/{run_id}", told(reading.run)),
        Route("/api/options/{verb}", told(reading.options)),
        Route("/api/compare", told(reading.compare)),
        Route("/api/documents", told(reading.documents)),
        Route("/api/segments", told(reading.segments)),
        Route("/api/history", told(reading.history)),
        Route("/runs.csv", told(reading.runs_csv)),
        Route("/compare.{kind}", told(reading.compare_file)),
    ]


class Reading:
    """Handlers over one store."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.comparisons = Comparisons(catalogue)

    def runs(self, request: Request) -> Response:
        return answer(listing(self.catalogue.runs(), dict(request.query_params)))

    def runs_csv(self, request: Request) -> Response:
        return download(table_csv(self.catalogue.records()), "runs.csv", "text/csv")

    def run(self, request: Request) -> Response:
        run = self._run(request)
        value: dict[str, Any] = {"row": row(run), "log": _log(run)}
        if run.record is not None:
            value["record"] = run.record.to_json() | {"tag": run.record.tag, "note": run.record.note}
            value["aligned"] = (run.path / "alignment.json").is_file()
        return answer(value)

    def options(self, request: Request) -> Response:
        verb = request.path_params["verb"]
        if verb not in ("compare", "history"):
            raise NotFound(f"no page has the options of '{verb}'")
        return answer(options(verb))

    def compare(self, request: Request) -> Response:
        query = _query(request)
        results, problems = self.comparisons.results(query)
        args = arguments("compare", query, str(self.catalogue.root))
        check(args)
        sets = []
        for result, found in results:
            sheets: list[Sheet | None] = [cells.verdict_sheet(result)]
            sheets += cells.alignment_sheets(result, found) if found else []
            notes = cells.alignment_notes(result, found) if found else ()
            for analysis in analyses(args, result):
                sheets += analysis.sheets
                notes = (*notes, *analysis.notes)
            sets.append(
                summary(result, found)
                | {
                    "sheets": [asdict(one) | {"lines_after": []} for one in sheets if one],
                    "notes": [*cells.footnotes(result), *notes],
                    "documents": documents_of(self.catalogue, result.test_set) is not None,
                }
            )
        several = len(results) > 1
        across = [asdict(one) | {"lines_after": []} for one in cells.overview([r for r, _ in results])]
        return answer({"sets": sets, "problems": problems, "across": across if several else []})

    def compare_file(self, request: Request) -> Response:
        results, _ = self.comparisons.results(_query(request))
        kind = request.path_params["kind"]
        if kind == "csv":
            return download(formats.csv_text([result for result, _ in results]), "comparison.csv", "text/csv")
        if kind == "tex":
            text = latex_all([result for result, _ in results], latex)
            return download(text, "comparison.tex", "application/x-tex")
        if kind == "json":
            return download(formats.json_text(results), "comparison.json", "application/json")
        raise NotFound(f"no comparison.{kind}: csv, tex or json")

    def documents(self, request: Request) -> Response:
        place = request.query_params.get("set", "0")
        found = self.comparisons.test_set(_query(request), place)
        return answer(documents_of(self.catalogue, found) or [])

    def segments(self, request: Request) -> Response:
        asked = dict(request.query_params)
        query = _query(request)
        found = self.comparisons.test_set(query, asked.get("set", "0"))
        return answer(page(found, asked, self.comparisons, query))

    def history(self, request: Request) -> Response:
        args = arguments("history", _query(request), str(self.catalogue.root))
        selection = select(self.catalogue, args.runs, every=True)
        if args.since:
            selection = since(self.catalogue, selection, args.since)
        found = histories(selection.records, args.by)
        sheets = [
            asdict(sheet(one, tuple(args.metric or ()))) | {"lines_after": [], "title": one.title}
            for one in found
        ]
        return answer({"sheets": sheets, "problems": list(selection.problems)})

    def _run(self, request: Request) -> RunInfo:
        found = self.catalogue.run(request.path_params["run_id"])
        if found is None:
            raise NotFound(f"no run '{request.path_params['run_id']}' in this store")
        return found


def _query(request: Request) -> Query:
    """The options of the verb in an address, without what only the page reads."""
    return [pair for pair in request.query_params.multi_items() if pair[0] not in OWN]


def _log(run: RunInfo) -> str | None:
    """The end of a run's log, for one that has not finished."""
    path = run.path / "harness.log"
    if run.record is not None or not path.is_file():
        return None
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _LOG))
        return stream.read(_LOG).decode("utf-8", "replace")
