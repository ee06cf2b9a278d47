"""Few-shot runs of a real language model: examples change outputs, and none may be of the test set."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support import tiny_checkpoints as checkpoints
from tests.support.program import record_files, run_harness


def test_examples_are_recorded_and_refused_when_they_are_in_the_test_set(tmp_path: Path) -> None:
    folder = checkpoints.llama(tmp_path / "llama")
    (tmp_path / "t.fr").write_text("Bonjour.\nLe chat dort.\n", encoding="utf-8")
    (tmp_path / "t.pl").write_text("Dzień dobry.\nKot śpi.\n", encoding="utf-8")
    shots = tmp_path / "shots.tsv"
    shots.write_text("Oui.\tTak.\nNon.\tNie.\n", encoding="utf-8")
    (tmp_path / "terms.tsv").write_text("chat\tkot\n", encoding="utf-8")
    words = [
        "run", "pair=fr-pl", "data=bitext", "data.src=t.fr", "data.tgt=t.pl", "model=llm",
        f"model.path={folder}", "engine.max_new_tokens=8", "metrics=chrf", "model.glossary=terms.tsv",
        'model.prompt="[[{glossary}\\n]]{text}"', "model.examples.path=shots.tsv",
    ]  # fmt: skip
    done = run_harness(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(record_files(tmp_path)[0].read_text())
    told = record["model"]["identity"]["told"]
    assert told["examples"] == [["Oui.", "Tak."], ["Non.", "Nie."]]
    assert told["terms"] == 1
    assert record["model"]["settings"]["beams"] == 1
    for line in ("le chat  dort\tCoś innego.\n", "Autre chose.\tKOT ŚPI!\n"):
        shots.write_text("Oui.\tTak.\n" + line, encoding="utf-8")
        refused = run_harness(*words, cwd=tmp_path)
        assert refused.returncode == 2
        assert "model.examples: example 2 is segment" in refused.stderr
