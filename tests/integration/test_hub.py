"""The hub as a user meets it: the real client against a loopback server, in processes of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import tiny_checkpoints as checkpoints
from tests.support.loopback_hub import COMMIT, Hub
from tests.support.program import PATIENCE, ROOT

NAME = "Helsinki-NLP/opus-mt-fr-pl"
# The program, which tries again as often as ever but at once, and waits long for an answer.
HASTY = """
import sys, time
pause = time.sleep
time.sleep = lambda seconds: pause(min(seconds, 0.02))
from harness.cli.main import main
from harness.translate.checkpoints import download
download._TIMEOUT = 900.0
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.marian(tmp_path_factory.mktemp("opus-mt-fr-pl"))


@pytest.fixture
def hub(checkpoint: Path) -> Iterator[Hub]:
    with Hub({NAME: checkpoint}) as server:
        yield server


def fetch(endpoint: str, home: Path, *overrides: str) -> subprocess.CompletedProcess[str]:
    """`python -m harness fetch` with an empty home of its own; the last line of stderr is the message."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGING"))}
    environment |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "PYTHONPATH": str(ROOT)}
    environment["HF_HUB_DOWNLOAD_TIMEOUT"] = str(PATIENCE)
    command = [sys.executable, "-c", HASTY, "fetch", "model=opus-mt", *overrides]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=home, check=False)


def last(result: subprocess.CompletedProcess[str]) -> str:
    return result.stderr.strip().splitlines()[-1]


def test_download_then_cache_then_a_run_without_network(hub: Hub, tmp_path: Path) -> None:
    shown = fetch(hub.url, tmp_path, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "model.safetensors" in shown.stdout
    assert not (tmp_path / "hub").exists()
    first = fetch(hub.url, tmp_path)
    assert first.returncode == 0, first.stderr
    assert "downloading Helsinki-NLP/opus-mt-fr-pl (1 MB) into" in first.stderr
    assert COMMIT in last(first)
    snapshot = Path(first.stdout.strip())
    assert (snapshot / "model.safetensors").read_bytes() == (
        hub.repos[NAME] / "model.safetensors"
    ).read_bytes()
    hub.requests.clear()
    again = fetch("http://127.0.0.1:9", tmp_path)
    assert again.returncode == 0, again.stderr
    assert "is here already" in last(again)
    script = (
        "from harness import registry; from harness.translate.runner import translate; import json\n"
        "m = {'name': 'opus-mt', 'family': 'marian', 'id': 'Helsinki-NLP/opus-mt-{src}-{tgt}'}\n"
        "c = {'kind': 'transformers', 'max_new_tokens': 8}\n"
        "e = registry.build('engine', c, model=m, src='fr', tgt='pl')\n"
        "t = translate(e, ['Bonjour.'], 'cache')\n"
        "print(json.dumps([e.identity['revision'], e.identity['model'], t[0].n_tokens]))"
    )
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path)}
    environment["PYTHONPATH"] = str(ROOT)
    run = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(f'["{COMMIT}", "{NAME}", ')


def test_passing_failures_end_well(hub: Hub, tmp_path: Path) -> None:
    hub.fail = {"api": [503], "config.json": [503], "vocab.json": [0]}
    hub.drop = {"model.safetensors"}
    hub.truncate = {"source.spm"}
    result = fetch(hub.url, tmp_path)
    assert result.returncode == 0, result.stderr
    snapshot = Path(result.stdout.strip())
    for name in ("model.safetensors", "source.spm", "vocab.json", "config.json"):
        assert (snapshot / name).read_bytes() == (hub.repos[NAME] / name).read_bytes()


@pytest.mark.parametrize(
    ("state", "overrides", "message"),
    [
        ("none", ["pair=pl-fr"], "no model 'Helsinki-NLP/opus-mt-pl-fr' on the hub"),
        ("none", ["model.revision=gone"], "has no revision 'gone'"),
        ("gated", [], "is gated: ask for access at http"),
        ("5xx", [], r"did not deliver it \(Server error '503"),
        ("truncated", [], "did not deliver it"),
        (
            "unreachable",
            [],
            "On a connected machine: python -m harness fetch model=opus-mt pair.src=fr pair.tgt=pl, then",
        ),
    ],
)
def test_lasting_failures_are_one_line(
    state: str, overrides: list[str], message: str, hub: Hub, tmp_path: Path
) -> None:
    hub.once = False
    if state == "gated":
        hub.gated = {NAME}
    elif state == "5xx":
        hub.fail = {"api": [503]}
    elif state == "truncated":
        hub.truncate = {"model.safetensors"}
    result = fetch("http://127.0.0.1:9" if state == "unreachable" else hub.url, tmp_path, *overrides)
    assert result.returncode == 2
    assert re.search(message, last(result)), result.stderr
    assert "Traceback" not in result.stderr
    assert NAME.split("-fr")[0] in last(result)
    assert not list(tmp_path.rglob("snapshots/*/model.safetensors"))


def test_disk_full_and_pickle(tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.errors import UnavailableError
    from harness.translate.checkpoints import download

    with pytest.raises(UnavailableError, match=r"weights only as a pickle .*model\.pickle=true"):
        download._needed({}, NAME, {"config.json": 1, "pytorch_model.bin": 1})
    assert download._needed({"pickle": True}, NAME, {"config.json": 1, "pytorch_model.bin": 1}) == [
        "config.json",
        "pytorch_model.bin",
    ]
    found = download.Listing(NAME, COMMIT, {"model.safetensors": 10**15})
    monkeypatch.setattr(download, "listing", lambda *_: found)
    with pytest.raises(UnavailableError, match=r"needs 1000000.0 GB, but .* free; free some, or set HF_HOME"):
        download.download({}, NAME, "fr", "pl")
    full = download._explain(OSError(28, "No space left on device"), {"name": "opus-mt"}, NAME, "fr", "pl")
    assert "the disk is full at" in str(full)
