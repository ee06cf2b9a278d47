"""Loopback servers that answer as the real ones do: plain files, and the dataset API of the hub."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.support.loopback_hub import Hub

SHA = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Served:
    """What a server has, and what it was asked. `fail` maps a path to statuses to answer with first.

    `models` answers what is neither a dataset nor a file here.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    fail: dict[str, list[int]] = field(default_factory=dict)
    truncate: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    models: Hub | None = None
    url: str = ""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        served = self.server.served
        served.asked.append(path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if served.fail.get(path):
            self._answer(served.fail[path].pop(0), b"")
        elif path.startswith("/api/datasets/"):
            self._api(path.removeprefix("/api/datasets/"), body)
        elif path.startswith("/datasets/") and "/resolve/" in path:
            repo, _, rest = path.removeprefix("/datasets/").partition("/resolve/")
            self._file(repo, rest.partition("/")[2])
        elif path in served.files:
            content = served.files[path]
            self._answer(200, content, cut=path in served.truncate)
        elif served.models is not None:
            served.models.answer(self)
        else:
            self._answer(404, b"")

    do_HEAD = do_GET
    do_POST = do_GET

    def _repo_files(self, repo: str) -> dict[str, bytes]:
        prefix = f"{repo}/"
        return {
            k.removeprefix(prefix): v for k, v in self.server.served.files.items() if k.startswith(prefix)
        }

    def _api(self, path: str, body: bytes) -> None:
        owner, name, *rest = path.split("/")
        repo = f"{owner}/{name}"
        files = self._repo_files(repo)
        if not files:
            self._answer(401, b"", code="RepoNotFound")
        elif rest[:1] == ["revision"] and rest[1] not in ("main", SHA):
            self._answer(404, b"", code="RevisionNotFound")
        elif rest[:1] == ["tree"]:
            self._tree(files, "/".join(rest[2:]), "recursive=true" in self.path.lower())
        elif rest[:1] == ["paths-info"]:
            asked = urllib.parse.parse_qs(body.decode()).get("paths", [])
            self._json([self._entry(n, files[n]) for n in asked if n in files])
        else:
            info = {
                "_id": "0",
                "id": repo,
                "sha": SHA,
                "private": False,
                "tags": [],
                "gated": "auto" if repo in self.server.served.gated else False,
                "siblings": [{"rfilename": n} for n in files],
                "cardData": {"license": "cc0-1.0"},
            }
            self._json(info)

    def _tree(self, files: dict[str, bytes], folder: str, recursive: bool) -> None:
        start = f"{folder}/" if folder else ""
        found = [n for n in files if n.startswith(start)]
        entries = [self._entry(n, files[n]) for n in found if recursive or "/" not in n[len(start) :]]
        folders = {start + n[len(start) :].split("/")[0] for n in found if "/" in n[len(start) :]}
        entries += [{"type": "directory", "path": n, "oid": "0" * 40} for n in sorted(folders)]
        if entries:
            self._json(entries)
        else:
            self._answer(404, b"", code="EntryNotFound")

    @staticmethod
    def _entry(name: str, content: bytes) -> dict[str, object]:
        oid = hashlib.sha1(content).hexdigest()
        return {"type": "file", "path": name, "size": len(content), "oid": oid}

    def _file(self, repo: str, name: str) -> None:
        files = self._repo_files(repo)
        if repo in self.server.served.gated and "Authorization" not in self.headers:
            self._answer(401, b"", code="GatedRepo")
        elif name in files:
            self._answer(200, files[name])
        else:
            self._answer(404, b"", code="EntryNotFound")

    def _json(self, value: object) -> None:
        self._answer(200, json.dumps(value).encode(), kind="application/json")

    def _answer(
        self, status: int, content: bytes, kind: str = "text/plain", code: str = "", cut: bool = False
    ) -> None:
        self.send_response(status, HTTPStatus(status).phrase)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", SHA)
        if code:
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", code)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if cut else content)

    def log_message(self, *_: object) -> None:
        return


class _Server(http.server.ThreadingHTTPServer):
    served: Served
    daemon_threads = True


@contextmanager
def serving(files: dict[str, bytes] | None = None) -> Iterator[Served]:
    """A server on loopback for as long as the context lasts."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.served = Served(dict(files or {}), url=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.served
        finally:
            server.shutdown()
            thread.join()
