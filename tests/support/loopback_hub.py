"""A loopback stand-in for the hub: serves folders as repositories, and fails the way the hub does."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """`repos`: name → folder. The other fields switch failures on.

    `fail`: file name (or "api") → list of statuses to answer with first, one a request; status 0 drops the
    connection. `drop`: files whose body breaks off; `truncate`: files whose body is complete but too short.
    `once`: each failure happens once, else at every request.
    """

    repos: dict[str, Path]
    gated: set[str] = field(default_factory=set)
    fail: dict[str, list[int]] = field(default_factory=dict)
    drop: set[str] = field(default_factory=set)
    truncate: set[str] = field(default_factory=set)
    once: bool = True
    requests: list[str] = field(default_factory=list)

    def __enter__(self) -> Hub:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                hub.answer(self)

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path)
        self.requests.append(f"{request.command} {path}")
        parts = path.strip("/").split("/")
        if parts[0] == "api":
            self._api(request, parts)
        else:
            self._file(request, "/".join(parts[:2]), parts[3], "/".join(parts[4:]))

    def _api(self, request: BaseHTTPRequestHandler, parts: list[str]) -> None:
        name = "/".join(parts[2:4])
        if self._failed(request, "api") or self._refused(
            request, name, parts[5] if len(parts) > 5 else "main"
        ):
            return
        folder = self.repos[name]
        files = sorted(p for p in folder.iterdir() if p.is_file())
        if len(parts) > 4 and parts[4] == "tree":
            value: Any = [
                {"type": "file", "path": p.name, "size": p.stat().st_size, "oid": _etag(p)} for p in files
            ]
        else:
            siblings = [{"rfilename": p.name, "size": p.stat().st_size, "blobId": _etag(p)} for p in files]
            value = {"id": name, "modelId": name, "sha": COMMIT, "siblings": siblings, "private": False,
                     "tags": [], "downloads": 0, "likes": 0}  # fmt: skip
        _send(request, 200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _file(self, request: BaseHTTPRequestHandler, name: str, revision: str, file: str) -> None:
        if self._failed(request, file) or self._refused(request, name, revision):
            return
        path = self.repos[name] / file
        if not path.is_file():
            _send(request, 404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        data = path.read_bytes()
        headers = {"ETag": f'"{_etag(path)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        start = 0
        if request.headers.get("Range"):
            start = int(request.headers["Range"].removeprefix("bytes=").split("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        if request.command == "GET" and file in self.drop:
            if self.once:
                self.drop.discard(file)
            request.send_response(206 if start else 200)
            for key, value in {**headers, "Content-Length": str(len(data) - start)}.items():
                request.send_header(key, value)
            request.end_headers()
            request.wfile.write(data[start : start + (len(data) - start) // 2])
            request.wfile.flush()
            request.connection.shutdown(socket.SHUT_RDWR)
            request.close_connection = True
            return
        if request.command == "GET" and file in self.truncate:
            if self.once:
                self.truncate.discard(file)
            data = data[: len(data) // 2]
        _send(request, 206 if start else 200, data[start:], headers)

    def _failed(self, request: BaseHTTPRequestHandler, what: str) -> bool:
        statuses = self.fail.get(what)
        if not statuses:
            return False
        status = statuses.pop(0) if self.once else statuses[0]
        if status == 0:
            request.connection.shutdown(socket.SHUT_RDWR)
            request.close_connection = True
        else:
            _send(request, status, b"", {})
        return True

    def _refused(self, request: BaseHTTPRequestHandler, name: str, revision: str) -> bool:
        if name not in self.repos:
            _send(
                request, 401, b"", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}
            )
        elif name in self.gated:
            _send(request, 401, b"", {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted"})
        elif revision not in ("main", COMMIT):
            _send(request, 404, b"", {"X-Error-Code": "RevisionNotFound"})
        else:
            return False
        return True


def _etag(path: Path) -> str:
    return hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()


def _send(request: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str]) -> None:
    request.send_response(status)
    for key, value in {**headers, "Content-Length": str(len(data))}.items():
        request.send_header(key, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(data)
