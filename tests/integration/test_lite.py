"""Scoring, comparing and aligning in a process that cannot import PyTorch, transformers and datasets."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from harness.cli.main import NOT_LITE
from tests.support.program import ROOT

BLOCKED = f"""
import sys
for name in {sorted(NOT_LITE)!r}:
    sys.modules[name] = None  # importing it raises ModuleNotFoundError
from harness.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def lite(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BLOCKED, *words]
    env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lite")
    lines = [f"Der Satz {k} hat einige Wörter mehr als der andere." for k in range(12)]
    (root / "ref.de").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, outputs in (("good", lines), ("poor", [line[:20] for line in lines])):
        (root / f"{name}.hyp").write_text("\n".join(outputs) + "\n", encoding="utf-8")
    done = lite(root, "score", "ref.de", "good.hyp", "poor.hyp", "--pair", "en-de")
    assert done.returncode == 0, done.stderr
    assert "2 scored, 0 failed" in done.stderr + done.stdout
    return root


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list",), "good"),
        (("show", "good"), "BLEU"),
        (("compare", "--baseline", "good", "--samples", "200"), "Δ to good"),
        (("report", "-o", "report.html", "--samples", "200"), "report.html"),
        (("export", "csv"), "good"),
        (("verify",), "2 runs unchanged"),
        (("history",), "good"),
        (("align", "ref.de", "ref.de", "--src", "de", "--tgt", "de", "-o", "beads.tsv"), "beads.tsv"),
    ],
)
def test_it_works_without_them(folder, words, said) -> None:
    done = lite(folder, *words)
    assert done.returncode == 0, done.stderr
    assert said in done.stdout + done.stderr


def test_what_needs_them_says_so_in_one_line(folder) -> None:
    words = ("data=bitext", "data.src=ref.de", "data.tgt=ref.de", "pair.src=fr", "pair.tgt=pl")
    done = lite(folder, "run", "model=tiny", *words)
    assert done.returncode == 2, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert re.fullmatch(
        r"harness run: this needs \w+, which is not installed: pip install mt-harness", last
    ), last


def test_the_lite_requirements_are_the_others() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [need for need in project["dependencies"] if re.match(r"[\w-]+", need)[0] not in NOT_LITE]
    lines = (ROOT / "requirements-lite.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == wanted
