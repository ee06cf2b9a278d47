"""The application: pages, assets and the addresses below /api, behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from harness.serve import editing, judging, pages, reading
from harness.serve.catalogue import Catalogue
from harness.serve.computing import Computing
from harness.serve.guard import Access, Guard

_PAGES = {
    "/": ("runs", "Runs"),
    "/run/{name}": ("run", "Run"),
    "/compare": ("compare", "Comparison"),
    "/history": ("history", "History"),
    "/align/{name}": ("align", "Alignment"),
    "/campaigns": ("campaigns", "Campaigns"),
}


def application(
    catalogue: Catalogue, access: Access, computing: Computing, campaigns: judging.Judging | None = None
) -> ASGIApp:
    """The ASGI application over one store; `computing` makes the comparisons."""

    def shown(page: str, title: str) -> Route:
        def handler(request: Request) -> Response:
            name = request.path_params.get("name", "")
            if page in ("run", "align") and catalogue.run(name) is None:
                return PlainTextResponse(f"no run '{name}' in this store\n", 404)
            return HTMLResponse(pages.shell(page, name or title, access.prefix, name, access.read_only))

        path = next(path for path, (found, _) in _PAGES.items() if found == page)
        return Route(path, handler)

    app = Starlette(
        routes=[
            *(shown(page, title) for page, title in _PAGES.values()),
            Route("/assets/{stamp}/{file}", _asset),
            *reading.routes(catalogue, computing),
            *editing.routes(catalogue),
            *judging.routes(campaigns or judging.Judging(catalogue, access)),
        ]
    )
    return Guard(app, access)


def _asset(request: Request) -> Response:
    media_type, text = pages.assets().get(request.path_params["file"], ("", ""))
    if not text:
        return PlainTextResponse("no such file\n", 404)
    return Response(
        text, media_type=media_type, headers={"cache-control": "public, max-age=31536000, immutable"}
    )
