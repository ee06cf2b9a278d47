"""A pattern of files on the command line becomes a sweep that Hydra reads, whatever the names."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.schema import compose
from harness.run.sweep import fan_out


def test_patterns_become_sweeps(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "it's.de"):
        (tmp_path / name).write_text("x")
    pattern = f"engine.path={tmp_path}/*.txt"
    assert fan_out(["model=file", pattern]) == [
        "-m",
        "model=file",
        f"engine.path='{tmp_path}/a.txt','{tmp_path}/b.txt'",
    ]
    assert fan_out(["-m", pattern])[0:1] == ["-m"] and len(fan_out(["-m", pattern])) == 2
    assert fan_out([f"model.path='{tmp_path}/a.*'"]) == [f"model.path='{tmp_path}/a.txt'"]
    (one,) = fan_out([f"engine.path={tmp_path}/*.de"])
    assert compose(["model=file", one]).engine["path"] == f"{tmp_path}/it's.de"


@pytest.mark.parametrize("word", ["engine.path=none/*.txt", "engine.path=[a,b]", "tag=*.txt", "model=file"])
def test_other_arguments_stay(word: str) -> None:
    assert fan_out([word]) == [word]
