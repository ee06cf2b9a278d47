"""`VERB | head -1`: a reader that goes away is no failure, whatever the verb prints with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import ROOT, run_harness


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipes")
    (folder / "ref").write_text("Dobrý den.\nJak se máte?\n", encoding="utf-8")
    (folder / "out").write_text("Dobrý den.\nJak se mate?\n", encoding="utf-8")
    run_harness("score", "ref", "out", "ref", "--pair", "de-cs", "--metrics", "chrf", cwd=folder)
    return folder


@pytest.mark.parametrize(
    "verb",
    ["compare", "compare --format md", "list", "history", "show latest", "list models", "--help", "--version",
     "compare --help", "run --help"],
)  # fmt: skip
def test_nobody_reads(verb: str, store: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "harness", *verb.split()],
        cwd=store, stdout=write, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(write)
    assert ended.returncode == 0, ended.stderr
    assert "roken" not in ended.stderr and "Traceback" not in ended.stderr
