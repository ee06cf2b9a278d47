"""Runs of other stores: imported whole, moved stores, records of every earlier version."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.results.store import Store
from tests.support.made_stores import write_run
from tests.support.made_texts import corpus
from tests.unit.results.test_record import STORED

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    _, first, references = corpus(4)
    root = tmp_path / "other"
    for number, model in ((1, "copy"), (2, "copy"), (3, "gloss")):
        write_run(root, f"2026010{number}-a", model, first, references)
    assert main(["tag", "gloss", "release", "--results", str(root)]) == 0
    (root / "runs" / "20260104-a").mkdir()
    return root


def take(other: Path, here: Path, *words: str) -> int:
    return main(["import", str(other), *words, "--results", str(here)])


def test_runs_come_whole_with_their_labels(other: Path, tmp_path: Path, capsys: Printed) -> None:
    here = tmp_path / "here"
    assert take(other, here) == 0
    assert "3 runs imported, 0 here already" in capsys.readouterr().out
    store = Store(here)
    assert [run.run_id for run in store.runs()] == ["20260101-a", "20260102-a", "20260103-a"]
    assert store.find("release").run_id == "20260103-a"
    assert main(["verify", "--results", str(here)]) == 0
    with (here / "table.csv").open() as rows:
        assert len(list(csv.DictReader(rows))) == 3
    assert take(other, here) == 0
    assert "0 runs imported, 3 here already" in capsys.readouterr().out


def test_a_query_a_dry_run_and_a_move(other: Path, tmp_path: Path, capsys: Printed) -> None:
    here = tmp_path / "here"
    assert take(other, here, "model=copy", "--dry-run") == 0
    assert "2 runs would be imported" in capsys.readouterr().out and not here.exists()
    assert take(other, here, "latest", "--move") == 0
    assert [run.run_id for run in Store(here).runs()] == ["20260103-a"]
    assert len(Store(other).records()) == 2
    with (other / "table.csv").open() as rows:
        assert "20260103-a" not in {row["run_id"] for row in csv.DictReader(rows)}


def test_another_run_of_that_name_is_never_replaced(other: Path, tmp_path: Path, capsys: Printed) -> None:
    here = tmp_path / "here"
    _, first, references = corpus(4)
    write_run(here, "20260101-a", "mine", first, references)
    assert take(other, here) == 1
    assert "20260101-a is left out: another run has this name here" in capsys.readouterr().err
    assert Store(here).find("20260101-a").record.model.name == "mine"  # type: ignore[union-attr]


def test_links_are_not_followed(other: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (other / "runs" / "20260101-a" / "extra").symlink_to(tmp_path / "secret")
    assert take(other, tmp_path / "here", "20260101") == 0
    assert not (tmp_path / "here/runs/20260101-a/extra").exists()


def test_mistakes_are_one_line(other: Path, tmp_path: Path, capsys: Printed) -> None:
    capsys.readouterr()
    assert take(other, other) == 2
    assert take(tmp_path / "nowhere", tmp_path / "here") == 2
    assert take(other, tmp_path / "here", "glos") == 2
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 3
    assert "this store itself" in err[0] and "no runs in" in err[1] and "Did you mean 'gloss'" in err[2]


def test_a_store_that_was_moved_says_the_same(other: Path, tmp_path: Path, capsys: Printed) -> None:
    verbs = ["list", "compare --format csv", "show release", "history", "export csv", "verify"]

    def said(root: Path) -> list[str]:
        for verb in verbs:
            assert main([*verb.split(), "--results", str(root)]) == 0
        return capsys.readouterr().out.splitlines()

    capsys.readouterr()
    before = said(other)
    shutil.move(other, tmp_path / "a" / "b" / "moved")
    assert said(tmp_path / "a" / "b" / "moved") == before


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.parent.name)
def test_records_of_earlier_versions_are_imported_and_read(
    path: Path, tmp_path: Path, capsys: Printed
) -> None:
    shutil.copytree(path.parent, tmp_path / "old" / "runs" / path.parent.name)
    here = tmp_path / "here"
    assert take(tmp_path / "old", here) == 0
    for verb in (
        "list",
        "show latest --segments 0",
        "history",
        "export csv",
        "tag latest old",
        "list --format md",
    ):
        assert main([*verb.split(), "--results", str(here)]) == 0, verb
    assert main(["verify", "--results", str(here)]) == 1  # its segments are not kept here
    assert capsys.readouterr().out.count(path.parent.name) >= 5
