"""`-o` never makes the folders of a mistyped path, whatever the verb, and says so before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main


@pytest.mark.parametrize(
    "verb",
    [
        ["report"],
        ["export", "csv"],
        ["export", "parquet"],
        ["align", "a.txt", "b.txt", "--src", "fr", "--tgt", "pl"],
        ["clean", "a.txt", "--lang", "fr"],
        ["campaign", "c", "--export", "scores"],
    ],
)
def test_a_folder_that_is_not_there_is_refused(
    verb: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*verb, "-o", "not/there/x.tsv"]) == 2
    assert "no such folder: not/there; make it first" in capsys.readouterr().err
    assert not Path("not").exists()
    Path("file").write_text("")
    assert main([*verb, "-o", "file/x.tsv"]) == 2
    assert "file is a file" in capsys.readouterr().err
