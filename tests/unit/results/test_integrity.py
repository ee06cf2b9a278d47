"""An edited result is noticed by every verb that prints or uses it."""

from __future__ import annotations

import argparse
import base64
import gzip
import importlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.common.notices import collecting
from harness.common.parser import Parser
from harness.compare import ask
from harness.report.payload import payload
from harness.results.store import Store
from harness.run.rivals import _run
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus, hypotheses

Edit = Callable[[Path], None]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    _, first, references = corpus(40)
    write_run(tmp_path, "20260101-a", "good", first, references)
    write_run(tmp_path, "20260102-b", "poor", hypotheses(references, 3, 0.4), references)
    return tmp_path


def raise_score(folder: Path) -> None:
    path = folder / "record.json"
    record = json.loads(path.read_text())
    record["scores"][0]["value"] += 5
    path.write_text(json.dumps(record))


def rewrite_hypothesis(folder: Path) -> None:
    path = folder / "segments.jsonl"
    text = path.read_text()
    word = json.loads(text.splitlines()[0])["hypothesis"].split()[0]
    path.write_text(text.replace(word, word[::-1].upper(), 1))


def reformat(folder: Path) -> None:
    path = folder / "record.json"
    path.write_text(json.dumps(json.loads(path.read_text())))


@pytest.mark.parametrize(
    ("edit", "file"), [(raise_score, "record.json"), (rewrite_hypothesis, "segments.jsonl")]
)
@pytest.mark.parametrize(
    "verb",
    [
        "list",
        "list --format json",
        "show good",
        "compare",
        "compare --format csv",
        "history",
        "power",
        "export csv",
        "export csv --level segment",
        "report -o page.html",
        "tag good x",
        "note good better",
        "agree human.csv",
        "verify",
    ],
)
def test_an_edited_run_is_named(
    verb: str,
    edit: Edit,
    file: str,
    store: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(store)
    _, _, references = corpus(40)
    write_run(store, "20260103-c", "worst", hypotheses(references, 4, 0.8), references)  # agree needs three
    rows = [f"{name},made-{k:04d},{k % 7}" for name in ("good", "poor", "worst") for k in range(40)]
    (store / "human.csv").write_text("\n".join(["system,segment,score", *rows]))
    main([*verb.split(), "--results", str(store)])
    assert "edited after" not in "".join(capsys.readouterr())
    edit(store / "runs" / "20260101-a")
    code = main([*verb.split(), "--results", str(store)])
    assert f"20260101-a was edited after it was recorded ({file})" in "".join(capsys.readouterr())
    assert code == (1 if verb == "verify" else 0)


@pytest.mark.parametrize("words", [["--strict"], ["--fail-if-worse", "--baseline", "poor"]])
def test_strict_comparisons_refuse_it(
    words: list[str], store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *words, "--results", str(store)]) == 0
    raise_score(store / "runs" / "20260101-a")
    assert main(["compare", *words, "--results", str(store)]) == 2
    assert "20260101-a was edited" in capsys.readouterr().err


def test_an_edit_of_the_same_size_under_the_old_time_is_found_by_verify(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store / "runs" / "20260101-a" / "segments.jsonl"
    before = path.stat()
    text = path.read_bytes()
    path.write_bytes(text.replace(b'"finish_reason": "stop"', b'"finish_reason": "spot"', 1))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert main(["verify", "--results", str(store)]) == 1
    assert main(["show", "good", "--verify", "--segments", "0", "--results", str(store)]) == 0
    assert "segments.jsonl" in capsys.readouterr().out


def test_what_changes_no_value_is_no_edit(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reformat(store / "runs" / "20260101-a")
    for path in (store / "runs").rglob("*"):
        os.utime(path)  # as after copying a store
    assert main(["verify", "--results", str(store)]) == 0
    assert "2 runs unchanged, 0 edited" in capsys.readouterr().out


def test_a_removed_file_is_an_edit(store: Path) -> None:
    (store / "runs" / "20260101-a" / "segments.jsonl").unlink()
    assert main(["verify", "20260101-a", "--results", str(store)]) == 1


def test_records_without_digests_are_not_called_edited(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = store / "runs" / "20260101-a" / "record.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({key: item for key, item in record.items() if key not in ("digest", "files")}))
    assert main(["verify", "--results", str(store)]) == 0
    assert "cannot be verified" in capsys.readouterr().err


def test_the_page_itself_says_that_a_run_was_edited(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raise_score(store / "runs/20260101-a")
    results = ask.compare(parsed("report", "--results", str(store), "--samples", "50"), "test")
    packed = payload(Store(store), results, 3_000_000, "made")
    (found,) = json.loads(gzip.decompress(base64.b64decode(packed.summary)))["sets"]
    assert [line.split(" (")[0] for line in found["edited"]] == [
        "20260101-a was edited after it was recorded"
    ]


def parsed(verb: str, *words: str) -> argparse.Namespace:
    parser = Parser(prog=verb)
    importlib.import_module(f"harness.cli.verbs.{verb}").configure(parser)
    return parser.parse_args(list(words))


def test_beads_and_the_rival_of_a_judge_are_named_too(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raise_score(store / "runs" / "20260101-a")
    main(["export", "beads", "good", "--results", str(store)])
    assert "20260101-a was edited" in capsys.readouterr().err
    with collecting() as told:
        assert _run(Store(store), "good", "fr-pl").run_id == "20260101-a"
    assert any("20260101-a was edited" in line for line in told)
