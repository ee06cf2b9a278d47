"""What the pages ask the server: lists, comparisons, segments, histories."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.common.files import write_json
from harness.results.labels import write_labels
from harness.serve.asking import options
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses
from tests.support.workbench import client

N = 120
METRICS = {"bleu": {"kind": "bleu", "workers": 1}, "chrf": {"kind": "chrf", "workers": 1}}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    _, _, references = corpus(N)
    for k, (model, loss) in enumerate((("good", 0.1), ("fair", 0.3), ("poor", 0.6))):
        beads = [{"src": [i], "tgt": [i], "shape": "1-1", "score": 1.0, "confidence": 1 - i / N,
                  "flags": ["partial"] if i == 5 else []} for i in range(N)]  # fmt: skip
        write_run(folder, f"2026-{k}", model, hypotheses(references, 3, loss), references, metrics=METRICS,
                  tag="t" if k else None, docs=[f"d{i // 40}" for i in range(N)], beads=beads,
                  health=[["empty"] if i == 7 else [] for i in range(N)])  # fmt: skip
    write_run(folder, "2026-9", "good", ["a", "b"], [["a"], ["c"]], metrics=METRICS, data="other")
    (folder / "runs" / "2026-7").mkdir()
    (folder / "runs" / "2026-8").mkdir()
    write_json(folder / "runs" / "2026-8" / "error.json", {"stage": "translate", "message": "no memory"})
    (folder / "runs" / "2026-8" / "harness.log").write_text("the last words\n")
    return folder


def ask(root: Path, path: str, status: int = 200) -> Any:
    answer = client(root).get(f"/api/{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


def runs(found: Any) -> list[str]:
    return [row["run"] for row in found["rows"]]


def test_the_list_has_every_run_newest_first_with_its_state(root: Path) -> None:
    found = ask(root, "runs")
    assert runs(found) == ["2026-9", "2026-8", "2026-7", "2026-2", "2026-1", "2026-0"]
    states = {row["run"]: row["state"] for row in found["rows"]}
    assert (states["2026-7"], states["2026-8"], states["2026-9"]) == ("crashed", "failed", "finished")
    assert found["rows"][1]["problem"] == "translate: no memory"
    record = json.loads((root / "runs/2026-0/record.json").read_text())
    wanted = {score["metric"]: score["value"] for score in record["scores"]}
    assert {key: score["value"] for key, score in found["rows"][-1]["scores"].items()} == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("data=other", ["2026-9"]),
        ("state=failed", ["2026-8"]),
        ("model=good", ["2026-9", "2026-0"]),
        ("tag=t&sort=chrf", ["2026-2", "2026-1"]),
        ("tag=t&sort=-chrf", ["2026-1", "2026-2"]),
        ("q=FAIR+made", ["2026-1"]),
        ("q=nothing+of+it", []),
        ("sort=model", ["2026-1", "2026-9", "2026-0", "2026-2", "2026-8", "2026-7"]),
    ],
)
def test_filters_and_orders_of_the_list(root: Path, query: str, wanted: list[str]) -> None:
    assert runs(ask(root, f"runs?{query}")) == wanted


def test_the_list_goes_on_by_pages(tmp_path: Path) -> None:
    for k in range(103):
        write_run(tmp_path, f"r{k:03d}", "m", ["a"], [["a"]], metrics={"chrf": METRICS["chrf"]})
    first, second = ask(tmp_path, "runs"), ask(tmp_path, "runs?page=1")
    assert (first["count"], first["pages"], len(first["rows"])) == (103, 2, 100)
    assert runs(second) == ["r002", "r001", "r000"]


def test_changes_of_the_store_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.serve.catalogue._FRESH", 0.0)
    browser = client(tmp_path)
    assert browser.get("/api/runs").json()["rows"] == []
    write_run(tmp_path, "1", "a", ["x"], [["x"]], metrics=METRICS)
    write_run(tmp_path, "2", "b", ["y"], [["x"]], metrics=METRICS)
    assert runs(browser.get("/api/runs").json()) == ["2", "1"]
    assert len(browser.get("/api/compare").json()["sets"][0]["systems"]) == 2
    write_labels(tmp_path / "runs" / "1", tag="best")
    assert browser.get("/api/runs?q=best").json()["count"] == 1
    for name in ("record.json", "segments.jsonl", "labels.json"):
        (tmp_path / "runs" / "1" / name).unlink()
    assert browser.get("/api/runs").json()["rows"][1]["state"] == "crashed"
    assert len(browser.get("/api/compare").json()["sets"][0]["systems"]) == 1


def test_a_run_in_full_and_one_that_failed(root: Path) -> None:
    found = ask(root, "run/2026-0")
    assert found["record"]["model"]["name"] == "good" and found["aligned"] is False
    failed = ask(root, "run/2026-8")
    assert failed["log"] == "the last words\n" and "record" not in failed
    assert "no run 'x'" in ask(root, "run/x", 404)["error"]


def test_the_comparison_is_that_of_the_verb(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = "runs=data%3Dmade&baseline=2026-1&samples=200&test=both&margin=1"
    words = ["data=made", "--baseline=2026-1", "--samples=200", "--test=both", "--margin=1"]
    for kind, name in (("csv", "csv"), ("latex", "tex"), ("json", "json")):
        assert main(["compare", *words, "--format", kind, "--results", str(root)]) == 0
        printed = capsys.readouterr().out
        assert client(root).get(f"/compare.{name}?{query}").text.strip() == printed.strip()
    found = ask(root, f"compare?{query}&by=document")
    assert found["sets"][0]["baseline"] == "fair"
    titles = [sheet["title"] for sheet in found["sets"][0]["sheets"]]
    assert any("Verdict" in title for title in titles) and len(titles) > 2


def test_every_option_of_the_verb_is_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["compare", "--help"])
    words = re.findall(r"^  --([a-z-]+)", capsys.readouterr().out, re.MULTILINE)
    shown = {word.replace("-", "_") for word in words}
    withheld = {"results", "format", "config_dir", "fail_if_worse", "segments", "versus", "corpus"}
    names = {option["name"] for option in options("compare")}
    assert {"baseline", "margin", "resample", "since", "common"} <= names
    assert shown - withheld == names - {"runs"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("runs=nothing", "no run 'nothing'"),
        ("metric=bluh", "Did you mean"),
        ("margin=much", "--margin much: expected"),
        ("test=magic", "invalid choice"),
        ("runs=--results%3D/etc", "no field '--results'"),
        ("grid=7", "--grid 7"),
        ("set=9", None),
    ],
)
def test_mistakes_in_an_address_are_one_line(root: Path, query: str, said: str | None) -> None:
    if said is None:
        assert "numbered from 0" in ask(root, f"segments?{query}", 400)["error"]
        return
    error = ask(root, f"compare?{query}", 400)["error"]
    assert "\n" not in error and said in error, error


def test_segments_by_pages_search_filters_and_orders(root: Path) -> None:
    found = ask(root, "segments?runs=data%3Dmade")
    assert (found["count"], found["total"], len(found["rows"])) == (N, N, 50)
    assert found["systems"] == ["fair", "good", "poor"] or len(found["systems"]) == 3
    last = ask(root, "segments?runs=data%3Dmade&page=99")
    assert last["page"] == 2 and last["rows"][-1]["id"] == f"made-{N - 1:04d}"
    one = ask(root, "segments?runs=data%3Dmade&q=SOURCE+made-0012")
    assert [row["id"] for row in one["rows"]] == ["made-0012"]
    assert ask(root, "segments?runs=data%3Dmade&flag=empty")["rows"][0]["id"] == "made-0007"
    assert ask(root, "segments?runs=data%3Dmade&flag=partial")["rows"][0]["id"] == "made-0005"
    assert ask(root, "segments?runs=data%3Dmade&doc=d2")["count"] == 40
    doubtful = ask(root, "segments?runs=data%3Dmade&sort=sure")["rows"]
    assert doubtful[0]["id"] == f"made-{N - 1:04d}"
    names = found["systems"]
    low = ask(root, "segments?runs=data%3Dmade&sort=low&by_metric=chrf&b=poor")["rows"]
    scores = [row["v"][1][names.index("poor")] for row in low]
    assert scores == sorted(scores)
    spread = ask(root, "segments?runs=data%3Dmade&sort=spread&by_metric=chrf")["rows"]
    gaps = [max(row["v"][1]) - min(row["v"][1]) for row in spread]
    assert all(a >= b - 0.11 for a, b in pairwise(gaps)), "shown to one decimal"
    linked = ask(root, "segments?runs=data%3Dmade&open=made-0077")
    assert linked["page"] == 1 and "made-0077" in [row["id"] for row in linked["rows"]]


def test_history_and_the_table_of_all_runs(root: Path) -> None:
    found = ask(root, "history?runs=model%3Dgood")
    assert {sheet["title"].partition(",")[0] for sheet in found["sheets"]} == {"good"}
    rows = list(csv.DictReader(io.StringIO(client(root).get("/runs.csv").text)))
    assert [row["run_id"] for row in rows] == ["2026-0", "2026-1", "2026-2", "2026-9"]


def test_an_empty_store_has_a_page_and_a_line(tmp_path: Path) -> None:
    assert client(tmp_path / "none").get("/").status_code == 200
    assert ask(tmp_path / "none", "runs")["rows"] == []
    assert "no runs" in ask(tmp_path / "none", "compare", 400)["error"]
