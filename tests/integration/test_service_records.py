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


PRICES = "engine.prices={input: 2, output: 10, currency: EUR}"


def test_costs_are_recorded_by_the_prices_and_change_no_identity(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, PRICES]) == 0
    record = newest(tmp_path)
    assert record["usage"]["cost"] == pytest.approx(2 * (30 * 2 + 7 * 10) / 1e6)
    assert record["usage"]["currency"] == "EUR"
    asked = len(served.asked)
    assert main([*words, "engine.max_requests=7"]) == 0
    assert "already run as" in capsys.readouterr().err
    assert len(served.asked) == asked


def test_a_budget_of_requests_ends_the_run_and_keeps_what_is_finished(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src.txt").write_text("".join(f"Ligne {i}.\n" for i in range(10)))
    (tmp_path / "tgt.txt").write_text("".join(f"Linia {i}.\n" for i in range(10)))
    for asked in (4, 8):
        assert main([*words, "engine.max_requests=4", "engine.concurrency=2"]) == 1
        assert "engine.max_requests=4 is reached; finished texts are kept" in capsys.readouterr().err
        assert len(served.asked) == asked
    assert main([*words, "engine.max_requests=4"]) == 0
    assert len(served.asked) == 10  # none twice


def test_a_budget_of_money_is_never_exceeded(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src.txt").write_text("".join(f"Ligne {i}.\n" for i in range(10)))
    (tmp_path / "tgt.txt").write_text("".join(f"Linia {i}.\n" for i in range(10)))
    assert main([*words, PRICES, "engine.max_cost=0.0005", "engine.concurrency=1"]) == 1
    assert "EUR are spent or under way" in capsys.readouterr().err
    assert len(served.asked) == 3  # each costs 0.00013, and is taken for less before the first
    assert main([*words, PRICES, "engine.max_cost=0.01"]) == 0
    assert len(served.asked) == 10
    assert main([*words, "engine.max_cost=1"]) == 2
    assert "engine.max_cost=1 needs prices" in capsys.readouterr().err
    assert main([*words, "engine.prices={input: -1}"]) == 2
    assert "engine.prices.input=-1: needs a number" in capsys.readouterr().err
    assert main([*words, "engine.prices={inputs: 1}"]) == 2
    assert "engine.prices" in capsys.readouterr().err


def dry(words: list[str], capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, str]:
    capsys.readouterr()
    assert main([*words, *more, "--dry-run"]) == 0
    told = capsys.readouterr().out.splitlines()
    return {name: value for name, _, value in (line.partition("  ") for line in told)}


def test_a_dry_run_tells_what_a_run_would_take_and_sends_nothing(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = dry(words, capsys)
    assert told["segments"].strip() == "3, 11 characters"
    assert told["texts"].strip() == "2 different ones, 0 in the cache"
    assert told["to translate"].strip() == "2, 8 characters" and told["requests"].strip() == "2"
    assert "not known without prices" in told["cost"]
    prompts = int(told["tokens"].split()[1])
    assert 40 <= prompts <= 80 and "about" in told["tokens"]
    assert not served.asked and not (tmp_path / "results" / "runs").exists()
    told = dry(words, capsys, "engine.prices={input: 1000000, output: 0}", "engine.max_cost=1")
    assert told["cost"].strip() == f"about {prompts}.00 USD"
    assert "engine.max_cost=1 would end the run" in told["limit"]
    assert main([*words, "limit=1"]) == 0
    told = dry(words, capsys)
    assert told["texts"].strip() == "2 different ones, 1 in the cache" and told["requests"].strip() == "1"
    assert main(words) == 0
    assert "nothing would be translated" in dry(words, capsys)["finished"]
    assert dry(words, capsys, "force=true")["requests"].strip() == "2"


def test_a_dry_run_of_other_engines(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    data = words[1:5]
    told = dry(["run", *data, "model=deepl"], capsys, "engine.prices={characters: 20}")
    assert told["requests"].strip() == "1" and "tokens" not in told and "USD" in told["cost"]
    told = dry(["run", *data, "model=copy"], capsys)
    assert told["service"].strip().startswith("none")
    assert main(["run", *data, "model=copy", "pair=fr-pl,pl-fr", "-m", "--dry-run"]) == 2
    assert "one configuration" in capsys.readouterr().err


def test_documents_of_a_service_have_usage_and_are_forecast(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs.txt").write_text("a\na\na\n")
    words = [*words, f"data.docs={tmp_path}/docs.txt", "engine.unit=document", "engine.answer=[quotes]"]
    assert dry(words, capsys)["requests"].strip() == "1"
    assert main(words) == 0
    record = newest(tmp_path)
    assert len(served.asked) == 1
    assert (record["usage"]["prompt_tokens"], record["cleaned"]) == (30, 1)
    first, second, _ = lines(tmp_path, record)
    assert first["document"]["raw"] == f'"{first["document"]["output"]}"' and "document" not in second


def test_a_dry_run_judges_by_the_tokens_of_stored_outputs(
    served: Served, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "src.txt").write_text("".join(f"Ligne {i}.\n" for i in range(10, 30)))
    (tmp_path / "tgt.txt").write_text("".join(f"Linia {i}.\n" for i in range(10, 30)))
    assert "by a rule of thumb" in dry(words, capsys)["tokens"]
    assert main([*words, "limit=8"]) == 0
    told = dry(words, capsys, "engine.prices={input: 1, output: 10}")
    assert (
        told["tokens"].strip() == "about 360 of prompts and 84 of outputs, as of the 8 in the cache"
    )  # 30 and 7
    assert told["cost"].strip() == "about 0.001200 USD"
