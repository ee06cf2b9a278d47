"""A loopback server that answers as a judge would, by a script; it keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[str], tuple[int, str, str]]
"""From the last message to a status, a text (an error's, if the status is not 200) and a finish_reason.

With the reason `body` the text is the whole body of the answer."""


class Judge:
    """A server that answers by the last message; it keeps the bodies it was sent."""

    def __init__(self, script: Script, model: Callable[[], str] | None = None) -> None:
        self.seen: list[dict[str, Any]] = []
        judge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                judge.seen.append(body)
                status, text, reason = script(body["messages"][-1]["content"])
                choice = {"message": {"content": text}, "finish_reason": reason}
                value: dict[str, Any] = (
                    {"choices": [choice]} if status == 200 else {"error": {"message": text}}
                )
                if model is not None:
                    value["model"] = model()
                data = (text if reason == "body" else json.dumps(value)).encode()
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "0")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def questions(self) -> list[str]:
        """The last message of each request."""
        return [body["messages"][-1]["content"] for body in self.seen]


@contextmanager
def judging(script: Script, model: Callable[[], str] | None = None) -> Iterator[Judge]:
    """A judge that is gone afterwards."""
    judge = Judge(script, model)
    try:
        yield judge
    finally:
        judge.server.shutdown()
        judge.server.server_close()


def options(url: str, **more: Any) -> dict[str, Any]:
    """The engine of a judge on this server, without a key and without waiting."""
    known = {"kind": "openai", "base_url": url, "api_key_env": None, "retries": 0, "concurrency": 1}
    return known | more
