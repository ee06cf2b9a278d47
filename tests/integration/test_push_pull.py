"""`push hub` and `pull hub`: the real client against a loopback hub, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.loopback_datasets import DatasetHub
from tests.support.made_stores import METRICS, write_run
from tests.support.made_texts import corpus, hypotheses
from tests.support.program import PATIENCE, ROOT

NAME = "my-team/mt-results"
RUNS = ("20260101-000000-aaaaaaaa", "20260102-000000-bbbbbbbb")


@pytest.fixture
def hub() -> Iterator[DatasetHub]:
    with DatasetHub(token="hf_made_for_this_test") as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    _, outputs, references = corpus(15)
    chrf = {"chrf": METRICS["chrf"]}
    write_run(tmp_path / "results", RUNS[0], "first", outputs, references, metrics=chrf, tag="release")
    write_run(
        tmp_path / "results", RUNS[1], "second", hypotheses(references, 1, 0.4), references, metrics=chrf
    )
    return tmp_path


def harness(
    hub: DatasetHub, home: Path, *words: str, token: str | None = "hf_made_for_this_test"
) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGING"))}
    env |= {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home / "hf"),
        "PYTHONPATH": str(ROOT),
        "HF_HUB_DISABLE_XET": "1",
    }
    if token:
        env["HF_TOKEN"] = token
    command = [sys.executable, "-m", "harness", *words]
    return subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, timeout=PATIENCE)


def test_a_store_goes_to_the_hub_and_comes_back(hub, home) -> None:
    pushed = harness(hub, home, "push", "hub", NAME)
    assert pushed.returncode == 0, pushed.stderr
    assert pushed.stdout.strip().endswith(f"/datasets/{NAME}")
    assert hub.private[NAME], "private unless it was asked for otherwise"
    files = hub.repos[NAME]
    assert {f"runs/{run}/{file}" for run in RUNS for file in ("record.json", "segments.jsonl")} <= set(files)
    pulled = harness(hub, home, "pull", "hub", NAME, "--results", "other")
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout.split() == list(RUNS)
    for run in RUNS:
        for file in ("record.json", "segments.jsonl"):
            here, there = (home / store / "runs" / run / file for store in ("results", "other"))
            assert here.read_bytes() == there.read_bytes()
    compared = harness(hub, home, "compare", "--results", "other", "--samples", "100", "--format", "csv")
    assert compared.returncode == 0 and "first" in compared.stdout
    again = harness(hub, home, "pull", "hub", NAME, "--results", "other")
    assert again.returncode == 0 and "0 runs pulled into other, 2 here already" in again.stderr


def test_the_card_names_scores_files_and_licences(hub, home) -> None:
    assert harness(hub, home, "push", "hub", NAME, "first", "--public").returncode == 0
    assert not hub.private[NAME]
    card = hub.repos[NAME]["README.md"].decode()
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["configs"][0]["data_files"] == ["runs/*/segments.jsonl"]
    assert sorted(front["language"]) == ["fr", "pl"]
    assert "| first (release) |" in card or "first" in card.split("## Licences")[0]
    assert "not recorded: the texts belong to their publishers" in card
    assert not any(RUNS[1] in path for path in hub.repos[NAME]), "only the run that was named"
    harness(hub, home, "push", "hub", NAME, "second")
    assert f"Also here, from earlier pushes: {RUNS[0]}." in hub.repos[NAME]["README.md"].decode()


def test_an_edited_run_is_not_pushed(hub, home) -> None:
    segments = home / "results/runs" / RUNS[0] / "segments.jsonl"
    segments.write_text(segments.read_text(encoding="utf-8").replace("a", "o"), encoding="utf-8")
    done = harness(hub, home, "push", "hub", NAME, "first")
    assert done.returncode == 2 and RUNS[0] in done.stderr
    assert NAME not in hub.repos


def test_a_run_that_was_changed_there_is_not_pulled(hub, home) -> None:
    harness(hub, home, "push", "hub", NAME)
    path = f"runs/{RUNS[1]}/record.json"
    record = json.loads(hub.repos[NAME][path])
    record["scores"][0]["value"] = 99.0
    hub.repos[NAME][path] = json.dumps(record).encode()
    done = harness(hub, home, "pull", "hub", NAME, "--results", "other")
    assert done.returncode == 2
    assert f"{NAME}: runs/{RUNS[1]}: record.json was changed after it was recorded" in done.stderr
    assert not (home / "other/runs").exists(), "nothing of it"
    done = harness(hub, home, "pull", "hub", NAME)
    assert done.returncode == 2, "nor over the run that is here"


@pytest.mark.parametrize(
    ("words", "token", "said"),
    [
        (("pull", "hub", "my-team/nothing"), "hf_made_for_this_test", "no dataset 'my-team/nothing'"),
        (("pull", "hub", "no name"), "hf_made_for_this_test", "is no name of a dataset"),
        (("push", "hub", NAME), None, "set HF_TOKEN to a token"),
        (("push", "hub", NAME, "nothing"), "hf_made_for_this_test", "nothing"),
    ],
)
def test_what_cannot_be_done_is_one_line(hub, home, words, token, said) -> None:
    done = harness(hub, home, *words, token=token)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr and "hf_made" not in done.stderr


def test_a_hub_that_is_not_there(home) -> None:
    nowhere = DatasetHub()
    nowhere.url = "http://127.0.0.1:9"
    done = harness(nowhere, home, "pull", "hub", NAME)
    assert done.returncode == 2 and "did not answer" in done.stderr
