"""The workbench under test: its application in this process, or a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from harness.serve.app import application
from harness.serve.catalogue import Catalogue
from harness.serve.computed import handlers_of
from harness.serve.computing import Here
from harness.serve.guard import Access
from tests.support.program import PATIENCE, ROOT

TOKEN = "the-key"
HERE = "http://127.0.0.1:8765"


def client(root: Path, *, prefix: str = "", read_only: bool = False, hosts: tuple[str, ...] = (),
           token: str | None = TOKEN) -> TestClient:  # fmt: skip
    """A browser at the address of the workbench over this store; `token` None: one that has no cookie."""
    access = Access(TOKEN, "harness-8765", prefix, hosts, read_only)
    cookies = {} if token is None else {"harness-8765": token}
    catalogue = Catalogue(root)
    app = application(catalogue, access, Here(handlers_of(catalogue)))
    return TestClient(app, base_url=HERE, cookies=cookies, follow_redirects=False, headers={"Origin": HERE})


@contextmanager
def workbench(root: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`python -m harness serve` over this store: the address it prints, and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "harness", "serve", "--results", str(root), "--port", "0", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell starts what is in its background with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=PATIENCE)
