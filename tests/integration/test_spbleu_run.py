"""A run with spBLEU, from the command line, beside sacreBLEU's own command on the same lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.made_texts import corpus, pieces
from tests.support.program import run_harness


def test_spbleu_of_a_run_is_the_commands(tmp_path: Path) -> None:
    _, output, references = corpus(40)
    lines = {
        "src.txt": [f"phrase {k}" for k in range(40)],
        "ref.txt": [found[0] for found in references],
        "out.txt": output,
    }
    for name, rows in lines.items():
        (tmp_path / name).write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    pieces(tmp_path / "sacrebleu" / "models", lines["ref.txt"])
    environment = {"SACREBLEU": str(tmp_path / "sacrebleu")}

    done = run_harness(
        *["run", "model=file", "engine.path=out.txt", "model.name=mine"],
        *["data=bitext", "data.src=src.txt", "data.tgt=ref.txt", "metrics=[spbleu]"],
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    theirs = subprocess.run(
        [sys.executable, "-m", "sacrebleu", "ref.txt", "-i", "out.txt", "-tok", "flores200", "-w", "6"],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    record = json.loads(next((tmp_path / "results" / "runs").glob("*/record.json")).read_text())
    printed = json.loads(theirs.stdout)
    (score,) = record["scores"]
    assert score["value"] == printed["score"]
    assert score["signature"] == printed["signature"]
    assert "tok:flores200" in score["signature"]
