from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UserError
from harness.store import Store, rounded, table_csv


def record(run_id: str, model: str = "copy", **more: Any) -> dict[str, Any]:
    score = {"metric": "chrf", "level": "corpus", "value": 18.8, "ci": [18.5, 19.1], "n": 3,
             "signature": "s", "higher_is_better": True}  # fmt: skip
    return {
        "schema": 1, "run_id": run_id, "tag": None, "created": "2026-01-01", "config_hash": run_id,
        "pair": {"src": "fr", "tgt": "pl"}, "data": {"name": "d", "hash": "h", "n": 3, "inputs": []},
        "model": {"name": model}, "scores": [score], "counts": {},
    } | more  # fmt: skip


def test_a_run_is_finished_failed_crashed_or_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_record(record("1"))
    for name, file, text in (
        ("2", "error.json", json.dumps({"stage": "translate", "message": "disk full"})),
        ("3", "harness.log", ""),
        ("4", "record.json", '{"schema": 1, "run_id"'),
        ("5", "record.json", json.dumps(record("5") | {"schema": 99})),
        ("6", "record.json", json.dumps(record("6")).replace("18.8", "NaN")),
        ("7", "record.json", "[]"),
    ):
        (store.run_dir(name)).mkdir()
        (store.run_dir(name) / file).write_text(text)
    runs = {run.run_id: run for run in store.runs()}
    assert [r.state for r in runs.values()] == ["finished", "failed", "crashed", *["damaged"] * 4]
    assert "translate: disk full" in str(runs["2"].problem)
    assert "newer harness" in str(runs["5"].problem)
    assert all(str(r.problem).count("\n") == 0 for r in runs.values())


def test_find_by_id_prefix_tag_model_and_latest(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_record(record("20260101-a", "copy"))
    store.write_record(record("20260102-b", "gloss", tag="mine"))
    assert store.find("20260101").run_id == "20260101-a"
    assert (
        store.find("mine").run_id == store.find("gloss").run_id == store.find("latest").run_id == "20260102-b"
    )
    with pytest.raises(UserError, match="beginning of 2 runs"):
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
