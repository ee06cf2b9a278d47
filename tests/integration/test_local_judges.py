"""Judges that are models on this machine: a chat checkpoint made here answers through its own template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness import registry
from harness.errors import ConfigError
from harness.results.store import Store
from tests.support import tiny_checkpoints as checkpoints
from tests.support.program import run_harness

MQM = 'Critical:\nno-error\nMajor:\naccuracy/mistranslation - "kot"\nMinor:\nno-error'
SAYS = {
    "Score (0-100)": "85", "Which of the two": "A", "critical, major, and minor": MQM,
    "major or minor": "no-error",
}  # fmt: skip


@pytest.fixture(scope="module")
def talker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    return checkpoints.talker(tmp_path_factory.mktemp("talker"), SAYS)


@pytest.fixture(scope="module")
def babbler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    return checkpoints.talker(tmp_path_factory.mktemp("babbler"), {"source": "As a language model I"})


def judge(kind: str, path: Path, **more: Any) -> Any:
    config = {"kind": kind, "src": "fr", "tgt": "pl", "model": {"path": str(path)}}
    engine = {"kind": "transformers", "max_new_tokens": 64, "device": "cpu"}
    return registry.build("metric", {**config, "engine": engine | more.pop("engine", {}), **more})


def test_all_three_judge_through_a_checkpoint(talker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.translate.engines import causal

    loads: list[int] = []
    original = causal.load_weights
    monkeypatch.setattr(causal, "load_weights", lambda *given: loads.append(1) or original(*given))
    columns = ["le chat", "le chien"], ["kot", "pies"], [["kot"], ["suka"]]
    found = {}
    for kind in ("gemba-mqm", "gemba-esa", "pairwise"):
        metric = judge(kind, talker, **({"against": "reference"} if kind == "pairwise" else {}))
        rows = metric.statistics(*columns)
        found[kind] = metric.segment_scores(rows).tolist()
        assert f"|revision:{metric.identity['sha256']}|" in metric.signature
        assert "sample:default" in metric.signature or "sample:False" in metric.signature
    assert found == {"gemba-mqm": [-5, -5], "gemba-esa": [85, 85], "pairwise": [50, 50]}
    assert sum(loads) == 3, "the two questions of ESA share the weights"
    assert metric.judged()[0].outcome == "same" and metric.judged()[1].outcome == "order", "it says A to both"


def test_two_questions_are_asked_of_one_converted_model(talker: Path, tmp_path: Path) -> None:
    pytest.importorskip("ctranslate2")
    engine = {"kind": "ctranslate2", "cache": str(tmp_path), "compute": "float32", "device": "cpu"}
    config = {"kind": "gemba-esa", "src": "fr", "tgt": "pl", "model": {"path": str(talker)}}
    metric = registry.build("metric", {**config, "engine": {**engine, "max_new_tokens": 64}})
    rows = metric.statistics(["le chat", "le chien"], ["kot", "pies"], [[], []])
    assert metric.segment_scores(rows).tolist() == [85, 85]


def test_nothing_that_can_be_read_is_no_score(babbler: Path, tmp_path: Path) -> None:
    metric = judge("gemba-esa", babbler)
    rows = metric.statistics(["un", "deux"], ["jeden", "dwa"], [[], []])
    assert np.isnan(metric.segment_scores(rows)).all()
    assert [(one.outcome, one.answer) for one in metric.judged()] == [
        ("unreadable", "As a language model I")
    ] * 2


def test_an_answer_that_is_cut_off_is_none(talker: Path) -> None:
    metric = judge("pairwise", talker, against="reference", engine={"max_new_tokens": 1})
    metric.statistics(["s"], ["a"], [["b"]])
    assert metric.judged()[0].outcome == "cut", "the token after its only one is the end"


def test_questions_are_whole_or_not_asked(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    short = checkpoints.talker(tmp_path / "short", SAYS, positions=700)
    metric = judge("pairwise", short, against="reference")
    metric.statistics(["s", "s"], ["a", "b " * 900], [["c"], ["d"]])
    assert [one.outcome for one in metric.judged()] == ["order", "refused"]
    assert "tokens, the model takes" in str(metric.judged()[1].answer)
    metric = judge("gemba-mqm", short)
    metric.statistics(["s"] * 4, list("abcd"), [[]] * 4)
    assert [one.outcome for one in metric.judged()] == ["refused"] * 4
    assert "the judge answers nothing" in str(metric.judged()[3].answer)
    with pytest.raises(ConfigError, match=r"metrics.gemba_mqm.engine.too_long"):
        judge("gemba-mqm", short, engine={"too_long": "split"}).prepare()


def test_a_run_with_a_local_judge_is_known_by_its_weights(
    talker: Path, babbler: Path, tmp_path: Path
) -> None:
    for name, text in {"src.txt": "a\nb\n", "ref.txt": "A\nB\n", "out.txt": "A\nC\n"}.items():
        (tmp_path / name).write_text(text)
    copy = tmp_path / "judge"
    command = [
        "run", "data=bitext", "data.src=src.txt", "data.tgt=ref.txt", "pair.src=fr", "pair.tgt=pl",
        "model=file", "engine.path=out.txt", "metrics=[chrf,gemba_esa]",
        "metrics.gemba_esa.engine.kind=transformers", f"metrics.gemba_esa.model.path={copy}",
        "metrics.gemba_esa.engine.max_new_tokens=32",
    ]  # fmt: skip
    copy.symlink_to(talker)
    dry = run_harness(*command, "--dry-run", cwd=tmp_path)
    assert dry.returncode == 0, dry.stderr
    assert "judge gemba_esa 4 requests" in dry.stdout and "to a model on this machine" in dry.stdout
    done = run_harness(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (record,) = Store(tmp_path / "results").records()
    assert record.corpus_scores["gemba_esa"].value == 85
    assert "skipped" in run_harness(*command, cwd=tmp_path).stderr
    copy.unlink()
    copy.symlink_to(babbler)
    other = run_harness(*command, cwd=tmp_path)
    assert other.returncode == 0, other.stderr
    assert "metric failed: gemba_esa: none of 2 segments has a score (2 unreadable)" in other.stderr
