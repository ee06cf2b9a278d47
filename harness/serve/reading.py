"""The addresses that only read: runs; and those whose answers are computed elsewhere."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harness.results.store import RunInfo
from harness.results.tables import table_csv
from harness.serve.answers import NotFound, answer, download, told
from harness.serve.asking import options
from harness.serve.catalogue import Catalogue
from harness.serve.computing import Computing, Question
from harness.serve.listing import listing, row

_LOG = 8000  # bytes of the end of a log


def routes(catalogue: Catalogue, computing: Computing) -> list[Route]:
    """The routes below /api, and the downloads."""
    reading = Reading(catalogue)

    def computed(path: str, name: str, long: bool = False) -> Route:
        async def handler(request: Request) -> Response:
            asked = Question(name, request.scope["query_string"], request.path_params, long)
            return await computing.reply(asked)

        return Route(path, handler)

    return [
        Route("/api/runs", told(reading.runs)),
        Route("/api/run/{run_id}", told(reading.run)),
        Route("/api/options/{verb}", told(reading.options)),
        Route("/runs.csv", told(reading.runs_csv)),
        computed("/api/compare", "compare", long=True),
        computed("/api/documents", "documents"),
        computed("/api/segments", "segments"),
        computed("/api/history", "history", long=True),
        computed("/compare.{kind}", "compare_file", long=True),
    ]


class Reading:
    """Handlers over one store."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

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

    def _run(self, request: Request) -> RunInfo:
        found = self.catalogue.run(request.path_params["run_id"])
        if found is None:
            raise NotFound(f"no run '{request.path_params['run_id']}' in this store")
        return found


def _log(run: RunInfo) -> str | None:
    """The end of a run's log, for one that has not finished; a link is not followed."""
    path = run.path / "harness.log"
    if run.record is not None or path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _LOG))
        return stream.read(_LOG).decode("utf-8", "replace")
