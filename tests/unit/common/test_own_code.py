"""An exception in a class of the user's own is told as theirs, with file and line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.cli.main import main

CLASS = """
import json

class Broken:
    identity = {"engine": "broken"}

    def __init__(self, model, src, tgt, when="never"):
        if when == "built":
            raise KeyError("model")

    def translate(self, batch):
        return json.loads("no JSON")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "mine").mkdir()
    (tmp_path / "a.fr").write_text("Un.\nDeux.\nTrois.\nQuatre.\n")
    (tmp_path / "a.pl").write_text("Jeden.\nDwa.\nTrzy.\nCztery.\n")
    return tmp_path / "mine"


def run(*words: str) -> int:
    data = ["data=bitext", "data.src=a.fr", "data.tgt=a.pl", "metrics=chrf", "model=copy"]
    return main(["run", "--config-dir", "mine", *data, *words])


def test_it_names_the_class_and_the_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken_engine.py").write_text(CLASS)
    where = rf"{folder / 'broken_engine.py'}"
    assert run("engine.kind=broken_engine:Broken", "+engine.when=built") == 2
    told = capsys.readouterr().err
    assert (
        f"engine 'broken_engine:Broken', a class of yours, in __init__ ({where}:9): cannot be built" in told
    )
    assert run("engine.kind=broken_engine:Broken") == 1
    told = capsys.readouterr().err
    assert "failed on 3 segments in a row; the last error: JSONDecodeError" in told
    assert f"(engine 'broken_engine:Broken', a class of yours, in translate ({where}:12))" in told


@pytest.mark.parametrize("text", ["x = 1 / 0\n", "def broken(:\n"])
def test_a_module_that_cannot_be_imported(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"unusable_{len(text)}"
    (folder / f"{name}.py").write_text(text)
    assert run(f"engine.kind={name}:Engine") == 2
    told = capsys.readouterr().err
    assert f"engine '{name}:Engine', a class of yours" in told and "cannot be imported" in told
    assert f"{name}.py" in told


def test_an_error_that_no_stage_expects(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken_splitter.py").write_text(
        "class Lines:\n    def boundaries(self, text, lang):\n        1 / 0\n"
    )
    words = ["splitter.kind=broken_splitter:Lines", "model=copy", "metrics=chrf", "aligner=gale-church"]
    assert main(["run", "--config-dir", "mine", *words]) == 1
    told = capsys.readouterr().err
    where = f"({folder / 'broken_splitter.py'}:3)"
    assert f"splitter 'broken_splitter:Lines', a class of yours, in boundaries {where}: ZeroDivision" in told
    assert "internal error" not in told
