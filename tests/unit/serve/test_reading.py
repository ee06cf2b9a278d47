"""What the pages ask the server: lists, comparisons, segments, histories."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

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


FORMATS = {"csv": "csv", "latex": "tex", "json": "json", "md": "md", "github": "github.md"}
ASKED = ["data=made", "--baseline=2026-1", "--samples=200", "--test=both", "--margin=1"]


def printed(root: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main([*words, "--results", str(root)]) == code
    return capsys.readouterr().out


def address(words: list[str]) -> str:
    """The page's own words for options of the verb."""
    named = [word.removeprefix("--").partition("=") for word in words if word.startswith("--")]
    runs = [("runs", word) for word in words if not word.startswith("--")]
    return urlencode(runs + [(name.replace("-", "_"), value or "1") for name, _, value in named])


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ([], list(FORMATS)),
        (["--pairs"], ["csv", "latex", "md"]),
        (["--by=document", "--segments=3", "--versus=poor"], ["md", "github"]),
        (["--by=document"], ["csv", "latex", "json"]),
        (["--words"], ["csv", "md"]),
        (["--ngrams=3"], ["csv", "latex", "md"]),
        (["--level=document", "--metric=chrf"], ["csv", "md"]),
        (["--fail-if-worse", "--tolerance=60%"], ["github"]),
        (["--resample=documents", "--correction=holm", "--alpha=0.2", "--seed=3"], ["csv", "md"]),
        (["--grid=0.2,0.4"], ["md", "json"]),
    ],
)
def test_every_file_is_what_the_verb_prints(
    root: Path, capsys: pytest.CaptureFixture[str], more: list[str], kinds: list[str]
) -> None:
    for kind in kinds:
        code = int("--fail-if-worse" in more)
        wanted = printed(root, capsys, "compare", *ASKED, *more, f"--format={kind}", code=code)
        found = client(root).get(f"/compare.{FORMATS[kind]}?{address([*ASKED, *more])}")
        assert found.status_code == 200 and found.text == wanted, kind


def test_the_page_has_what_the_options_ask_for(root: Path) -> None:
    plain = ask(root, f"compare?{address(ASKED)}")["sets"][0]
    assert plain["baseline"] == "fair" and plain["contrasts"] is None
    titles = [sheet["title"] for sheet in plain["sheets"]]
    assert any("Verdict" in title for title in titles) and len(titles) == 3
    found = ask(root, f"compare?{address([*ASKED, '--by=document', '--pairs', '--segments=2'])}")
    more = [sheet["title"] for sheet in found["sets"][0]["sheets"]][3:]
    assert more[-2:] == ["BLEU, all pairs", "chrF2, all pairs"] and len(more) == 4
    contrasts = found["sets"][0]["contrasts"]
    assert contrasts["systems"] == ["fair", "good"] and len(contrasts["rows"]) == 2
    row = contrasts["rows"][0]
    texts = ["".join(text for text, _ in pieces) for pieces in row["pieces"]]
    whole = ask(root, f"segments?runs=data%3Dmade&open={row['id']}")["rows"]
    shown = next(one for one in whole if one["id"] == row["id"])
    assert texts == [shown["h"][1], shown["h"][0]]


@pytest.mark.parametrize(("tolerance", "passed"), [("", False), ("100", True)])
def test_the_gate_says_what_the_exit_code_says(
    root: Path, capsys: pytest.CaptureFixture[str], tolerance: str, passed: bool
) -> None:
    words = [*ASKED, "--fail-if-worse", *([f"--tolerance={tolerance}"] if tolerance else [])]
    gate = ask(root, f"compare?{address(words)}")["gate"]
    assert gate["passed"] == passed
    assert main(["compare", *words, "--results", str(root)]) == int(not passed)
    assert [f"harness compare: {line}" for line in gate["lines"]] == [
        line for line in capsys.readouterr().err.splitlines() if "significantly worse" in line
    ]


def test_every_option_of_the_verb_is_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["compare", "--help"])
    words = re.findall(r"^  --([a-z-]+)", capsys.readouterr().out, re.MULTILINE)
    shown = {word.replace("-", "_") for word in words}
    withheld = {"results", "config_dir", "corpus", "format", "wide"}  # files, terminals; formats are links
    names = {option["name"] for option in options("compare")}
    assert {"baseline", "margin", "resample", "since", "common"} <= names
    assert shown - withheld == names - {"runs"}
    for verb in ("compare", "history"):
        assert not [one for one in options(verb) if one["metavar"] in ("FILE", "DIR", "PATH", "FOLDER")]


def test_a_list_in_an_address_may_be_one_value(root: Path) -> None:
    apart = ask(root, "compare?runs=pair%3Dfr-pl&runs=data%3Dmade&metric=bleu&metric=chrf")
    assert ask(root, "compare?runs=pair%3Dfr-pl+data%3Dmade&metric=bleu+chrf") == apart
    assert {metric["key"] for metric in apart["sets"][0]["metrics"]} == {"bleu", "chrf"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("runs=nothing", "no run 'nothing'"),
        ("metric=bluh", "Did you mean"),
        ("margin=much", "--margin much: expected"),
        ("test=magic", "invalid choice"),
        ("runs=--results%3D/etc", "no field '--results'"),
        ("grid=7", "--grid 7"),
        ("segments=2&versus=nobody", "--versus nobody"),
        ("fail_if_worse=1", "--fail-if-worse needs --baseline"),
        ("tolerance=1", "--tolerance needs"),
        ("words=1&corpus=/etc/passwd", "corpus: not an option of this page"),
        ("segments=many", "invalid int value"),
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


def test_the_gate_of_a_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, references = corpus(N)
    for k, loss in enumerate((0.1, 0.5)):
        write_run(tmp_path, f"2026-{k}", "one", hypotheses(references, k, loss), references, metrics=METRICS)
    found = ask(tmp_path, "history?gate=last%3A1&samples=500")["gate"]
    assert main(["history", "--gate=last:1", "--samples=500", f"--results={tmp_path}"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert found == {"passed": False, "lines": [line.removeprefix("harness history: ") for line in said]}
    assert len(said) == 2
    assert ask(tmp_path, "history")["gate"] is None
    assert "no run has it" in ask(tmp_path, "history?metric=bluh", 400)["error"]


def test_an_empty_store_has_a_page_and_a_line(tmp_path: Path) -> None:
    assert client(tmp_path / "none").get("/").status_code == 200
    assert ask(tmp_path / "none", "runs")["rows"] == []
    assert "no runs" in ask(tmp_path / "none", "compare", 400)["error"]
