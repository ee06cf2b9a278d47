"""A loopback stand-in for the hub's datasets: creates repositories, takes commits, serves their files."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "89abcdef0123456789abcdef0123456789abcdef"


@dataclass
class DatasetHub:
    """`repos`: name → path → bytes. With `token`, only requests that carry it are answered."""

    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)
    private: dict[str, bool] = field(default_factory=dict)
    token: str | None = None

    def __enter__(self) -> DatasetHub:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self)

            do_HEAD = do_GET
            do_POST = do_GET

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
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        parts = unquote(urlsplit(request.path).path).strip("/").split("/")
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            _send(request, 401, b"{}")
        elif parts == ["api", "repos", "create"]:
            self._create(request, json.loads(body))
        elif parts == ["api", "validate-yaml"]:
            _send(request, 200, b'{"errors": [], "warnings": []}', {"Content-Type": "application/json"})
        elif parts[:2] == ["api", "datasets"]:
            self._api(request, "/".join(parts[2:4]), parts[4:], body)
        else:
            self._file(request, "/".join(parts[1:3]), "/".join(parts[5:]))

    def _create(self, request: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        name = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
        url = {"url": f"{self.url}/datasets/{name}", "name": name}
        if name in self.repos:
            _send(request, 409, json.dumps(url).encode())
            return
        self.repos[name] = {}
        self.private[name] = asked.get("visibility") == "private" or bool(asked.get("private"))
        _send(request, 200, json.dumps(url).encode())

    def _api(self, request: BaseHTTPRequestHandler, name: str, rest: list[str], body: bytes) -> None:
        if name not in self.repos:
            _send(request, 404, b"{}", {"X-Error-Code": "RepoNotFound"})
            return
        files = self.repos[name]
        value: Any = {"id": name, "sha": COMMIT, "private": self.private[name], "tags": [], "downloads": 0}
        value["siblings"] = [{"rfilename": path} for path in sorted(files)]
        if rest[:1] == ["preupload"]:
            paths = [file["path"] for file in json.loads(body)["files"]]
            value = {"files": [{"path": p, "uploadMode": "regular", "shouldIgnore": False} for p in paths]}
        elif rest[:1] == ["commit"]:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            value = {"commitUrl": f"{self.url}/datasets/{name}/commit/{COMMIT}", "commitOid": COMMIT}
        elif rest[:1] == ["tree"]:
            value = [
                {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                for path, data in sorted(files.items())
            ]
        _send(request, 200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _file(self, request: BaseHTTPRequestHandler, name: str, path: str) -> None:
        data = self.repos.get(name, {}).get(path)
        if data is None:
            _send(request, 404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        etag = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        _send(request, 200, data, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})


def _send(
    request: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str] | None = None
) -> None:
    request.send_response(status)
    for key, value in {**(headers or {}), "Content-Length": str(len(data))}.items():
        request.send_header(key, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(data)
