"""Tags, notes and deletions: what people do to a store after the runs."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.results.store import Store
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    _, first, references = corpus(4)
    for number, model in ((1, "copy"), (2, "copy"), (3, "gloss")):
        write_run(tmp_path, f"2026010{number}-a", model, first, references)
    (tmp_path / "runs" / "20260104-a").mkdir()
    (tmp_path / "runs" / "20260105-a").mkdir()
    (tmp_path / "runs" / "20260105-a" / "error.json").write_text('{"stage": "load", "message": "no file"}')
    return Store(tmp_path)


def call(store: Store, *words: str) -> int:
    return main([*words, "--results", str(store.root)])


def table(store: Store) -> dict[str, str]:
    with (store.root / "table.csv").open() as rows:
        return {row["run_id"]: row["tag"] for row in csv.DictReader(rows)}


def test_a_tag_finds_the_run_and_leaves_the_record_alone(store: Store, capsys: Printed) -> None:
    record = (store.run_dir("20260103-a") / "record.json").read_bytes()
    assert call(store, "tag", "gloss", "release") == 0
    assert store.find("release").run_id == "20260103-a"
    assert table(store)["20260103-a"] == "release"
    assert (store.run_dir("20260103-a") / "record.json").read_bytes() == record
    assert call(store, "verify") == 0
    assert call(store, "tag", "release", "--remove") == 0
    assert table(store)["20260103-a"] == ""


def test_a_tag_that_another_run_has_and_one_that_is_replaced_are_told(store: Store, capsys: Printed) -> None:
    assert call(store, "tag", "20260101-a", "release") == 0
    capsys.readouterr()
    assert call(store, "tag", "gloss", "release") == 0
    assert "20260101-a has that tag too; 'release' means the newest of them" in capsys.readouterr().err
    assert call(store, "tag", "gloss", "final") == 0
    assert "instead of 'release'" in capsys.readouterr().err


def test_a_note_is_shown(store: Store, capsys: Printed) -> None:
    assert call(store, "note", "gloss", "after the\nglossary") == 0
    assert call(store, "show", "gloss") == 0
    assert "note         after the glossary" in capsys.readouterr().out
    assert call(store, "note", "gloss", "") == 0
    assert call(store, "show", "gloss") == 0
    assert "note  " not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["latest", "two words", "a=b", ""])
def test_a_tag_that_could_not_be_found_again_is_refused(name: str, store: Store, capsys: Printed) -> None:
    assert call(store, "tag", "gloss", name) == 2
    assert "a word without spaces" in capsys.readouterr().err


def test_unfinished_runs_cannot_be_tagged(store: Store, capsys: Printed) -> None:
    assert call(store, "tag", "20260105", "x") == 2
    assert "load: no file" in capsys.readouterr().err


def test_damaged_labels_are_one_line(store: Store, capsys: Printed) -> None:
    (store.run_dir("20260103-a") / "labels.json").write_text("[]")
    assert call(store, "list") == 0
    assert "damaged: 20260103-a" in capsys.readouterr().err


def left(store: Store) -> list[str]:
    return [run.run_id[:8] for run in store.runs()]


def test_rm_deletes_what_is_named_and_nothing_else(store: Store, capsys: Printed) -> None:
    assert call(store, "rm", "model=copy", "--keep-last", "1", "--dry-run") == 0
    assert "20260101-a  finished  copy" in capsys.readouterr().out
    assert len(left(store)) == 5
    assert call(store, "rm", "model=copy", "--keep-last", "1") == 0
    assert left(store) == ["20260102", "20260103", "20260104", "20260105"]
    assert set(table(store)) == {"20260102-a", "20260103-a"}
    assert call(store, "rm", "--failed") == 0
    assert left(store) == ["20260102", "20260103"]


@pytest.mark.parametrize("words", [[], ["nothing"], ["model=none"], ["copy", "--keep-last", "-1"]])
def test_rm_deletes_nothing_by_mistake(words: list[str], store: Store, capsys: Printed) -> None:
    assert call(store, "rm", *words) == 2
    assert len(left(store)) == 5


def test_many_failed_runs_are_one_line_each_state(store: Store, capsys: Printed) -> None:
    for number in range(6, 9):
        folder = store.runs_dir / f"2026010{number}-a"
        folder.mkdir()
        (folder / "error.json").write_text('{"stage": "load", "message": "no file"}')
    assert call(store, "list") == 0
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "1 crashed, 4 failed: 20260108-a, 20260107-a, 20260106-a and 2 more" in err
    assert call(store, "list", "--failed") == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 5 and "20260108-a  failed  load: no file" in out
    assert "5 runs; python -m harness prune --failed deletes them" in err
    assert call(store, "prune", "--failed", "--dry-run") == 0
    assert call(store, "prune") == 2
    assert call(store, "prune", "--failed") == 0
    assert "deleted 5 runs" in capsys.readouterr().err
    assert call(store, "list", "--failed") == 0 and capsys.readouterr() == ("", "0 runs\n")


def test_a_run_that_was_deleted_by_hand_leaves_the_table(store: Store, capsys: Printed) -> None:
    store.write_table()
    gone = store.records()[0].run_id
    assert gone in (store.root / "table.csv").read_text()
    shutil.rmtree(store.run_dir(gone))
    assert call(store, "list") == 0
    assert gone not in (store.root / "table.csv").read_text()


def test_the_name_of_several_runs_deletes_nothing(store: Store, capsys: Printed) -> None:
    for words in (["copy"], ["copy", "--dry-run"]):
        assert call(store, "rm", *words) == 2
        assert "Nothing was deleted; for all of them: model=copy" in capsys.readouterr().err
    assert len(store.runs()) == 5
    assert call(store, "rm", "copy", "--keep-last", "1") == 0
    assert call(store, "rm", "copy") == 0, "one is left"


def test_the_beginning_of_several_ids_deletes_nothing(store: Store, capsys: Printed) -> None:
    for words in (["2026"], ["2026", "model=copy"], ["2026", "--failed"], ["2026", "--dry-run"]):
        assert call(store, "rm", *words) == 2
        assert "'2026' matches 5 runs: 20260101-a, " in capsys.readouterr().err
    assert len(store.runs()) == 5
    assert call(store, "rm", "20260101") == 0
    assert call(store, "rm", "run=2026*") == 0
    assert [run.run_id for run in store.runs()] == ["20260104-a", "20260105-a"]
