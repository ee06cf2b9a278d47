"""The report page as text: what is in it, what cannot be in it, how large it gets."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.report import page
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses

HOSTILE = ["</script><script>x()</script>", '<img src=x onerror="x()">', "%CODE%", "\x1b[31m\x00", "‮live"]


def read(text: str, name: str) -> object:
    found = re.search(rf'<script type="text/plain" id="{name}">([A-Za-z0-9+/=]*)</script>', text)
    assert found, name
    return json.loads(gzip.decompress(base64.b64decode(found.group(1))))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    _, first, references = corpus(30)
    first[: len(HOSTILE)] = HOSTILE
    write_run(tmp_path, "1", "<b>a</b>", first, references)
    write_run(tmp_path, "2", "b", hypotheses(references, 4, 0.5), references)
    return tmp_path


def test_page_is_self_contained_and_holds_every_segment(store, capsys) -> None:
    assert main(["report", "--results", str(store), "-o", str(store / "r.html"), "--samples", "50"]) == 0
    assert "r.html: 0." in capsys.readouterr().out
    text = (store / "r.html").read_text()
    data = read(text, "summary")
    segments = [s for name in data["sets"][0]["blocks"] for s in read(text, name)]
    assert [s["h"][0] for s in segments[: len(HOSTILE)]] == HOSTILE
    assert len(segments) == 30
    assert not re.search(r"<(img|link|iframe|object|embed)\b|<script[^>]+src=", text.split("<script>")[0])
    for raw in ("onerror", "<b>a</b>", "x()"):
        assert raw not in re.sub(r"<script>.*?</script>", "", text, flags=re.S), (
            "untrusted text only as base64"
        )


def test_page_holds_what_the_test_set_can_tell_and_the_runs_of_each_system(store, capsys) -> None:
    _, _, references = corpus(30)
    write_run(store, "3", "b", hypotheses(references, 5, 0.3), references)
    write_run(store, "4", "c", hypotheses(references, 6, 0.3), references, data="other")
    words = ["--results", str(store), "--samples", "50"]
    assert main(["report", *words, "-o", str(store / "r.html"), "data=made"]) == 0
    (shown,) = read((store / "r.html").read_text(), "summary")["sets"]
    capsys.readouterr()
    assert main(["power", *words, "--format", "json", "data=made"]) == 0
    told = json.loads(capsys.readouterr().out)["test_sets"][0]["metrics"]
    assert set(shown["power"]) == {"bleu", "chrf", "ter"}
    for one in told:
        drawn = shown["power"][one["key"]]
        assert (drawn["smallest"], drawn["curve"]) == (one["smallest"], one["curve"])
    (history,) = shown["history"]
    assert history["system"] == "b"
    assert [run["run"] for run in history["runs"]] == ["2", "3"]
    scores = [run["scores"]["chrf"] for run in history["runs"]]
    newest = next(row for row in shown["metrics"][1]["rows"] if row["system"] == "b")
    assert scores[0] < scores[1] == pytest.approx(newest["value"], abs=1e-6)


def test_too_few_segments_detect_nothing(tmp_path) -> None:
    _, first, references = corpus(6)
    write_run(tmp_path, "1", "a", first, references)
    write_run(tmp_path, "2", "b", hypotheses(references, 4, 0.5), references)
    assert main(["report", "--results", str(tmp_path), "-o", str(tmp_path / "r.html")]) == 0
    (shown,) = read((tmp_path / "r.html").read_text(), "summary")["sets"]
    assert shown["power"]["chrf"]["smallest"] is None
    assert [size for size, _ in shown["power"]["chrf"]["curve"]] == [12, 30, 60]


def test_policy_allows_the_scripts_of_the_page_and_nothing_else(store) -> None:
    main(["report", "--results", str(store), "-o", str(store / "r.html"), "--samples", "50"])
    text = (store / "r.html").read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for script in re.findall(r"<script>(.*?)</script>", text, flags=re.S):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_a_small_budget_keeps_the_most_different_segments_and_says_so(store, capsys, monkeypatch) -> None:
    monkeypatch.setattr(page, "LIMIT", page.overhead() + 6200)
    assert main(["report", "--results", str(store), "-o", str(store / "r.html"), "--samples", "50"]) == 0
    text = (store / "r.html").read_text()
    assert len(text.encode()) <= page.LIMIT
    notice = read(text, "summary")["sets"][0]["notice"]
    kept = [s for name in read(text, "summary")["sets"][0]["blocks"] for s in read(text, name)]
    assert 0 < len(kept) < 30
    assert f"only the {len(kept)} segments" in notice
    assert notice in capsys.readouterr().err


def test_documents_go_when_no_segment_fits(store, capsys, monkeypatch) -> None:
    import random

    from harness.common.files import write_json

    draw = random.Random(1)
    segments = [{"text": "".join(draw.choices("abcdefghij", k=200)), "furniture": None} for _ in range(100)]
    side = {"id": "d", "lang": "fr", "segments": segments}
    write_json(
        store / "runs" / "1" / "alignment.json", {"documents": [{"src": side, "tgt": side, "beads": []}]}
    )
    monkeypatch.setattr(page, "LIMIT", page.overhead() + 9000)
    assert main(["report", "--results", str(store), "-o", str(store / "r.html"), "--samples", "50"]) == 0
    text = (store / "r.html").read_text()
    assert len(text.encode()) <= page.LIMIT
    assert read(text, "summary")["sets"][0]["documents"] is False
    assert read(text, "summary")["sets"][0]["blocks"]
    assert "aligned documents are left out" in capsys.readouterr().err


def test_embedded_libraries_are_the_listed_files() -> None:
    table = (page.ASSETS / "vendor" / "README.md").read_text()
    for name in page.VENDOR:
        digest = hashlib.sha256((page.ASSETS / name).read_bytes()).hexdigest()
        assert digest in table, f"{name} changed; update vendor/README.md"


def test_report_of_nothing_is_one_line(tmp_path, capsys) -> None:
    assert main(["report", "--results", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
