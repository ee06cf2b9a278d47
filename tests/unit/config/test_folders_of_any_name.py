"""A folder of configs works whatever letters its path has, and from whatever folder it is used."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from harness.cli.main import main


@pytest.fixture(autouse=True)
def _own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.delitem(sys.modules, "my_parts", raising=False)


NAMES = ["plüg", "moje část", "it's #1: [a], {b}", "100%", "$x"]


@pytest.mark.parametrize("name", NAMES)
def test_the_starter_runs_from_elsewhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", name]) == 0
    command = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("next: "))
    words = shlex.split(command.removeprefix("next: python -m harness "))
    assert words[:3] == ["run", "--config-dir", name]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["run", "--config-dir", str(tmp_path / name), *words[3:], "metrics=chrf"]) == 0
    assert main(["doctor", "--config-dir", str(tmp_path / name), *words[3:]]) == 0


@pytest.mark.parametrize("name", NAMES)
def test_score_takes_the_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name / "metrics").mkdir(parents=True)
    (tmp_path / name / "metrics" / "mine.yaml").write_text(
        "mine:\n  kind: chrf\n  word_order: 1\n", encoding="utf-8"
    )
    Path("ref").write_text("Dobrý den.\nJak se máte?\n", encoding="utf-8")
    assert main(["score", "ref", "ref", "--pair", "de-cs", "--config-dir", name, "--metrics", "mine"]) == 0, (
        capsys.readouterr().err
    )
