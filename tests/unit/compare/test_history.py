"""`history`: runs in order with what changed between them, and a gate on the newest."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.compare.history import changes, same_references
from harness.results.record import Record
from harness.results.store import Store
from harness.types import Input
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses

CHRF = {"chrf": METRICS["chrf"]}


def history(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> tuple[int, str, str]:
    code = main(["history", "--results", str(root), "--samples", "300", *words])
    out, err = capsys.readouterr()
    return code, out, err


def add(
    root: Path, run_id: str, loss: float, model: str = "sys", n: int = 60, tag: str | None = None
) -> None:
    _, _, references = corpus(n)
    outputs = hypotheses(references, 3, loss)
    write_run(root, run_id, model, outputs, references, metrics=CHRF, tag=tag)


@pytest.fixture
def nightly(tmp_path: Path) -> Path:
    """Three runs about as good as each other, then a bad one."""
    for day, loss in (("01", 0.2), ("02", 0.21), ("03", 0.19), ("04", 0.6)):
        add(tmp_path, f"202601{day}", loss)
    return tmp_path


def runs(out: str) -> list[dict[str, Any]]:
    return json.loads(out)["histories"][0]["runs"]


def test_runs_of_a_system_stand_in_order_with_their_scores(nightly, capsys) -> None:
    add(nightly, "20260105", 0.1, model="other")
    code, out, err = history(capsys, nightly, "--format", "json")
    assert (code, err) == (0, "")
    found = json.loads(out)["histories"]
    assert [one["system"] for one in found] == ["other", "sys"]
    assert [run["run_id"] for run in found[1]["runs"]] == ["20260101", "20260102", "20260103", "20260104"]
    assert found[1]["runs"][3]["scores"]["chrf"] < found[1]["runs"][2]["scores"]["chrf"] - 5
    _, out, _ = history(capsys, nightly, "sys", "--format", "md")
    assert re.search(r"20260104 \| [\d.]+ \(-\d", out), "the fall stands beside the score"


def test_changed_data_are_named_and_give_no_difference(tmp_path, capsys) -> None:
    add(tmp_path, "20260101", 0.2)
    add(tmp_path, "20260102", 0.2, n=50)
    _, out, _ = history(capsys, tmp_path, "--format", "json")
    assert re.fullmatch(r"data \w{8} → \w{8} \(60 → 50 segments\)", runs(out)[1]["changes"][0])
    _, out, _ = history(capsys, tmp_path, "--format", "md")
    assert "(+" not in out and "(-" not in out


def test_changes_name_revision_options_and_versions(tmp_path) -> None:
    add(tmp_path, "1", 0.2)
    (record,) = Store(tmp_path).records()
    later = replace(
        record,
        model=replace(record.model, revision="def"),
        config={**record.config, "engine": {"beam": 4}, "tag": "x", "backend": {"kind": "ray"}},
        environment=replace(record.environment, harness="2.0", packages={"torch": "3.0"}),
    )
    assert changes(record, later) == [
        "revision none → def",
        "engine.beam none → 4",
        f"harness {record.environment.harness or 'none'} → 2.0",
        "torch none → 3.0",
    ], "where and under which name it ran is no change"
    assert changes(record, record) == []


def test_tags_make_histories_where_asked(tmp_path, capsys) -> None:
    add(tmp_path, "1", 0.2, tag="nightly")
    add(tmp_path, "2", 0.2, tag="nightly", model="renamed")
    add(tmp_path, "3", 0.2)
    _, out, _ = history(capsys, tmp_path, "--by", "tag", "--format", "json")
    assert [(h["system"], len(h["runs"])) for h in json.loads(out)["histories"]] == [
        ("nightly", 2),
        ("sys", 1),
    ]


def test_the_gate_stops_a_run_that_is_worse_than_the_median_before_it(nightly, capsys) -> None:
    code, _, err = history(capsys, nightly, "--gate", "last:3")
    assert code == 1
    assert re.search(r"20260104 is significantly worse than 20260101 in chrf \(-\d", err), (
        "the median of three"
    )
    code, _, err = history(capsys, nightly, "20260101", "20260102", "20260103", "--gate", "last:2")
    assert (code, err) == (0, "")
    assert history(capsys, nightly, "--gate", "20260102")[0] == 1


def test_a_gate_of_several_runs_of_its_name_is_the_one_that_the_query_chooses(tmp_path, capsys) -> None:
    add(tmp_path, "1", 0.2, tag="release")
    add(tmp_path, "2", 0.9)
    add(tmp_path, "3", 0.2, tag="release", model="other")
    code, _, err = history(capsys, tmp_path, "model=sys", "--gate", "release")
    assert code == 1 and "2 is significantly worse than 1" in err


def test_the_first_run_passes_the_gate_and_says_why(tmp_path, capsys) -> None:
    add(tmp_path, "1", 0.2)
    code, _, err = history(capsys, tmp_path, "--gate", "last:5")
    assert code == 0
    assert "no earlier run on the same data to compare with" in err


def test_a_gate_on_the_newest_run_itself_is_refused(nightly, capsys) -> None:
    code, _, err = history(capsys, nightly, "--gate", "latest")
    assert code == 2 and "that is the newest run itself" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--gate", "last:none"], "last:K needs a number of runs"),
        (["--gate", "nobody"], "no run 'nobody'"),
        (["--since", "2030-01-01"], "none of the 4 runs is that recent"),
        (["--metric", "chrff"], "Did you mean 'chrf'"),
    ],
)
def test_mistakes_are_one_line(nightly, capsys, words, message) -> None:
    code, _, err = history(capsys, nightly, *words)
    assert code == 2
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_gate_on_too_few_segments_is_refused(tmp_path, capsys) -> None:
    add(tmp_path, "1", 0.2, n=8)
    add(tmp_path, "2", 0.6, n=8)
    code, _, err = history(capsys, tmp_path, "--gate", "last:1")
    assert code == 2
    assert "8 segments are too few for a test" in err


def test_compare_since_keeps_the_baseline(tmp_path, capsys) -> None:
    for k, model in enumerate(("old", "mid", "new")):
        add(tmp_path, f"2026010{k}", 0.1 + 0.1 * k, model=model)
        path = tmp_path / "runs" / f"2026010{k}" / "record.json"
        path.write_text(path.read_text().replace("2026-01-01T00:00:00", f"2026-01-0{k + 1}T00:00:00"))

    def systems(*words: str) -> set[str]:
        assert main(["compare", "--results", str(tmp_path), "--format", "json", *words]) == 0
        return {row["system"] for row in json.loads(capsys.readouterr().out)["test_sets"][0]["rows"]}

    assert systems("--since", "2026-01-02") == {"mid", "new"}
    assert systems("--since", "new") == {"new"}
    assert systems("model=*", "--since", "2026-01-03", "--baseline", "old") == {"old", "new"}


def test_sources_and_metrics_that_came_or_went_are_one_phrase_each(nightly: Path) -> None:
    made = Store(nightly).records()[0]

    def record(
        found: dict[str, str], digest: str, metrics: dict[str, Any], limit: Any = None, **meta: Any
    ) -> Record:
        files = tuple(Input(name=name, path=name, sha256=sha, n=60) for name, sha in found.items())
        data = replace(made.data, hash=digest, inputs=files, meta=meta)
        options = {"kind": "references" if meta else "bitext", "src": found.get("src")} | (
            {} if meta else {"docs": None}
        )
        return replace(made, data=data, config={"metrics": metrics, "data": options, "limit": limit})

    bleu, chrf = {"kind": "bleu", "lowercase": False}, {"kind": "chrf", "beta": 2, "char_order": 6}
    full = record({"src": "1", "ref": "2"}, "a", {"bleu": bleu, "chrf": chrf})
    bare = record({"ref": "2"}, "b", {"bleu": bleu}, sourceless=True)
    assert changes(full, bare) == ["without sources", "metrics: chrF2 gone"]
    assert changes(bare, full) == ["with sources", "metrics: chrF2 new"]
    other = record({"ref": "3"}, "c", {"bleu": bleu}, sourceless=True)
    cut = record({"ref": "2"}, "d", {"bleu": bleu}, limit=60, sourceless=True)
    for one in (other, cut):
        assert not same_references(full, one), "another reference, or another part of it, is other data"
        assert changes(full, one)[0].startswith("data ")
