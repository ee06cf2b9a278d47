"""`compare` beside sacreBLEU's own command line on the same files: scores and p-values as printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import main
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses


@pytest.mark.parametrize("test", ["bs", "ar"])
def test_p_values_of_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], test: str) -> None:
    _, first, references = corpus(50)
    outputs = [first, hypotheses(references, 8, 0.22), hypotheses(references, 9, 0.3)]
    (tmp_path / "ref.txt").write_text("".join(f"{found[0]}\n" for found in references))
    files = []
    for k, output in enumerate(outputs):
        write_run(tmp_path / "results", str(k), f"s{k}", output, references, metrics=METRICS)
        files.append(str(tmp_path / f"s{k}.txt"))
        Path(files[-1]).write_text("".join(f"{line}\n" for line in output))
    theirs = subprocess.run(
        [
            *[sys.executable, "-m", "sacrebleu", str(tmp_path / "ref.txt"), "-i", *files],
            *["-m", "bleu", "chrf", "ter", f"--paired-{test}", f"--paired-{test}-n", "150", "-f", "text"],
        ],
        env={**os.environ, "SACREBLEU_SEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = ["--baseline", "s0", "--test", test, "--samples", "150", "--seed", "4711", "--format", "json"]
    assert main(["compare", "--results", str(tmp_path / "results"), *words]) == 0
    rows = json.loads(capsys.readouterr().out)["test_sets"][0]["rows"]
    ours = {(row["system"], row["metric"]): row for row in rows}
    order = [(system, key) for system in ("s1", "s2") for key in ("bleu", "chrf", "ter")]
    assert re.findall(r"p = ([\d.]+)", theirs) == [f"{ours[cell][f'p_{test}']:.4f}" for cell in order]
    for cell in order:
        assert f"{ours[cell]['score']:.1f}" in theirs
