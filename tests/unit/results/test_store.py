from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.common.tables import text_table
from harness.common.typed_json import rounded
from harness.config.schema import new_run_id
from harness.errors import UserError
from harness.results.record import Counts, Data, Model, Pair, Record
from harness.results.store import Store
from harness.results.tables import half_interval, table_csv
from harness.types import Score


def record(run_id: str, model: str = "copy", tag: str | None = None) -> Record:
    return Record(
        run_id=run_id,
        pair=Pair("fr", "pl"),
        data=Data("d", 3, "h"),
        model=Model(model),
        scores=(Score("chrf", "corpus", 18.8, (18.5, 19.1), 3, "s"),),
        counts=Counts(),
        tag=tag,
        created="2026-01-01",
        config_hash=run_id,
    )


def test_a_run_is_finished_failed_crashed_or_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_record(record("1"))
    for name, file, text in (
        ("2", "error.json", json.dumps({"stage": "translate", "message": "disk full"})),
        ("3", "harness.log", ""),
        ("4", "record.json", '{"schema": 1, "run_id"'),
        ("5", "record.json", json.dumps(record("5").to_json() | {"schema": 99})),
        ("6", "record.json", json.dumps(record("6").to_json()).replace("18.8", "NaN")),
        ("7", "record.json", "[]"),
    ):
        (store.run_dir(name)).mkdir()
        (store.run_dir(name) / file).write_text(text)
    runs = {run.run_id: run for run in store.runs()}
    assert [r.state for r in runs.values()] == ["finished", "failed", "crashed", *["damaged"] * 4]
    assert "translate: disk full" in str(runs["2"].problem)
    assert "newer harness" in str(runs["5"].problem)
    assert all(str(r.problem).count("\n") == 0 for r in runs.values())


def test_runs_sort_by_when_they_began() -> None:
    made = [new_run_id() for _ in range(50) if not time.sleep(0.001)]
    assert made == sorted(made)
    assert len(set(made)) == 50


def test_find_by_id_prefix_tag_model_and_latest(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_record(record("20260101-a", "copy"))
    store.write_record(record("20260102-b", "gloss", tag="mine"))
    assert store.find("20260101").run_id == "20260101-a"
    assert (
        store.find("mine").run_id == store.find("gloss").run_id == store.find("latest").run_id == "20260102-b"
    )
    with pytest.raises(UserError, match="matches 2 runs"):
        store.find("2026")
    with pytest.raises(UserError, match="Did you mean 'gloss'"):
        store.find("glos")
    with pytest.raises(UserError, match="no runs in"):
        Store(tmp_path / "elsewhere").find("x")


def test_the_table_has_every_finished_run_with_interval_and_signature(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_record(record("1"))
    store.write_record(record("2", tag="with, comma"))
    store.write_table()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_text())))
    assert [row["run_id"] for row in rows] == ["1", "2"]
    assert (rows[1]["tag"], rows[1]["chrf"], rows[1]["chrf_low"], rows[1]["chrf_signature"]) == (
        "with, comma", "18.8", "18.5", "s")  # fmt: skip
    assert (tmp_path / "table.csv").read_text() == table_csv(store.records())


def test_rounding_keeps_six_places_and_turns_nan_into_null() -> None:
    assert rounded({"a": [1 / 3, float("nan"), 2]}) == {"a": [0.333333, None, 2]}


def test_a_thousand_runs_are_listed_a_row_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(tmp_path)
    for number in range(1000):
        store.write_record(record(f"20260101-{number:06d}-abcdef", model="x" if number % 2 else "日本"))
    assert main(["list", "--results", str(tmp_path)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed[3:-1]] == [f"20260101-{n:06d}-abcdef" for n in range(1000)]
    assert len({line.index("fr-pl") for line in printed if "   x " in line}) == 1, "columns are columns"


def test_columns_of_a_table_are_columns_whatever_is_in_them() -> None:
    header, rows = ["name", "n", "chrF ↑"], [["a", "10", "1.0"], ["日本 é", "2", "[red]12.5 ± 0.1"]]
    assert text_table(header, rows)[1:-1] == [
        " name      n            chrF ↑ ",
        f" {'─' * 29} ",
        " a        10               1.0 ",
        " 日本 é    2   [red]12.5 ± 0.1 ",
    ]


@pytest.mark.parametrize(
    ("metric", "value", "ci", "shown"),
    [
        ("ter", 0.0, [0.0, 0.0], "0.0 ± 0.0"),
        ("ter", 151.8, [137.2, 166.4], "151.8 ± 14.6"),
        ("bleu", 0.238, [0.126, 0.341], "0.2 ± 0.1"),
        ("comet22", 0.8123, [0.81, 0.82], "0.812 ± 0.005"),
        ("length_ratio", 1.04, None, "1.040"),
        ("chrf", None, None, "–"),
    ],
)
def test_decimals_go_by_the_metric(metric: str, value: Any, ci: Any, shown: str) -> None:
    assert half_interval(Score(metric, "corpus", value, ci, 3, "s")) == shown
