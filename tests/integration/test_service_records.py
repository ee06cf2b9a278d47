"""What a run records of a service: tokens, answering models, and outputs before and after cleaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from tests.support import translation_services as services
from tests.support.translation_services import KEY, Served


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with services.service(services.openai) as running:
        yield running


@pytest.fixture
def words(served: Served, tmp_path: Path) -> list[str]:
    (tmp_path / "src.txt").write_text("Un.\nDeux.\nUn.\n")
    (tmp_path / "tgt.txt").write_text("Jeden.\nDwa.\nJeden.\n")
    data = ["data=bitext", f"data.src={tmp_path}/src.txt", f"data.tgt={tmp_path}/tgt.txt", "metrics=chrf"]
    model = ["model=openai", "model.id=m", f"engine.base_url={served.url}/v1"]
    return ["run", *data, *model, f"results={tmp_path}/results"]


def newest(tmp_path: Path) -> dict[str, Any]:
    records = sorted((tmp_path / "results" / "runs").glob("*/record.json"))
    found: dict[str, Any] = json.loads(records[-1].read_text())
    return found


def lines(tmp_path: Path, record: dict[str, Any]) -> list[dict[str, Any]]:
    path = tmp_path / "results" / "runs" / record["run_id"] / "segments.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_tokens_and_the_answering_model_are_recorded(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    record = newest(tmp_path)
    assert len(served.asked) == 2  # equal texts are asked for once
    assert record["usage"] == {
        "characters": 8, "prompt_tokens": 60, "completion_tokens": 14, "cost": None, "currency": None,
        "served_by": {"m-2026-01-01 fp_1": 2},
    }  # fmt: skip
    first = lines(tmp_path, record)[0]
    assert first["hypothesis"] == '"UN."' and "raw" not in first
    assert (first["reasoning"], first["served_by"]) == ("Capitals.", "m-2026-01-01 fp_1")
    capsys.readouterr()
    assert main(["show", record["run_id"], f"--results={tmp_path}/results"]) == 0
    shown = capsys.readouterr().out
    assert "8 characters, 60 prompt tokens, 14 completion tokens" in shown
    assert "m-2026-01-01 fp_1 (2)" in shown


def test_other_filters_make_another_run_without_a_request(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    asked, raw = len(served.asked), newest(tmp_path)
    assert main([*words, "engine.answer=[quotes]"]) == 0
    clean = newest(tmp_path)
    assert len(served.asked) == asked and clean["config_hash"] != raw["config_hash"]
    assert (clean["cleaned"], clean["model"]["identity"]["answer"]) == (3, ["quotes"])
    assert clean["scores"][0]["value"] > raw["scores"][0]["value"]
    line = lines(tmp_path, clean)[0]
    assert (line["hypothesis"], line["raw"]) == ("UN.", '"UN."')
    assert "wrapped" not in clean["health"] and raw["health"]["wrapped"] == 3
    capsys.readouterr()
    assert main(["show", clean["run_id"], f"--results={tmp_path}/results"]) == 0
    assert "3 outputs, by quotes" in capsys.readouterr().out


def test_a_model_that_changes_within_a_run_is_told(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "limit=1"]) == 0
    served.model = "m-2026-09-09"
    assert main(words) == 0
    (warning,) = [line for line in newest(tmp_path)["warnings"] if "came from" in line]
    assert "m-2026-01-01 fp_1 (1), m-2026-09-09 fp_1 (1)" in warning


def test_force_asks_again_and_tells_another_model(served: Served, words: list[str], tmp_path: Path) -> None:
    assert main(words) == 0
    assert main([*words, "force=true"]) == 0
    assert len(served.asked) == 4
    assert not [line for line in newest(tmp_path)["warnings"] if "answered" in line]
    served.model = "m-2026-09-09"
    assert main([*words, "force=true"]) == 0
    (warning,) = [line for line in newest(tmp_path)["warnings"] if "answered" in line]
    assert "m-2026-01-01 fp_1 before, m-2026-09-09 fp_1 now" in warning


def test_a_version_keeps_outputs_apart(served: Served, words: list[str]) -> None:
    assert main(words) == 0
    assert main([*words, "engine.version=2"]) == 0
    assert len(served.asked) == 4


def test_an_empty_account_ends_the_run_at_once(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src.txt").write_text("Un [quota].\nDeux.\nTrois.\n")
    assert main([*words, "engine.concurrency=1"]) == 2
    assert "no quota or credit left (429" in capsys.readouterr().err
    assert len(served.asked) <= 2
