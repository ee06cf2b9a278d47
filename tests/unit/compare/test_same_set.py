"""Which runs share a table, and what a comparison is told that it cannot be meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.files import digest
from harness.results.integrity import record_digest
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses

CHRF = {"chrf": METRICS["chrf"]}
N = 30


def without_sources(root: Path, run_id: str, name: str, seed: int, references: list[list[str]]) -> None:
    """A run as `score` writes it where no sources were given: they are empty, and the hash is another."""
    write_run(root, run_id, name, hypotheses(references, seed, 0.3), references, [""] * N, metrics=CHRF)
    path = root / "runs" / run_id / "record.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    value["data"]["meta"] = {"sourceless": True}
    value["data"]["hash"] = digest(["without", references])
    value["digest"] = record_digest(value)
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    _, _, references = corpus(N)
    write_run(tmp_path, "1-aaaaaa", "one", hypotheses(references, 1, 0.1), references, metrics=CHRF)
    without_sources(tmp_path, "2-bbbbbb", "two", 2, references)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], store: Path, *words: str) -> tuple[int, str, str]:
    code = main(["compare", "--results", str(store), "--samples", "300", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_set_scored_with_and_without_sources_is_one(store, capsys) -> None:
    code, out, _ = run(capsys, store, "--format", "json")
    (found,) = json.loads(out)["test_sets"]
    assert code == 0 and {row["system"] for row in found["rows"]} == {"one", "two"}
    assert run(capsys, store, "--baseline", "two", "--fail-if-worse")[0] == 0
    code, out, _ = run(capsys, store, "1-aaaaaa", "2-bbbbbb", "--by", "length", "--segments", "1")
    assert code == 0 and "source     source" in out, "the sources of the one are those of the other"


def test_the_same_system_with_and_without_sources_is_there_once(store, capsys) -> None:
    _, _, references = corpus(N)
    without_sources(store, "3-cccccc", "one", 3, references)
    _, out, err = run(capsys, store, "--format", "json")
    (found,) = json.loads(out)["test_sets"]
    assert {row["run_id"] for row in found["rows"]} == {"2-bbbbbb", "3-cccccc"}
    assert "with and without sources the newest is taken: one" in err
    _, out, _ = run(capsys, store, "--format", "json", "--all")
    (found,) = json.loads(out)["test_sets"]
    assert {row["system"] for row in found["rows"]} == {"one aaaaaa", "one cccccc", "two"}


def test_other_references_are_another_set(store, capsys) -> None:
    _, _, references = corpus(N, seed=8)
    without_sources(store, "3-cccccc", "one", 3, references)
    _, out, _ = run(capsys, store, "--format", "json")
    assert len(json.loads(out)["test_sets"]) == 2


def test_no_mean_over_different_languages(store, capsys) -> None:
    _, _, references = corpus(N, seed=8)
    for number, name in enumerate(("one", "two")):
        outputs = hypotheses(references, number, 0.2)
        write_run(store, f"4-{number}", name, outputs, references, metrics=CHRF, pair=("fr", "de"))
    _, out, _ = run(capsys, store, "--format", "md")
    head = next(line for line in out.splitlines() if line.startswith("| system | made"))
    assert "mean" not in head and "no mean: scores of different languages" in out
    _, out, _ = run(capsys, store, "--format", "json")
    assert {line["mean"] for line in json.loads(out)["across"]["chrf"]} == {None}
    _, out, _ = run(capsys, store, "--format", "latex")
    labels = [line for line in out.splitlines() if line.startswith("\\label")]
    assert len(set(labels)) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("model=one,twoo",), "model=twoo: no run matches. Did you mean 'two'?"),
        (("--margin", "60"), "did you mean 60% of judges?"),
        (("--since", "2026-13-01"), "is no date such as 2026-01-31"),
    ],
)
def test_what_cannot_be_meant_is_asked_about(store, capsys, words, said) -> None:
    code, out, err = run(capsys, store, *words)
    assert (code, out) == (2, "") and said in err


def test_history_looks_at_its_gate_first(store, capsys) -> None:
    assert main(["history", "--results", str(store), "--gate", "lst:5"]) == 2
    assert capsys.readouterr().out == ""


def test_tables_over_sets_are_of_systems_that_share_two(tmp_path: Path, capsys) -> None:
    _, _, references = corpus(N)
    for k, data in enumerate(("x", "y")):
        alone = f"only-{data}"
        write_run(
            tmp_path, f"{k}1", alone, hypotheses(references, k, 0.2), references, metrics=CHRF, data=data
        )
    assert "over 2 test sets" not in run(capsys, tmp_path)[1], "no system was scored on both"
    assert json.loads(run(capsys, tmp_path, "--format", "json")[1])["across"]["chrf"], (
        "programs get it as ever"
    )
    for k, data in enumerate(("x", "y")):
        for place, name in enumerate(("one", "two")):
            texts = hypotheses(references, 7 + place, 0.2)
            write_run(tmp_path, f"{k}2{place}", name, texts, references, metrics=CHRF, data=data)
    _, out, _ = run(capsys, tmp_path)
    assert "chrF2 over 2 test sets" in out
    assert "#1–" in out, "systems that nothing separates: the range of their ranks"


def test_what_holds_for_every_set_is_said_once(tmp_path: Path, capsys) -> None:
    _, _, references = corpus(N)
    for k, data in enumerate(("x", "y")):
        for place, name in enumerate(("one", "two")):
            texts = hypotheses(references, place, 0.2 + place / 2)
            write_run(tmp_path, f"{k}{place}", name, texts, references, metrics=CHRF, data=data)
    for kind in ("table", "md"):
        _, out, _ = run(capsys, tmp_path, "--format", kind)
        for note in ("Test: ", "Rank: ", "Judges agree: ", "Intervals: "):
            assert out.count(note) == 1, note


def test_outputs_scored_again_without_sources_and_with_fewer_metrics_are_one_system(tmp_path, capsys) -> None:
    _, _, references = corpus(N)
    both = {key: METRICS[key] for key in ("bleu", "chrf")}
    write_run(tmp_path, "1-aaaaaa", "one", hypotheses(references, 1, 0.3), references, metrics=both)
    without_sources(tmp_path, "2-bbbbbb", "one", 1, references)
    without_sources(tmp_path, "3-cccccc", "other", 2, references)
    _, out, err = run(capsys, tmp_path, "--format", "json")
    (found,) = json.loads(out)["test_sets"]
    assert {row["run_id"] for row in found["rows"]} == {"1-aaaaaa", "3-cccccc"}, (
        "the newer one says nothing more"
    )
    assert "2-bbbbbb is left out: its outputs are those of one" in err
