"""The record: what is written is what is read, by this version and from earlier ones."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.common.files import write_json
from harness.config.schema import from_record
from harness.errors import DataError
from harness.results import record as module
from harness.results.record import SCHEMA, Record
from harness.results.store import Store

STORED = sorted((Path(__file__).resolve().parents[2] / "data" / "records").glob("*/record.json"))


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.parent.name)
def test_records_of_earlier_versions_are_read(path: Path, capsys: Any, tmp_path: Path) -> None:
    written = json.loads(path.read_text())
    record = Record.from_json(written, path)
    assert record.scores[0].ci == tuple(written["scores"][0]["ci"])
    assert record.counts.alignment is not None and record.counts.alignment.shapes["1-1"] == 15
    assert from_record(record).pair.tgt == "pl"
    shutil.copytree(path.parent, tmp_path / "runs" / path.parent.name)
    assert main(["list", "--results", str(tmp_path)]) == 0
    assert main(["show", "latest", "--segments", "0", "--results", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "17.8 ± 1.1" in shown and "94.5% aligned, 2 null segments" in shown


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.parent.name)
def test_a_record_read_and_written_again_says_the_same(path: Path) -> None:
    written = json.loads(path.read_text())
    again = Record.from_json(written, path).to_json()
    added = {
        "failed",
        "ci_block",
        "ci_unit",
        "torch_threads",
        "files",
        "digest",
    }  # since the earliest record that is kept here

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: known(item) for key, item in value.items() if key not in added}
        return [known(item) for item in value] if isinstance(value, list) else value

    assert known(again) == known(written)


def test_a_schema_has_a_stored_record() -> None:
    assert {json.loads(path.read_text())["schema"] for path in STORED} == set(range(1, SCHEMA + 1))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"schema": SCHEMA + 1}, "written by a newer harness"),
        ({"schema": None}, "not a record"),
        ({"pair": {"src": "fr"}}, "'pair' has no 'tgt'"),
        ({"scores": {}}, "'scores' is not a list"),
        ({"run_id": "another"}, "its folder is"),
        ({"failed": "many"}, "'failed' is not a whole number"),
        ({"timings": {"load": "long"}}, "'timings.load' is not a number"),
    ],
)
def test_a_damaged_record_is_refused_with_the_place(damage: dict[str, Any], message: str) -> None:
    path = STORED[0]
    with pytest.raises(DataError, match=message):
        Record.from_json(json.loads(path.read_text()) | damage, path)


def test_an_interval_has_two_ends() -> None:
    value = json.loads(STORED[0].read_text())
    value["scores"][0]["ci"] = [1.0]
    with pytest.raises(DataError, match="interval of 'bleu' does not have two ends"):
        Record.from_json(value, STORED[0])


def test_the_store_returns_what_it_will_read(tmp_path: Path) -> None:
    record = Record.from_json(json.loads(STORED[0].read_text()), STORED[0])
    score = replace(record.scores[0], value=float("nan"), ci=(0.12345678, 2.0))
    stored = Store(tmp_path).write_record(replace(record, scores=(score,)))
    assert stored.scores[0].value is None and stored.scores[0].ci == (0.123457, 2.0)
    assert Store(tmp_path).records() == [stored]


def test_unknown_keys_of_a_later_version_do_no_harm(tmp_path: Path) -> None:
    value = json.loads(STORED[0].read_text()) | {"reviewed_by": "somebody"}
    write_json(tmp_path / "runs" / value["run_id"] / "record.json", value)
    (record,) = Store(tmp_path).records()
    assert record.run_id == value["run_id"]


def test_results_readme_names_every_field_of_the_record() -> None:
    readme = (Path(module.__file__).parents[2] / "results" / "README.md").read_text(encoding="utf-8")
    named = set(readme.replace("`", " ").split())
    assert not {item.name for item in fields(Record)} - named
