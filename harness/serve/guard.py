"""What every request must bring before a page sees it, and what every answer carries.

Any page of any site can send requests to 127.0.0.1 from the browser of whoever visits it. So a request must
be addressed to this machine by name (Host, against DNS rebinding), come from this server's own pages
(Origin), and know the token that stands in the address printed at the start; from then on a cookie holds it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.report.page import PLOT_STYLE, source_hash

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST = 8_000_000  # bytes of a request: a large alignment has some hundred kilobytes
OPEN = ("/judge/", "/api/judge/", "/assets/")
"""Paths that need no token: annotators have a key of their own in the address, assets are public."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {source_hash(PLOT_STYLE)}",
        "connect-src 'self'",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what."""

    token: str
    cookie: str
    """Its name; each server its own, since cookies do not tell ports apart."""
    prefix: str = ""
    """The path under which a proxy shows the server: `/harness`."""
    hosts: Collection[str] = ()
    """Names besides those of this machine."""
    read_only: bool = False


class Guard:
    """ASGI middleware; refuses with one line of plain text."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(self._placed(scope), receive)
        refusal = self._refusal(request)
        if refusal is not None:
            await self._closed(PlainTextResponse(refusal[1] + "\n", refusal[0]), request, send)
        elif self._knows(request.query_params.get("token", "")) and request.method == "GET":
            await self._closed(self._welcome(request), request, send)
        else:
            await self.app(request.scope, receive, self._sealed(send))

    def _placed(self, scope: Scope) -> Scope:
        """The scope with the prefix taken off; a proxy may have done it already."""
        prefix, path = self.access.prefix, scope["path"]
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            path = path[len(prefix) :] or "/"
        return {**scope, "path": path, "root_path": ""}

    def _refusal(self, request: Request) -> tuple[int, str] | None:
        headers = request.headers
        if _name(headers.get("host", "")) not in {*LOCAL, *self.access.hosts}:
            return 403, "this server answers to 127.0.0.1 and localhost; other names: serve --allow-host NAME"
        if not self._own(headers, safe=request.method in ("GET", "HEAD")):
            return 403, "requests from other sites are refused"
        if request.method not in ("GET", "HEAD", "POST"):
            return 405, "only GET and POST"
        if request.method == "POST":
            if self.access.read_only:
                return 403, "this server was started with --read-only"
            if headers.get("content-type", "").partition(";")[0] != "application/json":
                return 415, "expected JSON"
            length = headers.get("content-length", "")
            if not length.isdecimal() or int(length) > LARGEST:
                return 413, f"a request has at most {LARGEST} bytes and says how many"
        if request.scope["path"].startswith(OPEN):
            return None
        given = request.query_params.get("token") or request.cookies.get(self.access.cookie, "")
        if not self._knows(given):
            return 403, "open the address that `python -m harness serve` printed: it holds the key"
        return None

    def _knows(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.access.token.encode())

    def _own(self, headers: Headers, safe: bool) -> bool:
        """Whether the request comes from a page of this server, or (where reading) from no page at all."""
        # Another port of this machine is the same site, and is not ours.
        foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if foreign and headers.get("sec-fetch-mode") != "navigate":
            return False
        origin = headers.get("origin")
        if origin is None:
            return safe
        try:
            where = urlsplit(origin).netloc.lower()
        except ValueError:  # no address: half an IPv6 one
            return False
        return bool(where) and (where == headers.get("host", "").lower() or _name(where) in self.access.hosts)

    def _welcome(self, request: Request) -> RedirectResponse:
        """The same page without the token in the address, which now lies in a cookie."""
        rest = urlencode([pair for pair in parse_qsl(request.url.query) if pair[0] != "token"])
        # One slash: two would lead to another site.
        path = "/" + quote(request.scope["path"].lstrip("/"))
        response = RedirectResponse(self.access.prefix + path + (f"?{rest}" if rest else ""), 303)
        response.set_cookie(
            self.access.cookie,
            self.access.token,
            path=self.access.prefix or "/",
            httponly=True,
            samesite="lax",
        )
        return response

    async def _closed(self, response: ASGIApp, request: Request, send: Send) -> None:
        await response(request.scope, request.receive, self._sealed(send))

    def _sealed(self, send: Send) -> Send:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if "cache-control" not in headers:
                    headers["cache-control"] = "no-store"
            await send(message)

        return sealed


def _name(host: str) -> str:
    """The name in `name:port`; of an IPv6 address without its brackets, empty of what is no address."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
